//! Where in its file does a body break the contract?

use super::breach::{Breach, Causes, LISTED_OF_A_CAUSE};
use super::place::Spot;
use super::{Judged, Judgement};
use crate::finding::{Finding, Scope, rules};
use crate::json::{self, Flaw, FlawKind, LineColumn};
use crate::origin::Origin;
use crate::payload::Payload;
use crate::pointer::Pointer;

fn breach_of(flaw: &Flaw) -> Breach {
    let rule = match flaw.kind {
        FlawKind::NotJson => &rules::NOT_JSON,
        FlawKind::Truncated => &rules::TRUNCATED_BODY,
        FlawKind::TooDeep => &rules::TOO_DEEP,
    };
    Breach::new(rule, Pointer::root(), flaw.what.clone())
}

/// The bytes to judge, and where they stand.
#[derive(Clone, Copy)]
pub(super) struct Body<'b> {
    pub(super) origin: &'b Origin,
    pub(super) bytes: &'b [u8],
    /// The line of the file on which they begin.
    pub(super) line: u64,
}

impl<'b> Body<'b> {
    pub(super) fn of(payload: &'b Payload) -> Self {
        Self { origin: payload.origin(), bytes: payload.bytes(), line: payload.line() }
    }
}

pub(super) fn judgement(body: Body<'_>, judged: Result<Judged, (Flaw, Spot)>) -> Judgement {
    let Judged { breaches, answered, seen } = judged.unwrap_or_else(|(flaw, spot)| Judged {
        breaches: vec![(breach_of(&flaw), spot)],
        answered: false,
        seen: None,
    });
    let invalid = |scope| matches!(scope, Scope::Body | Scope::Schema(_));
    Judgement {
        answered,
        valid: !breaches.iter().any(|(breach, _)| invalid(breach.rule.scope)),
        findings: findings(body, breaches),
        seen,
    }
}

/// Places the breaches, in the order of the text.
pub(super) fn findings(body: Body<'_>, mut breaches: Vec<(Breach, Spot)>) -> Vec<Finding> {
    breaches.retain(|(breach, _)| !breach.excused);
    if breaches.is_empty() {
        return Vec::new();
    }
    breaches.sort_by(|(a, at), (b, bt)| {
        (at.offset, &a.pointer, a.rule.id).cmp(&(bt.offset, &b.pointer, b.rule.id))
    });
    let text = json::decode(body.bytes).unwrap_or_default();
    let bom = body.bytes.len() - text.len();
    let mut lines = json::Lines::new(text);
    let mut causes = Causes::default();
    let many = breaches.len() > LISTED_OF_A_CAUSE;
    let mut findings: Vec<Finding> = Vec::with_capacity(breaches.len().min(LISTED_OF_A_CAUSE));
    for (breach, spot) in breaches {
        let next = findings.len();
        if many && let Some(at) = causes.counted_with(breach.rule, &breach.pointer, next) {
            findings[at].further += 1 + breach.further;
            continue;
        }
        let at = spot.place.unwrap_or_else(|| {
            let LineColumn { line, column } = lines.place(spot.offset);
            LineColumn { line: line + body.line - 1, column }
        });
        findings.push(Finding {
            rule: breach.rule,
            severity: breach.rule.severity,
            origin: body.origin.clone(),
            pointer: breach.pointer.shortened(),
            line: at.line,
            column: at.column,
            offset: spot.offset + bom,
            shown: [spot.around + bom, spot.from + bom],
            what: breach.what,
            schema_pointer: breach.schema_pointer,
            further: breach.further,
        });
    }
    findings
}
