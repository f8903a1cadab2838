//! The state of a value while it is built.

use super::Plan;
use super::heights::MAX_WEIGHT;
use crate::generate::choices::Choices;
use crate::generate::drawn::Written;
use crate::generate::knowledge::Knowledge;
use crate::generate::style::Style;

/// Objects inside so many objects are as small as they can be.
const DEPTH: usize = 12;
/// Values inside so many arrays and objects are as small as they can be.
const NESTING: usize = 24;
/// Alternatives inside so many others are as small as they can be.
const STEPS: usize = 200;
/// A value of more nodes than this is finished as small as it can be.
const BUDGET: u32 = 4_000;
/// How many checks may fail in one value; from then on known values are taken.
const PATIENCE: u32 = 200;

/// A value under construction.
pub(crate) struct Builder<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) knowledge: &'a dyn Knowledge,
    pub(crate) style: Style,
    pub(crate) choices: &'a mut Choices,
    /// How many objects we are inside.
    pub(crate) depth: usize,
    /// How many objects and arrays we are inside.
    pub(crate) nesting: usize,
    /// How many alternatives and checks we are inside.
    steps: usize,
    /// How many nodes may still be built.
    pub(crate) budget: u32,
    /// What may still be built beyond what must be.
    pub(crate) room: u64,
    /// How many nodes were built.
    pub(crate) built: usize,
    /// How many values may still fail their check.
    pub(crate) patience: u32,
    /// Whether something could not be built. Only while a plan is still being made.
    pub(crate) stuck: bool,
    /// The members of open objects that knowledge reads.
    pub(crate) written: Vec<Written<'a>>,
    /// Where the items of these members begin.
    pub(crate) items: Vec<usize>,
    /// How many objects and arrays an array is inside, itself included, if it is a member that knowledge reads.
    pub(crate) read_nesting: usize,
}

impl<'a> Builder<'a> {
    pub(crate) fn of(
        plan: &'a Plan,
        knowledge: &'a dyn Knowledge,
        style: Style,
        choices: &'a mut Choices,
    ) -> Self {
        Self {
            plan,
            knowledge,
            style,
            choices,
            depth: 0,
            nesting: 0,
            steps: 0,
            budget: BUDGET * style.room(),
            room: MAX_WEIGHT.saturating_sub(plan.node(Plan::ROOT).weight),
            built: 0,
            patience: PATIENCE,
            stuck: false,
            written: Vec::new(),
            items: Vec::new(),
            read_nesting: 0,
        }
    }

    /// Whether everything must now be as small as it can be.
    #[inline]
    pub(crate) fn tight(&self) -> bool {
        self.depth >= DEPTH || self.nesting >= NESTING || self.steps >= STEPS || self.budget == 0
    }

    /// Gives the next part of the value the budget of a whole one.
    pub(crate) fn refill(&mut self) {
        self.budget = BUDGET * self.style.room();
    }

    /// Builds one alternative, or one value that is checked, further inside.
    pub(super) fn step(&mut self, build: impl FnOnce(&mut Self)) {
        self.steps += 1;
        build(self);
        self.steps -= 1;
    }

    /// Builds one array or object further inside.
    pub(super) fn inside(&mut self, build: impl FnOnce(&mut Self)) {
        self.nesting += 1;
        build(self);
        self.nesting -= 1;
    }
}
