//! The named cases, by the tool.

use serde_json::Value;

use super::super::captures::{groups, validated};

const ID: &str = "fixtures/field/http-status-line-inside-body/s.json";

fn field(file: &str) -> String {
    format!("fixtures/field/{file}")
}

fn things(file: &str, more: &[&str]) -> (i32, Value, String) {
    let file = field(file);
    validated(&[&["--schema", ID, "--url-path", "/v1/things", &file], more].concat(), b"")
}

#[test]
fn captures_and_bodies_are_read() {
    for (file, origin) in [
        ("capture-keys-beyond-64k/h28-big-pages-noext.json", "#1"),
        ("capture-keys-beyond-64k/p15-long-description.json", "#1"),
        ("capture-keys-beyond-64k/p24-info-last.json", "#1"),
        ("content-encoding-deflate/c22-deflate.http", ""),
        ("content-encoding-deflate/h14-deflate-b64.har", "#1"),
        ("firefox-false-base64/h01-firefox-false-base64.har", "#1"),
        ("gzip-trailing-bytes/e04-gz-zeros.json.gz", ""),
        ("gzip-trailing-bytes/e05-gz-garbage.json.gz", ""),
        ("postman-url-without-raw/p05-url-noraw.json", "#1"),
        ("postman-url-without-raw/p06-url-noraw-pathstring.json", "#1"),
        ("wiremock-single-mapping/w01-single-nostatus.json", "#1"),
        ("wiremock-single-mapping/w02-single-nomethod.json", "#1"),
    ] {
        for engine in ["auto", "reference"] {
            for jobs in ["1", "2"] {
                let (code, report, stderr) = things(file, &["--engine", engine, "-j", jobs]);
                assert_eq!(
                    (code, groups(&report)),
                    (1, vec!["type-mismatch /id".to_owned()]),
                    "{file}: {stderr}"
                );
                let first = report["findings"][0]["first"]["origin"].as_str().unwrap();
                assert_eq!(first, field(file) + origin);
            }
        }
        let bytes = std::fs::read(field(file)).unwrap();
        let (code, report, stderr) = validated(&["--schema", ID, "--url-path", "/v1/things", "-"], &bytes);
        assert_eq!((code, groups(&report).len()), (1, 1), "{file}: {stderr}");
    }
    let (code, report, stderr) = things("content-encoding-deflate/c40-rawdeflate.http", &[]);
    assert_eq!((code, &report["checked"]["valid"]), (0, &1.into()), "{stderr}");
    let (_, report, stderr) = things("gzip-trailing-bytes/e05-gz-garbage.json.gz", &[]);
    assert!(stderr.contains("trailing data behind its gzip stream ignored"), "{stderr}");
    assert_eq!(report["checked"]["skipped"], 1);
}

#[test]
fn other_kinds_of_files_are_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for (file, what) in [
        ("content-encoding-deflate/e09-zlib.json.bin", "zlib stream"),
        ("wrong-kind-of-file/c16-httpie-verbose.txt", "--print=hb"),
        ("wrong-kind-of-file/c18-curl-v.txt", "curl -i"),
        ("wrong-kind-of-file/h07-utf16.har.bin", "is HAR in UTF-16"),
        ("wrong-kind-of-file/n05-rs.json-seq", "JSON text sequence"),
        ("wrong-kind-of-file/o02-vcr.yml", "VCR"),
        ("wrong-kind-of-file/o11-mitm-flow", "hardump"),
        ("wrong-kind-of-file/p13-v1.json.bin", "Collection v2.1"),
    ] {
        // Under its own name; here it has one that a folder of fixtures does not stand for.
        let name = file.rsplit('/').next().unwrap().trim_end_matches(".bin");
        let copy = folder.path().join(name);
        std::fs::copy(field(file), &copy).unwrap();
        let (code, report, stderr) = validated(&["--schema", ID, copy.to_str().unwrap()], b"");
        assert_eq!((code, groups(&report).len()), (3, 0), "{file}: {stderr}");
        assert!(stderr.contains(what), "{file}: {stderr}");
        let (code, _, stderr) = validated(&["--schema", ID, "-"], &std::fs::read(field(file)).unwrap());
        assert!(code == 3 && stderr.contains(what), "{file}: {stderr}");
    }
}

#[test]
fn responses_to_any_method_can_be_selected() {
    let file = field("post-answers-not-selectable/s201.har");
    let select = |paths: &[&str]| {
        let flags: Vec<&str> = paths.iter().flat_map(|path| ["--url-path", *path]).collect();
        let (code, report, stderr) = validated(&[&["--schema", ID, &file], &flags[..]].concat(), b"");
        (
            code,
            report["checked"]["invalid"].as_u64().unwrap(),
            report["checked"]["skipped"].as_u64().unwrap(),
            stderr,
        )
    };
    for (paths, invalid) in [
        (&["POST /graphql"][..], 1),
        (&["post /v1/things"], 1),
        (&["/v1/things"], 1),
        (&["* /v1/things"], 2),
        (&["* /v1/things", "POST https://h/graphql?x"], 3),
        (&["GET /v1/{kind}", "/graphql"], 1),
    ] {
        let (code, found, skipped, stderr) = select(paths);
        assert_eq!((code, found, skipped), (1, invalid, 3 - invalid), "{paths:?}: {stderr}");
    }
}

#[test]
fn settings_hold_one_path_or_several() {
    let file = field("post-answers-not-selectable/s201.har");
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("settings.toml");
    for (text, invalid) in
        [("url-path = \"POST /graphql\"", 1), ("url-path = [\"POST /graphql\", \"* /v1/things\"]", 3)]
    {
        std::fs::write(&settings, text).unwrap();
        let arguments =
            ["validate", "-f", "json", "--schema", ID, "--settings", settings.to_str().unwrap(), &file];
        let output = crate::tool::run(&arguments);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["checked"]["invalid"], invalid, "{text}");
    }
    for text in ["url-path = \"PSOT /graphql\"", "url-path = [\"/a\", \"POST\"]", "url-path = 7"] {
        std::fs::write(&settings, text).unwrap();
        let output = crate::tool::run(&["validate", "--settings", settings.to_str().unwrap(), &file]);
        assert_eq!(crate::tool::code(&output), 2, "{text}: {output:?}");
        assert!(crate::tool::stderr(&output).contains("settings.toml"), "{text}: {output:?}");
    }
    for path in ["POST", "PSOT /a", "/a b c", "/a/{id"] {
        assert_eq!(
            crate::tool::code(&crate::tool::run(&["validate", "--url-path", path, &file])),
            2,
            "{path}"
        );
    }
}
