//! Shrinks a value to the simplest one that still fails a test.
//!
//! Not the value is made smaller but the choices that made it, so every step keeps the schema.
//! Three passes, repeated until none helps: cut items out of arrays, make whole parts as simple as
//! they can be, lower single choices. A step counts only if its recording is shorter, or as long
//! and smaller in its first difference; that is why shrinking ends.

use proptest::strategy::ValueTree;
use serde_json::Value;

use super::choices::{Choices, Record};
use super::recipe::Recipe;

/// A generated value that can become simpler without leaving its schema.
#[derive(Clone, Debug)]
pub struct SchemaTree {
    recipe: Recipe,
    /// The simplest value known to fail.
    best: Built,
    /// A simpler value that may fail, too.
    trial: Option<Built>,
    cursor: Cursor,
}

#[derive(Clone, Debug)]
struct Built {
    value: Value,
    record: Record,
}

/// Where in its three passes the search is.
#[derive(Clone, Debug)]
struct Cursor {
    way: Way,
    index: usize,
    /// When lowering: choices below this did not fail.
    floor: u64,
    /// Whether anything helped since the first pass began.
    helped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Cut,
    Simplify,
    Lower,
}

impl SchemaTree {
    pub(super) fn new(recipe: Recipe, choices: Choices) -> Self {
        let best = build(&recipe, choices);
        let cursor = Cursor { way: Way::Cut, index: 0, floor: 0, helped: false };
        Self { recipe, best, trial: None, cursor }
    }

    /// Sets the next trial that is simpler than the best; false if there is none.
    fn advance(&mut self) -> bool {
        loop {
            let Some(choices) = self.proposal() else {
                if self.next_way() {
                    continue;
                }
                return false;
            };
            let built = build(&self.recipe, choices);
            if built.record.is_simpler_than(&self.best.record) {
                self.trial = Some(built);
                return true;
            }
            self.refused();
        }
    }

    /// The next choices of this pass worth trying.
    fn proposal(&mut self) -> Option<Choices> {
        let Record { draws, spans, .. } = &self.best.record;
        match self.cursor.way {
            Way::Cut => {
                self.cursor.index += spans.get(self.cursor.index..)?.iter().position(|span| span.item)?;
                let span = spans[self.cursor.index];
                let tape = [&draws[..span.start], &draws[span.end..]].concat();
                Some(Choices::replay(tape))
            }
            Way::Simplify => {
                let complex =
                    |span: &super::choices::Span| draws[span.start..span.end].iter().any(|draw| *draw > 0);
                self.cursor.index += spans.get(self.cursor.index..)?.iter().position(complex)?;
                let resume = spans[self.cursor.index].end;
                Some(Choices::replay_without(draws.clone(), self.cursor.index, resume))
            }
            Way::Lower => {
                while *draws.get(self.cursor.index)? <= self.cursor.floor {
                    self.cursor.index += 1;
                    self.cursor.floor = 0;
                }
                let mut tape = draws.clone();
                tape[self.cursor.index] = self.lowered(tape[self.cursor.index]);
                Some(Choices::replay(tape))
            }
        }
    }

    /// Zero first, then half way between what did not fail and what did.
    fn lowered(&self, draw: u64) -> u64 {
        let floor = self.cursor.floor;
        if floor == 0 { 0 } else { floor + (draw - floor) / 2 }
    }

    /// The trial did not fail.
    fn refused(&mut self) {
        match self.cursor.way {
            Way::Cut | Way::Simplify => self.cursor.index += 1,
            Way::Lower => {
                let draw = self.best.record.draws[self.cursor.index];
                self.cursor.floor = self.lowered(draw) + 1;
            }
        }
    }

    /// The trial failed: it is the best now.
    fn accept(&mut self, trial: Built) {
        self.cursor.helped = true;
        if self.cursor.way == Way::Simplify {
            self.cursor.index += 1;
        }
        self.best = trial;
    }

    /// Begins the next pass, or the first again if anything helped.
    fn next_way(&mut self) -> bool {
        let way = match self.cursor.way {
            Way::Cut => Way::Simplify,
            Way::Simplify => Way::Lower,
            Way::Lower if self.cursor.helped => Way::Cut,
            Way::Lower => return false,
        };
        let helped = self.cursor.helped && way != Way::Cut;
        self.cursor = Cursor { way, index: 0, floor: 0, helped };
        true
    }
}

impl ValueTree for SchemaTree {
    type Value = Value;

    fn current(&self) -> Value {
        self.trial.as_ref().unwrap_or(&self.best).value.clone()
    }

    fn simplify(&mut self) -> bool {
        if let Some(trial) = self.trial.take() {
            self.accept(trial);
        }
        self.advance()
    }

    fn complicate(&mut self) -> bool {
        if self.trial.take().is_none() {
            return false;
        }
        self.refused();
        // Back to the best if nothing else is left to try.
        self.advance();
        true
    }
}

fn build(recipe: &Recipe, choices: Choices) -> Built {
    let mut choices = choices.recording();
    let value = recipe.build(&mut choices);
    Built { value, record: choices.into_record() }
}

impl Record {
    fn is_simpler_than(&self, other: &Self) -> bool {
        (self.draws.len(), &self.draws) < (other.draws.len(), &other.draws)
    }
}
