//! Reads files and parts of files that come one after the other on a stream.
//!
//! Each line of JSON says what follows: `{"file": NAME}` begins a file, with `"line": N` a part of one that is
//! NDJSON and begins with this line, with `"beside": true` one whose capture may name bodies beside it, and with
//! `"read": true` one that is read from its path; `{"bytes": N}` is followed by N bytes of it, `{"error": MESSAGE}`
//! says why there are no more. `{"problem": MESSAGE, "file": NAME}` is a file that cannot be read, and
//! `{"skipped": N}` counts files that are skipped. `{"end": true}` is the last line: a stream without it is cut off.

use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;

use super::chunks::Chunks;
use crate::error::{Error, ErrorKind};

/// The longest line between files.
const MAX_LINE: u64 = 1 << 20;

/// Bytes of a part that are read at a time.
const BUFFER: usize = 1 << 16;

/// What a line says.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Bytes(Bytes),
    Error(Broken),
    Problem(Problem),
    Skipped(Skipped),
    End(End),
    File(Named),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    end: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bytes {
    bytes: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Broken {
    error: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Problem {
    problem: String,
    file: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Skipped {
    skipped: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    file: String,
    line: Option<u64>,
    #[serde(default)]
    beside: bool,
    #[serde(default)]
    read: bool,
}

/// What comes next.
pub(super) enum Next {
    Part(Part),
    /// Files that are skipped.
    Skipped(u64),
    /// What cannot be read.
    Problem(Error),
}

/// A file or a part of one.
pub(super) enum Part {
    /// A file that is read from its path.
    Path(PathBuf),
    /// A file by its path, with what its capture put beside it.
    Beside(PathBuf, BufReader<PartReader>),
    /// A file by its name.
    File(String, BufReader<PartReader>),
    /// Lines of a file, from this one on.
    Lines(String, u64, BufReader<PartReader>),
}

/// All parts, in order.
pub(super) struct Parts(Arc<Mutex<Stream>>);

struct Stream {
    reader: Chunks,
    /// The number of the part that is being read: a reader of an earlier one has come to its end.
    number: u64,
    /// Bytes of it that follow.
    left: u64,
    /// Whether bytes may follow: it is one that is read from the stream.
    is_open: bool,
    /// What was said after its last bytes.
    said: Option<Said>,
    ended: bool,
}

impl Stream {
    /// Goes on until bytes of this part follow; false at its end.
    fn has_more(&mut self) -> io::Result<bool> {
        while self.left == 0 {
            if self.ended || self.said.is_some() {
                return Ok(false);
            }
            match self.line()? {
                Some(Said::Bytes(_) | Said::Error(_)) if !self.is_open => {
                    self.ended = true;
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "bytes of no file"));
                }
                Some(Said::Bytes(Bytes { bytes })) => self.left = bytes,
                Some(Said::Error(Broken { error })) => return Err(io::Error::other(error)),
                Some(Said::End(_)) => {
                    self.ended = true;
                    if self.line()?.is_some() {
                        return Err(io::Error::new(
                            io::ErrorKind::InvalidData,
                            "lines follow {\"end\": true}",
                        ));
                    }
                }
                None => {
                    self.ended = true;
                    if !self.reader.is_stopped() {
                        let what = "the stream is cut off: it has no line {\"end\": true}";
                        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what));
                    }
                }
                said => self.said = said,
            }
        }
        Ok(true)
    }

    /// The next line; `None` where there are no more.
    fn line(&mut self) -> io::Result<Option<Said>> {
        let mut line = Vec::new();
        let read = (&mut self.reader).take(MAX_LINE).read_until(b'\n', &mut line);
        read.inspect_err(|_| self.ended = true)?;
        if line.is_empty() {
            return Ok(None);
        }
        // An array would be taken for an object without names.
        let is_object = line.trim_ascii_start().starts_with(b"{");
        let said = if is_object { serde_json::from_slice(&line).ok() } else { None };
        let said = said.filter(|said| !matches!(said, Said::End(End { end: false })));
        said.map(Some).ok_or_else(|| {
            self.ended = true;
            io::Error::new(io::ErrorKind::InvalidData, "expected a line of JSON that announces what follows")
        })
    }

    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.has_more()? {
            return Ok(0);
        }
        let most = usize::try_from(self.left).map_or(into.len(), |left| into.len().min(left));
        let read = self.reader.read(&mut into[..most]).and_then(|length| match length {
            0 if most > 0 => Err(io::ErrorKind::UnexpectedEof.into()),
            length => Ok(length),
        });
        let length = read.inspect_err(|_| (self.left, self.ended) = (0, true))?;
        self.left -= length as u64;
        Ok(length)
    }
}

fn lock(stream: &Mutex<Stream>) -> MutexGuard<'_, Stream> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The bytes of one part.
pub(super) struct PartReader {
    stream: Arc<Mutex<Stream>>,
    number: u64,
}

impl Read for PartReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut stream = lock(&self.stream);
        if stream.number == self.number { stream.read(into) } else { Ok(0) }
    }
}

impl Parts {
    pub(super) fn new(reader: Chunks) -> Self {
        Self(Arc::new(Mutex::new(Stream {
            reader,
            number: 0,
            left: 0,
            is_open: false,
            said: None,
            ended: false,
        })))
    }

