//! Counts distinct values, exactly or estimated.

use std::fmt::Write;
use std::hash::BuildHasherDefault;

use hyperloglockless::HyperLogLog;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

/// With as many distinct values, or fewer, their number is exact.
pub const MAX_EXACT: usize = 32;

/// Two to this power are the registers of a sketch: 1,024, with a standard error of 3.3 %.
const PRECISION: u8 = 10;

/// The largest value that a register can have: a hash of zeros.
const MAX_REGISTER: u8 = 65;

/// Only hashes that are made already are added.
type Hashes = BuildHasherDefault<Xxh3>;

type Registers = HyperLogLog<Hashes>;

/// Hashes of values: all of them while they are few, a `HyperLogLog` of them from then on.
///
/// Both are functions of the set of hashes alone, so that it makes no difference which part of the values was
/// seen where, or in which order. The hash is XXH3 (64 bits, no seed), which is the same on every machine and
/// in every version.
#[derive(Clone, Debug)]
pub(super) struct Distinct(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// In order.
    Few(Vec<u64>),
    Many(Box<Registers>),
}

impl Default for Distinct {
    fn default() -> Self {
        Self(Kind::Few(Vec::new()))
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
            Kind::Many(registers) => registers.insert_hash(hash),
            Kind::Few(hashes) => {
                if let Err(at) = hashes.binary_search(&hash) {
                    hashes.insert(at, hash);
                    if hashes.len() > MAX_EXACT {
                        self.0 = Kind::Many(Box::new(sketch(hashes)));
                    }
                }
            }
        }
    }

    /// Adds all that another has.
    pub(super) fn merge(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            (_, Kind::Few(hashes)) => hashes.iter().for_each(|hash| self.add(*hash)),
            (Kind::Many(mine), Kind::Many(theirs)) => {
                // Both have as many registers: only their number could be refused.
                let _ = mine.union(theirs);
            }
            (Kind::Few(hashes), Kind::Many(theirs)) => {
                let mut registers = theirs.clone();
                for hash in hashes.iter() {
                    registers.insert_hash(*hash);
                }
                self.0 = Kind::Many(registers);
            }
        }
    }

    /// How many there are, and whether that is exact.
    pub(super) fn count(&self) -> (u64, bool) {
        match &self.0 {
            Kind::Few(hashes) => (hashes.len() as u64, true),
            Kind::Many(registers) => {
                // Sums of the crate depend on the order in which values came by a last digit: counted anew.
                let mut fresh = Registers::with_hasher(PRECISION, Hashes::default());
                let _ = fresh.union(registers);
                (fresh.count() as u64, false)
            }
        }
    }

    fn written(&self) -> Written {
        match &self.0 {
            Kind::Few(hashes) => {
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

fn sketch(hashes: &[u64]) -> Registers {
    let mut registers = Registers::with_hasher(PRECISION, Hashes::default());
    for hash in hashes {
        registers.insert_hash(*hash);
    }
    registers
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
            return hashes.map(|hashes| Self(Kind::Few(hashes))).ok_or_else(|| "wrong hashes".to_owned());
        }
        let digits = written.registers.as_bytes();
        let register = |pair: &[u8]| {
            let text = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(text, 16).ok().filter(|value| *value <= MAX_REGISTER)
        };
        let values: Option<Vec<u8>> = digits.chunks(2).map(register).collect();
        let fits = digits.len() == 2 << PRECISION && written.hashes.is_empty();
        let values = values.filter(|_| fits).ok_or_else(|| "wrong registers".to_owned())?;
        let zeros = values.iter().map(|value| usize::from(*value == 0)).sum();
        let sum = values.iter().map(|value| (-f64::from(*value)).exp2()).sum();
        let registers = Registers::from_parts(values.into(), Hashes::default(), zeros, sum);
        Ok(Self(Kind::Many(Box::new(registers))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xxhash_rust::xxh3::xxh3_64;

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
