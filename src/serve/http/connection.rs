//! One connection, from its first request to its end.

use std::error::Error as _;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::activity::{Activity, Held};
use super::refusal::Refusals;
use super::stream::Guarded;
use super::{Abort, Limits, Service, until_set};

/// How long an idle connection may send what it has left when the server drains.
const LAST_CALL: Duration = Duration::from_millis(50);

/// Serves a connection until the peer or the server ends it.
pub(super) async fn serve<S: Service>(
    stream: TcpStream,
    limits: Limits,
    service: Arc<S>,
    activity: Arc<Activity>,
    mut stopped: watch::Receiver<bool>,
) {
    // Without it, responses only come later.
    let _ = stream.set_nodelay(true);
    let stream = Guarded::new(stream, limits.write_time, Arc::clone(&activity));
    let stream = TokioIo::new(Refusals::new(stream, Arc::clone(&service)));
    let begun = Arc::clone(&activity);
    let answer = service_fn(move |request| {
        let (service, open) = (Arc::clone(&service), begun.begin());
        async move {
            let response = service.answer(request).await?;
            Ok::<_, Abort>(response.map(|body| Held { body, _open: open }))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_header_size(limits.head)
        .max_buf_size(limits.head.max(MIN_BUFFER))
        .max_headers(limits.fields)
        .preserve_header_case(limits.forwards)
        .auto_date_header(!limits.forwards)
        // A peer that ends its half of the connection still gets its response.
        .half_close(true)
        .serve_connection(stream, answer);
    let mut connection = Box::pin(connection);
    let ended = loop {
        tokio::select! {
            ended = connection.as_mut() => break ended,
            () = until_set(&mut stopped) => {
                connection.as_mut().graceful_shutdown();
                match drained(connection.as_mut(), &activity).await {
                    Some(ended) => break ended,
                    None => return,
                }
            }
            () = activity.closing() => {
                if activity.is_idle() {
                    return;
                }
            }
        }
    };
    let Err(error) = ended else { return };
    let Some(abort) = error.source().and_then(|cause| cause.downcast_ref::<Abort>()) else { return };
    let io = (*Pin::into_inner(connection)).into_parts().io;
    end(io.into_inner().into_inner().into_inner(), abort, limits.write_time).await;
}

/// Waits for the request that is being answered; nothing if there is none, but perhaps an incomplete head.
async fn drained<T>(mut connection: Pin<&mut impl Future<Output = T>>, activity: &Activity) -> Option<T> {
    loop {
        match timeout(LAST_CALL, connection.as_mut()).await {
            Ok(ended) => return Some(ended),
            Err(_) if activity.is_idle() => return None,
            Err(_) => {}
        }
    }
}

/// The least that hyper reads into.
const MIN_BUFFER: usize = 8 << 10;

/// Sends what is left to be sent, and closes or resets the connection.
async fn end(mut stream: TcpStream, abort: &Abort, time: Duration) {
    // A peer that reads nothing more has what it requested.
    let _ = timeout(time, stream.write_all(&abort.bytes)).await;
    if abort.reset {
        let _ = socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    } else {
        let _ = timeout(time, stream.shutdown()).await;
    }
}
