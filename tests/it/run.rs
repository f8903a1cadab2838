//! Runs of the library: what the tool's `validate` does, called from Rust.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clients_contract::payload::Options;
use clients_contract::report::{self, Outcome, Report};
use clients_contract::run::{Destination, Event, Events, Files, Run, Shown, Source, Step, Stop};
use clients_contract::validate::{Invariant, ShallowValue, Violation, WatchedValues};
use clients_contract::{Contract, ErrorKind, Pointer, Rule, Schema, Severity, Validator};
use serde_json::{Value, json};

use crate::tool;

/// A run that wants `seats` to be an integer.
fn run() -> Run<'static> {
    let schema = Schema::from_value(json!({"properties": {"seats": {"type": "integer"}, "number": true}}));
    Run::with_validator("seats.schema.json", Validator::new(&schema).unwrap())
}

/// A writer whose text is read later.
#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Text {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Ten files of two lines each, every second of which has null seats.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..10 {
        let seats = if number % 2 == 0 { Value::Null } else { 3.into() };
        let line = json!({"seats": seats, "number": number});
        fs::write(folder.path().join(format!("{number}.ndjson")), format!("{line}\n{line}\n")).unwrap();
    }
    folder
}

fn counts(report: &Report) -> (u64, u64, u64) {
    (report.checked.valid, report.checked.invalid, report.checked.not_validated)
}

#[test]
fn a_run_reads_every_kind_of_source_and_counts() {
    let folder = folder();
    let here = folder.path();
    let report = run()
        .source(here)
        .source(&*format!("{}/[12].ndjson", here.display()))
        .source(here.join("3.ndjson"))
        .source(Source::reader("more.ndjson", &b"{\"seats\": 1}\n{\"seats\": []}\n"[..]))
        .execute()
        .unwrap();
    assert_eq!(counts(&report), (10 + 2 + 2 + 1, 10 + 2 + 1, 0));
    assert_eq!(report.outcome(), Outcome::Fail);
    let groups: Vec<_> =
        report.groups.sorted().iter().map(|group| (group.rule.id, group.count, group.payloads)).collect();
    assert_eq!(groups, [("null-value", 12, 12), ("type-mismatch", 1, 1)]);
    assert!(!report.interrupted && report.problems.is_empty());
    for format in report::FORMATS {
        let mut text = Vec::new();
        let written = report.write(format, report::Options::default(), &mut text);
        assert_eq!(written.is_ok(), format.name != "ndjson", "{}", format.name);
        assert_eq!(text.is_empty(), written.is_err(), "{}", format.name);
    }
}

#[test]
fn what_is_reported_does_not_depend_on_the_number_of_threads() {
    let folder = folder();
    let told = |jobs: usize| {
        let (lines, text) = (Text::default(), Text::default());
        let report = run()
            .source(folder.path())
            .jobs(jobs)
            .report("ndjson", Destination::writer(lines.clone()))
            .report("json", Destination::writer(text.clone()))
            .execute()
            .unwrap();
        assert_eq!(counts(&report), (10, 10, 0));
        (lines.text(), text.text())
    };
    let one = told(1);
    assert_eq!(one.0.lines().count(), 20);
    let first: Value = serde_json::from_str(one.0.lines().next().unwrap()).unwrap();
    assert!(first["origin"].as_str().unwrap().ends_with("0.ndjson:1"), "{first}");
    assert_eq!(told(4), one);
    assert_eq!(told(0), one);
}

