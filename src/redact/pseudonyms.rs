//! Pseudo-random values that only whoever has the key can make again.

use std::hash::Hasher;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use siphasher::sip::SipHasher24;

use super::key::Key;

/// How often halves are mixed in a permutation.
const ROUNDS: u64 = 10;

/// What is asked for a pseudonym: equal values have different ones under different kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Domain {
    Text = 1,
    Shape,
    Digits,
    Uuid,
    Email,
    Case,
    Host,
    Address,
    Days,
}

/// A pseudo-random function of values, HMAC-SHA256 under the key.
#[derive(Clone)]
pub(super) struct Pseudonyms {
    mac: Hmac<Sha256>,
}

impl Pseudonyms {
    pub(super) fn new(key: &Key) -> Self {
        // HMAC takes a key of any length.
        let mac = Hmac::<Sha256>::new_from_slice(key.bytes());
        Self { mac: mac.unwrap_or_else(|_| Hmac::new(&[0; 64].into())) }
    }

    /// 256 bits of a value.
    pub(super) fn bytes(&self, domain: Domain, value: &[u8]) -> [u8; 32] {
        let mut mac = self.mac.clone();
        mac.update(&[domain as u8]);
        mac.update(value);
        mac.finalize().into_bytes().into()
    }

    /// As many bits as are asked for.
    pub(super) fn stream(&self, domain: Domain, value: &[u8]) -> Stream {
        Stream::new(&self.bytes(domain, value))
    }

    /// Where a permutation of `0..size`, one for every tweak, leads this number.
    pub(super) fn permuted(&self, domain: Domain, tweak: &[u8], size: u64, number: u64) -> u64 {
        if size < 2 {
            return number;
        }
        let bits = u64::BITS - (size - 1).leading_zeros();
        let half = bits.div_ceil(2);
        let mask = (1_u64 << half) - 1;
        let mut mac = self.mac.clone();
        mac.update(&[domain as u8]);
        mac.update(&size.to_be_bytes());
        mac.update(tweak);
        let key: [u8; 32] = mac.finalize().into_bytes().into();
        // Another pseudo-random function, whose key is one value of the first: it is asked often.
        let function = SipHasher24::new_with_keys(word(&key, 0), word(&key, 1));
        let mut number = number;
        // A permutation of a few more numbers, until it leads back among these.
        loop {
            let (mut left, mut right) = (number >> half, number & mask);
            for round in 0..ROUNDS {
                let mut function = function;
                function.write_u64(right << 8 | round);
                (left, right) = (right, left ^ (function.finish() & mask));
            }
            number = left << half | right;
            if number < size {
                return number;
            }
        }
    }
}

fn word(bytes: &[u8; 32], index: usize) -> u64 {
    bytes[index * 8..index * 8 + 8].iter().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// Bits that follow from a seed (xoshiro256**). They show nothing of the value: it is only in the seed.
pub(super) struct Stream {
    state: [u64; 4],
    left: u64,
    count: u32,
}

impl Stream {
    fn new(seed: &[u8; 32]) -> Self {
        let mut state = [0, 1, 2, 3].map(|index| word(seed, index));
        // The one state that never changes.
        state[0] |= u64::from(state == [0; 4]);
        Self { state, left: 0, count: 0 }
    }

    pub(super) fn next(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let result = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let moved = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= moved;
        *d = d.rotate_left(45);
        result
    }

    /// A number less than `size`, which is at most 2^16.
    #[inline]
    pub(super) fn below(&mut self, size: u32) -> u32 {
        if self.count == 0 {
            (self.left, self.count) = (self.next(), 4);
        }
        let part = u32::from(u16::try_from(self.left & 0xffff).unwrap_or(0));
        (self.left, self.count) = (self.left >> 16, self.count - 1);
        (part * size) >> 16
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_permutation_reaches_every_number_once() {
        let pseudonyms = Pseudonyms::new(&Key::new(&[7; 16]).unwrap());
        for size in [1, 2, 3, 10, 26, 100, 1_000] {
            let permuted = |number| pseudonyms.permuted(Domain::Shape, b"tweak", size, number);
            let reached: BTreeSet<u64> = (0..size).map(permuted).collect();
            assert_eq!(reached, (0..size).collect());
        }
        let large = pseudonyms.permuted(Domain::Shape, b"", u64::MAX, u64::MAX - 1);
        assert!(large < u64::MAX);
    }

    #[test]
    fn another_key_or_domain_makes_another_value() {
        let [one, other] = [[7; 16], [8; 16]].map(|key| Pseudonyms::new(&Key::new(&key).unwrap()));
        assert_eq!(one.bytes(Domain::Text, b"a"), one.clone().bytes(Domain::Text, b"a"));
        assert_ne!(one.bytes(Domain::Text, b"a"), one.bytes(Domain::Host, b"a"));
        assert_ne!(one.bytes(Domain::Text, b"a"), other.bytes(Domain::Text, b"a"));
    }
}
