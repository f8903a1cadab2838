//! Connections to the target, directly or through the proxy of a network.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::client::conn::http1;
use hyper::header::{HOST, PROXY_AUTHORIZATION};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::tls;
use super::upload::Upload;
use crate::error::{Error, ErrorKind};
use crate::live::{Address, Proxy};

/// Connects to one server.
pub(super) struct Connector {
    server: Server,
    proxy: Option<(Server, Proxy)>,
    time: Duration,
}

struct Server {
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Server {
    fn new(host: &str, port: u16, tls: Option<TlsConnector>) -> Result<Self, Error> {
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host.clone());
        let tls = match (tls, name) {
            (None, _) => None,
            (Some(tls), Ok(name)) => Some((tls, name)),
            (Some(_), Err(error)) => {
                return Err(Error::new(ErrorKind::Usage, host, "is not a valid host name").because(error));
            }
        };
        Ok(Self { host, port, tls })
    }

    async fn encrypted(&self, stream: Box<dyn Transport>) -> io::Result<Box<dyn Transport>> {
        Ok(match &self.tls {
            Some((tls, name)) => Box::new(tls.connect(name.clone(), stream).await?),
            None => stream,
        })
    }

    async fn connected(&self) -> io::Result<Box<dyn Transport>> {
        let stream = TcpStream::connect((&*self.host, self.port)).await?;
        // Without it, requests only come later.
        let _ = stream.set_nodelay(true);
        Ok(Box::new(stream))
    }
}

impl Connector {
    /// # Errors
    ///
    /// [`ErrorKind::Input`] when `certificates` has none; [`ErrorKind::Usage`] when the host has a name that no
    /// certificate can have.
    pub(super) fn new(
        address: &Address,
        proxy: Option<Proxy>,
        certificates: Option<&[u8]>,
        time: Duration,
    ) -> Result<Self, Error> {
        let tls = tls::connector(certificates)?;
        let secure = |is_secure: bool| is_secure.then(|| tls.clone());
        let server = Server::new(address.host(), address.port(), secure(address.is_secure()))?;
        let through = |proxy: Proxy| {
            let server = Server::new(proxy.host(), proxy.port(), secure(proxy.is_secure()))?;
            Ok::<_, Error>((server, proxy))
        };
        Ok(Self { server, proxy: proxy.map(through).transpose()?, time })
    }

    pub(super) async fn connect(&self) -> Result<Stream, Refused> {
        let connecting = async {
            let stream = match &self.proxy {
                None => self.server.connected().await.map_err(Refused::Target)?,
                Some((server, proxy)) => self.tunnel(server, proxy).await?,
            };
            self.server.encrypted(stream).await.map_err(Refused::Target)
        };
        let stream = timeout(self.time, connecting).await.unwrap_or(Err(Refused::Late))?;
        Ok(Stream { inner: stream, reads: Arc::default() })
    }

    /// A connection that the proxy made to the server (RFC 9110, section 9.3.6).
    async fn tunnel(&self, server: &Server, proxy: &Proxy) -> Result<Box<dyn Transport>, Refused> {
        let stream = server.connected().await.map_err(Refused::Proxy)?;
        let stream = server.encrypted(stream).await.map_err(Refused::Proxy)?;
        let failed = |error: hyper::Error| Refused::Proxy(io::Error::other(error));
        let handshake = http1::Builder::new().max_header_size(MAX_PROXY_HEAD).handshake(TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.map_err(failed)?;
        tokio::spawn(connection.with_upgrades());
        let bracketed = self.server.host.contains(':').then(|| format!("[{}]", self.server.host));
        let host = bracketed.as_ref().unwrap_or(&self.server.host);
        let authority = format!("{host}:{}", self.server.port);
        let request = Request::builder().method(Method::CONNECT).uri(&authority).header(HOST, &authority);
        let request = match proxy.authorization() {
            Some(authorization) => request.header(PROXY_AUTHORIZATION, authorization),
            None => request,
        };
        let request = request.body(Upload::default()).map_err(io::Error::other).map_err(Refused::Proxy)?;
        let response = sender.send_request(request).await.map_err(failed)?;
        if response.status() != StatusCode::OK {
            return Err(Refused::Proxy(io::Error::other(format!("it returned {}", response.status()))));
        }
        let upgraded = hyper::upgrade::on(response).await.map_err(failed)?;
        Ok(Box::new(TokioIo::new(upgraded)))
    }
}

/// Bytes of the head of a proxy's response; more are an error.
const MAX_PROXY_HEAD: usize = 16 << 10;

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum Refused {
    Target(io::Error),
    /// The proxy of the network refused it, or could not be reached.
    Proxy(io::Error),
    Late,
}

trait Transport: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Transport for T {}

/// A connection, with or without TLS, which counts what is received.
pub(super) struct Stream {
    inner: Box<dyn Transport>,
    reads: Arc<AtomicU64>,
}

impl Stream {
    /// How often bytes were received.
    pub(super) fn reads(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.reads)
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.reads.fetch_add(1, Ordering::Relaxed);
        }
        polled
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, pieces)
    }
}
