//! A server on loopback that does what a test tells it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use serde_json::json;

/// One request, as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    pub at: Instant,
    /// How many came before it.
    pub before: usize,
    pub head: String,
    pub page: u64,
}

pub struct Server {
    pub address: SocketAddr,
    pub asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Answers each connection by `answer`; the thread ends with the process.
    pub fn new(answer: impl Fn(&Asked, &mut dyn Write) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (all, answer) = (Arc::clone(&asked), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (all, answer) = (Arc::clone(&all), Arc::clone(&answer));
                thread::spawn(move || {
                    let mut stream: TcpStream = stream;
                    let Some(asked) = request(&mut stream, &all) else { return };
                    answer(&asked, &mut stream);
                    // What was sent is read before the connection goes.
                    let _ = stream.shutdown(std::net::Shutdown::Write);
                });
            }
        });
        Self { address, asked }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn heads(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|asked| asked.head.clone()).collect()
    }
}

/// Reads one request and notes it.
pub fn request(stream: &mut impl Read, all: &Mutex<Vec<Asked>>) -> Option<Asked> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let page = head.split("page=").nth(1).map_or(0, |rest| {
        rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
    });
    let mut all = all.lock().unwrap();
    let asked = Asked { at: Instant::now(), before: all.len(), head, page };
    all.push(asked.clone());
    Some(asked)
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

/// A whole answer.
pub fn send(out: &mut dyn Write, status: &str, headers: &str, body: &[u8]) {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n");
    let _ = out.write_all(&[head.as_bytes(), body].concat());
}

pub const JSON: &str = "content-type: application/json\r\n";
