//! Finds where a series changes.

use super::super::significance::{Rate, p_value, threshold};
use super::Sample;

/// Shares that differ by less are not told apart, unless one of them is nothing or all.
const MIN_DIFFERENCE: f64 = 0.005;

/// The points at which a series changes, of as many comparisons in all. Of its two views, over values and
/// over payloads, that counts which explains more.
pub(super) fn shifts(samples: &[Sample], comparisons: usize) -> Vec<usize> {
    let view = |at: usize| -> Vec<Rate> { samples.iter().map(|sample| sample.views()[at]).collect() };
    let [(gain, starts), (other_gain, others)] = [0, 1].map(|at| of_view(&view(at), 2 * comparisons));
    if other_gain > gain { others } else { starts }
}

/// How much more likely the series is with changes than without, and where they are.
fn of_view(rates: &[Rate], comparisons: usize) -> (f64, Vec<usize>) {
    let sums = Sums::of(rates);
    let is_flat = sums.total(0, rates.len());
    if is_flat.count == 0 || is_flat.count == is_flat.of {
        return (0.0, Vec::new());
    }
    let penalty = -threshold(comparisons).ln();
    // Not even a start at each point would be worth its penalty.
    let split: f64 = (0..rates.len()).map(|at| sums.cost(at, at + 1)).sum();
    if sums.cost(0, rates.len()) - split < penalty {
        return (0.0, Vec::new());
    }
    let mut starts = best(&sums, penalty);
    // What is not significant is no change; the least significant one first.
    loop {
        let bounds: Vec<usize> = [0].into_iter().chain(starts.iter().copied()).chain([rates.len()]).collect();
        let p = |at: usize| {
            let (before, after) =
                (sums.total(bounds[at], bounds[at + 1]), sums.total(bounds[at + 1], bounds[at + 2]));
            if differ(before, after) { two_sided(before, after) } else { 1.0 }
        };
        let worst = (0..starts.len()).map(|at| (p(at), at)).max_by(|(a, _), (b, _)| a.total_cmp(b));
        match worst {
            Some((p, at)) if p >= threshold(comparisons) => drop(starts.remove(at)),
            _ => break,
        }
    }
    let bounds: Vec<usize> = [0].into_iter().chain(starts.iter().copied()).chain([rates.len()]).collect();
    let cost: f64 = bounds.windows(2).map(|pair| sums.cost(pair[0], pair[1])).sum();
    let gain = sums.cost(0, rates.len()) - cost;
    // Where nothing was measured, nothing began.
    for start in &mut starts {
        while *start + 1 < rates.len() && rates[*start].of == 0 {
            *start += 1;
        }
    }
    (gain, starts)
}

/// The starts of segments with the smallest cost, where each start costs a penalty; the first of equals.
fn best(sums: &Sums, penalty: f64) -> Vec<usize> {
    let mut froms = partition(sums, penalty).0;
    let mut starts = Vec::new();
    let mut at = froms.pop().unwrap_or_default();
    while at > 0 {
        starts.push(at);
        at = froms[at];
    }
    starts.reverse();
    starts
}

/// The best start of the last segment of each beginning of the series, and how many starts were compared.
/// The time is about proportional to the length: few starts are worth a comparison (functional pruning).
fn partition(sums: &Sums, penalty: f64) -> (Vec<usize>, usize) {
    let len = sums.0.len() - 1;
    let mut costs = vec![-penalty; len + 1];
    let mut froms = vec![0; len + 1];
    let mut starts = vec![Start::at(0)];
    let mut compared = 0;
    for to in 1..=len {
        compared += starts.len();
        let mut least = (f64::INFINITY, 0);
        for start in &mut starts {
            start.cost = sums.cost(start.at, to);
            let cost = costs[start.at] + start.cost + penalty;
            if cost < least.0 {
                least = (cost, start.at);
            }
        }
        (costs[to], froms[to]) = least;
        let best = least.1;
        starts.retain_mut(|start| {
            start.beats(costs[to] - costs[start.at], sums.total(start.at, to))
                && (start.at <= best
                    || !start.is_beaten(costs[start.at] - costs[best], sums.total(best, start.at)))
        });
        starts.push(Start::at(to));
    }
    (froms, compared)
}

/// A start that may be the best one, and the rates of its segment for which that is still so.
struct Start {
    at: usize,
    /// Of the segment up to now, at its own rate.
    cost: f64,
    low: Bound,
    high: Bound,
}

