use std::fs;
use std::net::TcpListener;
use std::process::Command;

use clients_contract::serve::Options;

use super::super::{KEY, PATH, Reply, generated, mock};
use super::{Proxied, exchange, get, groups, validated};
use crate::live::server::{Answer, Server, certificate, page};

#[test]
fn violations_are_refused_where_they_are_to_be() {
    let mock = mock(&generated(50), Options::default());
    let mut proxied = Proxied::start(&mock.url(), &["--enforce"]);
    let ask = |fields: &str| Reply::of(&exchange(proxied.address(), &get(PATH, fields)));
    let direct = |fields: &str| Reply::of(&exchange(mock.address(), &get(PATH, fields)));
    for fields in ["", "accept-encoding: gzip\r\n", "prefer: code=429\r\n", "prefer: preset=nulls\r\n"] {
        let (passed, direct) = (ask(fields), direct(fields));
        assert_eq!((passed.status, passed.body), (direct.status, direct.body), "{fields}");
    }
    for fields in ["", "accept-encoding: gzip\r\n"] {
        let refused = ask(&format!("prefer: violation=null-value\r\n{fields}"));
        assert_eq!(refused.status, 502);
        assert_eq!(refused.header("content-type"), Some("application/problem+json"));
        let problem = refused.json();
        assert_eq!(problem["findings"][0]["rule"], "null-value", "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains("violates the contract"));
    }
    for fields in ["prefer: fault=truncate\r\n", "prefer: fault=reset\r\n"] {
        assert_eq!(ask(fields).status, 502);
    }
    let (code, report, stderr) = proxied.end();
    assert_eq!(code, Some(3), "two responses are truncated or missing: {stderr}");
    assert!(stderr.contains("2 refused"), "{stderr}");
    assert!(groups(&report).iter().any(|(rule, _, count)| rule == "null-value" && *count == 2), "{report:#}");

    let mut proxied = Proxied::start(&mock.url(), &["--enforce", "--severity", "null-value=warning"]);
    let passed = Reply::of(&exchange(proxied.address(), &get(PATH, "prefer: violation=null-value\r\n")));
    assert_eq!(passed.status, 200);
    assert_eq!(proxied.end().0, Some(0));
    let mut proxied = Proxied::start(&mock.url(), &["--enforce", "--max-body", "1000"]);
    assert_eq!(proxied.get(PATH).status, 502, "what cannot be validated is not passed");
    assert_eq!(proxied.end().0, Some(3));
}

#[test]
fn wrong_targets_and_flags_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let full = folder.path().join("full.har");
    fs::write(&full, "{}").unwrap();
    let full = full.to_str().unwrap();
    for (flags, code, what) in [
        (&["--target", "http://acme.example.com"][..], 2, "--allow-http"),
        (&["--target", "http://192.0.2.1"], 2, "expose the API key"),
        (&["--target", "https://acme.example.com/v2"], 2, "must not have a path"),
        (&["--target", "https://a:secret@acme.example.com"], 2, "user name"),
        (&["--target", "acme.example.com"], 2, "--target"),
        (&["--target", "https://acme.example.com?x=1"], 2, "a fragment; requests bring their own"),
        (&["--target", "https://acme.example.com", "--timeout", "whole=5s"], 2, "connect=TIME,read=TIME"),
        (&["--target", "https://acme.example.com", "--timeout", "read=1s,whole=5s"], 2, "connect=TIME"),
        (&["--target", "https://acme.example.com", "--timeout", "read=x"], 2, "--timeout"),
        (&[], 2, "--target"),
        (&["--target", "https://acme.example.com", "--record", full], 2, "is not empty"),
        (&["--target", "https://acme.example.com", "--record", "x.txt"], 2, "unknown extension"),
        (&["--target", "https://acme.example.com", "--cacert", full], 3, "no PEM certificate"),
        (&["--target", "https://acme.example.com", "--port", &port], 3, "is in use"),
        (&["--target", "https://acme.example.com", "--enforce", "--fail-on", "never"], 2, "--enforce"),
        (&["--target", "https://acme.example.com", "--port", "0", "--baseline", "/none"], 2, "/none"),
    ] {
        let free: &[&str] = if flags.contains(&"--port") { &[] } else { &["--port", "0"] };
        let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
        let output = command
            .args(["proxy", "--no-settings"])
            .args(free)
            .args(flags)
            .current_dir(&folder)
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{flags:?}: {stderr}");
        assert!(stderr.contains(what) && !stderr.contains("secret"), "{flags:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{flags:?}");
    }
    let itself = "the proxy itself";
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    let target = format!("http://localhost:{free}");
    let output =
        command.args(["proxy", "--no-settings", "--port", &free, "--target", &target]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains(itself));
    if cfg!(not(target_os = "linux")) {
        return;
    }
    // On Linux, this is an address of this machine, too.
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    let target = format!("http://127.0.0.9:{free}");
    command.args(["proxy", "--no-settings", "--host", "0.0.0.0", "--port", &free, "--target", &target]);
    let output = command.arg("--allow-http").output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && stderr.contains(itself), "{stderr}");
}

