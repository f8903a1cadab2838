//! Signals that interrupt the tool.

#[cfg(unix)]
use std::io;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use clients_contract::run::Stop;

use crate::exit::Exit;
use crate::output::FILES;

/// The exit code of the signal that came first; 0 before one comes.
static ASKED: AtomicU8 = AtomicU8::new(0);

/// How many signals came.
static COUNT: AtomicU8 = AtomicU8::new(0);

/// How many of them the work looks at, and ends by itself: [`pressed`], [`pressed_again`].
static WATCHED: AtomicU8 = AtomicU8::new(0);

/// Ends the work.
pub static STOP: LazyLock<Stop> = LazyLock::new(Stop::default);

/// Work that does not look for so long after a signal is stuck: in a pipe that nobody writes to, in a
/// computation.
const MAX_SILENCE: Duration = Duration::from_secs(5);

/// Receives Ctrl-C (SIGINT), SIGTERM and SIGHUP from now on. Until [`watch`] is called, they end the process
/// at once, and temporary files with it.
pub fn receive() {
    // Without a handler they end the process, which is what they would do anyway.
    let _ = signals();
}

#[cfg(unix)]
fn signals() -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    // `nohup` asks for work to go on when the terminal is closed.
    if !is_ignored(SIGHUP) {
        signals.add_signal(SIGHUP)?;
    }
    thread::Builder::new().name("signals".to_owned()).stack_size(STACK).spawn(move || {
        for signal in &mut signals {
            requested(match signal {
                SIGHUP => Exit::HungUp,
                SIGTERM => Exit::Terminated,
                _ => Exit::Interrupted,
            });
        }
    })?;
    Ok(())
}

/// Nothing deep happens in the threads here.
const STACK: usize = 256 << 10;

/// Whether a signal was ignored when the process began, where the system says so.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask >> (signal - 1) & 1 == 1
}

#[cfg(not(unix))]
fn signals() -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(|| requested(Exit::Interrupted))
}

/// The first signal, or the first two, ask work that watches for them to end and report what it has; another
/// one, and the first one otherwise, ends the process at once.
fn requested(exit: Exit) {
    let code = exit as u8;
    // The code is that of the first one.
    let _ = ASKED.compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed);
    let before = COUNT.fetch_add(1, Ordering::Relaxed);
    STOP.stop();
    if before >= WATCHED.load(Ordering::Relaxed) {
        remove_and_exit(code);
    }
    // Without this thread another signal is needed.
    let _ = thread::Builder::new().stack_size(STACK).spawn(move || {
        thread::sleep(MAX_SILENCE);
        if !STOP.is_noticed() {
            remove_and_exit(code);
        }
    });
}

/// Promises that the work looks at [`pressed`] from now on.
pub fn watch() {
    WATCHED.store(1, Ordering::Relaxed);
}

/// Promises that the work also looks at [`pressed_again`].
pub fn watch_twice() {
    WATCHED.store(2, Ordering::Relaxed);
}

/// Whether a second signal came.
pub fn pressed_again() -> bool {
    COUNT.load(Ordering::Relaxed) > 1
}

/// Whether the run was interrupted.
pub fn pressed() -> bool {
    STOP.is_stopped()
}

/// Removes every temporary file and ends the process. No other one is made meanwhile.
fn remove_and_exit(code: u8) -> ! {
    let _removed = FILES.remove_temporary();
    #[expect(clippy::exit, reason = "a signal requested it")]
    std::process::exit(code.into())
}

/// The exit code after an interrupt.
pub fn exit() -> Exit {
    let code = ASKED.load(Ordering::Relaxed);
    [Exit::HungUp, Exit::Terminated].into_iter().find(|exit| *exit as u8 == code).unwrap_or(Exit::Interrupted)
}
