//! Makes findings of violations: adds origin, line and column.

use super::ledger::Kept;
use super::span::TextSpan;
use super::validating::Validated;
use super::violation::Violation;
use super::{NOWHERE, Unlisted, Validation};
use crate::finding::{Finding, rules};
use crate::json::{self, LineColumn, SyntaxError, SyntaxErrorKind};
use crate::origin::Origin;
use crate::payload::{NotValidated, Payload};
use crate::pointer::Pointer;

fn violation_of(syntax_error: &SyntaxError) -> Violation {
    let rule = match syntax_error.kind {
        SyntaxErrorKind::NotJson => &rules::NOT_JSON,
        SyntaxErrorKind::Truncated => &rules::TRUNCATED_BODY,
        SyntaxErrorKind::TooDeep => &rules::TOO_DEEP,
    };
    Violation::new(rule, Pointer::root(), syntax_error.what.clone())
}

/// The bytes to validate, with their origin and line.
#[derive(Clone, Copy)]
pub(super) struct PayloadText<'b> {
    pub(super) origin: &'b Origin,
    pub(super) bytes: &'b [u8],
    /// Where in the file they begin.
    pub(super) start: LineColumn,
}

impl<'b> PayloadText<'b> {
    pub(super) fn of(payload: &'b Payload) -> Self {
        let start = LineColumn { line: payload.line(), column: payload.column() };
        Self { origin: payload.origin(), bytes: payload.bytes(), start }
    }

    /// Bytes that come from nowhere.
    pub(super) fn alone(bytes: &'b [u8]) -> Self {
        Self { origin: &NOWHERE, bytes, start: LineColumn::START }
    }
}

pub(super) fn validation(
    body: PayloadText<'_>,
    validated: Result<Validated, (SyntaxError, TextSpan)>,
) -> Validation {
    let Validated { kept, valid, envelope, in_first, answered, uncompared, seen } =
        validated.unwrap_or_else(|(syntax_error, span)| Validated {
            kept: Kept { violations: vec![(violation_of(&syntax_error), span)], unlisted: Vec::new() },
            valid: false,
            envelope: None,
            in_first: true,
            answered: false,
            uncompared: false,
            seen: None,
        });
    let unlisted = kept.unlisted.into_iter();
    let unlisted = unlisted.map(|(rule, count)| Unlisted { rule, count }).collect();
    let findings = findings(body, kept.violations);
    Validation {
        valid,
        not_validated: None,
        envelope,
        in_first,
        findings,
        unlisted,
        uncompared,
        answered,
        seen,
    }
}

/// A response that is not validated. Only an unexpected status is a finding.
pub(super) fn not_validated(body: PayloadText<'_>, reason: NotValidated, status: Option<u16>) -> Validation {
    let status = status.filter(|_| reason == NotValidated::HttpStatus);
    let violation = |status| {
        let what = format!("response has status {status}; only 2xx responses are validated");
        (Violation::new(&rules::HTTP_STATUS, Pointer::root(), what), TextSpan::default())
    };
    let findings = findings(body, status.map(violation).into_iter().collect());
    Validation {
        valid: false,
        not_validated: Some(reason),
        envelope: None,
        in_first: true,
        findings,
        unlisted: Vec::new(),
        uncompared: false,
        answered: false,
        seen: None,
    }
}

/// Places the findings in the text, in document order.
pub(super) fn findings(body: PayloadText<'_>, mut violations: Vec<(Violation, TextSpan)>) -> Vec<Finding> {
    if violations.is_empty() {
        return Vec::new();
    }
    violations.sort_unstable_by(|(a, at), (b, bt)| {
        let [a_is, b_is] =
            [a, b].map(|violation| (violation.rule.id, &violation.schema_pointer, &violation.what));
        (at.offset, &a.pointer, a_is).cmp(&(bt.offset, &b.pointer, b_is))
    });
    let text = json::decode(body.bytes).unwrap_or_default();
    let bom = body.bytes.len() - text.len();
    let mut lines = json::Lines::new(text);
    let finding = |(violation, span): (Violation, TextSpan)| {
        let at = span.location.unwrap_or_else(|| {
            let LineColumn { line, column } = lines.location(span.offset);
            let before = if line == 1 { body.start.column - 1 } else { 0 };
            LineColumn { line: line + body.start.line - 1, column: column + before }
        });
        Finding {
            rule: violation.rule,
            severity: violation.rule.severity,
            origin: body.origin.clone(),
            pointer: violation.pointer.shortened(),
            line: at.line,
            column: at.column,
            offset: span.offset + bom,
            shown: [span.around + bom, span.from + bom],
            what: violation.what,
            schema_pointer: violation.schema_pointer,
            further: violation.further,
        }
    };
    violations.into_iter().map(finding).collect()
}