#[test]
fn severities_and_baselines_decide_on_the_outcome_and_not_on_validity() {
    let folder = folder();
    let rule = clients_contract::rules().find(|rule| rule.id == "null-value").unwrap();
    let here = || run().source(folder.path());
    let outcome = |run: Run<'_>| {
        let report = run.execute().unwrap();
        assert_eq!(counts(&report), (10, 10, 0));
        report.outcome()
    };
    assert_eq!(outcome(here()), Outcome::Fail);
    assert_eq!(outcome(here().fail_on(None)), Outcome::Pass);
    assert_eq!(outcome(here().severity(rule, Some(Severity::Warning))), Outcome::Pass);
    assert_eq!(outcome(here().severity(rule, None).fail_on(Some(Severity::Info))), Outcome::Pass);
    let file = folder.path().join("baseline.toml");
    assert_eq!(outcome(here().write_baseline(&file)), Outcome::Pass);
    assert!(fs::read_to_string(&file).unwrap().contains("rule = \"null-value\"\npointer = \"/seats\""));
    let report = here().baseline(&file).execute().unwrap();
    assert_eq!((report.outcome(), report.accepted.as_ref().unwrap().findings), (Outcome::Pass, 10));
    // An entry that matched nothing goes; the file is an output then.
    let odd = folder.path().join("1.ndjson");
    assert_eq!(
        run().source(&*odd).baseline(&file).prune_baseline().execute().unwrap().outcome(),
        Outcome::Pass
    );
    assert!(!fs::read_to_string(&file).unwrap().contains("[[accept]]"));
    let error = here().prune_baseline().execute().unwrap_err();
    assert_eq!((error.kind(), error.subject()), (ErrorKind::Usage, "`prune_baseline`"));
}

#[test]
fn outputs_never_overwrite_inputs_or_each_other() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let input = fs::read(path("1.ndjson")).unwrap();
    let refused = |run: Run<'_>| {
        let error = run.execute().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
        error.message()
    };
    let what = refused(run().source(folder.path()).report("json", path("1.ndjson")));
    assert!(what.contains("would overwrite the input"), "{what}");
    let twice = run().source(folder.path()).report("json", path("out")).report("sarif", path("out"));
    assert!(refused(twice).contains("would be written twice"));
    assert!(refused(run().source(folder.path()).report("jsn", path("out"))).contains("did you mean `json`?"));
    // What a caller protects is an input, too.
    let files = Files::default();
    files.protect(&path("2.ndjson"));
    let what = refused(run().source(path("1.ndjson")).files(&files).report("json", path("2.ndjson")));
    assert!(what.contains("would overwrite the input"), "{what}");
    assert_eq!(fs::read(path("1.ndjson")).unwrap(), input);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 10, "nothing is left");
}

/// A pipe: one payload, and then nothing for as long as nobody ends it.
struct Silent(bool);

impl Read for Silent {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.0 {
            std::thread::sleep(Duration::from_secs(3_600));
        }
        self.0 = true;
        let line = b"{\"seats\": null}\n";
        into[..line.len()].copy_from_slice(line);
        Ok(line.len())
    }
}

#[test]
fn a_run_that_is_stopped_reports_what_it_has_and_does_not_pass() {
    for jobs in [1, 3] {
        let stop = Stop::default();
        let lines = Text::default();
        let (handle, read) = (stop.clone(), lines.clone());
        // Whoever reads along knows when the first payload is validated.
        std::thread::spawn(move || {
            while read.text().is_empty() {
                std::thread::sleep(Duration::from_millis(10));
            }
            handle.stop();
        });
        let options = Options { input: "ndjson".parse().ok(), ..Options::default() };
        let report = run()
            .source(Source::reader("pipe", Silent(false)))
            .reading(options)
            .jobs(jobs)
            .stop(&stop)
            .fail_on(None)
            .report("ndjson", Destination::writer(lines))
            .execute()
            .unwrap();
        assert_eq!(counts(&report), (0, 1, 0));
        assert!(report.interrupted && stop.is_noticed());
        assert_eq!(report.outcome(), Outcome::Incomplete);
    }
}

/// A compressed line, again and again without end.
struct Endless(io::Cursor<Vec<u8>>);

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.0.position() == self.0.get_ref().len() as u64 {
            self.0.set_position(0);
        }
        self.0.read(into)
    }
}