#[test]
fn the_target_and_the_url_are_announced_and_an_idle_proxy_ends_well() {
    let mock = mock(&generated(3), Options::default());
    let folder = tempfile::tempdir().unwrap();
    let ready = folder.path().join("url");
    let mut proxied = Proxied::start(&mock.url(), &["--ready-file", ready.to_str().unwrap()]);
    let url = proxied.tool.as_ref().unwrap().url.clone();
    super::wait_for("the URL", || fs::read_to_string(&ready).is_ok_and(|text| text == format!("{url}\n")));
    let (code, _, stderr) = proxied.end();
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains(&format!("forwarding {url} to {}", mock.url())), "{stderr}");
    assert!(stderr.contains("ended after 0 requests"), "{stderr}");
    // Report and exit code agree, in every format.
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let formats = ["text", "sarif", "junit", "github", "gitlab", "markdown"];
    let reports: Vec<String> = formats.iter().map(|name| format!("{name}={}", path(name))).collect();
    let flags: Vec<&str> = reports.iter().flat_map(|report| ["--report", report]).collect();
    let mut proxied = Proxied::start(&mock.url(), &flags);
    assert_eq!(proxied.get("/__admin/health").status, 200);
    let (code, report, stderr) = proxied.end();
    assert_eq!((code, &report["outcome"]), (Some(0), &"pass".into()), "{stderr}");
    for name in formats {
        let text = fs::read_to_string(path(name)).unwrap();
        assert!(
            !text.contains("no payloads were validated") && !text.contains("incomplete"),
            "{name}: {text}"
        );
    }
}

#[test]
fn a_record_is_resumed_on_request_and_not_overwritten() {
    let mock = mock(&generated(50), Options::default());
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("day.ndjson.gz");
    let name = record.to_str().unwrap();
    for (count, flags) in [(1, vec!["--record", name]), (2, vec!["--record", name, "--resume"])] {
        let mut proxied = Proxied::start(&mock.url(), &flags);
        assert_eq!(proxied.get(PATH).status, 200);
        let (code, report, stderr) = proxied.end();
        assert_eq!((code, &report["checked"]["payloads"]), (Some(0), &1.into()), "{stderr}");
        assert_eq!(validated(&record).1["checked"]["payloads"], count);
    }
    let har = folder.path().join("day.har");
    fs::write(&har, "{}").unwrap();
    for (record, target, flags, expected) in [
        (name, mock.url(), &[][..], "is not empty; use `--resume`, or record to another file"),
        (name, "https://acme.example.com".to_owned(), &["--resume"], "but this run requests https://acme"),
        (har.to_str().unwrap(), mock.url(), &["--resume"], "cannot be resumed"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
        command.args(["proxy", "--no-settings", "--port", "0", "--target", &target, "--record", record]);
        let output = command.args(flags).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && stderr.contains(expected), "{stderr}");
    }
}

#[test]
fn a_record_without_responses_has_no_payload() {
    let mock = mock(&generated(5), Options::default());
    for name in ["day.ndjson", "day.jsonl.gz", "day.ndjson.zst", "day.har", "day.har.gz"] {
        let (mut proxied, record) = Proxied::recording(&mock.url(), name, &[]);
        let (code, report, stderr) = proxied.end();
        assert_eq!((code, &report["outcome"]), (Some(0), &"pass".into()), "{name}: {stderr}");
        let (code, report) = validated(&record);
        assert_eq!((code, &report["checked"]["payloads"]), (Some(3), &0.into()), "{name}");
        if name.contains("har") {
            continue;
        }
        // Nothing was recorded that another run could overwrite.
        for (count, flags) in [(1, vec![]), (2, vec!["--resume"])] {
            let flags = [&["--record", record.to_str().unwrap()], &*flags].concat();
            let mut proxied = Proxied::start(&mock.url(), &flags);
            assert_eq!(proxied.get(PATH).status, 200);
            assert_eq!(proxied.end().0, Some(0), "{name}");
            let (code, report) = validated(&record);
            assert_eq!((code, &report["checked"]["valid"]), (Some(0), &count.into()), "{name}");
        }
    }
}

#[test]
fn severities_baselines_and_reports_are_those_of_validate() {
    let mock = mock(&generated(50), Options::default());
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (baseline, sarif) = (path("baseline.toml"), format!("sarif={}", path("findings.sarif")));
    let violation = get(PATH, "prefer: violation=null-value\r\n");
    for (flags, code) in [
        (vec!["--write-baseline", &baseline], 0),
        (vec!["--baseline", &baseline, "--report", &sarif], 0),
        (vec![], 1),
        (vec!["--fail-on", "never"], 0),
        (vec!["--severity", "null-value=off"], 0),
    ] {
        let mut proxied = Proxied::start(&mock.url(), &flags);
        assert_eq!(Reply::of(&exchange(proxied.address(), &violation)).status, 200);
        let (ended, report, stderr) = proxied.end();
        assert_eq!(ended, Some(code), "{flags:?}: {stderr}");
        assert_eq!(report["checked"]["invalid"], 1, "{flags:?}");
    }
    assert!(fs::read_to_string(path("findings.sarif")).unwrap().contains("\"version\": \"2.1.0\""));
}

#[test]
fn a_target_with_an_own_authority_is_trusted_when_told_to() {
    let (tls, pem) = certificate("localhost", false);
    let server = Server::secure(tls, |_| Answer::json(page(1, 5, 5)));
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("ca.pem");
    fs::write(&own, pem).unwrap();
    let target = format!("https://localhost:{}", server.address.port());
    let mut proxied = Proxied::start(&target, &["--cacert", own.to_str().unwrap()]);
    let reply = proxied.get(PATH);
    assert_eq!((reply.status, reply.body), (200, page(1, 5, 5).into_bytes()));
    let (code, report, stderr) = proxied.end();
    assert_eq!((code, &report["checked"]["valid"]), (Some(0), &1.into()), "{stderr}");
    assert!(server.heads()[0].contains(KEY));
}
