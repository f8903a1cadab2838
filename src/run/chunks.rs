//! A reader that a stop interrupts while it waits for input.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::stop::Stop;

/// A stream that ends when the run is stopped, even while nothing arrives: a thread of its own waits for it.
pub(super) struct Chunks {
    received: Receiver<io::Result<Vec<u8>>>,
    chunk: Vec<u8>,
    at: usize,
    stop: Stop,
}

impl Chunks {
    /// Begins to read.
    pub(super) fn new(mut reader: Box<dyn Read + Send>, stop: Stop) -> Self {
        const CHUNK: usize = 256 * 1024;
        let (sender, received) = mpsc::sync_channel(2);
        thread::spawn(move || {
            loop {
                let mut chunk = vec![0; CHUNK];
                let read = match reader.read(&mut chunk) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    read => read,
                };
                let more = matches!(read, Ok(1..));
                let sent = sender.send(read.map(|length| {
                    chunk.truncate(length);
                    chunk
                }));
                if !more || sent.is_err() {
                    break;
                }
            }
        });
        Self { received, chunk: Vec::new(), at: 0, stop }
    }

    /// Whether it ends because the run is stopped.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_stopped()
    }
}

impl Read for Chunks {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(into.len());
        into[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Chunks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.chunk.len() && !self.stop.is_stopped() {
            match self.received.recv_timeout(Duration::from_millis(100)) {
                Ok(chunk) => {
                    self.chunk = chunk?;
                    self.at = 0;
                    if self.chunk.is_empty() {
                        break;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        Ok(&self.chunk[self.at..])
    }

    fn consume(&mut self, length: usize) {
        self.at += length;
    }
}
