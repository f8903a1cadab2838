//! Applies severity overrides and the baseline to findings.

use std::collections::HashMap;

use super::baseline::{Accept, Baseline};
use super::{Finding, Groups, Rule, Severity, Suppressed, SuppressedBy};

/// Severity overrides and the baseline.
///
/// A policy changes what is reported and the outcome, never whether a payload is valid.
///
/// ```
/// use clients_contract::finding::Policy;
///
/// let mut policy = Policy::default();
/// let rule = clients_contract::rules().find(|rule| rule.id == "null-value").ok_or("no such rule")?;
/// policy.set(rule, None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// For each rule that was decided on its severity; `None` switches it off.
    severities: HashMap<&'static str, Option<Severity>>,
    baseline: Option<Baseline>,
}

impl Policy {
    /// Overrides the severity of a rule, or switches it off.
    pub fn set(&mut self, rule: &Rule, severity: Option<Severity>) {
        self.severities.insert(rule.id, severity);
    }

    /// Sets the baseline.
    pub fn accept(&mut self, baseline: Baseline) {
        self.baseline = Some(baseline);
    }

    /// The baseline, with what it matched so far.
    #[must_use]
    pub fn baseline(&self) -> Option<&Baseline> {
        self.baseline.as_ref()
    }

    /// Entries of the baseline that have matched no finding so far, except those of rules that are switched
    /// off: whether they would match is unknown.
    #[must_use]
    pub fn obsolete(&self) -> Vec<&Accept> {
        self.baseline.iter().flat_map(Baseline::stale).filter(|entry| self.is_on(entry)).collect()
    }

    /// Whether the rule of an entry is not switched off.
    pub(crate) fn is_on(&self, entry: &Accept) -> bool {
        self.severities.get(entry.rule.as_str()).is_none_or(Option::is_some)
    }

    /// Leaves the findings of a payload that are to be reported, and returns what was suppressed, by rule.
    pub fn apply(&mut self, findings: &mut Vec<Finding>) -> Vec<Suppressed> {
        let mut suppressed = Vec::new();
        if self.severities.is_empty() && self.baseline.is_none() {
            return suppressed;
        }
        findings.retain_mut(|finding| {
            let mut suppress =
                |by| Suppressed::add(&mut suppressed, finding.rule, by, 1 + finding.further, 1);
            if let Some(decided) = self.severities.get(finding.rule.id) {
                let Some(severity) = decided else {
                    suppress(SuppressedBy::Off);
                    return false;
                };
                finding.severity = *severity;
            }
            let accepted = self.baseline.as_mut().is_some_and(|baseline| baseline.accepts(finding));
            if accepted {
                suppress(SuppressedBy::Baseline);
            }
            !accepted
        });
        suppressed
    }

    /// The severity of a rule; `None` if it is switched off.
    #[must_use]
    pub fn severity(&self, rule: &Rule) -> Option<Severity> {
        self.severities.get(rule.id).copied().unwrap_or(Some(rule.severity))
    }

    /// Applies the policy to groups.
    pub fn apply_to(&mut self, groups: &mut Groups) -> Vec<Suppressed> {
        let mut suppressed = Vec::new();
        groups.decide(|group| {
            let mut suppress =
                |by| Suppressed::add(&mut suppressed, group.rule, by, group.count, group.payloads);
            if let Some(decided) = self.severities.get(group.rule.id) {
                let Some(severity) = decided else {
                    suppress(SuppressedBy::Off);
                    return false;
                };
                group.severity = *severity;
            }
            let key = (group.rule.id.to_owned(), group.pointer.clone());
            let accepted =
                self.baseline.as_mut().is_some_and(|baseline| baseline.accepts_group(&key, group.count));
            if accepted {
                suppress(SuppressedBy::Baseline);
            }
            !accepted
        });
        suppressed
    }
}
