use clients_contract::Contract;
use clients_contract::generate::Catalogue;
use clients_contract::serve::Options;
use serde_json::Value;

use super::{KEY, PATH, ask, generated, mock, named, page};
use crate::live::{causes, report, stderr, tool};

/// What `validate` reports about a server.
fn validated(url: &str, flags: &[&str]) -> Value {
    let output = tool(url, flags).output().unwrap();
    assert!(!output.stdout.is_empty(), "{}", stderr(&output));
    report(&output)
}

fn payloads(report: &Value) -> u64 {
    report["checked"]["payloads"].as_u64().unwrap()
}

#[test]
fn a_walk_has_every_client_once_in_every_envelope_order_and_page_size() {
    let data = generated(57);
    for envelope in ["documented", "bare", "list"] {
        let mock = mock(&data, Options::default().envelope(envelope));
        for flags in [
            &[][..],
            &["--count", "10"],
            &["--count", "100"],
            &["--count", "1"],
            &["--sort", "name"],
            &["--sort=-name", "--count", "20"],
            &["--sort", "createdAt:desc"],
            &["--sort", "slug", "--query", "name:a OR slug:e"],
        ] {
            mock.reset();
            let flags = [&["--envelope", envelope], flags].concat();
            let report = validated(&mock.url(), &flags);
            assert_eq!(causes(&report), [], "{flags:?}");
            let mut ids = Vec::new();
            for request in mock.requests() {
                let query: Vec<String> =
                    request.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
                let page = page(&mock, &query.join("&").replace(' ', "%20")).json();
                let items = Contract::clients().envelope(&[envelope]).items.clone();
                let clients = page.pointer(&items).unwrap().as_array().unwrap().clone();
                ids.extend(clients.iter().map(|client| client["id"].as_str().unwrap().to_owned()));
            }
            let all = ids.len();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), all, "{flags:?}");
            let is_whole = !flags.contains(&"--query");
            assert!(all == 57 || !is_whole && all > 0 && all < 57, "{flags:?}: {all}");
        }
    }
}

#[test]
fn one_violation_is_where_its_label_says() {
    let mock = mock(&generated(12), Options::default());
    let catalogue: Catalogue = Contract::clients().catalogue(&[]).unwrap();
    let mut rules: Vec<&str> = catalogue.targets().iter().map(|target| target.rule().id).collect();
    rules.sort_unstable();
    rules.dedup();
    assert!(rules.len() > 10, "{rules:?}");
    for rule in rules {
        let reply = ask(&mock, PATH, &[&format!("prefer: violation={rule}")]);
        assert_eq!(reply.status, 200, "{rule}: {}", String::from_utf8_lossy(&reply.body));
        let label = reply.header("x-violation").unwrap();
        // The pointer of the whole payload is empty.
        let (label, pointer) = label.split_once(' ').unwrap_or((label, ""));
        assert_eq!(label, rule);
        let found = Contract::clients().validate(&reply.body).findings;
        assert!(!found.is_empty(), "{rule}");
        for finding in found {
            assert_eq!((finding.rule.id, &*finding.pointer.to_string()), (rule, pointer));
        }
        assert_eq!(reply.header("preference-applied"), Some(&*format!("violation={rule}")));
    }
    // Equal seeds, equal violations.
    let twice = [(); 2].map(|()| ask(&mock, PATH, &["prefer: violation=null-value"]).body);
    assert_eq!(twice[0], twice[1]);
}

#[test]
fn a_walk_reports_the_violation_of_one_page() {
    let text = "[[step]]\nwhen = { page = 2 }\nthen = { violation = \"type-mismatch\" }";
    let scenario = clients_contract::serve::Scenario::parse("s.toml", text).unwrap();
    let mock = mock(&generated(30), Options::default().scenario(scenario));
    let report = validated(&mock.url(), &["--count", "10"]);
    let found = causes(&report);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&*found[0].0, found[0].2), ("type-mismatch", 1));
    assert_eq!(payloads(&report), 3);
}

#[test]
fn resets_and_refusals_lose_and_repeat_nothing() {
    let options = Options::default().fault("10%:reset".parse().unwrap()).unwrap();
    let options = options.fault("10%:429".parse().unwrap()).unwrap().seed(3);
    let mock = mock(&generated(60), options);
    let report = validated(&mock.url(), &["--count", "2"]);
    assert_eq!(causes(&report), []);
    assert_eq!(payloads(&report), 30);
    let requests = mock.requests();
    let count = |fault: &str| requests.iter().filter(|one| one.applied == [fault]).count();
    assert!(count("fault=reset") > 0 && count("code=429") > 0, "{requests:?}");
    assert_eq!(requests.len(), 30 + count("fault=reset") + count("code=429"));
    assert!(!format!("{requests:?}").contains(KEY));
}

#[test]
fn a_scenario_fails_twice_and_then_works() {
    let text = "[[step]]\nwhen = { page = 3 }\ntimes = 2\nthen = { code = 503 }";
    let scenario = clients_contract::serve::Scenario::parse("s.toml", text).unwrap();
    let mock = mock(&generated(10), Options::default().scenario(scenario));
    for _ in 0..2 {
        let statuses = [1, 3, 3, 3, 4].map(|number| page(&mock, &format!("page={number}&count=2")).status);
        assert_eq!(statuses, [200, 503, 503, 200, 200]);
        mock.reset();
    }
    assert_eq!(payloads(&validated(&mock.url(), &["--count", "2"])), 5);
}

#[test]
fn a_renamed_property_is_found_as_drift() {
    let mock = mock(&named(&["Acme", "Borealis"]), Options::default());
    let reply = ask(&mock, PATH, &["prefer: drift=rename:slug"]).json();
    let first = &reply["data"]["Clients"]["clients"][0];
    assert_eq!((&first["slug"], &first["newSlug"]), (&Value::Null, &"acme".into()));
    let reply = ask(&mock, &format!("{PATH}?__drift=remove:none"), &[]);
    assert_eq!(reply.status, 400);
}
