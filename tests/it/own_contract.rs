//! Contracts that people describe: from a type, and in a settings file.

#[path = "../../examples/own_contract.rs"]
mod example;

use std::fs;
use std::process::{Command, Output, Stdio};

use clients_contract::contract::paging::Paging;
use clients_contract::contract::{self, Envelope};
use clients_contract::{Contract, Schema};
use serde_json::{Value, json};

use crate::live::KEY;
use crate::live::server::{Answer, Server};
use crate::tool::{code, run, stderr, stdout};

#[test]
fn the_example_works() {
    example::main().unwrap();
}

fn schema() -> Value {
    json!({
        "type": "object", "required": ["data"],
        "properties": {"data": {"type": "object", "required": ["things"], "properties": {
            "things": {"type": "array", "items": {"$ref": "#/$defs/Thing"}},
            "page": {"type": "object", "required": ["hasMore"], "properties": {
                "hasMore": {"type": "boolean"}, "cursor": {"type": ["string", "null"]}
            }}
        }}},
        "$defs": {"Thing": {"type": "object", "required": ["id"], "properties": {
            "id": {"type": "integer", "minimum": 1}, "token": {"type": "string"}, "kind": {"enum": ["a", "b"]}
        }}}
    })
}

/// The tool in a folder with these settings.
fn tool(settings: &str, arguments: &[&str], key: Option<&str>) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("things.schema.json"), schema().to_string()).unwrap();
    fs::write(folder.path().join("clients-contract.toml"), settings).unwrap();
    let pages = [
        json!({"data": {"things": [{"id": 1, "kind": "a", "token": "s3cret"}], "page": {"hasMore": true, "cursor": "x"}}}),
        json!({"data": {"things": [{"id": 0}], "page": {"hasMore": false}}}),
    ];
    fs::write(folder.path().join("pages.ndjson"), format!("{}\n{}\n", pages[0], pages[1])).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    command.args(arguments).current_dir(&folder).stdin(Stdio::null()).env_remove("CLIENTS_CONTRACT_SCHEMA");
    if let Some(key) = key {
        command.env("CLIENTS_CONTRACT_API_KEY", key);
    }
    command.output().unwrap()
}

const SETTINGS: &str = r#"
[contract]
name = "things"
schema = "things.schema.json"
path = "/v1/things"
items = "/data/things"
page-info = "/data/page"
secrets = ["token"]
"#;

#[test]
fn a_settings_file_describes_a_contract() {
    let judged = tool(SETTINGS, &["validate", "-f", "json", "--show-values", "pages.ndjson"], None);
    let report: Value = serde_json::from_slice(&judged.stdout).unwrap();
    assert_eq!(report["contract"]["id"], "things", "{}", stderr(&judged));
    assert_eq!(report["findings"][0]["pointer"], "/data/things/*/id");
    assert!(!stdout(&judged).contains("s3cret"));
    let listed = tool(SETTINGS, &["contracts"], None);
    assert!(stdout(&listed).contains("things       -        GET /v1/things"), "{}", stdout(&listed));
    for (arguments, expected) in [
        (&["generate", "-n", "20", "--items", "3", "--seed", "1"][..], 0),
        (&["generate", "--exhaustive"], 0),
        (&["generate", "--preset", "large", "--size", "20kb", "--seed", "1"], 0),
        (&["drift", "pages.ndjson"], 1),
        (&["mutate", "pages.ndjson"], 0),
        (&["schema"], 0),
        (&["infer", "pages.ndjson"], 0),
        (&["validate", "--contract", "things", "pages.ndjson"], 1),
        (&["validate", "--contract", "other", "pages.ndjson"], 2),
        (&["generate", "--dataset", "--seed", "1"], 2),
    ] {
        let output = tool(SETTINGS, arguments, None);
        assert_eq!(code(&output), expected, "{arguments:?}: {}", stderr(&output));
    }
    let made = tool(SETTINGS, &["generate", "--items", "3", "--seed", "1"], None);
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!(made["data"]["things"].as_array().unwrap().len(), 3);
    // A built-in contract is still there by its name.
    let schema = tool(SETTINGS, &["schema", "--contract", "clients"], None);
    assert!(stdout(&schema).contains("urn:clients-contract:clients"));
}

