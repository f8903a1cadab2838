//! Rewrites parts on several threads, and writes them in their order.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};

use super::rewriter::Around;
use super::{Rewritten, rewrite_part};
use crate::error::Error;
use crate::payload::Input;
use crate::payload::parts::{Part, Parts};
use crate::redact::Redactor;

/// Parts are handed over together up to this number of bytes.
const BATCH: usize = 1 << 20;

/// Turns that may be under way for each thread: results wait for their turn in memory.
const AHEAD: usize = 2;

/// Bytes of stack for a thread.
const STACK: usize = 16 << 20;

/// Parts that were read together.
struct Batch {
    parts: Vec<Part>,
    input: Input,
}

/// Those as they became.
#[derive(Default)]
struct Done {
    bytes: Vec<u8>,
    problems: Vec<Error>,
}

/// What becomes of the parts whose turn it is.
type Turn = Receiver<Done>;

fn batch(parts: &mut Parts<'_>) -> Option<Batch> {
    let (mut taken, mut bytes) = (Vec::new(), 0);
    while bytes < BATCH
        && let Some(part) = parts.next()
    {
        bytes += part.len();
        taken.push(part);
    }
    (!taken.is_empty()).then_some(Batch { parts: taken, input: parts.input })
}

fn work(batch: Batch, redactor: &mut Redactor, around: &Around) -> Done {
    let mut done = Done::default();
    for part in batch.parts {
        done.problems.extend(rewrite_part(&part, batch.input, redactor, around, &mut done.bytes));
        if let Part::Problem(error) = part {
            done.problems.push(error);
        }
    }
    done
}

impl Rewritten {
    fn write(&mut self, done: Done, written: &mut u64, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&done.bytes)?;
        *written += done.bytes.len() as u64;
        self.cuts.push(*written);
        self.problems.extend(done.problems);
        Ok(())
    }
}

pub(super) fn rewrite(
    mut parts: Parts<'_>,
    redactor: &mut Redactor,
    around: &Around,
    jobs: NonZeroUsize,
    out: &mut dyn Write,
) -> io::Result<Rewritten> {
    let (mut rewritten, mut written) = (Rewritten::default(), 0);
    // Threads do not pay for what one reads in a moment.
    let first = batch(&mut parts);
    let second = first.is_some().then(|| batch(&mut parts)).flatten();
    let is_small = second.is_none();
    for read in [first, second].into_iter().flatten() {
        rewritten.write(work(read, redactor, around), &mut written, out)?;
    }
    if is_small {
        return Ok(rewritten);
    }
    if jobs == NonZeroUsize::MIN {
        while let Some(read) = batch(&mut parts) {
            rewritten.write(work(read, redactor, around), &mut written, out)?;
        }
        return Ok(rewritten);
    }
    let parts = Mutex::new(parts);
    thread::scope(|scope| {
        let (in_order, turns) = sync_channel::<Turn>(jobs.get().saturating_mul(AHEAD));
        let mut workers = Vec::new();
        for _ in 0..jobs.get() {
            let (parts, in_order, mut own) = (&parts, in_order.clone(), redactor.fork());
            let run = move || {
                while take_turn(parts, &mut own, around, &in_order) {}
                own
            };
            // The others do all the work.
            match Builder::new().stack_size(STACK).spawn_scoped(scope, run) {
                Ok(worker) => workers.push(worker),
                Err(error) if workers.is_empty() => return Err(error),
                Err(_) => break,
            }
        }
        drop(in_order);
        for turn in turns {
            let done = turn.recv().map_err(|_| io::Error::other("a thread broke off"))?;
            rewritten.write(done, &mut written, out)?;
        }
        for worker in workers {
            let own = worker.join().map_err(|_| io::Error::other("a thread broke off"))?;
            redactor.join(own);
        }
        Ok(())
    })?;
    Ok(rewritten)
}

/// Rewrites what comes next; false at the end.
fn take_turn(
    parts: &Mutex<Parts<'_>>,
    redactor: &mut Redactor,
    around: &Around,
    in_order: &SyncSender<Turn>,
) -> bool {
    let mut parts = parts.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(read) = batch(&mut parts) else { return false };
    let (done, turn) = sync_channel(1);
    if in_order.send(turn).is_err() {
        return false;
    }
    drop(parts);
    done.send(work(read, redactor, around)).is_ok()
}
