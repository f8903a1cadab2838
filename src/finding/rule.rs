//! Rules and severities.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::error::{named, parse_error};

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warning,
    /// The contract is broken.
    Error,
}

impl Severity {
    /// Every severity, the lowest first.
    pub const ALL: &'static [Self] = &[Self::Info, Self::Warning, Self::Error];

    /// The word for it, as reports and settings spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

named!(Severity, "severity", ParseSeverityError);

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// The body as text: there is no JSON value to validate.
    Body,
    /// A value against the schema. Of the numbers from 1 to 5, only the lowest one is reported at a location;
    /// 0 and 6 are reported beside them.
    Schema(u8),
    /// A member that JSON or the schema allows and that is reported all the same.
    Member,
    /// Invariants of one payload, or of several, which no schema can express.
    Invariant,
    /// Two schemas, an old one and a new one.
    Change,
    /// Many payloads as a whole.
    Corpus,
}

/// One rule: a row of a table.
#[derive(Serialize)]
#[non_exhaustive]
pub struct Rule {
    /// The permanent id, in kebab-case, the same in every output.
    pub id: &'static str,
    /// The severity, unless overridden.
    pub severity: Severity,
    /// What the rule looks at.
    #[serde(skip)]
    pub scope: Scope,
    /// What a finding of this rule means, in one sentence.
    pub summary: &'static str,
    /// Why it matters to a consumer.
    pub impact: &'static str,
    /// How to fix or accept it.
    pub fix: &'static str,
    /// A fragment of a payload that violates the rule.
    pub example: &'static str,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rule").field(&self.id).finish()
    }
}

impl Rule {
    /// A rule for invariants of your own: its ID in kebab-case, and what a finding of it means, in one
    /// sentence.
    ///
    /// ```
    /// use clients_contract::{Rule, Severity};
    ///
    /// static NO_SEATS: Rule = Rule::new("no-seats", Severity::Warning, "Nobody can take a seat.")
    ///     .impact("Nobody can enrol.")
    ///     .fix("Ask the owner.")
    ///     .example(r#"{"seats": 0}"#);
    /// assert_eq!(NO_SEATS.id, "no-seats");
    /// ```
    #[must_use]
    pub const fn new(id: &'static str, severity: Severity, summary: &'static str) -> Self {
        Self { id, severity, scope: Scope::Invariant, summary, impact: "", fix: "", example: "" }
    }

    /// The same with why it matters to a consumer.
    #[must_use]
    pub const fn impact(self, impact: &'static str) -> Self {
        Self { impact, ..self }
    }

    /// The same with how to fix or accept it.
    #[must_use]
    pub const fn fix(self, fix: &'static str) -> Self {
        Self { fix, ..self }
    }

    /// The same with a fragment of a payload that violates it.
    #[must_use]
    pub const fn example(self, example: &'static str) -> Self {
        Self { example, ..self }
    }
}

parse_error! {
    /// A text that is no ID of a rule.
    ParseRuleError
}

impl ParseRuleError {
    pub(crate) fn unknown(message: String) -> Self {
        Self(message)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

/// A table of rules, one row a rule: name, ID, severity, scope, summary, impact, fix and example. `ALL` lists
/// them in the order of the rows, which is the order in which reports, help and documentation list them.
macro_rules! rules {
    ($($NAME:ident $id:literal $severity:ident $scope:ident $(($rank:literal))?:
        $summary:literal, $impact:literal, $fix:literal, $example:literal;)+) => {
        $(
            #[doc = $summary]
            pub static $NAME: $crate::finding::Rule = $crate::finding::Rule {
                id: $id,
                severity: $crate::finding::Severity::$severity,
                scope: $crate::finding::Scope::$scope $(($rank))?,
                summary: $summary,
                impact: $impact,
                fix: $fix,
                example: $example,
            };
        )+

        /// Every rule of this table, worst first.
        pub static ALL: &[&$crate::finding::Rule] = &[$(&$NAME),+];
    };
}
pub(crate) use rules;
