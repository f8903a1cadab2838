//! Builds numbers.

use serde_json::Number;

use super::steps::Step;
use super::wholes::{saturated, whole, written};
use crate::error::Error;
use crate::generate::choices::Choices;
use crate::generate::knowledge::{Hint, Shape};
use crate::generate::plan::{Builder, Reader, ValueSet};
use crate::generate::sink::Sink;
use crate::generate::style::Style;
use crate::schema::keywords::names::{MULTIPLE_OF, TYPE};
use crate::schema::types::TypeSet;

/// Fractions are built between whole numbers up to this, where a double still has room for them.
const FRACTIONS_END: i128 = 1 << 42;

/// Whole numbers up to this are exact in a double, as JavaScript reads them.
const MAX_EXACT: i128 = (1 << 53) - 1;

/// The numbers a schema admits.
#[derive(Clone, Debug)]
pub(crate) struct Numbers {
    whole_only: bool,
    /// Every number is a multiple of it; 1 if the schema does not say.
    step: Option<i128>,
    /// Bounds of the whole numbers, both admitted.
    least: i128,
    most: i128,
    /// Bounds of the others, both admitted.
    low: f64,
    high: f64,
    /// Every number is a multiple of this, which is not whole.
    fraction: Option<Step>,
}

impl Numbers {
    pub(crate) fn read(reader: &mut Reader<'_>, types: TypeSet) -> Result<ValueSet, Error> {
        let whole_only = types == TypeSet::INTEGER;
        let mut numbers = Self {
            whole_only,
            step: None,
            least: i128::MIN,
            most: i128::MAX,
            low: f64::NEG_INFINITY,
            high: f64::INFINITY,
            fraction: None,
        };
        let steps: Vec<Number> = reader.flats.steps().cloned().collect();
        match Step::of_all(&steps, whole_only) {
            None => return Err(reader.unsupported(MULTIPLE_OF, "too fine or too large to generate")),
            Some(Step { digits: 1, exponent: 0 }) if steps.is_empty() => {}
            Some(step) if step.exponent >= 0 => numbers.step = step.whole(),
            Some(step) => numbers.fraction = Some(step),
        }
        if types == TypeSet::FRACTION {
            // Most of what is built has one.
            reader.check(TYPE);
        }
        if steps.iter().any(|step| whole(step).is_none()) {
            reader.check(MULTIPLE_OF);
        }
        for bound in reader.flats.bounds() {
            if bound.upper {
                numbers.lower(&bound.limit, bound.exclusive);
            } else {
                numbers.raise(&bound.limit, bound.exclusive);
            }
        }
        if numbers.low > numbers.high || numbers.step.is_some() && numbers.least > numbers.most {
            let bound = reader.flats.bounds().map(|bound| bound.keyword).next();
            return Ok(reader.nothing(bound.unwrap_or(TYPE), "leaves no number between the bounds"));
        }
        if numbers.whole_range().is_none() && (whole_only || numbers.step.is_some()) {
            let keyword = if numbers.step.is_some() { MULTIPLE_OF } else { TYPE };
            if !numbers.beyond() {
                return Ok(reader.nothing(keyword, "leaves no whole number between the bounds"));
            }
            // Whole numbers that only a double holds.
            reader.check(keyword);
        }
        Ok(ValueSet::Numbers(numbers))
    }

    /// Whether the bounds lie beyond what 64 bits hold.
    fn beyond(&self) -> bool {
        self.least > i128::from(i64::MAX) || self.most < i128::from(i64::MIN)
    }

    fn raise(&mut self, bound: &Number, exclusive: bool) {
        let (whole, float) = (whole(bound), bound.as_f64().unwrap_or(f64::NEG_INFINITY));
        let least = match whole {
            Some(whole) => whole + i128::from(exclusive),
            None => saturated(float.ceil()),
        };
        self.least = self.least.max(least);
        self.low = self.low.max(if exclusive { float.next_up() } else { float });
    }

    fn lower(&mut self, bound: &Number, exclusive: bool) {
        let (whole, float) = (whole(bound), bound.as_f64().unwrap_or(f64::INFINITY));
        let most = match whole {
            Some(whole) => whole - i128::from(exclusive),
            None => saturated(float.floor()),
        };
        self.most = self.most.min(most);
        self.high = self.high.min(if exclusive { float.next_down() } else { float });
    }

    /// Whether numbers with a fraction are refused.
    pub(crate) fn whole_only(&self) -> bool {
        self.whole_only
    }

    pub(crate) fn admits(&self, number: &Number) -> bool {
        if let Some(whole) = whole(number) {
            return (self.least..=self.most).contains(&whole)
                && self.step.is_none_or(|step| whole % step == 0);
        }
        let float = number.as_f64().unwrap_or(f64::NAN);
        let low_enough = self.fraction.is_none_or(|step| step.divides(float));
        !self.whole_only && low_enough && self.step.is_none() && self.low <= float && float <= self.high
    }

    pub(crate) fn build<S: Sink>(&self, builder: &mut Builder<'_>, hint: &Hint, sink: &mut S) {
        match self.drawn(builder, hint) {
            Some(number) => sink.number(number),
            None => sink.null(),
        }
    }

