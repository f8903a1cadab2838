//! The random decisions of a generator, recorded for replay and shrinking.
//!
//! From a seed the first time, from a recording when a value is rebuilt. A recording also knows
//! which draws belong together (spans), so that shrinking can take away whole members and items.

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

/// A source of bounded whole numbers, seeded or recorded.
///
/// Zero is always the simplest decision. A recording that has run out returns zero.
#[derive(Clone, Debug)]
pub struct Choices {
    source: Source,
    record: Option<Record>,
    opened: usize,
}

#[derive(Clone, Debug)]
enum Source {
    Fresh(Box<Stream>),
    Replay { tape: Vec<u64>, at: usize, mute: Option<Mute> },
}

/// The numbers of a generator, which makes some at a time.
#[derive(Clone, Debug)]
struct Stream {
    generator: TestRng,
    ahead: [u8; AHEAD],
    at: usize,
}

/// As many bytes as the generator makes at once.
const AHEAD: usize = 256;

impl Stream {
    #[inline]
    fn next(&mut self) -> u64 {
        if let Some((number, _)) = self.ahead[self.at..].split_first_chunk() {
            self.at += 8;
            return u64::from_le_bytes(*number);
        }
        self.generator.fill_bytes(&mut self.ahead);
        self.at = 8;
        u64::from_le_bytes(self.ahead.first_chunk().copied().unwrap_or_default())
    }
}

/// One span of a replay that returns only zeros.
#[derive(Clone, Copy, Debug)]
struct Mute {
    /// The span, counted in the order of opening.
    span: usize,
    /// Where the recording goes on behind it.
    resume: usize,
    /// How many spans are open inside it, itself included; 0 while it is not open.
    depth: usize,
}

/// What was drawn, and which draws belong together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) draws: Vec<u64>,
    pub(crate) spans: Vec<Span>,
    open: Vec<usize>,
}

/// A source that waits.
pub(crate) struct Aside(Source);

/// How far a record had come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checkpoint {
    opened: usize,
    draws: usize,
    spans: usize,
}

/// Draws that belong together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// An item of an array: may be cut out of the recording, the items behind it move up.
    pub(crate) item: bool,
}

impl Choices {
    /// Choices that follow from `seed` alone: the same on every machine, in every release.
    pub fn seeded(seed: u64) -> Self {
        Self::of_series(seed, 0)
    }

