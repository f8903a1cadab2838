//! Adds header fields to the responses to requests that cannot be parsed, which no service sees.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Service;

/// The beginnings of these responses, and of no others: responses of services have fields of their own.
const REFUSALS: [&[u8]; 3] = [
    b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n",
    b"HTTP/1.1 414 URI Too Long\r\nconnection: close\r\ncontent-length: 0\r\n",
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n",
];

/// A stream that adds the fields of a service to refusals.
pub(super) struct Refusals<T, S> {
    stream: T,
    service: Arc<S>,
    /// A refusal, as far as it is not written yet.
    left: Vec<u8>,
}

impl<T: AsyncWrite + Unpin, S: Service> Refusals<T, S> {
    pub(super) fn new(stream: T, service: Arc<S>) -> Self {
        Self { stream, service, left: Vec::new() }
    }

    pub(super) fn into_inner(self) -> T {
        self.stream
    }

    fn poll_left(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.left.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.left))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.left.drain(..written);
        }
        Poll::Ready(Ok(()))
    }

    /// Takes a refusal, to be written with more fields.
    fn takes(&mut self, bytes: &[u8]) -> bool {
        let refusal = REFUSALS.into_iter().find(|refusal| bytes.starts_with(refusal));
        if let Some(refusal) = refusal {
            self.left = [refusal, self.service.refusal_fields().as_bytes(), &bytes[refusal.len()..]].concat();
        }
        refusal.is_some()
    }
}

impl<T: AsyncRead + Unpin, S: Service> AsyncRead for Refusals<T, S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin, S: Service> AsyncWrite for Refusals<T, S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_left(context))?;
        if self.takes(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_left(context))?;
        if let Some(first) = pieces.first().filter(|first| self.takes(first)) {
            return Poll::Ready(Ok(first.len()));
        }
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_left(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_left(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