/// A rate with its logarithms.
#[derive(Clone, Copy)]
struct Bound {
    rate: f64,
    logs: [f64; 2],
}

impl Bound {
    fn at(rate: f64) -> Self {
        Self { rate, logs: [rate.ln(), (-rate).ln_1p()] }
    }

    /// The cost of a segment at this rate.
    #[expect(clippy::cast_precision_loss, reason = "a test is no count")]
    fn cost(self, Rate { count, of }: Rate) -> f64 {
        let part = |some: u64, log: f64| if some == 0 { 0.0 } else { some as f64 * log };
        -(part(count, self.logs[0]) + part(of - count, self.logs[1]))
    }

    /// Moves it towards the rate of a segment while the cost is above a limit, never past the rate where it is
    /// the limit. Returns whether there is such a rate: there is none on the other side (`is_beyond`).
    #[expect(clippy::cast_precision_loss, reason = "a test is no count")]
    fn moves(&mut self, is_beyond: bool, limit: f64, segment: Rate) -> bool {
        let [some, rest] = [segment.count as f64, (segment.of - segment.count) as f64];
        for _ in 0..3 {
            let above = self.cost(segment) - limit;
            if above <= 0.0 || is_beyond {
                return above <= 0.0;
            }
            // Newton's method stays on its side: the cost is convex.
            let rate = match self.rate {
                0.0 => (-limit / some).exp(),
                1.0 => -(-limit / rest).exp_m1(),
                rate => rate + above / (some / rate - rest / (1.0 - rate)),
            };
            let moved = Self::at(rate);
            if !moved.cost(segment).is_finite() {
                return true;
            }
            *self = moved;
        }
        true
    }
}

impl Start {
    fn at(at: usize) -> Self {
        Self { at, cost: 0.0, low: Bound::at(0.0), high: Bound::at(1.0) }
    }

    /// Whether there is a rate at which this start is as good as one at the end of its segment, which costs
    /// so much more. The cost is convex in the rate, so that these rates are an interval; outside of it this
    /// start is never the best one again.
    #[expect(clippy::cast_precision_loss, reason = "a test is no count")]
    fn beats(&mut self, limit: f64, segment: Rate) -> bool {
        // What is lost by rounding drops no start.
        let limit = limit + 1e-9 * (1.0 + limit.abs());
        if self.cost > limit {
            return false;
        }
        let rate = segment.count as f64 / segment.of.max(1) as f64;
        let [is_above, is_below] = [self.low.rate >= rate, self.high.rate <= rate];
        self.low.moves(is_above, limit, segment) && self.high.moves(is_below, limit, segment)
    }

    /// Whether an earlier start, which costs so much less, is better at all rates that are left, with the
    /// segment between the two.
    fn is_beaten(&self, limit: f64, segment: Rate) -> bool {
        let limit = limit - 1e-9 * (1.0 + limit.abs());
        self.low.cost(segment) < limit && self.high.cost(segment) < limit
    }
}

/// Sums of all rates before each position.
struct Sums(Vec<Rate>);

impl Sums {
    fn of(rates: &[Rate]) -> Self {
        let mut sums = vec![Rate { count: 0, of: 0 }];
        let mut sum = Rate { count: 0, of: 0 };
        for rate in rates {
            sum = Rate { count: sum.count.saturating_add(rate.count), of: sum.of.saturating_add(rate.of) };
            sums.push(sum);
        }
        Self(sums)
    }

    fn total(&self, from: usize, to: usize) -> Rate {
        let [a, b] = [self.0[from], self.0[to]];
        Rate { count: b.count - a.count, of: b.of - a.of }
    }

    /// The negative logarithm of the binomial likelihood at its maximum.
    #[expect(clippy::cast_precision_loss, reason = "a test is no count")]
    fn cost(&self, from: usize, to: usize) -> f64 {
        let Rate { count, of } = self.total(from, to);
        let part = |some: u64| if some == 0 { 0.0 } else { some as f64 * (some as f64 / of as f64).ln() };
        -(part(count) + part(of - count))
    }
}

fn two_sided(before: Rate, after: Rate) -> f64 {
    let rest = |rate: Rate| Rate { count: rate.of - rate.count, of: rate.of };
    let p = p_value(before, after).min(p_value(rest(before), rest(after)));
    (2.0 * p).min(1.0)
}

