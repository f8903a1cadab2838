//! Decompresses a stream ahead, on a thread of its own.

use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::sync::mpsc::{Receiver, SendError, SyncSender, sync_channel};
use std::thread::Builder;

use super::codecs::{DECODED, Notes};
use super::stream::Reader;

/// Chunks in memory.
const CHUNKS: usize = 4;

/// A shorter stream is not worth a thread.
pub(super) const MIN_BYTES_FOR_THREAD: usize = 1 << 20;

/// What the thread read.
enum Came {
    /// A chunk, and how many bytes of it.
    Bytes(Vec<u8>, usize),
    /// The end or an error, and the stream, for whoever reads on behind that.
    End(io::Result<()>, Reader<'static>),
}

struct Thread {
    came: Receiver<Came>,
    /// Takes chunks that were read.
    spent: SyncSender<Vec<u8>>,
}

/// A stream that another thread reads ahead. Bytes and errors come as if nobody did.
pub(super) struct Prefetched {
    /// The stream before the thread starts, and after it ended.
    direct: Option<Reader<'static>>,
    /// How many bytes are read before the thread starts, until it does.
    before: Option<usize>,
    thread: Option<Thread>,
    chunk: Vec<u8>,
    rest: Range<usize>,
    /// What is noted while the stream is read, and who is to know where that is reached.
    notes: Notes,
    reached: Notes,
}

impl Prefetched {
    /// So many bytes are read before the thread starts. `notes` are those of the stream; later ones are in
    /// `reached` once its end or an error is.
    pub(super) fn new(reader: Reader<'static>, before: usize, notes: Notes, reached: Notes) -> Self {
        reached.append(&notes);
        Self {
            direct: Some(reader),
            before: Some(before),
            thread: None,
            chunk: Vec::new(),
            rest: 0..0,
            notes,
            reached,
        }
    }

    /// Starts the thread, if enough was read and there can be one.
    fn start(&mut self) {
        if self.before != Some(0) {
            return;
        }
        self.before = None;
        let (hand_over, handed) = sync_channel(1);
        let (send, came) = sync_channel(CHUNKS);
        let (spent, empty) = sync_channel(CHUNKS);
        let work = move || {
            if let Ok(reader) = handed.recv() {
                read_ahead(reader, &empty, &send);
            }
        };
        if Builder::new().name("decompress".to_owned()).spawn(work).is_err() {
            return;
        }
        for _ in 0..CHUNKS {
            // There is room for them.
            let _ = spent.send(Vec::new());
        }
        let Some(reader) = self.direct.take() else { return };
        match hand_over.send(reader) {
            Ok(()) => self.thread = Some(Thread { came, spent }),
            Err(SendError(reader)) => self.direct = Some(reader),
        }
    }

