//! `clients-contract diff`: compares two schemas.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;
use clients_contract::contract;
use clients_contract::diff::{Comparison, Document, compare};
use clients_contract::finding::{Policy, Scope, Suppressed};
use clients_contract::report::document::{Side, Sides};
use clients_contract::report::{Accepted, Compared, ContractId, PayloadReport, Report};
use clients_contract::run::Outputs;
use clients_contract::run::files::{self, MAX_TEXT};
use clients_contract::untrusted::to_compact_json;
use clients_contract::{Error, ErrorKind, Finding, Severity};

use super::invocation::invocation;
use super::reporting::Reporting;
use super::resources::{Resources, split};
use crate::exit::Exit;
use crate::global_args::GlobalArgs;
use crate::narrator::Narrator;
use crate::output::{self, FILES, beside, note};
use crate::progress::When;

/// The word for the contract in this binary.
const BUILTIN: &str = "builtin";

/// Report which changes between two schemas break consumers of the response
///
/// A schema is a file, `-`, `REV:PATH` in a git repository (`REV:./PATH` relative to the current directory),
/// or `builtin`. A fragment (`openapi.json#/components/schemas/X`) selects a schema inside a document.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract diff old.schema.json new.schema.json\n  \
clients-contract diff main:api.schema.json\n  clients-contract diff --witness old.json new.json")]
pub struct Diff {
    /// Old schema, which consumers were written for
    #[arg(value_name = "OLD")]
    old: String,
    /// New schema
    #[arg(value_name = "NEW", default_value = BUILTIN)]
    new: String,
    #[command(flatten)]
    resources: Resources,
    /// Show a payload for each finding that the new schema accepts and the old one rejects, or why there is
    /// none
    #[arg(long)]
    witness: bool,
    /// Write the changes to this file as Markdown
    #[arg(long, value_name = "FILE", value_parser = beside())]
    changelog: Option<PathBuf>,
    #[command(flatten)]
    pub reporting: Reporting,
}

pub fn run(command: &Diff, global: GlobalArgs) -> Result<Exit, Error> {
    if command.old == "-" && command.new == "-" {
        return Err(Error::new(ErrorKind::Usage, "-", "standard input can be one of the schemas, not both"));
    }
    let reporting = &command.reporting;
    let document = |name: &str| document(name, &command.resources, global);
    let (old, new) = (document(&command.old)?, document(&command.new)?);

    let mut policy = reporting.policy();
    let baselines = reporting.baselines().open(clients_contract::rules().collect(), &mut policy, &FILES)?;
    let mut outputs = Outputs::open(reporting.reports(global), reporting.shown(), &FILES)?;
    let changelog = command.changelog.as_deref().map(|path| output::open(Some(path))).transpose()?;

    let comparison = compare(&old, &new);
    if let Some(mut changelog) = changelog {
        changelog.write(|out| out.write_all(comparison.changelog().as_bytes()))?;
        changelog.finish()?;
    }
    let version = (command.new == BUILTIN).then(|| contract::usual().version.clone()).flatten();
    let id = ContractId { id: new.name().to_owned(), version };
    let mut report = Report::new(id, reporting.fail_on());
    report.category = reporting.category()?;
    report.compared =
        Some(Compared { with: old.name().to_owned(), version_change: comparison.bump().name() });
    let Kept { findings, numbers, examples, suppressed } = kept(&comparison, &mut policy, command.witness);
    if outputs.have("html") {
        report.invocation = invocation();
        report.sides = sides(&comparison, &findings, &numbers);
    }
    let valid = findings.iter().all(|finding| finding.severity != Severity::Error);
    let origin = new.origin().clone();
    let reported = PayloadReport {
        origin: &origin,
        valid,
        not_validated: None,
        findings: &findings,
        unlisted: 0,
        incomplete: None,
        suppressed: &suppressed,
    };
    let numbers: HashMap<_, _> = findings.iter().map(std::ptr::from_ref).zip(0..).collect();
    let shown = |finding: &Finding| {
        let number: Option<usize> = numbers.get(&std::ptr::from_ref(finding)).copied();
        number.and_then(|number| examples.get(number).cloned()).into_iter().collect()
    };
    report.add(&reported, 0, shown);
    report.accepted = policy.baseline().map(Accepted::of);

    outputs.payload(&reported)?;
    outputs.finish(&report)?;
    if let Some(stopped) = comparison.search_stopped() {
        note(global.quiet, &format!("search for witness payloads was {stopped}"));
    }
    if let Some(stopped) = comparison.stopped() {
        note(false, &format!("error: {}: comparison was {stopped}; changes may be missing", new.name()));
        return Ok(Exit::Incomplete);
    }
    let events = Narrator::new(When::Never, global, false).events();
    baselines.write(&mut report, &policy, |scope| scope == Scope::Change, &events)?;
    Ok(report.outcome().into())
}