    fn drawn(&self, builder: &mut Builder<'_>, hint: &Hint) -> Option<Number> {
        let choices = &mut *builder.choices;
        if builder.style.picks() {
            return self.edge(builder.style, choices);
        }
        if let Some(Shape::Integer(shape)) = hint.shape {
            let drawn = choices.draw(99);
            if drawn >= 5 || builder.style.tidy {
                let number = Number::from(shape(choices));
                if self.admits(&number) {
                    return Some(number);
                }
            }
        }
        self.plain(choices)
    }

    /// A number at the edges of what is admitted and widely read, or one that common parsers change.
    fn edge(&self, style: Style, choices: &mut Choices) -> Option<Number> {
        let (least, most) = self.whole_range().unwrap_or_default();
        let mut all: Vec<Number> = Vec::new();
        if style.edges {
            let (least, most) = (least.max(-MAX_EXACT), most.min(MAX_EXACT));
            all.extend([0, least, most, least + 1, most - 1, 1, -1].into_iter().filter_map(written));
            all.extend(Number::from_f64(0.5));
        }
        if style.quirks {
            let beyond = [MAX_EXACT + 1, MAX_EXACT + 2, -MAX_EXACT - 2].into_iter();
            let ends = [least, most].into_iter().filter(|end| end.abs() > MAX_EXACT);
            all.extend(beyond.chain(ends).filter_map(written));
            all.extend(
                [-0.0, 1.0, 1e2, f64::MIN_POSITIVE, f64::MAX].into_iter().filter_map(Number::from_f64),
            );
        }
        all.retain(|edge| self.admits(edge));
        choices.pick(&all).cloned().or_else(|| self.plain(choices))
    }

    fn plain(&self, choices: &mut Choices) -> Option<Number> {
        if let Some(step) = self.fraction {
            return step.multiple(self.low, self.high, choices);
        }
        let range = self.whole_range();
        let fraction = !self.whole_only && self.step.is_none() && choices.chance(40);
        match range {
            Some(range) if !fraction => self.some_whole(range, choices),
            Some(range) => Self::some_fraction(range, choices).or_else(|| self.some_whole(range, choices)),
            None => self.between_bounds(choices),
        }
    }

    /// The smallest and greatest whole number that can be written with 64 bits.
    fn whole_range(&self) -> Option<(i128, i128)> {
        let top = if self.least >= 0 { i128::from(u64::MAX) } else { i128::from(i64::MAX) };
        let least = self.least.max(i128::from(i64::MIN));
        let most = self.most.min(top);
        let (least, most) = match self.step {
            None | Some(1) => (least, most),
            Some(step) => {
                (least.checked_add((-least).rem_euclid(step))?, most.checked_sub(most.rem_euclid(step))?)
            }
        };
        (least <= most).then_some((least, most))
    }

    /// Mostly near the simplest whole number, sometimes anywhere or at an edge.
    fn some_whole(&self, (least, most): (i128, i128), choices: &mut Choices) -> Option<Number> {
        let step = self.step.unwrap_or(1);
        let simplest = 0_i128.clamp(least, most);
        let (above, below) = (most - simplest, simplest - least);
        let (above, below) = if step == 1 { (above, below) } else { (above / step, below / step) };
        let down = below > 0 && (above == 0 || choices.draw(3) == 3);
        let room = if down { below } else { above };
        let room = u64::try_from(room).unwrap_or(u64::MAX);
        let distance = choices.draw_skewed(room);
        let distance = i128::from(distance) * step;
        written(if down { simplest - distance } else { simplest + distance })
    }

    /// A whole number and something between it and the next, if there is a next.
    fn some_fraction((least, most): (i128, i128), choices: &mut Choices) -> Option<Number> {
        let (least, most) = (least.max(-FRACTIONS_END), most.min(FRACTIONS_END) - 1);
        let simplest = if least <= most {
            0_i128.clamp(least, most)
        } else {
            return None;
        };
        let (above, below) = (most - simplest, simplest - least);
        let down = below > 0 && (above == 0 || choices.draw(3) == 3);
        let room = u64::try_from(if down { below } else { above }).unwrap_or(0);
        let usual = if choices.draw(9) < 9 { 1_000 } else { u64::MAX };
        let distance = i128::from(choices.draw(room.min(usual)));
        let whole = if down { simplest - distance } else { simplest + distance };
        #[allow(clippy::cast_precision_loss, reason = "both are far below 2^52")]
        let number = whole as f64 + choices.draw(1_023) as f64 / 1_024.0;
        Number::from_f64(number)
    }

    /// Between two bounds with no whole number between them.
    fn between_bounds(&self, choices: &mut Choices) -> Option<Number> {
        #[allow(clippy::cast_precision_loss, reason = "at most 1024")]
        let part = choices.draw(1_024) as f64 / 1_024.0;
        let low = self.low.max(f64::MIN);
        let high = self.high.min(f64::MAX);
        let number = (low + (high - low) * part).clamp(low, high);
        let number = if self.whole_only { number.ceil() } else { number };
        Number::from_f64(number)
    }
}