    /// The choices of the `index`-th value of a series.
    pub(crate) fn of_series(seed: u64, index: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..16].copy_from_slice(&index.to_le_bytes());
        Self::of_bytes(&bytes)
    }

    /// Choices that follow from 32 bytes (`ChaCha` with 20 rounds).
    pub(crate) fn of_bytes(seed: &[u8; 32]) -> Self {
        let generator = TestRng::from_seed(RngAlgorithm::ChaCha, seed);
        Self::of(Source::Fresh(Box::new(Stream { generator, ahead: [0; AHEAD], at: AHEAD })))
    }

    /// Choices that repeat a recording.
    pub fn replay(tape: Vec<u64>) -> Self {
        Self::of(Source::Replay { tape, at: 0, mute: None })
    }

    /// A recording in which one span returns only zeros.
    pub(crate) fn replay_without(tape: Vec<u64>, span: usize, resume: usize) -> Self {
        let mute = Some(Mute { span, resume, depth: 0 });
        Self::of(Source::Replay { tape, at: 0, mute })
    }

    fn of(source: Source) -> Self {
        Self { source, record: None, opened: 0 }
    }

    /// The same choices, keeping a record of what is drawn.
    pub(crate) fn recording(mut self) -> Self {
        self.record = Some(Record::default());
        self
    }

    /// What was drawn since [`Self::recording`].
    pub(crate) fn into_record(self) -> Record {
        self.record.unwrap_or_default()
    }

    /// A whole number from 0 to `most`, both included.
    #[inline]
    pub fn draw(&mut self, most: u64) -> u64 {
        self.draw_by(most, |numbers| scale(numbers.next(), most))
    }

    /// The same, mostly small, sometimes anything, sometimes the greatest. A recording keeps the
    /// number alone, so that shrinking needs not know how it came about.
    pub(crate) fn draw_skewed(&mut self, most: u64) -> u64 {
        self.draw_by(most, |numbers| {
            let style = scale(numbers.next(), 99);
            let bits = numbers.next();
            match style {
                0..=64 => scale(bits, most.min(100)),
                65..=84 => scale(bits, most.min(100_000)),
                85..=95 => scale(bits, most),
                _ => most - scale(bits, most.min(1)),
            }
        })
    }

    #[inline]
    fn draw_by(&mut self, most: u64, fresh: impl FnOnce(&mut Stream) -> u64) -> u64 {
        let drawn = match &mut self.source {
            Source::Fresh(numbers) => fresh(numbers),
            Source::Replay { mute: Some(mute), .. } if mute.depth > 0 => 0,
            Source::Replay { tape, at, .. } => {
                let recorded = tape.get(*at).copied().unwrap_or(0);
                *at += 1;
                recorded.min(most)
            }
        };
        if let Some(record) = &mut self.record {
            record.draws.push(drawn);
        }
        drawn
    }

    /// A whole number from 0 to `most`, both included, as an index.
    #[inline]
    pub fn below_or_at(&mut self, most: usize) -> usize {
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        usize::try_from(self.draw(most)).unwrap_or(usize::MAX)
    }

    /// True with a probability of `percent` in a hundred; the simplest decision is false, so no
    /// probability is above 99.
    #[inline]
    pub fn chance(&mut self, percent: u8) -> bool {
        self.draw(99) >= 100 - u64::from(percent.min(99))
    }

    /// One of `options`; the first is the simplest. `None` if there are none.
    #[inline]
    pub fn pick<'o, T>(&mut self, options: &'o [T]) -> Option<&'o T> {
        let last = options.len().checked_sub(1)?;
        options.get(self.below_or_at(last))
    }

    /// Whether these choices come from a seed, so that drawing again may help.
    #[inline]
    pub(crate) fn is_fresh(&self) -> bool {
        matches!(self.source, Source::Fresh(_))
    }

    /// The current position in the recording.
    pub(crate) fn checkpoint(&self) -> Checkpoint {
        let record = self.record.as_ref();
        Checkpoint {
            opened: self.opened,
            draws: record.map_or(0, |record| record.draws.len()),
            spans: record.map_or(0, |record| record.spans.len()),
        }
    }

    /// Strikes from the record what was drawn since the checkpoint.
    pub(crate) fn roll_back(&mut self, to: Checkpoint) {
        self.opened = to.opened;
        if let Some(record) = &mut self.record {
            record.draws.truncate(to.draws);
            record.spans.truncate(to.spans);
        }
    }

    /// Draws from `tape` until [`Self::resume`]; the record keeps it as if it had been drawn.
    pub(crate) fn set_aside(&mut self, tape: Vec<u64>) -> Aside {
        Aside(std::mem::replace(&mut self.source, Source::Replay { tape, at: 0, mute: None }))
    }

    /// Goes on with what was set aside.
    pub(crate) fn resume(&mut self, aside: Aside) {
        self.source = aside.0;
    }

    /// Begins draws that belong together.
    #[inline]
    pub(crate) fn open(&mut self, item: bool) {
        if let Source::Replay { mute: Some(mute), .. } = &mut self.source
            && (mute.depth > 0 || mute.span == self.opened)
        {
            mute.depth += 1;
        }
        self.opened += 1;
        if let Some(record) = &mut self.record {
            let start = record.draws.len();
            record.open.push(record.spans.len());
            record.spans.push(Span { start, end: start, item });
        }
    }

    /// Ends what the last [`Self::open`] began.
    #[inline]
    pub(crate) fn close(&mut self) {
        if let Source::Replay { at, mute, .. } = &mut self.source
            && let Some(muted) = mute
            && muted.depth > 0
        {
            muted.depth -= 1;
            if muted.depth == 0 {
                *at = muted.resume;
                *mute = None;
            }
        }
        if let Some(record) = &mut self.record
            && let Some(span) = record.open.pop()
        {
            record.spans[span].end = record.draws.len();
        }
    }
}

/// A number of 64 random bits brought into 0..=most, without a loop and without `usize`.
#[inline]
fn scale(bits: u64, most: u64) -> u64 {
    let wide = u128::from(bits) * (u128::from(most) + 1);
    u64::try_from(wide >> 64).unwrap_or(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_says_everything() {
        let draw = |mut choices: Choices| (0..50).map(|_| choices.draw(1000)).collect::<Vec<_>>();
        assert_eq!(draw(Choices::seeded(5)), draw(Choices::seeded(5)));
        assert_ne!(draw(Choices::seeded(5)), draw(Choices::seeded(6)));
    }

    #[test]
    fn a_recording_is_held_to_the_bounds_and_ends_in_zeros() {
        let mut choices = Choices::replay(vec![9, 3]);
        assert_eq!([choices.draw(4), choices.draw(4), choices.draw(4)], [4, 3, 0]);
    }

    #[test]
    fn a_muted_span_is_zero_and_what_follows_keeps_its_location() {
        let mut choices = Choices::replay_without(vec![1, 2, 3, 4], 1, 3).recording();
        let mut drawn = Vec::new();
        for span in 0..3 {
            choices.open(false);
            drawn.push(choices.draw(9));
            if span == 1 {
                choices.open(false);
                drawn.push(choices.draw(9));
                choices.close();
            }
            choices.close();
        }
        assert_eq!(drawn, [1, 0, 0, 4]);
        assert_eq!(choices.into_record().draws, drawn);
    }

    #[test]
    fn scaling_reaches_both_ends() {
        assert_eq!((scale(0, 9), scale(u64::MAX, 9)), (0, 9));
        assert_eq!(scale(u64::MAX, u64::MAX), u64::MAX);
    }
}