#[expect(clippy::cast_precision_loss, reason = "a test is no count")]
fn differ(before: Rate, after: Rate) -> bool {
    let is_end = |rate: Rate| rate.count == 0 || rate.count == rate.of;
    let share = |rate: Rate| rate.count as f64 / rate.of.max(1) as f64;
    is_end(before) || is_end(after) || (share(before) - share(after)).abs() >= MIN_DIFFERENCE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(counts: &[u64], of: u64) -> Vec<Sample> {
        counts.iter().map(|count| Sample { count: *count, of, in_payloads: *count, payloads: of }).collect()
    }

    #[test]
    fn a_change_begins_where_it_begins() {
        for (counts, expected) in [
            (&[0, 0, 0, 40, 38, 41][..], &[3][..]),
            (&[100, 100, 100, 100, 100, 60], &[5]),
            (&[5, 3, 4, 6, 5, 4, 5, 30, 28, 33, 5, 4, 6], &[7, 10]),
            (&[50, 52, 47, 55, 49, 51, 44, 53], &[]),
            (&[0, 0, 0, 1, 0, 0], &[]),
            (&[100, 100], &[]),
            (&[], &[]),
        ] {
            assert_eq!(shifts(&samples(counts, 100), 1_000), expected, "{counts:?}");
        }
    }

    /// Too little a day to be seen on the first one; where it began is seen all the same.
    #[test]
    fn a_small_change_is_found_where_it_began() {
        let counts: Vec<u64> = (0..30).map(|day| if day < 12 { 1 } else { 9 }).collect();
        assert_eq!(shifts(&samples(&counts, 100), 100_000), [12]);
    }

    #[test]
    fn a_gap_is_no_beginning() {
        let mut all = samples(&[0, 0, 0, 0, 50, 50], 100);
        all[3] = Sample::default();
        assert_eq!(shifts(&all, 100), [4]);
        all[2] = Sample::default();
        assert_eq!(shifts(&all, 100), [4]);
    }

    /// One object of many in each payload: few values, and all payloads.
    #[test]
    fn payloads_count_where_values_do_not() {
        let day = |count, in_payloads| Sample { count, of: 2_500, in_payloads, payloads: 100 };
        let all: Vec<Sample> = (0..8).map(|at| if at < 5 { day(0, 0) } else { day(100, 100) }).collect();
        assert_eq!(shifts(&all, 100_000), [5]);
    }

    /// Series of many kinds: a rate at each point, drawn with noise.
    fn many(points: usize) -> Vec<Vec<Rate>> {
        let mut state = 7_u64;
        let mut dice = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % 1_000
        };
        let mut series = Vec::new();
        for of in [0, 1, 20, 300] {
            let kinds: [&dyn Fn(usize) -> u64; 8] = [
                &|_| 0,
                &|_| 3,
                &|_| 500,
                &|at| if at < points / 3 { 20 } else { 200 },
                &|at| (at * 1_000 / points) as u64,
                &|at| if at % 2 == 0 { 100 } else { 900 },
                &|at| if at / 10 % 2 == 0 { 400 } else { 600 },
                &|at| if at % 7 == 0 { 1_000 } else { 990 },
            ];
            for kind in kinds {
                let rate = |at| {
                    let of = if at % 11 == 5 { 0 } else { of };
                    Rate { count: (0..of).filter(|_| dice() < kind(at)).count() as u64, of }
                };
                series.push((0..points).map(rate).collect());
            }
        }
        series
    }

    /// The same as if all starts were compared with each other.
    #[test]
    fn no_better_start_is_left_out() {
        for (number, rates) in many(120).iter().enumerate() {
            let sums = Sums::of(rates);
            for penalty in [0.5, 4.0, 12.0, 20.0] {
                let mut costs = vec![-penalty];
                for to in 1..=rates.len() {
                    let all = (0..to).map(|from| costs[from] + sums.cost(from, to) + penalty);
                    costs.push(all.min_by(f64::total_cmp).unwrap());
                }
                let starts = best(&sums, penalty);
                let bounds: Vec<usize> = [&[0][..], &starts, &[rates.len()]].concat();
                let segments: f64 = bounds.windows(2).map(|pair| sums.cost(pair[0], pair[1]) + penalty).sum();
                let (found, expected) = (segments - penalty, costs[rates.len()]);
                assert!(
                    (found - expected).abs() < 1e-6,
                    "{number}, {penalty}: {found} {expected} {starts:?}"
                );
            }
        }
    }

    #[test]
    fn few_starts_are_compared() {
        let points = 2_000;
        for (number, rates) in many(points).iter().enumerate() {
            let (_, compared) = partition(&Sums::of(rates), 15.0);
            assert!(compared < 200 * points, "{number}: {compared}");
        }
    }
}
