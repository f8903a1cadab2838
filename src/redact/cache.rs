//! Remembers replacements made lately.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::treatment::Class;

/// Longer values are not remembered, since they do not come again.
pub(super) const MAX_CACHED: usize = 512;

/// Values that are remembered, each in a slot of its own; a power of two.
const SLOTS: usize = 1 << 18;

/// Bytes of remembered values and their replacements.
const MAX_BYTES: usize = 32 << 20;

/// Replacements made lately: what comes again is found in one look.
pub(super) struct Cache {
    slots: Vec<Slot>,
    /// Tokens, each with its replacement behind it.
    bytes: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Slot {
    hash: u64,
    from: u32,
    length: u16,
    replaced: u16,
    class: Class,
}

const EMPTY: Slot = Slot { hash: 0, from: 0, length: 0, replaced: 0, class: Class::Keep };

impl Cache {
    pub(super) fn new() -> Self {
        Self { slots: Vec::new(), bytes: Vec::new() }
    }

    fn slot(hash: u64) -> usize {
        usize::try_from(hash % SLOTS as u64).unwrap_or(0)
    }

    /// The replacement of a token under a recipe, and its class.
    #[inline]
    pub(super) fn find(&self, seed: u64, token: &[u8]) -> Option<(Class, &[u8])> {
        let hash = xxh3_64_with_seed(token, seed);
        let slot = self.slots.get(Self::slot(hash)).filter(|slot| slot.hash == hash)?;
        let (known, rest) = self.bytes[slot.from as usize..].split_at(usize::from(slot.length));
        (known == token).then(|| (slot.class, &rest[..usize::from(slot.replaced)]))
    }

    pub(super) fn insert(&mut self, seed: u64, token: &[u8], replacement: &[u8], class: Class) {
        let (Ok(length), Ok(replaced)) = (u16::try_from(token.len()), u16::try_from(replacement.len()))
        else {
            return;
        };
        if token.len() > MAX_CACHED || replacement.len() > 2 * MAX_CACHED {
            return;
        }
        if self.bytes.len() > MAX_BYTES || self.slots.is_empty() {
            self.bytes.clear();
            self.slots.clear();
            self.slots.resize(SLOTS, EMPTY);
        }
        let Ok(from) = u32::try_from(self.bytes.len()) else { return };
        self.bytes.extend_from_slice(token);
        self.bytes.extend_from_slice(replacement);
        let hash = xxh3_64_with_seed(token, seed);
        self.slots[Self::slot(hash)] = Slot { hash, from, length, replaced, class };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_under_its_recipe() {
        let mut cache = Cache::new();
        assert!(cache.find(1, b"a").is_none());
        cache.insert(1, b"a", b"b", Class::Fake);
        assert_eq!(cache.find(1, b"a"), Some((Class::Fake, &b"b"[..])));
        assert!(cache.find(2, b"a").is_none());
        for number in 0..800_000_u32 {
            cache.insert(1, &number.to_be_bytes(), &[0; 60], Class::Fake);
        }
        assert!(cache.bytes.len() < MAX_BYTES + 100);
    }
}
