//! Counts distinct values, exactly or estimated.

use std::fmt::Write;
use std::hash::BuildHasherDefault;

use hyperloglockless::HyperLogLog;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// With as many distinct values, or fewer, their number is exact.
pub const MAX_EXACT: usize = 32;

/// Two to this power are the registers of a sketch: 1,024, with a standard error of 3.3 %.
const PRECISION: u8 = 10;

/// The largest value that a register can have: a hash of zeros.
const MAX_REGISTER: u8 = 65;

/// What the estimate is made of; hashes are made elsewhere.
type Sketch = HyperLogLog<BuildHasherDefault<Xxh3>>;

/// Each has one more than the largest number of trailing zeros of the hashes that fall into it.
type Registers = [u8; 1 << PRECISION];

/// Hashes of values: all of them while they are few, a `HyperLogLog` of them from then on.
///
/// Both are functions of the set of hashes alone, so that it makes no difference which part of the values was
/// seen where, or in which order. The hash is XXH3 (64 bits, no seed), which is the same on every machine and
/// in every version.
#[derive(Clone, Debug)]
pub(super) struct Distinct(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Few(Few),
    Many(Box<Registers>),
}

/// A few hashes: a table with open addressing, at most half full, in which 0 is a free slot.
#[derive(Clone, Debug, Default)]
struct Few {
    slots: Box<[u64]>,
    count: u16,
    has_zero: bool,
}

impl Few {
    const LEAST: usize = 8;

    /// Adds a hash; says whether it is new.
    #[inline]
    fn add(&mut self, hash: u64) -> bool {
        if hash == 0 {
            return !std::mem::replace(&mut self.has_zero, true);
        }
        let Some(last) = self.slots.len().checked_sub(1) else { return self.grow(hash) };
        #[expect(clippy::cast_possible_truncation, reason = "the lower bits are enough")]
        let mut slot = hash as usize & last;
        loop {
            match self.slots[slot] {
                known if known == hash => return false,
                0 if usize::from(self.count) * 2 >= self.slots.len() => return self.grow(hash),
                0 => {
                    self.slots[slot] = hash;
                    self.count += 1;
                    return true;
                }
                _ => slot = (slot + 1) & last,
            }
        }
    }

    #[cold]
    fn grow(&mut self, hash: u64) -> bool {
        let slots = vec![0; (self.slots.len() * 2).max(Self::LEAST)].into();
        let before = std::mem::replace(self, Self { slots, count: 0, ..*self });
        for known in before.slots.iter().filter(|known| **known != 0) {
            self.add(*known);
        }
        self.add(hash)
    }

    fn len(&self) -> usize {
        usize::from(self.count) + usize::from(self.has_zero)
    }

    fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.slots.iter().copied().filter(|hash| *hash != 0).chain(self.has_zero.then_some(0))
    }
}

impl Default for Distinct {
    fn default() -> Self {
        Self(Kind::Few(Few::default()))
    }
}

impl PartialEq for Distinct {
    fn eq(&self, other: &Self) -> bool {
        self.written() == other.written()
    }
}

impl Distinct {
    /// Adds a value by its hash.
    #[inline]
    pub(super) fn add(&mut self, hash: u64) {
        match &mut self.0 {
            Kind::Many(registers) => register(registers, hash),
            Kind::Few(hashes) => {
                if hashes.add(hash) && hashes.len() > MAX_EXACT {
                    let mut registers = Box::new([0; 1 << PRECISION]);
                    hashes.iter().for_each(|hash| register(&mut registers, hash));
                    self.0 = Kind::Many(registers);
                }
            }
        }
    }

    /// Adds all that another has.
    pub(super) fn merge(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            (_, Kind::Few(hashes)) => hashes.iter().for_each(|hash| self.add(hash)),
            (Kind::Many(mine), Kind::Many(theirs)) => {
                mine.iter_mut().zip(theirs.iter()).for_each(|(mine, theirs)| *mine = (*mine).max(*theirs));
            }
            (Kind::Few(hashes), Kind::Many(theirs)) => {
                let mut registers = theirs.clone();
                hashes.iter().for_each(|hash| register(&mut registers, hash));
                self.0 = Kind::Many(registers);
            }
        }
    }

    /// How many there are, and whether that is exact.
    pub(super) fn count(&self) -> (u64, bool) {
        match &self.0 {
            Kind::Few(hashes) => (hashes.len() as u64, true),
            Kind::Many(registers) => {
                // Sums of the crate depend on the order in which registers grew by a last digit.
                let mut sketch = Sketch::with_hasher(PRECISION, BuildHasherDefault::default());
                let written =
                    Sketch::from_parts(registers.to_vec().into(), BuildHasherDefault::default(), 0, 0.0);
                // Both have as many registers: only their number could be refused.
                let _ = sketch.union(&written);
                (sketch.count() as u64, false)
            }
        }
    }

    fn written(&self) -> Written {
        match &self.0 {
            Kind::Few(hashes) => {
                let mut hashes: Vec<u64> = hashes.iter().collect();
                hashes.sort_unstable();
                let hashes = hashes.iter().map(|hash| format!("{hash:016x}")).collect();
                Written { hashes, registers: String::new() }
            }
            Kind::Many(registers) => {
                let mut text = String::with_capacity(2 << PRECISION);
                for register in registers.iter() {
                    let _ = write!(text, "{register:02x}");
                }
                Written { hashes: Vec::new(), registers: text }
            }
        }
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "an index of ten bits, and 65 at most")]
fn register(registers: &mut Registers, hash: u64) {
    let register = &mut registers[(hash >> (64 - PRECISION)) as usize];
    *register = (*register).max(hash.trailing_zeros() as u8 + 1);
}

