//! A server on loopback that does what a test tells it: hyper reads every request and writes every answer
//! that HTTP knows. For the others the connection is taken from it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt::Write;
use std::future::poll_fn;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::sync::oneshot;
use tokio::time::{Sleep, sleep};
use tokio_rustls::TlsAcceptor;

/// One request, as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    pub at: Instant,
    /// How many came before it.
    pub before: usize,
    pub head: String,
    pub page: u64,
}

type OnSocket = Box<dyn FnOnce(TcpStream) + Send>;

/// What to do about a request.
pub struct Answer {
    after: Duration,
    act: Act,
}

enum Act {
    Http(Response<Pieces>),
    Socket(OnSocket),
}

impl Answer {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let mut response = Response::new(Pieces::of(&body.into(), usize::MAX, Duration::ZERO));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        Self { after: Duration::ZERO, act: Act::Http(response) }
    }

    /// 200, with a body of this type.
    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Self::new(200, body).header("content-type", "application/json")
    }

    /// What HTTP does not know, done on the connection itself after the request was read.
    pub fn socket(act: impl FnOnce(TcpStream) + Send + 'static) -> Self {
        Self { after: Duration::ZERO, act: Act::Socket(Box::new(act)) }
    }

    /// These bytes, and the end.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::socket(move |mut stream| {
            let _ = std::io::Write::write_all(&mut stream, &bytes);
        })
    }

    /// These bytes, and a reset (RST) of the connection.
    pub fn reset(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::socket(move |mut stream| {
            let _ = std::io::Write::write_all(&mut stream, &bytes);
            socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
        })
    }

    pub fn header(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        if let Act::Http(response) = &mut self.act {
            let value = HeaderValue::from_bytes(value.as_ref()).unwrap();
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
        self
    }

    pub fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }

    /// The body in pieces of so many bytes, with a pause before each.
    pub fn slowly(mut self, length: usize, pause: Duration) -> Self {
        if let Act::Http(response) = &mut self.act {
            let body = response.body_mut();
            *body = Pieces::of(&body.left.make_contiguous().concat(), length, pause);
        }
        self
    }
}

/// A body, a piece at a time. Its length is known.
pub struct Pieces {
    left: VecDeque<Bytes>,
    pause: Duration,
    sleeping: Option<Pin<Box<Sleep>>>,
}

impl Pieces {
    fn of(body: &[u8], length: usize, pause: Duration) -> Self {
        let left = body.chunks(length.min(body.len().max(1))).map(Bytes::copy_from_slice).collect();
        Self { left, pause, sleeping: None }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if !self.pause.is_zero() && !self.left.is_empty() {
            let pause = self.pause;
            let sleeping = self.sleeping.get_or_insert_with(|| Box::pin(sleep(pause)));
            if sleeping.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.sleeping = None;
        }
        Poll::Ready(self.left.pop_front().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.iter().map(|piece| piece.len() as u64).sum())
    }
}

/// What all connections of a server share.
struct Shared {
    asked: Arc<Mutex<Vec<Asked>>>,
    answer: Box<dyn Fn(&Asked) -> Answer + Send + Sync>,
}

impl Shared {
    fn note(&self, request: &Request<Incoming>) -> Asked {
        let mut head = format!("{} {}\r\n", request.method(), request.uri());
        for (name, value) in request.headers() {
            let _ = write!(head, "{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes()));
        }
        let mut parameters = request.uri().query().unwrap_or_default().split('&');
        let page = parameters.find_map(|pair| pair.strip_prefix("page="));
        let page = page.and_then(|page| page.parse().ok()).unwrap_or(0);
        let mut all = self.asked.lock().unwrap();
        let asked = Asked { at: Instant::now(), before: all.len(), head, page };
        all.push(asked.clone());
        asked
    }
}

/// It ends when it is dropped.
pub struct Server {
    pub address: SocketAddr,
    pub asked: Arc<Mutex<Vec<Asked>>>,
    _stop: oneshot::Sender<()>,
}

impl Server {
    pub fn new(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::start(None, Box::new(answer))
    }

    pub fn secure(
        tls: rustls::ServerConfig,
        answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::start(Some(TlsAcceptor::from(Arc::new(tls))), Box::new(answer))
    }

    fn start(tls: Option<TlsAcceptor>, answer: Box<dyn Fn(&Asked) -> Answer + Send + Sync>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::default();
        let shared = Arc::new(Shared { asked: Arc::clone(&asked), answer });
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let accept = async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let (shared, tls) = (Arc::clone(&shared), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => plain(stream, shared).await,
                        Some(tls) => encrypted(tls, stream, shared).await,
                    }
                });
            }
        };
        thread::spawn(move || {
            runtime.spawn(accept);
            let _ = runtime.block_on(stopped);
        });
        Self { address, asked, _stop: stop }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn heads(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|asked| asked.head.clone()).collect()
    }
}

/// Why hyper gives a connection up: somebody else answers on it.
#[derive(Debug)]
struct Taken;

impl std::fmt::Display for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("taken")
    }
}

impl std::error::Error for Taken {}

async fn answered(
    request: Request<Incoming>,
    shared: &Shared,
    taken: &Mutex<Option<OnSocket>>,
) -> Result<Response<Pieces>, Taken> {
    let Answer { after, act } = (shared.answer)(&shared.note(&request));
    if !after.is_zero() {
        sleep(after).await;
    }
    match act {
        Act::Http(response) => Ok(response),
        Act::Socket(act) => {
            *taken.lock().unwrap() = Some(act);
            Err(Taken)
        }
    }
}

async fn plain(stream: tokio::net::TcpStream, shared: Arc<Shared>) {
    let taken = Arc::new(Mutex::new(None));
    let service = service_fn(|request| {
        let (shared, taken) = (Arc::clone(&shared), Arc::clone(&taken));
        Box::pin(async move { answered(request, &shared, &taken).await })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let _ = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let Some(act) = taken.lock().unwrap().take() else { return };
    let stream = connection.into_parts().io.into_inner().into_std().unwrap();
    stream.set_nonblocking(false).unwrap();
    thread::spawn(move || act(stream));
}

async fn encrypted(tls: TlsAcceptor, stream: tokio::net::TcpStream, shared: Arc<Shared>) {
    let Ok(stream) = tls.accept(stream).await else { return };
    let taken = Mutex::new(None);
    let service = service_fn(|request| answered(request, &shared, &taken));
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// A page of so many clients a page; every client has its own number.
pub fn page(number: u64, size: u64, total: u64) -> String {
    let first = (number - 1) * size;
    let ids = first..(first + size).min(total);
    let clients: Vec<_> = ids
        .map(|id| json!({"id": format!("7c9e6679-7425-40de-944b-{id:012x}"), "name": format!("School {id:06}")}))
        .collect();
    let info =
        json!({"perPage": size, "currentPage": number, "total": total, "hasMore": number * size < total});
    json!({"data": {"Clients": {"pageInfo": info, "clients": clients}}}).to_string()
}

/// The certificate of a server of this name, as TLS needs it and as PEM.
pub fn certificate(name: &str, expired: bool) -> (rustls::ServerConfig, String) {
    let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    if expired {
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    }
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let private = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    (config, certificate.pem())
}
