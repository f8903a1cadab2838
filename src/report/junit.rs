//! `JUnit` XML, for test reports.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::phrase::{self, NOTHING, listed, location_of, often, word};
use super::{Format, Options, Render, Report};
use crate::finding::{Group, Severity};
use crate::untrusted::Untrusted;

pub(super) static FORMAT: Format = Format {
    name: "junit",
    help: "JUnit XML: one failed case per group of errors; other groups pass, with output",
    examples: true,
    render: Render::Report(write),
};

/// One test case.
struct Case {
    class: String,
    name: String,
    verdict: Verdict,
    /// What is written into its element.
    body: String,
}

enum Verdict {
    /// The findings do not fail the case; they are its output.
    Passed,
    /// An error was found.
    Failed { kind: &'static str, message: String },
    /// Something was received and not validated.
    Skipped,
    /// Something could not be validated.
    Broken { message: String },
}

fn write(report: &Report, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let cases = cases(report, options);
    let failures = cases.iter().filter(|case| matches!(case.verdict, Verdict::Failed { .. })).count();
    let errors = cases.iter().filter(|case| matches!(case.verdict, Verdict::Broken { .. })).count();
    let skipped = cases.iter().filter(|case| matches!(case.verdict, Verdict::Skipped)).count();
    let [tests, failures, errors, skipped] =
        [cases.len(), failures, errors, skipped].map(|count| count.to_string());
    let name = &*report.tool.name;
    let counts = [("tests", &*tests), ("failures", &*failures), ("errors", &*errors), ("time", "0")];
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let suites = xml.create_element("testsuites").with_attribute(("name", name)).with_attributes(counts);
    suites.write_inner_content(|xml| {
        let suite = xml.create_element("testsuite").with_attribute(("name", name)).with_attributes(counts);
        // The schema of Jenkins has this attribute for a suite, and not for all of them together.
        let suite = if skipped == "0" { suite } else { suite.with_attribute(("skipped", &*skipped)) };
        suite.write_inner_content(|xml| {
            properties(report, xml)?;
            cases.iter().try_for_each(|case| write_case(case, xml))?;
            let summary = format!("{}: {}", word(report.outcome()), phrase::summary(report, options));
            xml.create_element("system-out").write_text_content(BytesText::new(&summary))?;
            Ok(())
        })?;
        Ok(())
    })?;
    xml.get_mut().write_all(b"\n")
}

fn properties(report: &Report, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let version = report.contract.version.as_deref().unwrap_or("");
    let all = [
        ("tool", report.tool.version.as_str()),
        ("contract", &report.contract.id),
        ("contract_version", version),
        ("outcome", word(report.outcome())),
    ];
    xml.create_element("properties").write_inner_content(|xml| {
        for (name, value) in all {
            let property = xml.create_element("property").with_attribute(("name", name));
            property.with_attribute(("value", &*clean(value))).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn write_case(case: &Case, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let element = xml
        .create_element("testcase")
        .with_attribute(("classname", &*case.class))
        .with_attribute(("name", &*case.name))
        .with_attribute(("time", "0"));
    let body = BytesText::new(&case.body);
    if case.body.is_empty() && matches!(case.verdict, Verdict::Passed) {
        element.write_empty()?;
        return Ok(());
    }
    element.write_inner_content(|xml| {
        let inner = match &case.verdict {
            Verdict::Passed => xml.create_element("system-out"),
            Verdict::Skipped => xml.create_element("skipped"),
            Verdict::Failed { kind, message } => xml
                .create_element("failure")
                .with_attribute(("type", *kind))
                .with_attribute(("message", &**message)),
            Verdict::Broken { message } => xml
                .create_element("error")
                .with_attribute(("type", "incomplete"))
                .with_attribute(("message", &**message)),
        };
        inner.write_text_content(body)?;
        Ok(())
    })?;
    Ok(())
}

fn cases(report: &Report, options: Options) -> Vec<Case> {
    let listed = listed(report, options, usize::MAX);
    let class = |name: &str| format!("{}.{name}", report.tool.name);
    let broken = |name: &str, message: &str| Case {
        class: class("incomplete"),
        name: clean(name),
        verdict: Verdict::Broken { message: clean(message) },
        body: clean(&format!("{name}: {message}")),
    };
    let mut cases: Vec<Case> =
        report.problems.iter().map(|problem| broken(&problem.origin, &problem.message)).collect();
    if report.has_nothing() {
        cases.push(broken("input", NOTHING));
    }
    cases.extend(report.not_validated.iter().map(|entry| Case {
        class: class("not-validated"),
        name: entry.reason.name().to_owned(),
        verdict: Verdict::Skipped,
        body: clean(&phrase::not_validated(entry)),
    }));
    cases.extend(listed.groups.iter().map(|group| case_of(group, report)));
    if let Some(message) = listed.note() {
        let verdict = if listed.errors_beyond > 0 {
            Verdict::Failed { kind: "not-listed", message: message.clone() }
        } else {
            Verdict::Passed
        };
        cases.push(Case {
            class: class("not-listed"),
            name: "findings not listed".into(),
            verdict,
            body: message,
        });
    }
    if cases.iter().all(|case| matches!(case.verdict, Verdict::Passed | Verdict::Skipped)) {
        let id = clean(&report.contract.id);
        // Findings that are not reported leave payloads as invalid as they are.
        let (name, body) = match phrase::suppressed(report) {
            None if report.checked.invalid > 0 => {
                let invalid = phrase::plural(report.checked.invalid, "invalid payload");
                let body = format!("{invalid}; findings below the minimum severity are not listed");
                (format!("{id}: no findings to report"), body)
            }
            None => (format!("{id}: no violations"), String::new()),
            Some(why) => {
                let invalid = phrase::plural(report.checked.invalid, "invalid payload");
                (format!("{id}: no findings to report"), format!("{invalid}; {why}"))
            }
        };
        cases.push(Case { class: class("contract"), name, verdict: Verdict::Passed, body });
    }
    cases
}

fn case_of(group: &Group, report: &Report) -> Case {
    let message = clean(&group.message());
    let position = group.example.as_ref().map_or(&group.first, |example| &example.location);
    let mut body = format!("{}: {message}\n--> {}\n", group.severity, clean(&location_of(position)));
    for line in group.example.iter().flat_map(|example| &example.lines) {
        body.push_str(&clean(line));
        body.push('\n');
    }
    body.push_str(&often(group, report));
    if group.count > 1 {
        let positions =
            format!(", first at {}, last at {}", location_of(&group.first), location_of(&group.last));
        body.push_str(&clean(&positions));
    }
    let verdict = match group.severity {
        Severity::Error => Verdict::Failed { kind: group.rule.id, message },
        Severity::Warning | Severity::Info => Verdict::Passed,
    };
    let name = if group.pointer.is_empty() { "body".to_owned() } else { clean(&group.pointer) };
    let class = format!("{}.{}", report.tool.name, group.rule.id);
    Case { class, name: format!("{}: {name}", group.rule.id), verdict, body }
}

/// The writer of XML escapes what is markup.
fn clean(text: &str) -> String {
    Untrusted::from(text).xml().into_owned()
}