#[test]
fn a_run_over_a_compressed_stream_can_be_stopped() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all("{\"seats\": 1}\n".repeat(100_000).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    for jobs in [1, 2] {
        let stop = Stop::default();
        let (handle, read, enough) = (stop.clone(), AtomicU64::default(), 4 * packed.len() as u64);
        let events = Events::new(move |event| {
            if let Event::Read(bytes) = event
                && read.fetch_add(*bytes, Ordering::Relaxed) > enough
            {
                handle.stop();
            }
        });
        let stream = Source::reader("lines.ndjson.gz", Endless(io::Cursor::new(packed.clone())));
        let report = run().source(stream).jobs(jobs).stop(&stop).events(&events).execute().unwrap();
        assert!(report.interrupted && report.problems.is_empty(), "{:?}", report.problems);
        assert!(report.checked.valid > 100_000 && report.checked.invalid == 0);
    }
}

#[test]
fn events_say_how_far_it_is_and_what_goes_wrong() {
    let folder = folder();
    fs::write(folder.path().join("cut.har"), "{\"log\": {\"entries\": [{\"request\": ").unwrap();
    let (read, total, problems) = (AtomicU64::default(), AtomicU64::default(), Mutex::new(Vec::new()));
    let seen = Arc::new((read, total, problems));
    let receiver = Arc::clone(&seen);
    let events = Events::new(move |event| match event {
        Event::Start { bytes } => receiver.1.store(bytes.unwrap(), Ordering::Relaxed),
        Event::Read(bytes) => drop(receiver.0.fetch_add(*bytes, Ordering::Relaxed)),
        Event::Problem(error) => receiver.2.lock().unwrap().push(error.message()),
        _ => {}
    });
    let report = run().source(folder.path()).events(&events).execute().unwrap();
    assert_eq!(report.outcome(), Outcome::Incomplete, "what was not read is not passed");
    let (read, total, problems) = &*seen;
    assert_eq!(read.load(Ordering::Relaxed), total.load(Ordering::Relaxed));
    assert!(total.load(Ordering::Relaxed) > 500);
    let told: Vec<_> = report.problems.iter().map(|problem| problem.message.clone()).collect();
    assert!(!told.is_empty() && *problems.lock().unwrap() == told, "{told:?}");
}

#[test]
fn problems_name_settings_and_are_worded_as_the_caller_likes() {
    let long = format!("{{\"seats\": \"{}\"}}", "x".repeat(5_000));
    let options = || Options { max_body: 1_000, ..Options::default() };
    let source = || Source::reader("long.json", io::Cursor::new(long.clone()));
    let message = |run: Run<'_>| run.execute().unwrap().problems[0].message.clone();
    assert!(message(run().source(source()).reading(options())).contains("`max_body`"));
    let wording = |text: &str| text.replace("max_body", "limit");
    let shown =
        Shown { options: report::Options { wording, ..report::Options::default() }, ..Shown::default() };
    let worded = run().source(source()).reading(options()).show(shown);
    assert!(message(worded).contains("`limit`"));
}

#[test]
fn each_step_comes_in_order_and_nothing_is_reported() {
    let folder = folder();
    let mut session = run().source(folder.path()).source("no-such-file.json").jobs(3).open().unwrap();
    assert_eq!(session.regular_files().unwrap().len(), 10);
    let mut steps = Vec::new();
    session
        .each(None, |step| {
            match step {
                Step::Validated(payload, validation, _) => {
                    steps.push((payload.origin().to_string(), validation.valid));
                }
                Step::Problem(error) => steps.push((error.subject().to_owned(), false)),
                Step::Skipped(_) | Step::Files(_) => {}
            }
            Ok(true)
        })
        .unwrap();
    assert_eq!(steps.len(), 21);
    assert!(steps[0].0.ends_with("0.ndjson:1") && !steps[0].1 && steps[2].1, "{steps:?}");
    assert_eq!(steps[20].0, "no-such-file.json");
    assert_eq!(session.finish().unwrap().checked.payloads, 0);
}

