//! The listening socket, and the thread that serves its connections.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::activity::{Activity, Connections};
use super::{Limits, Service, connection, until_set};
use crate::error::{Error, ErrorKind};

/// Threads that make responses which take a while, at most, and their stack in bytes: payloads may be deep.
const MAX_WORKERS: usize = 16;
const STACK: usize = 64 << 20;

/// Binds a socket; port 0 picks a free one.
///
/// # Errors
///
/// [`ErrorKind::Network`] when the host is unknown or the port is in use.
pub(in crate::serve) fn bind(host: &str, port: u16) -> Result<TcpListener, Error> {
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let subject = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    TcpListener::bind((host, port)).map_err(|error| {
        let what = match error.kind() {
            io::ErrorKind::AddrInUse => "is in use; pass another `port`, or 0 for any free one",
            _ => "cannot be listened on",
        };
        let refused = Error::new(ErrorKind::Network, subject, what);
        if error.kind() == io::ErrorKind::AddrInUse { refused } else { refused.because(error) }
    })
}

/// A server that runs in a thread of its own, until it is stopped or dropped.
#[derive(Debug)]
pub(in crate::serve) struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    /// Ends what a stop waits for.
    abandon: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(in crate::serve) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no more, and waits until open requests are answered, for a time.
    pub(in crate::serve) fn drain(&mut self) {
        self.stop.send_replace(true);
        self.join();
    }

    /// The same until `is_abandoned`, which is asked again and again.
    pub(in crate::serve) fn drain_until(&mut self, mut is_abandoned: impl FnMut() -> bool) {
        self.stop.send_replace(true);
        while self.thread.as_ref().is_some_and(|thread| !thread.is_finished()) {
            if is_abandoned() {
                self.abandon.send_replace(true);
                break;
            }
            thread::sleep(RETRY);
        }
        self.join();
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has ended as well.
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.abandon.send_replace(true);
        self.stop.send_replace(true);
        self.join();
    }
}

/// Serves the connections of a socket in a thread.
///
/// # Errors
///
/// [`ErrorKind::Network`] when the system gives no thread or socket.
pub(in crate::serve) fn start<S: Service>(
    listener: TcpListener,
    limits: Limits,
    service: Arc<S>,
) -> Result<Running, Error> {
    let refused = |error: io::Error| Error::new(ErrorKind::Network, "server", "cannot start").because(error);
    listener.set_nonblocking(true).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let runtime = Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(MAX_WORKERS)
        .thread_stack_size(STACK)
        .build()
        .map_err(refused)?;
    let (stop, stopped) = watch::channel(false);
    let (abandon, abandoned) = watch::channel(false);
    let listener = {
        let _inside = runtime.enter();
        tokio::net::TcpListener::from_std(listener).map_err(refused)?
    };
    let serving = move || {
        run(&runtime, accept(listener, limits, service, stopped), limits, abandoned);
        // A response whose connection is gone is not waited for.
        runtime.shutdown_background();
    };
    let thread = thread::Builder::new().name("server".to_owned()).spawn(serving).map_err(refused)?;
    Ok(Running { address, stop, abandon, thread: Some(thread) })
}

fn run(
    runtime: &Runtime,
    accept: impl Future<Output = JoinSet<()>>,
    limits: Limits,
    mut abandoned: watch::Receiver<bool>,
) {
    runtime.block_on(async move {
        let mut open = accept.await;
        let all = async { while open.join_next().await.is_some() {} };
        tokio::select! {
            _ = timeout(limits.drain_time, all) => {}
            () = until_set(&mut abandoned) => {}
        }
    });
}

/// Accepts connections until the server is stopped; returns those that are still open.
async fn accept<S: Service>(
    listener: tokio::net::TcpListener,
    limits: Limits,
    service: Arc<S>,
    stopped: watch::Receiver<bool>,
) -> JoinSet<()> {
    let free = Arc::new(Semaphore::new(limits.connections as usize));
    let (mut open, mut connections) = (JoinSet::new(), Connections::default());
    let mut stop = stopped.clone();
    let started = Instant::now();
    loop {
        let next = async {
            let accepted = listener.accept().await;
            (accepted, slot(&free, &mut connections).await)
        };
        let (accepted, slot) = tokio::select! {
            next = next => next,
            () = until_set(&mut stop) => return open,
        };
        if let Ok((stream, _)) = accepted {
            let (service, stopped) = (Arc::clone(&service), stopped.clone());
            let activity = Activity::new(started);
            connections.add(&activity, limits.connections as usize);
            open.spawn(async move {
                connection::serve(stream, limits, service, activity, stopped).await;
                drop(slot);
            });
        } else {
            // Out of sockets, most likely.
            connections.close_longest_idle();
            sleep(RETRY).await;
        }
        while open.try_join_next().is_some() {}
    }
}

/// Until the next attempt to make room for a connection.
const RETRY: Duration = Duration::from_millis(20);

/// A slot for one more connection, if need be that of the connection that is idle for the longest time.
async fn slot(free: &Arc<Semaphore>, connections: &mut Connections) -> Option<OwnedSemaphorePermit> {
    if let Ok(slot) = Arc::clone(free).try_acquire_owned() {
        return Some(slot);
    }
    loop {
        connections.close_longest_idle();
        if let Ok(slot) = timeout(RETRY, Arc::clone(free).acquire_owned()).await {
            return slot.ok();
        }
    }
}
