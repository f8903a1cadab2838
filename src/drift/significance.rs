//! Tests whether differences are statistically significant.

/// All claims of one comparison together are wrong in at most one of a hundred comparisons where nothing
/// changed.
const FALSE_ALARMS: f64 = 0.01;

/// A share: this many of that many.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    pub(super) count: u64,
    pub(super) of: u64,
}

impl Rate {
    pub(super) fn new(count: u64, of: u64) -> Self {
        Self { count: count.min(of), of }
    }

    /// The same rate in a sample of at most this size: values of one payload are alike, so that they count as
    /// one.
    pub(super) fn in_sample(self, most: u64) -> Self {
        if self.of <= most {
            return self;
        }
        Self { count: self.scaled(most), of: most }
    }

    /// How many of so many that is.
    pub(super) fn scaled(self, of: u64) -> u64 {
        let count = u128::from(self.count) * u128::from(of) / u128::from(self.of.max(1));
        u64::try_from(count).unwrap_or(of)
    }
}

/// The one-sided p-value of Fisher's exact test: how likely so many are now, or more, if the rate is what it
/// was.
#[expect(clippy::cast_precision_loss, reason = "a test is no count")]
pub(super) fn p_value(before: Rate, now: Rate) -> f64 {
    let [old, old_of, new, new_of] = [before.count, before.of, now.count, now.of].map(|count| count as f64);
    if old_of == 0.0 || new_of == 0.0 || new * old_of <= old * new_of {
        return 1.0;
    }
    let (hits, all) = (old + new, old_of + new_of);
    // The hypergeometric probability of each number of hits from here up; each is smaller than the one
    // before.
    let mut term = (chosen(hits, new) + chosen(all - hits, new_of - new) - chosen(all, new_of)).exp();
    let (mut sum, mut at) = (0.0, new);
    while term > sum * 1e-12 && at <= hits.min(new_of) {
        sum += term;
        term *= (hits - at) * (new_of - at) / ((at + 1.0) * (all - hits - new_of + at + 1.0));
        at += 1.0;
    }
    sum.min(1.0)
}

/// The logarithm of how many ways there are to choose `some` of `all`.
fn chosen(all: f64, some: f64) -> f64 {
    libm::lgamma(all + 1.0) - libm::lgamma(some + 1.0) - libm::lgamma(all - some + 1.0)
}

/// The p-value below which a claim is made, when so many are looked at (Bonferroni).
#[expect(clippy::cast_precision_loss, reason = "a test is no count")]
pub(super) fn threshold(comparisons: usize) -> f64 {
    FALSE_ALARMS / comparisons.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(old: u64, old_of: u64, new: u64, new_of: u64) -> f64 {
        p_value(Rate::new(old, old_of), Rate::new(new, new_of))
    }

    /// Sums of exact fractions.
    #[test]
    fn the_test_is_fishers() {
        for (counts, expected) in [
            ([1, 10, 9, 10], 5.466_669_55e-4),
            ([0, 20_000, 20, 20_000], 9.491_529e-7),
            ([0, 100, 5, 100], 2.969_160_5e-2),
            ([30, 100, 50, 100], 2.968_670_6e-3),
        ] {
            let [old, old_of, new, new_of] = counts;
            let found = p(old, old_of, new, new_of);
            assert!((found / expected - 1.0).abs() < 1e-6, "{counts:?}: {found}");
        }
    }

    #[test]
    fn no_rise_is_no_news() {
        for (old, old_of, new, new_of) in
            [(5, 10, 5, 10), (5, 10, 1, 10), (0, 0, 5, 10), (5, 10, 0, 0), (3, 3, 9, 9)]
        {
            assert!(p(old, old_of, new, new_of) >= 1.0);
        }
        assert!(p(0, u64::MAX, u64::MAX, u64::MAX) >= 0.0);
    }

    #[test]
    fn values_of_one_payload_count_as_one() {
        let rate = Rate::new(500, 1_000).in_sample(10);
        assert_eq!((rate.count, rate.of), (5, 10));
    }
}
