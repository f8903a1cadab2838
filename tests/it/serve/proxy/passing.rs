use std::collections::BTreeMap;
use std::fs;

use clients_contract::finding::Scope;
use clients_contract::serve::{Mock, Options};
use clients_contract::{Origin, Payload, contract};

use serde_json::Value;

use super::super::{PATH, Reply, generated, mock};
use super::{Proxied, exchange, get, groups, validated, wait_for};

/// The number of responses; more with `PROXY_RESPONSES`.
fn responses() -> u64 {
    std::env::var("PROXY_RESPONSES").ok().and_then(|number| number.parse().ok()).unwrap_or(200)
}

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

/// A request as some client may send it: its target, and its other header fields.
fn request(random: &mut Random) -> (String, String) {
    let path = random.of(&[PATH, PATH, PATH, PATH, PATH, "/incoming/v2/clients/", "/elsewhere", "/"]);
    let sort = random.of(&["", "&sort=name", "&sort=-createdAt"]);
    let target = format!("{path}?page={}&count={}{sort}", 1 + random.below(5), 1 + random.below(10));
    let prefer = random.of(&[
        "",
        "",
        "",
        "",
        "violation=null-value",
        "violation=missing-property",
        "violation=wrong-type",
        "preset=nulls",
        "envelope=bare",
        "code=429",
        "code=503",
        "drift=rename:slug",
    ]);
    let prefer = if prefer.is_empty() { String::new() } else { format!("prefer: {prefer}\r\n") };
    let gzip = random.of(&["", "accept-encoding: gzip\r\n"]);
    (target, format!("{prefer}{gzip}"))
}

/// The response, without the fields that differ from one to the next.
fn lasting(bytes: &[u8]) -> (Vec<String>, Vec<u8>) {
    let reply = Reply::of(bytes);
    let lasts = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default();
        !["date", "connection", "x-ratelimit-remaining", "x-ratelimit-reset"].contains(&name)
    };
    let mut head: Vec<String> = reply.head.lines().filter(lasts).map(str::to_owned).collect();
    head.sort();
    (head, reply.body)
}

/// Findings about single payloads, by rule and pointer.
#[derive(Default)]
struct Expected {
    rules: BTreeMap<String, u64>,
    payloads: u64,
    invalid: u64,
}

impl Expected {
    fn add(&mut self, reply: &Reply) {
        if reply.status != 200 || reply.body.is_empty() {
            return;
        }
        let payload = Payload::new(Origin::file("direct"), reply.body.clone());
        let validation = contract::usual().validator().validate_payload(&payload);
        self.payloads += 1;
        self.invalid += u64::from(!validation.valid);
        for finding in validation.findings {
            *self.rules.entry(finding.rule.id.to_owned()).or_default() += 1 + finding.further;
        }
    }
}

#[test]
fn random_responses_pass_unchanged_and_the_record_has_the_same_findings() {
    let mock = mock(&generated(137), Options::default());
    let (mut proxied, record) = Proxied::recording(&mock.url(), "day.har", &["--max-findings", "10000"]);
    let mut random = Random(7);
    let mut expected = Expected::default();
    for number in 0..responses() {
        let (target, fields) = request(&mut random);
        let direct = exchange(mock.address(), &get(&target, &fields));
        let passed = exchange(proxied.address(), &get(&target, &fields));
        assert_eq!(lasting(&passed), lasting(&direct), "{number}: {target} {fields}");
        if target.starts_with(PATH) {
            let plain = fields.replace("accept-encoding: gzip\r\n", "");
            expected.add(&Reply::of(&exchange(mock.address(), &get(&target, &plain))));
        }
    }
    let (code, report, stderr) = proxied.end();
    assert_eq!(code, Some(1), "{stderr}");
    let (_, of_record) = validated(&record);
    assert_eq!(groups(&report), groups(&of_record));
    assert_eq!(report["checked"]["not_validated"], of_record["checked"]["not_validated"]);
    assert_eq!(report["checked"]["invalid"], of_record["checked"]["invalid"]);
    assert!(expected.payloads > responses() / 4 && expected.invalid > 0);
    assert_eq!(report["checked"]["valid"], expected.payloads - expected.invalid, "{stderr}");
    let mut reported = BTreeMap::new();
    for (rule, _, count) in groups(&report) {
        let known = clients_contract::rules().find(|known| known.id == rule).unwrap();
        // Of other statuses nothing is expected.
        let alone = rule != "http-status"
            && (expected.rules.contains_key(&rule) || matches!(known.scope, Scope::Body | Scope::Schema(_)));
        if alone {
            *reported.entry(rule).or_default() += count;
        }
    }
    assert_eq!(reported, expected.rules);
    assert!(!stderr.contains("too fast"), "{stderr}");
}

