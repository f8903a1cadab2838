//! A server on loopback that sends exactly the bytes that a test gives it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What is done about a request.
pub enum Act {
    /// These bytes are sent, and another request may follow.
    Send(Vec<u8>),
    /// These bytes are sent in pieces of this length, with a pause before each.
    Slowly(Vec<u8>, usize, Duration),
    /// These bytes are sent, and the connection is closed.
    Close(Vec<u8>),
    /// The same after a while.
    Stall(Vec<u8>, Duration),
}

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Came {
    /// The number of its connection, and its own number on it, from 0.
    pub connection: usize,
    pub number: usize,
    pub head: String,
}

pub struct Raw {
    pub address: SocketAddr,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Raw {
    /// Requests have no bodies but those of a `Content-Length`, which are read and forgotten.
    pub fn new(act: impl Fn(&Came) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (came, act) = (Arc::<Mutex<Vec<Came>>>::default(), Arc::new(act));
        let all = Arc::clone(&came);
        thread::spawn(move || {
            for (connection, stream) in listener.incoming().flatten().enumerate() {
                let (all, act) = (Arc::clone(&all), Arc::clone(&act));
                thread::spawn(move || serve(stream, connection, &all, &*act));
            }
        });
        Self { address, came }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, connection: usize, all: &Mutex<Vec<Came>>, act: &dyn Fn(&Came) -> Act) {
    for number in 0.. {
        let Some(head) = head(&mut stream) else { return };
        let came = Came { connection, number, head };
        all.lock().unwrap().push(came.clone());
        let sent = match act(&came) {
            Act::Send(bytes) => stream.write_all(&bytes),
            Act::Slowly(bytes, length, pause) => bytes.chunks(length).try_for_each(|piece| {
                thread::sleep(pause);
                stream.write_all(piece)
            }),
            Act::Close(bytes) => {
                let _ = stream.write_all(&bytes);
                return;
            }
            Act::Stall(bytes, pause) => {
                let _ = stream.write_all(&bytes);
                thread::sleep(pause);
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

fn head(stream: &mut TcpStream) -> Option<String> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    stream.read_exact(&mut vec![0; length.unwrap_or(0)]).ok()?;
    Some(head)
}
