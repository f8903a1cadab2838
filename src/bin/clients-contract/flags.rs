//! Names of library settings on the command line.

/// Settings that messages of the library name in backticks, and their flags.
const SETTINGS: &[(&str, &str)] = &[
    ("allow_http", "--allow-http"),
    ("certificates", "--cacert"),
    ("max_body", "--max-body"),
    ("max_buffer", "--max-buffer"),
    ("max_depth", "--max-depth"),
    ("max_findings", "--max-findings"),
    ("max_pages", "--max-pages"),
    ("max_wait", "--max-wait"),
    ("min_coverage", "--min-coverage"),
    ("port", "--port"),
    ("resume", "--resume"),
    ("with_resource", "--resource URI=FILE"),
];

/// Settings that they name with a value: `` `input=har` ``.
const VALUED: &[&str] =
    &["count", "envelope", "input", "jobs", "min_coverage", "page", "profile", "query", "size", "sort"];

/// Settings that are subjects of errors.
const SUBJECTS: &[&str] =
    &["envelope", "fault", "items", "jobs", "preset", "prune_baseline", "total", "with"];

/// The text with flags in place of settings: `` `--max-body` ``, `--input har`.
pub fn in_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('`');
    out.extend(parts.next());
    // What is between two backticks, and what is behind them.
    while let Some(quoted) = parts.next() {
        match parts.next() {
            Some(behind) => out.extend([&*flag(quoted), behind]),
            None => out.extend(["`", quoted]),
        }
    }
    out
}

/// The same of the subject of an error, where a setting stands alone.
pub fn in_subject(subject: &str) -> String {
    let Some(setting) = subject.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) else {
        return subject.to_owned();
    };
    match SETTINGS.iter().find(|(name, _)| *name == setting) {
        Some((_, flag)) => (*flag).to_owned(),
        None if SUBJECTS.contains(&setting) => format!("--{}", setting.replace('_', "-")),
        None => subject.to_owned(),
    }
}

/// A flag, as a message has it, or what is no setting.
fn flag(quoted: &str) -> String {
    let valued = quoted.split_once('=').filter(|(name, _)| VALUED.contains(name));
    if let Some((name, value)) = valued {
        return format!("--{} {value}", name.replace('_', "-")).trim_end().to_owned();
    }
    let known = SETTINGS.iter().find(|(name, _)| *name == quoted);
    format!("`{}`", known.map_or(quoted, |(_, flag)| flag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_become_flags_and_nothing_else_changes() {
        for (text, expected) in [
            ("the maximum (`max_body`)", "the maximum (`--max-body`)"),
            ("pass `input=har` or `input=json`", "pass --input har or --input json"),
            ("check `query=` and `sort=`", "check --query and --sort"),
            ("`name=x` is unknown; max_body ``", "`name=x` is unknown; max_body ``"),
            ("one ` alone, max_body", "one ` alone, max_body"),
            ("`max_body", "`max_body"),
            ("", ""),
        ] {
            assert_eq!(in_text(text), expected);
        }
        assert_eq!(in_subject("`prune_baseline`"), "--prune-baseline");
        assert_eq!(in_subject("`certificates`"), "--cacert");
        assert_eq!(in_subject("`file`"), "`file`");
    }
}