/// How a profile holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Distinct")]
pub(super) struct Written {
    /// The hashes (XXH3, 16 hex digits) of the values, in order, while there are at most 32.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    hashes: Vec<String>,
    /// From then on the 1,024 registers of a `HyperLogLog` of those hashes, two hex digits each: the index is
    /// the upper ten bits of a hash, the value one more than the number of its trailing zeros.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(regex(pattern = "^([0-9a-f]{2048})?$"))]
    registers: String,
}

impl From<Distinct> for Written {
    fn from(distinct: Distinct) -> Self {
        distinct.written()
    }
}

impl TryFrom<Written> for Distinct {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        if written.registers.is_empty() {
            let hash = |text: &String| u64::from_str_radix(text, 16).ok().filter(|_| text.len() == 16);
            let hashes: Option<Vec<u64>> = written.hashes.iter().map(hash).collect();
            let hashes = hashes.filter(|hashes| hashes.len() <= MAX_EXACT && hashes.is_sorted());
            let mut few = Self::default();
            hashes.ok_or_else(|| "wrong hashes".to_owned())?.into_iter().for_each(|hash| few.add(hash));
            return Ok(few);
        }
        let digits = written.registers.as_bytes();
        let register = |pair: &[u8]| {
            let text = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(text, 16).ok().filter(|value| *value <= MAX_REGISTER)
        };
        let values: Option<Vec<u8>> = digits.chunks(2).map(register).collect();
        let fits = digits.len() == 2 << PRECISION && written.hashes.is_empty();
        let registers = values.filter(|_| fits).and_then(|values| Box::try_from(values).ok());
        registers.map(|registers| Self(Kind::Many(registers))).ok_or_else(|| "wrong registers".to_owned())
    }
}

/// The hash of a string as it is written.
#[inline]
pub(super) fn hash_of(raw: &[u8]) -> u64 {
    xxh3_64(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: impl Iterator<Item = u64>) -> Distinct {
        let mut distinct = Distinct::default();
        values.for_each(|value| distinct.add(xxh3_64(&value.to_le_bytes())));
        distinct
    }

    #[test]
    fn few_are_exact_and_many_are_near() {
        for count in [0, 1, 31, 32] {
            assert_eq!(of(0..count).count(), (count, true));
        }
        for count in [33_u32, 1_000, 30_000, 1_000_000] {
            let (estimate, exact) = of(0..u64::from(count)).count();
            let error = (f64::from(u32::try_from(estimate).unwrap()) / f64::from(count) - 1.0).abs();
            assert!(!exact && error < 0.12, "{estimate} of {count}");
        }
    }

    #[test]
    fn parts_merge_to_the_whole_and_so_do_written_ones() {
        let whole = of(0..300);
        for cut in [0, 1, 20, 32, 33, 100, 299] {
            let (mut left, right) = (of(0..cut), of(cut..300));
            left.merge(&right);
            assert_eq!(left, whole, "{cut}");
            let again = Distinct::try_from(left.written()).unwrap();
            assert_eq!((again.written(), again.count()), (whole.written(), whole.count()));
        }
    }

    /// The hash and the registers are promised to stay.
    #[test]
    fn the_hash_is_fixed() {
        assert_eq!(of(0..1).written().hashes, [format!("{:016x}", xxh3_64(&[0; 8]))]);
        assert_eq!(xxh3_64(b""), 0x2d06_8005_38d3_94c2);
    }

    #[test]
    fn hashes_that_share_a_slot_are_told_apart() {
        let mut distinct = Distinct::default();
        let hashes: Vec<u64> = (0..16).map(|upper| upper << 32).collect();
        hashes.iter().chain(&hashes).for_each(|hash| distinct.add(*hash));
        assert_eq!(distinct.count(), (16, true));
        assert_eq!(distinct.written().hashes[..2], ["0000000000000000", "0000000100000000"]);
    }

    #[test]
    fn what_is_no_sketch_is_refused() {
        let registers = |text: &str| Written { registers: text.to_owned(), ..Written::default() };
        for wrong in ["00".repeat(1_023), "42".repeat(1_024), "ff".repeat(1_024), "x0".repeat(1_024)] {
            assert!(Distinct::try_from(registers(&wrong)).is_err(), "{wrong:.9}");
        }
        for wrong in ["", "0", "zzzzzzzzzzzzzzzz"] {
            let written = Written { hashes: vec![wrong.to_owned()], ..Written::default() };
            assert!(Distinct::try_from(written).is_err());
        }
    }
}