    fn reader(&self, number: u64) -> BufReader<PartReader> {
        BufReader::with_capacity(BUFFER, PartReader { stream: Arc::clone(&self.0), number })
    }
}

impl Iterator for Parts {
    type Item = Next;

    fn next(&mut self) -> Option<Self::Item> {
        let mut stream = lock(&self.0);
        stream.number += 1;
        // Whoever read the part before may have stopped within it.
        let mut rest = [0; 8192];
        loop {
            match stream.read(&mut rest) {
                Ok(0) => break,
                Ok(_) => {}
                // An error of the part that was read before.
                Err(_) if !stream.ended => {}
                Err(io_error) => {
                    let error = Error::new(ErrorKind::Input, "<stdin>", "cannot be read in parts");
                    let error = error.because(io_error);
                    return Some(Next::Problem(error));
                }
            }
        }
        let number = stream.number;
        let said = stream.said.take()?;
        stream.is_open = matches!(&said, Said::File(named) if !named.read || named.line.is_some());
        drop(stream);
        let part = match said {
            Said::File(Named { file, line: Some(line), .. }) => Part::Lines(file, line, self.reader(number)),
            Said::File(Named { file, read: true, .. }) => Part::Path(file.into()),
            Said::File(Named { file, beside: true, .. }) => Part::Beside(file.into(), self.reader(number)),
            Said::File(Named { file, .. }) => Part::File(file, self.reader(number)),
            Said::Skipped(Skipped { skipped }) => return Some(Next::Skipped(skipped)),
            Said::Problem(Problem { problem, file }) => {
                return Some(Next::Problem(Error::new(ErrorKind::Input, file, problem)));
            }
            // They are part of what is read.
            Said::Bytes(_) | Said::Error(_) | Said::End(_) => return None,
        };
        Some(Next::Part(part))
    }
}

#[cfg(test)]
mod tests {
    use super::super::stop::Stop;
    use super::*;

    /// Gives an error at its end.
    struct Failing<'r>(&'r [u8]);

    impl Read for Failing<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() { Err(io::Error::other("broken pipe")) } else { self.0.read(into) }
        }
    }

    #[test]
    fn what_is_of_no_file_is_a_problem() {
        for said in [
            "{\"bytes\": 2}\n{}\n{\"file\": \"a.json\"}\n",
            "{\"skipped\": 1}\n{\"bytes\": 2}\n{}\n",
            "{\"file\": \"a.json\", \"read\": true}\n{\"bytes\": 2}\n{}\n",
            "{\"error\": \"x\"}\n",
            "[2]\n{}\n",
            "{\"skipped\": 1}\n{\"end\": true}\n{\"skipped\": 1}\n",
            "{\"skipped\": 1}\n{\"end\": false}\n",
        ] {
            let chunks = Chunks::new(Box::new(said.as_bytes()), Stop::default());
            let problems = Parts::new(chunks).filter(|next| matches!(next, Next::Problem(_)));
            assert_eq!(problems.count(), 1, "{said}");
        }
    }

    #[test]
    fn a_stream_that_breaks_between_files_is_a_problem() {
        for said in
            ["", "{\"file\": \"a.json\"}\n{\"bytes\": 2}\n{}", "{\"file\": \"a.json\"}\n{\"bytes\": 9}\n{}"]
        {
            let chunks = Chunks::new(Box::new(Failing(said.as_bytes())), Stop::default());
            let mut problems = Vec::new();
            for next in Parts::new(chunks) {
                match next {
                    Next::Problem(error) => problems.push(error.to_string()),
                    Next::Part(Part::File(_, mut reader)) => {
                        let mut body = Vec::new();
                        problems.extend(reader.read_to_end(&mut body).err().map(|error| error.to_string()));
                        assert_eq!(body, b"{}");
                    }
                    _ => unreachable!(),
                }
            }
            assert_eq!(problems.len(), 1, "{said}: {problems:?}");
        }
    }

    /// The last line alone decides: cut off between two others, a stream looks like one with fewer files.
    #[test]
    fn a_stream_that_is_cut_off_between_lines_is_a_problem() {
        let lines = [
            "{\"skipped\": 1}\n",
            "{\"file\": \"a.json\"}\n",
            "{\"bytes\": 3}\n{}\n",
            "{\"file\": \"b.json\", \"read\": true}\n",
            "{\"end\": true}\n",
        ];
        for length in 0..=lines.len() {
            let chunks = Chunks::new(Box::new(io::Cursor::new(lines[..length].concat())), Stop::default());
            let mut problems = 0;
            for next in Parts::new(chunks) {
                match next {
                    Next::Problem(_) => problems += 1,
                    Next::Part(Part::File(_, mut reader)) => {
                        problems += u64::from(reader.read_to_end(&mut Vec::new()).is_err());
                    }
                    _ => {}
                }
            }
            assert_eq!(problems, u64::from(length < lines.len()), "{length}");
        }
        let stop = Stop::default();
        stop.stop();
        let chunks = Chunks::new(Box::new(io::empty()), stop);
        assert_eq!(Parts::new(chunks).count(), 0, "interrupted");
    }
}