#[test]
fn what_is_wrong_with_a_description_names_its_key() {
    for (from, to, said) in [
        ("things.schema.json", "nowhere.json", "nowhere.json"),
        ("\"/data/things\"", "\"data/things\"", "contract.items: "),
        ("\"/data/things\"", "\"/data/thing\"", "contract.items: `/data/thing` not found in the schema"),
        ("\"/data/page\"", "\"/data/info\"", "contract.page-info: "),
        ("\"/v1/things\"", "\"v1/things\"", "contract.path: "),
        ("items = \"/data/things\"\n", "", "contract.paging: "),
        ("secrets", "secretz", "contract"),
    ] {
        let output = tool(&SETTINGS.replace(from, to), &["validate", "pages.ndjson"], None);
        assert!(code(&output) >= 2, "{to}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{to}: {}", stderr(&output));
    }
    let both = format!("schema = \"things.schema.json\"\n{SETTINGS}");
    let output = tool(&both, &["validate", "pages.ndjson"], None);
    assert!(
        code(&output) == 2 && stderr(&output).contains("schema: cannot be used with"),
        "{}",
        stderr(&output)
    );
    let output = tool("contract = \"nothing\"\n", &["validate", "pages.ndjson"], None);
    assert!(
        code(&output) == 2 && stderr(&output).contains("contract: `nothing` is unknown"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_described_contract_is_walked() {
    let server = Server::new(|asked| {
        let next = asked.head.contains("cursor=x");
        let info = if next { json!({"hasMore": false}) } else { json!({"hasMore": true, "cursor": "x"}) };
        let page = json!({"data": {"things": [{"id": if next { 2 } else { 1 }}], "page": info}});
        Answer::json(page.to_string())
    });
    let walked =
        tool(SETTINGS, &["validate", "-f", "json", &server.url(), "--rate-limit", "100/s"], Some(KEY));
    let report: Value = serde_json::from_slice(&walked.stdout).unwrap();
    assert_eq!(report["checked"]["valid"], 2, "{}", stderr(&walked));
    assert!(server.heads().iter().all(|head| head.starts_with("GET /v1/things?")));
    // A file that is found by itself must not say who sees the key.
    let hosted = format!("{SETTINGS}host = \"http://{{instance}}.evil.example\"\n");
    let output = tool(&hosted, &["validate", "--instance", "acme"], Some(KEY));
    assert!(code(&output) == 2 && stderr(&output).contains("no host in the contract"), "{}", stderr(&output));
}

#[test]
fn a_contract_without_pages_is_requested_once() {
    let settings = "[contract]\nschema = \"things.schema.json\"\npath = \"/v1/things/{id}\"\n";
    let server = Server::new(|_| Answer::json(r#"{"data": {"things": []}}"#));
    let url = format!("{}/v1/things/7", server.url());
    let walked = tool(settings, &["validate", "-f", "json", &url], Some(KEY));
    assert_eq!(code(&walked), 0, "{}", stderr(&walked));
    let heads = server.heads();
    assert_eq!((heads.len(), heads[0].starts_with("GET /v1/things/7\r")), (1, true), "{heads:?}");
    for (arguments, said) in [
        (vec![&*url, "--count", "5"], "contract has no paging"),
        (vec![&*server.url(), "-v"], "path is missing: the contract's path is a template"),
    ] {
        let output = tool(settings, &[&["validate"], &arguments[..]].concat(), Some(KEY));
        assert!(code(&output) == 2 && stderr(&output).contains(said), "{}", stderr(&output));
    }
}

#[test]
fn a_builder_refuses_what_cannot_work() {
    let of = || Contract::builder("things", Schema::from_value(schema()));
    let plain = || Envelope::new("plain", Schema::from_value(json!({"properties": {"things": {}}})));
    let refused = |builder: clients_contract::contract::Builder| builder.build().unwrap_err().to_string();
    assert!(refused(of().envelope(plain().items("/things"))).contains("cannot be distinguished"));
    assert!(refused(of().items("/data/things").envelope(plain())).contains("cannot be distinguished"));
    assert!(refused(of().paging(Paging::by_page("page", "count"))).contains("paging"));
    assert!(refused(Contract::builder("", Schema::from_value(json!({})))).contains("name"));
    for path in ["/a/{id}.json", "/a/{}", "/{a}{b}", "/a}"] {
        assert!(refused(of().path(path)).contains("braces"), "{path}");
    }
    assert!(refused(Contract::builder("a", Schema::from_value(json!({"type": 7})))).contains("/type"));
    let built = of().items("/data/things").envelope(plain().items("/things")).build().unwrap();
    assert_eq!(built.validate(br#"{"things": []}"#).findings[0].rule.id, "envelope-differs");
}

#[test]
fn built_in_contracts_are_complete() {
    for contract in contract::ALL {
        assert_eq!(contract::named(&contract.name).unwrap().id, contract.id);
        assert!(contract.host.is_some() && contract.authentication.is_some() && contract.version.is_some());
        assert!(!contract.rate_limits.is_empty());
        // One whose response is one item has no paging, and no parameters for it.
        assert!(contract.paging().is_none() || !contract.parameters.is_empty());
        for envelope in contract.envelopes() {
            jsonschema::meta::validate(envelope.schema().as_value()).unwrap();
            let mut pages = contract.paging().into_iter().flat_map(|paging| &paging.members);
            assert!(contract.paging().is_none() || pages.any(|page| page.items == envelope.items));
        }
    }
    let listed = run(&["contracts", "--no-settings"]);
    assert_eq!(stdout(&listed).lines().count(), contract::ALL.len());
}