/// Both schemas at the location of each finding, with a witness, for the first of each group.
fn sides(
    comparison: &Comparison<'_>,
    findings: &[Finding],
    numbers: &[usize],
) -> HashMap<(Severity, String), Sides> {
    let mut sides = HashMap::new();
    for (finding, number) in findings.iter().zip(numbers.iter().copied()) {
        let Some([old, new]) = comparison.sides(number) else { continue };
        let pair = || {
            let texts = Side::compare((&old.0, &old.1), (&new.0, &new.1));
            let witness = comparison.witness(number);
            let no_witness = witness.as_ref().err().map(Into::into).unwrap_or_default();
            Sides { texts, witness: witness.ok().map(|payload| to_compact_json(&payload).into()), no_witness }
        };
        sides.entry((finding.severity, finding.fingerprint())).or_insert_with(pair);
    }
    sides
}

/// The findings to report.
#[derive(Default)]
struct Kept {
    findings: Vec<Finding>,
    /// The number of each in the comparison.
    numbers: Vec<usize>,
    /// An example of each: a witness, or a fragment of the new schema.
    examples: Vec<String>,
    suppressed: Vec<Suppressed>,
}

fn kept(comparison: &Comparison<'_>, policy: &mut Policy, witness: bool) -> Kept {
    let mut kept = Kept::default();
    for (number, finding) in comparison.findings().into_iter().enumerate() {
        let mut one = vec![finding];
        Suppressed::merge(&mut kept.suppressed, &policy.apply(&mut one));
        if one.is_empty() {
            continue;
        }
        kept.findings.append(&mut one);
        kept.numbers.push(number);
        kept.examples.push(if witness {
            let payload = comparison.witness(number);
            payload.map_or_else(|why| format!("no witness: {why}"), |payload| payload.to_string())
        } else {
            comparison.fragment(number)
        });
    }
    kept
}

fn document(name: &str, resources: &Resources, global: GlobalArgs) -> Result<Document, Error> {
    if name == BUILTIN && !Path::new(name).exists() {
        let contract = contract::usual();
        let envelope = contract.envelope(&[]);
        let document = Document::of("<builtin>", envelope.schema())?;
        return Ok(match envelope.published_path {
            Some(path) => document.in_file(Path::new(path)),
            None => document,
        });
    }
    let (file, fragment) = split(Path::new(name));
    let file = file.to_string_lossy();
    if file == "-" {
        FILES.protect_stdin();
        let text = files::read_from(name, io::stdin().lock(), MAX_TEXT, ErrorKind::Input)?;
        return Document::of(
            "<stdin>",
            &resources.read("<stdin>", &text, fragment.as_deref(), None, global)?,
        );
    }
    // A drive letter is no revision.
    match file.split_once(':') {
        Some((revision, path)) if !Path::new(&*file).exists() && revision.len() > 1 => {
            let text = at_revision(&file)?;
            let schema = resources.read(&file, &text, fragment.as_deref(), None, global)?;
            Ok(Document::of(&file, &schema)?.in_file(Path::new(path)))
        }
        _ => Document::of(&file, &resources.schema(Path::new(name), global)?),
    }
}

/// The bytes of `REV:PATH`, as the `git` program has them.
fn at_revision(object: &str) -> Result<Vec<u8>, Error> {
    if object.starts_with('-') {
        return Err(Error::new(ErrorKind::Usage, object, "expected REV:PATH"));
    }
    let mut git = Command::new("git");
    // Nothing is fetched, also not by a repository that has only a part of its objects.
    git.args(["cat-file", "blob", object]).env("GIT_NO_LAZY_FETCH", "1").stdin(Stdio::null());
    let output = git.output().map_err(|error| {
        Error::new(ErrorKind::Input, object, "`git` cannot be run; REV:PATH needs it").because(error)
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let message = String::from_utf8_lossy(&output.stderr);
    let message = message.lines().next().unwrap_or_default().trim_start_matches("fatal: ").to_owned();
    Err(Error::new(ErrorKind::Input, object, format!("not a file and not found by git: {message}")))
}
