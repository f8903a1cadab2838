//! Bodies and schemas in files of their own.

use std::fs;
use std::path::Path;

use clients_contract::payload::{self, NotValidated, Options};
use serde_json::json;

use super::only;
use crate::came::{Came, came};
use crate::tool::{code, run, stderr, stdout};

const BODY: &str = r#"{"id": 7}"#;

fn write(folder: &Path, file: &str, text: &str) -> String {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn read(path: &str, options: &Options) -> Came {
    Came::of(payload::open(Path::new(path), options).unwrap().items())
}

fn mapping(body: &str) -> String {
    json!({"request": {"urlPath": "/a"}, "response": {"status": 200, "bodyFileName": body}}).to_string()
}

fn har(file: &str) -> String {
    json!({"log": {"version": "1.2", "creator": {}, "entries": [{"request": {"method": "GET", "url": "/a"},
        "response": {"status": 200, "content": {"_file": file, "mimeType": "application/json"}}}]}})
    .to_string()
}

#[test]
fn bodies_beside_or_below_a_capture_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "__files/body.json", BODY);
    write(root, "__files/deep/er.json", BODY);
    write(root, "attached.json", BODY);
    write(root, "below/attached.json", BODY);
    for (file, text) in [
        ("mappings/one.json", mapping("body.json")),
        ("mappings/more/two.json", mapping("deep/er.json")),
        ("mappings/more/three.json", mapping("./body.json")),
        ("export.json", mapping("body.json")),
        ("run.har", har("attached.json")),
        ("run2.har", har("below/attached.json")),
    ] {
        let came = read(&write(root, file, &text), &only("/a"));
        assert_eq!(came.bodies(), [BODY], "{file}: {came:?}");
        assert_eq!(came.payloads[0].not_validated(), None, "{file}");
        let limited = Options { max_body: 5, ..only("/a") };
        let came = read(root.join(file).to_str().unwrap(), &limited);
        assert!(came.problem().contains("`max_body`"), "{file}: {came:?}");
    }
}

#[test]
fn a_folder_of_wiremock_stands_for_its_mappings() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "wiremock/__files/body.json", BODY);
    write(root, "other/__files/body.json", BODY);
    let one = write(root, "wiremock/mappings/one.json", &mapping("body.json"));
    let other = root.join("other/__files/body.json");
    assert_eq!(payload::expand([root]).files, [other, one.into()]);
}

#[test]
fn a_folder_of_a_har_stands_for_the_har() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let run = write(root, "run.har", &har("attached.json"));
    write(root, "attached.json", BODY);
    write(root, "0123456789abcdef0123456789abcdef01234567.json", BODY);
    let other = write(root, "other.json", BODY);
    let sources = payload::expand([root]);
    assert_eq!((sources.files, sources.skipped), (vec![other.into(), run.into()], 2));
}

#[test]
fn bodies_elsewhere_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let secret = write(root, "secret.json", BODY);
    write(root, "in/__files/body.json", BODY);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&secret, root.join("in/link.json")).unwrap();
        std::os::unix::fs::symlink(&secret, root.join("in/__files/link.json")).unwrap();
    }
    fs::create_dir_all(root.join("in/folder.json")).unwrap();
    for name in [
        "../secret.json",
        "x/../../secret.json",
        &secret,
        "link.json",
        "nowhere.json",
        "folder.json",
        "",
        ".",
    ] {
        for (file, text) in [("in/run.har", har(name)), ("in/mapping.json", mapping(name))] {
            let came = read(&write(root, file, &text), &only("/a"));
            let reasons: Vec<_> = came.payloads.iter().map(payload::Payload::not_validated).collect();
            assert_eq!(reasons, [Some(NotValidated::BodyElsewhere)], "{file} {name}: {came:?}");
        }
    }
    // A stream has no folder.
    let came = came(mapping("body.json"), root.join("in/x.json").to_str().unwrap(), &only("/a"));
    assert_eq!(came.payloads[0].not_validated(), Some(NotValidated::BodyElsewhere));
}