    /// Waits for the next chunk.
    fn receive(&mut self) -> io::Result<()> {
        let Some(Thread { came, spent }) = &self.thread else { return Ok(()) };
        if !self.chunk.is_empty() {
            // At the end of the stream nobody takes it.
            let _ = spent.send(std::mem::take(&mut self.chunk));
        }
        self.rest = 0..0;
        match came.recv() {
            Ok(Came::Bytes(chunk, length)) => {
                (self.chunk, self.rest) = (chunk, 0..length);
                Ok(())
            }
            Ok(Came::End(ended, reader)) => {
                self.reached.append(&self.notes);
                (self.thread, self.direct) = (None, Some(reader));
                ended
            }
            Err(_) => Err(io::Error::other("its decompression broke off")),
        }
    }
}

/// Fills empty chunks up to the end of the stream or an error, or until nobody wants them.
fn read_ahead(mut reader: Reader<'static>, empty: &Receiver<Vec<u8>>, send: &SyncSender<Came>) {
    while let Ok(mut chunk) = empty.recv() {
        chunk.resize(DECODED, 0);
        let ended = match read(&mut reader, &mut chunk) {
            Ok(0) => Ok(()),
            Ok(length) if send.send(Came::Bytes(chunk, length)).is_ok() => continue,
            Ok(_) => return,
            Err(error) => Err(error),
        };
        // Whoever left does not need it.
        let _ = send.send(Came::End(ended, reader));
        return;
    }
}

/// Reads once.
fn read(reader: &mut impl Read, chunk: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

impl Read for Prefetched {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.start();
        if let Some(reader) = &mut self.direct {
            let read = reader.read(into);
            match read {
                Ok(length @ 1..) => self.before = self.before.map(|bytes| bytes.saturating_sub(length)),
                _ => self.reached.append(&self.notes),
            }
            return read;
        }
        let length = self.fill_buf()?.read(into)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Prefetched {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.start();
        if self.direct.is_none() && self.rest.is_empty() {
            self.receive()?;
            return Ok(&self.chunk[self.rest.clone()]);
        }
        let Some(reader) = &mut self.direct else { return Ok(&self.chunk[self.rest.clone()]) };
        let filled = reader.fill_buf();
        if !matches!(filled, Ok([_, ..])) {
            self.reached.append(&self.notes);
        }
        filled
    }

    fn consume(&mut self, length: usize) {
        if let Some(reader) = &mut self.direct {
            reader.consume(length);
            self.before = self.before.map(|bytes| bytes.saturating_sub(length));
        } else {
            self.rest.start += length;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, mpsc};
    use std::time::Duration;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::origin::Origin;
    use crate::payload::{Item, Options, open_reader};

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    }

    /// Everything that is read from a file, and what is wrong with it.
    fn items(bytes: &[u8], name: &str, ahead: bool) -> Vec<String> {
        let opened = match open_reader(Cursor::new(bytes.to_vec()), Origin::file(name), &Options::default()) {
            Err(error) => return vec![error.to_string()],
            Ok(opened) if ahead => opened.ahead_after(0),
            Ok(opened) => opened,
        };
        let item = |item| match item {
            Ok(Item::Payload(payload)) => {
                format!("{} {}", payload.origin(), String::from_utf8_lossy(payload.bytes()))
            }
            Ok(other) => format!("{other:?}"),
            Err(error) => format!("{error:?}"),
        };
        opened.items().map(item).collect()
    }

    #[test]
    fn broken_streams_are_read_as_without_a_thread() {
        let line = |number: u64| {
            let text = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_string().repeat(5);
            format!("{{\"number\": {number}, \"text\": \"{text}\"}}\n")
        };
        let block: String = (0..40).map(line).collect();
        let text = block.repeat(120);
        assert!(text.len() > 2 * DECODED);
        let whole = [&gzip(text.as_bytes())[..], &gzip(block.as_bytes()), b"behind the end"].concat();
        let expected = items(&whole, "a.ndjson.gz", false);
        assert_eq!(expected.len(), 121 * 40 + 1, "{:?}", expected.last());
        assert_eq!(items(&whole, "a.ndjson.gz", true), expected);
        let mut errors = 0;
        for at in (0..whole.len()).step_by(97) {
            let mut broken = whole.clone();
            broken[at] ^= 0x55;
            for bytes in [&whole[..at], &broken] {
                let expected = items(bytes, "a.ndjson.gz", false);
                errors += usize::from(expected.len() < 121 * 40);
                assert!(items(bytes, "a.ndjson.gz", true) == expected, "{at}");
            }
        }
        assert!(errors > 50, "{errors}");
    }

    /// Bytes without end, that says when it is gone.
    struct Endless {
        reads: Arc<AtomicUsize>,
        gone: mpsc::Sender<()>,
    }

    impl Read for Endless {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.reads.fetch_add(1, Ordering::Relaxed);
            Ok(into.len())
        }
    }

    impl Drop for Endless {
        fn drop(&mut self) {
            self.gone.send(()).unwrap();
        }
    }

    fn prefetched(reader: impl Read + Send + 'static) -> Prefetched {
        let reader = Box::new(io::BufReader::with_capacity(1, reader));
        Prefetched::new(reader, 0, Notes::default(), Notes::default())
    }

    #[test]
    fn a_thread_ends_when_nobody_reads_and_is_never_far_ahead() {
        let (gone, is_gone) = mpsc::channel();
        let reads = Arc::new(AtomicUsize::default());
        let mut stream = prefetched(Endless { reads: Arc::clone(&reads), gone });
        assert_eq!(stream.read(&mut [0; 10]).unwrap(), 10);
        drop(stream);
        is_gone.recv_timeout(Duration::from_secs(60)).unwrap();
        assert!(reads.load(Ordering::Relaxed) <= CHUNKS);
    }

    #[test]
    fn a_thread_that_breaks_off_is_no_end() {
        struct Broken(bool);
        impl Read for Broken {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                assert!(!std::mem::replace(&mut self.0, true), "as it should");
                Ok(into.len())
            }
        }
        let mut stream = prefetched(Broken(false));
        let mut read = Vec::new();
        assert!(stream.read_to_end(&mut read).unwrap_err().to_string().contains("broke off"));
        assert_eq!(read.len(), DECODED);
    }
}