#[test]
fn a_record_is_readable_after_a_kill() {
    let mock = mock(&generated(137), Options::default());
    for name in ["day.har", "day.ndjson", "day.har.gz"] {
        let (mut proxied, record) = Proxied::recording(&mock.url(), name, &[]);
        let mut replies = 0;
        while replies < 20 {
            assert_eq!(proxied.get(&format!("{PATH}?page=1&count={}", 1 + replies % 25)).status, 200);
            replies += 1;
        }
        // Recording gives way to traffic, and may come later.
        wait_for("a record of some length", || {
            validated(&record).1["checked"]["payloads"].as_u64().unwrap() >= 10
        });
        // One is on its way.
        let slow = get(PATH, "prefer: fault=slow\r\n");
        let address = proxied.address();
        let reading = std::thread::spawn(move || exchange(address, &slow));
        std::thread::sleep(std::time::Duration::from_millis(300));
        proxied.tool.as_mut().unwrap().child.kill().unwrap();
        reading.join().unwrap();
        let (_, report) = validated(&record);
        let payloads = report["checked"]["payloads"].as_u64().unwrap();
        assert!(payloads >= 10 && payloads <= replies, "{name}: {payloads} of {replies}");
        assert_eq!(report["problems"].as_array().unwrap().len(), 0, "{report:#}");
    }
}

#[test]
fn a_redacted_record_has_the_same_findings_and_no_name() {
    let mock = mock(&generated(30), Options::default());
    let names = |body: &[u8]| -> Vec<String> {
        let body: Value = serde_json::from_slice(body).unwrap();
        let names = body.pointer("/data/Clients/clients").unwrap().as_array().unwrap().iter();
        names.filter_map(|one| Some(one["name"].as_str()?.to_owned())).filter(|name| name.len() > 7).collect()
    };
    for name in ["day.har", "day.ndjson"] {
        let (mut proxied, record) = Proxied::recording(&mock.url(), name, &["--redact"]);
        let plain = proxied.get(&format!("{PATH}?count=25"));
        assert_eq!(proxied.get(&format!("{PATH}?__violation=null-value")).status, 200);
        let (code, report, stderr) = proxied.end();
        assert_eq!(code, Some(1), "{stderr}");
        let (_, of_record) = validated(&record);
        assert_eq!(groups(&report), groups(&of_record), "{name}");
        let text = fs::read_to_string(&record).unwrap();
        let names = names(&plain.body);
        assert!(names.len() > 5 && text.contains("\"slug"));
        for name in names {
            assert!(!text.contains(&*name), "{name}");
        }
    }
}

#[test]
fn other_paths_are_passed_and_not_recorded_unless_they_are_selected() {
    let mock = mock(&generated(3), Options::default());
    let (mut proxied, record) = Proxied::recording(&mock.url(), "day.har", &[]);
    assert_eq!(proxied.get("/__admin/health").status, 200);
    assert_eq!(proxied.get(PATH).status, 200);
    let (code, report, stderr) = proxied.end();
    assert_eq!((code, &report["checked"]["payloads"]), (Some(0), &1.into()), "{stderr}");
    assert_eq!(fs::read_to_string(&record).unwrap().matches("\"request\"").count(), 1);
    let flags = ["--url-path", "* /__admin/{what}"];
    let (mut proxied, record) = Proxied::recording(&mock.url(), "day.har", &flags);
    assert_eq!(proxied.get("/__admin/health").status, 200);
    assert_eq!(proxied.get(PATH).status, 200);
    let post = "POST /__admin/reset HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
    assert!(Reply::of(&exchange(proxied.address(), post)).status < 300);
    let (code, report, stderr) = proxied.end();
    assert_eq!((code, &report["checked"]["invalid"]), (Some(1), &1.into()), "{stderr}");
    let text = fs::read_to_string(&record).unwrap();
    assert!(text.contains("/__admin/health") && text.contains("\"method\":\"POST\"") && !text.contains(PATH));
}

#[test]
fn a_library_test_validates_what_its_consumer_was_answered() {
    use clients_contract::live::Address;
    use clients_contract::run::{Run, Source};
    use clients_contract::serve::{Proxy, ProxyOptions};

    let mock = Mock::start(&generated(50)).unwrap();
    let address = Address::parse(&mock.url(), "/").unwrap();
    let contract = contract::usual();
    let (mut proxy, copies) = Proxy::new(contract, &address, ProxyOptions::default()).unwrap();
    proxy.start().unwrap();
    for fields in ["", "prefer: violation=null-value\r\n", "prefer: code=500\r\n"] {
        exchange(proxy.address(), &get(PATH, fields));
    }
    proxy.drain();
    let traffic = proxy.traffic();
    assert_eq!((traffic.requests, traffic.selected, traffic.dropped), (3, 3, 0));
    let report = Run::new(contract).source(Source::arriving(copies)).execute().unwrap();
    assert_eq!((report.checked.valid, report.checked.invalid, report.checked.not_validated), (1, 1, 1));
    let first = report.groups.sorted()[0];
    assert_eq!(first.rule.id, "null-value");
}