#[test]
fn relative_references_to_files_beside_or_below_a_schema_are_followed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "parts/id.json", r#"{"$ref": "deep/number.json#/$defs/whole"}"#);
    write(root, "parts/deep/number.json", r#"{"$defs": {"whole": {"$ref": "../../whole.json"}}}"#);
    write(root, "whole.json", r#"{"type": "integer"}"#);
    write(root, "with%20space.json", r#"{"type": "integer"}"#);
    let good = write(root, "good.json", BODY);
    let bad = write(root, "bad.json", r#"{"id": "x"}"#);
    let schema = |id: &str, reference: &str| json!({"$id": id, "type": "object", "required": ["id"], "properties": {"id": {"$ref": reference}}});
    for (name, schema) in [
        ("plain.json", json!({"required": ["id"], "properties": {"id": {"$ref": "parts/id.json"}}})),
        (
            "draft7.json",
            json!({"$schema": "http://json-schema.org/draft-07/schema#", "required": ["id"],
            "properties": {"id": {"$ref": "./parts/id.json#"}}}),
        ),
        ("absolute.json", schema("https://schemas.example.com/v1/absolute.json", "parts/id.json")),
        ("relative.json", schema("relative.json", "parts/id.json")),
        ("folder.json", schema("schemas/folder.json", "parts/id.json")),
        (
            "default.json",
            json!({"required": ["id"], "properties": {
            "id": {"$ref": "whole.json"}, "default": {"$ref": "whole.json"}}, "examples": [{"$ref": "none.json"}]}),
        ),
    ] {
        let schema = write(root, name, &schema.to_string());
        let validated = |payload: &str| run(&["validate", "--no-settings", "--schema", &schema, payload]);
        assert_eq!(code(&validated(&good)), 0, "{name}: {}", stderr(&validated(&good)));
        let output = validated(&bad);
        assert!(code(&output) == 1 && stdout(&output).contains("type-mismatch"), "{name}: {output:?}");
        let output = run(&["drift", "--no-settings", "--schema", &schema, &bad]);
        assert_eq!(code(&output), 1, "{name}: {output:?}");
        for command in [
            &["generate", "-n", "3", "--seed", "1"][..],
            &["generate", "--invalid", "-n", "3", "--seed", "1"],
        ] {
            let output = run(&[command, &["--schema", &schema]].concat());
            assert_eq!(code(&output), 0, "{name}: {output:?}");
        }
        let output = run(&["mutate", "--schema", &schema, &good, &bad]);
        assert_eq!(code(&output), 0, "{name}: {output:?}");
    }
}

#[test]
fn references_that_lead_nowhere_name_the_option() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "outside.json", r#"{"type": "integer"}"#);
    write(root, "in/bad.json", "{\"type\": ");
    let good = write(root, "good.json", BODY);
    for (reference, what) in [
        ("nowhere.json", "--resource"),
        ("../outside.json", "--resource"),
        ("https://schemas.example.com/other.json", "--resource"),
        ("bad.json", "bad.json:1:"),
    ] {
        let schema = json!({"properties": {"id": {"$ref": reference}}}).to_string();
        let schema = write(root, "in/schema.json", &schema);
        let output = run(&["validate", "--no-settings", "--schema", &schema, &good]);
        assert!(code(&output) == 3 && stderr(&output).contains(what), "{reference}: {output:?}");
    }
    // What is given wins over the file, and embedded resources over both.
    write(root, "in/id.json", r#"{"type": "string"}"#);
    let schema = write(root, "in/schema.json", r#"{"properties": {"id": {"$ref": "id.json"}}}"#);
    let other = write(root, "outside.json", r#"{"type": "integer"}"#);
    let output = run(&[
        "validate",
        "--no-settings",
        "--schema",
        &schema,
        "--resource",
        &format!("id.json={other}"),
        &good,
    ]);
    assert_eq!(code(&output), 0, "{output:?}");
    let embedded = json!({"properties": {"id": {"$ref": "id.json"}}, "$defs": {"x": {"$id": "id.json", "type": "integer"}}});
    let schema = write(root, "in/schema.json", &embedded.to_string());
    let output = run(&["validate", "--no-settings", "--schema", &schema, &good]);
    assert_eq!(code(&output), 0, "{output:?}");
}

#[test]
fn a_body_beside_a_capture_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let body = write(root, "__files/body.json", BODY);
    let attached = write(root, "attached.json", BODY);
    let mapping = write(root, "m.json", &mapping("body.json"));
    let recorded = write(root, "run.har", &har("attached.json"));
    let schema = write(root, "s.schema.json", "{}");
    for (capture, file) in [(&mapping, &body), (&recorded, &attached)] {
        let report = format!("sarif={file}");
        for output in [["-o", file], ["--report", &report]] {
            for jobs in ["1", "2"] {
                let read = ["validate", "--schema", &schema, "--url-path", "/a", "--jobs", jobs, capture];
                let ended = run(&[&read[..], &output].concat());
                assert_eq!(code(&ended), 2, "{output:?}: {}", stderr(&ended));
                assert!(stderr(&ended).contains("would be overwritten"), "{}", stderr(&ended));
                assert_eq!(fs::read_to_string(file).unwrap(), BODY);
                assert_eq!(fs::read_dir(root).unwrap().count(), 5, "nothing is left behind");
            }
        }
        let learnt = run(&["infer", "--url-path", "/a", "-o", file, capture]);
        assert_eq!((code(&learnt), fs::read_to_string(file).unwrap().as_str()), (2, BODY));
    }
}