#[test]
fn captures_are_read_as_those_of_the_contract() {
    let capture = Path::new("fixtures/captures");
    let of_contract = Run::new(Contract::clients()).source(capture).execute().unwrap();
    let of_all = Run::with_validator("any", Contract::clients().validator().clone()).source(capture);
    let of_all = of_all.execute().unwrap();
    assert!(of_contract.checked.skipped > 0 && of_all.checked.payloads > of_contract.checked.payloads);
    assert_eq!(of_contract.contract.version.as_deref(), Contract::clients().version.as_deref());
    assert_eq!((of_all.contract.id.as_str(), of_all.contract.version), ("any", None));
}

#[test]
fn deep_payloads_fit_into_the_stack_of_a_run() {
    let deep = format!("{}{}", "[".repeat(120), "]".repeat(120));
    let schema = Schema::from_value(json!({"$ref": "#/$defs/a", "$defs": {
        "a": {"allOf": [{"$ref": "#/$defs/b"}, {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/a"}}]}]},
        "b": {"not": {"type": "string"}}
    }}));
    let run = Run::with_validator("deep", Validator::new(&schema).unwrap());
    let report = run.source(Source::reader("deep.json", io::Cursor::new(deep))).execute().unwrap();
    assert_eq!(counts(&report), (1, 0, 0));
}

#[test]
fn reports_of_the_library_name_settings_and_those_of_the_tool_flags() {
    let reported = |format, max_findings| {
        let (text, options) =
            (Text::default(), report::Options { max_findings, ..report::Options::default() });
        let run = Run::new(Contract::clients()).source("fixtures/invalid");
        let run =
            run.show(Shown { options, ..Shown::default() }).report(format, Destination::writer(text.clone()));
        run.execute().unwrap();
        text.text()
    };
    assert!(reported("text", Some(1)).contains("(`max_findings` shows more)"));
    assert!(reported("sarif", None).contains("raise `max_depth`"));
    for (arguments, flag) in [
        (&["validate", "fixtures/invalid", "--max-findings", "1"][..], "(`--max-findings` shows more)"),
        (&["validate", "fixtures/invalid", "-f", "sarif"], "raise `--max-depth`"),
        (&["rules", "too-deep"], "`--max-depth`"),
        (&["rules", "too-deep", "-f", "json"], "`--max-depth`"),
    ] {
        let output = tool::run(arguments);
        assert!(tool::stdout(&output).contains(flag), "{arguments:?}");
    }
    for rule in clients_contract::rules() {
        assert!(![rule.summary, rule.impact, rule.fix, rule.example].concat().contains("--"), "{}", rule.id);
    }
}

static NO_SEATS: Rule = Rule::new("no-seats", Severity::Error, "Nobody can take a seat.");
static OWN_RULES: [&Rule; 1] = [&NO_SEATS];

fn no_seats(watched: &WatchedValues) -> Vec<Violation> {
    let zero = watched.one(0) == Some(&ShallowValue::Number(0.into()));
    let violation = || Violation::new(&NO_SEATS, Pointer::root().key("seats"), "no seats");
    zero.then(violation).into_iter().collect()
}

#[test]
fn baselines_accept_rules_of_a_contract_of_your_own() {
    let schema = Schema::from_value(json!({"properties": {"seats": {"type": "integer"}}}));
    let invariant = Invariant { watch: &["/seats"], check: no_seats, instead_of_schema: false };
    let things = Contract::builder("things", schema).path("/v1/things/{id}").rules(&OWN_RULES);
    let things = things.invariant(invariant).build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (body, known) = (folder.path().join("a.json"), folder.path().join("known.toml"));
    fs::write(&body, r#"{"seats": 0}"#).unwrap();
    let here = || Run::new(&things).source(&*body);
    assert_eq!(here().execute().unwrap().outcome(), Outcome::Fail);
    here().write_baseline(&known).execute().unwrap();
    assert_eq!(here().baseline(&known).execute().unwrap().outcome(), Outcome::Pass);
}
