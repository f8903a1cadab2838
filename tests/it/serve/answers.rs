use std::time::{Duration, Instant};

use clients_contract::Contract;
use clients_contract::contract::DatasetOptions;
use clients_contract::generate::{Preset, Style};
use clients_contract::live::Key;
use clients_contract::serve::Options;
use flate2::read::GzDecoder;
use serde_json::json;

use super::{KEY, PATH, Reply, Tool, ask, ask_by, generated, mock, named, page, send};

#[test]
fn searches_and_orders_select_what_total_counts() {
    let data = named(&["Beta Works", "acme", "Acme North", "Gamma"]);
    let mock = mock(&data, Options::default());
    for (query, expected) in [
        ("", &["Beta Works", "acme", "Acme North", "Gamma"][..]),
        ("query=acme", &["acme", "Acme North"]),
        ("query=name:acme", &["acme", "Acme North"]),
        ("query=%22beta%20works%22", &["Beta Works"]),
        ("query=slug:acme-north", &["Acme North"]),
        (
            "query=_id:00000000-0000-4000-8000-000000000003+OR+_id:00000000-0000-4000-8000-000000000001",
            &["acme", "Gamma"],
        ),
        ("query=nobody", &[]),
        ("sort=name", &["acme", "Acme North", "Beta Works", "Gamma"]),
        ("sort=-name", &["Gamma", "Beta Works", "Acme North", "acme"]),
        ("sort=name:desc", &["Gamma", "Beta Works", "Acme North", "acme"]),
        ("sort=createdAt", &["Gamma", "Acme North", "acme", "Beta Works"]),
        // Documented, but no item has it.
        ("sort=schoolName", &["Beta Works", "acme", "Acme North", "Gamma"]),
        ("query=*:*", &["Beta Works", "acme", "Acme North", "Gamma"]),
        ("query=g*a", &["Gamma"]),
        ("query=slug:%5C-north", &["Acme North"]),
        ("sort=-name&query=acme", &["Acme North", "acme"]),
    ] {
        let reply = page(&mock, query);
        assert_eq!(reply.names(), expected, "{query}");
        assert_eq!(reply.total(), expected.len() as u64, "{query}");
    }
    let pages: Vec<Reply> =
        (1..=3).map(|number| page(&mock, &format!("query=a&count=2&page={number}"))).collect();
    let info = |reply: &Reply| reply.json()["data"]["Clients"]["pageInfo"].clone();
    assert_eq!(info(&pages[0]), json!({"currentPage": 1, "perPage": 2, "total": 4, "hasMore": true}));
    assert_eq!(info(&pages[1]), json!({"currentPage": 2, "perPage": 2, "total": 4, "hasMore": false}));
    assert_eq!(info(&pages[2]), json!({"currentPage": 3, "perPage": 2, "total": 4, "hasMore": false}));
    let [one, two] =
        ["bare", "list"].map(|envelope| page(&mock, &format!("perPage=3&__envelope={envelope}")).json());
    assert_eq!([&one["pageInfo"]["hasMore"], &two["pageInfo"]["hasMore"]], [true, true]);
    let next = one["pageInfo"]["cursor"].as_str().unwrap();
    let last = page(&mock, &format!("perPage=3&__envelope=bare&cursor={next}")).json();
    assert_eq!(last["clients"][0]["name"], "Gamma");
    assert_eq!(last["pageInfo"], json!({"cursor": null, "hasMore": false}));
}

#[test]
fn errors_have_the_shape_of_the_api() {
    let mock = mock(&generated(3), Options::default());
    for (method, target, status) in [
        ("GET", "/", 404),
        ("GET", "/incoming/v2/courses", 404),
        ("GET", "/__admin/x", 404),
        ("GET", "/__admin/reset", 405),
        ("POST", PATH, 405),
        ("DELETE", PATH, 405),
        ("GET", "/incoming/v2/clients?page=0", 400),
        ("GET", "/incoming/v2/clients?page=x", 400),
        ("GET", "/incoming/v2/clients?count=101", 400),
        ("GET", "/incoming/v2/clients?count=0", 400),
        ("GET", "/incoming/v2/clients?query=(a", 400),
        ("GET", "/incoming/v2/clients?sort=none", 400),
        ("GET", "/incoming/v2/clients?sort=name.x", 400),
        ("GET", "/incoming/v2/clients?query=acme~", 400),
        ("GET", "/incoming/v2/clients?query=name:[a+TO+b]", 400),
        ("GET", "*", 400),
        ("POST", "*", 400),
        ("OPTIONS", "/__admin/reset", 405),
        ("POST", "/__admin/health", 405),
        ("GET", "/incoming/v2/clients?sort=name:up", 400),
        ("GET", "/incoming/v2/clients?cursor=none", 400),
        ("GET", "/incoming/v2/clients?__code=99", 400),
        ("GET", "/incoming/v2/clients?__code=199", 400),
        ("GET", "/incoming/v2/clients?__code=600", 400),
        ("GET", "/incoming/v2/clients?__code=70000", 400),
        ("GET", "/incoming/v2/clients?__envelope=none", 400),
        ("GET", "/incoming/v2/clients?__preset=none", 400),
        ("GET", "/incoming/v2/clients?__preset=large", 400),
        ("GET", "/incoming/v2/clients?__preset=minimal,maximal", 400),
        ("GET", "/incoming/v2/clients?__violation=total-changed", 400),
        ("GET", "/incoming/v2/clients/", 200),
        ("GET", "/incoming/v2/clients?unknown=1", 200),
        ("GET", "http://acme.thoughtindustries.com/incoming/v2/clients?count=1", 200),
        // What no response could name as its page.
        ("GET", "/incoming/v2/clients?page=2147483647", 200),
        ("GET", "/incoming/v2/clients?page=2147483648", 400),
        ("GET", "/incoming/v2/clients?page=18446744073709551615", 400),
    ] {
        let reply = ask_by(&mock, method, target, &[]);
        assert_eq!(reply.status, status, "{method} {target}: {}", String::from_utf8_lossy(&reply.body));
        if status == 200 {
            assert!(Contract::clients().validator().validate(&reply.body).valid, "{target}");
        } else {
            let error = reply.json();
            assert!(error["error"].is_string() && error["message"].is_string(), "{error}");
        }
        for name in ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"] {
            assert!(reply.header(name).is_some_and(|value| value.parse::<u64>().is_ok()), "{target}");
        }
        assert_eq!(reply.header("allow").is_some(), status == 405, "{target}");
        assert_eq!(reply.header("preference-applied"), None, "{target}");
    }
}

#[test]
fn any_key_or_a_configured_one_is_required() {
    let any = mock(&generated(3), Options::default());
    let one = mock(&generated(3), Options::default().key(Key::new(KEY).unwrap()));
    assert!(!format!("{one:?}").contains(KEY));
    for (header, with_any, with_one) in [
        ("", 401, 401),
        ("authorization: Bearer \r\n", 401, 401),
        ("authorization: Basic dTpw\r\n", 401, 401),
        ("authorization: Bearerx\r\n", 401, 401),
        ("authorization: Bearer other_0123456789\r\n", 200, 401),
        ("authorization: bearer ti_test_9f8e7d6c5b4a3210\r\n", 200, 200),
    ] {
        for (mock, status) in [(&any, with_any), (&one, with_one)] {
            let head = format!("GET {PATH} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}\r\n");
            let reply = Reply::of(&send(mock.address(), head.as_bytes()).unwrap());
            assert_eq!(reply.status, status, "{header}");
            assert_eq!(reply.header("www-authenticate"), (status == 401).then_some("Bearer"));
            assert_eq!(reply.header("x-ratelimit-limit"), Some("120"));
        }
    }
}

/// Whether a response that took so long is the expected one.
type Check<'c> = &'c dyn Fn(&Reply, Duration) -> bool;

#[test]
fn preferences_apply_from_the_header_and_from_the_query() {
    let mock = mock(&generated(30), Options::default());
    let whole = page(&mock, "").body;
    let documented = |reply: &Reply| reply.json().pointer("/data/Clients/clients").is_some();
    let table: [(&str, Check); 17] = [
        ("code=429", &|reply, _| {
            reply.status == 429 && reply.header("retry-after") == Some("1") && reply.json()["retryAfter"] == 1
        }),
        ("code=503", &|reply, _| reply.status == 503 && reply.header("retry-after") == Some("1")),
        ("code=405", &|reply, _| reply.status == 405 && reply.header("allow") == Some("GET, HEAD, OPTIONS")),
        ("code=500", &|reply, _| reply.status == 500 && reply.json()["error"] == "internal_server_error"),
        ("code=204", &|reply, _| reply.status == 204 && reply.body.is_empty()),
        ("code=205", &|reply, _| {
            reply.status == 205 && reply.body.is_empty() && reply.header("content-length") == Some("0")
        }),
        ("code=308", &|reply, _| reply.status == 308 && reply.header("location") == Some(PATH)),
        ("code=201", &|reply, _| reply.status == 201 && reply.body == whole),
        ("wait=1", &|reply, time| reply.body == whole && time >= Duration::from_secs(1)),
        ("wait=200ms", &|reply, time| reply.body == whole && time >= Duration::from_millis(200)),
        ("fault=reset", &|reply, _| reply.status == 0 && reply.head.is_empty()),
        ("fault=empty", &|reply, _| reply.status == 0 && reply.head.is_empty()),
        ("fault=garbage", &|reply, _| reply.status == 0 && !reply.head.is_empty()),
        ("fault=truncate", &|reply, _| {
            let length: usize = reply.header("content-length").unwrap().parse().unwrap();
            reply.status == 200 && length == whole.len() && reply.body == whole[..length / 2]
        }),
        ("fault=slow", &|reply, time| reply.body == whole && time >= Duration::from_millis(1_900)),
        ("preset=nulls", &|reply, _| documented(reply) && reply.body != whole && reply.total() == 30),
        ("envelope=bare", &|reply, _| reply.json()["clients"].is_array()),
    ];
    for (preference, check) in table {
        let (name, value) = preference.split_once('=').unwrap();
        for (target, fields) in [
            (PATH.to_owned(), vec![format!("prefer: {preference}")]),
            (PATH.to_owned(), vec![format!("Prefer: respond-async, {name} = \"{value}\"; x=y")]),
            (format!("{PATH}?__{preference}"), Vec::new()),
        ] {
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let from = Instant::now();
            let reply = ask(&mock, &target, &fields);
            assert!(check(&reply, from.elapsed()), "{target} {fields:?}: {}", reply.head);
            let applied = reply.header("preference-applied");
            assert!(applied == Some(preference) || reply.status == 0, "{preference}: {applied:?}");
        }
    }
    assert_eq!(ask(&mock, PATH, &["prefer: return=minimal"]).body, whole);
    let presets = ask(&mock, PATH, &["prefer: preset=nulls+unicode"]).body;
    for target in ["__preset=nulls+unicode", "__preset=nulls%2Bunicode", "__preset=nulls,%20unicode"] {
        assert_eq!(page(&mock, target).body, presets, "{target}");
    }
    assert_ne!(presets, page(&mock, "__preset=nulls").body);
    for target in ["__preset=", "__preset=+", "__preset=nulls+unicod"] {
        assert_eq!(page(&mock, target).status, 400, "{target}");
    }
    let all = ask(&mock, PATH, &["prefer: wait=1ms, code=502", "prefer: wait=9"]);
    assert_eq!(all.header("preference-applied"), Some("wait=1ms, code=502"));
}

/// `Preference-Applied` has what was applied, and nothing else.
#[test]
fn only_applied_preferences_are_listed() {
    let mock = mock(&generated(30), Options::default());
    let tag = page(&mock, "").header("etag").unwrap().to_owned();
    let known = format!("if-none-match: {tag}");
    for (method, target, fields, status, applied) in [
        ("GET", "", &["prefer: fault=truncate, code=204"][..], 204, Some("code=204")),
        ("GET", "", &["prefer: fault=slow, code=205"], 205, Some("code=205")),
        ("GET", "", &["prefer: fault=truncate", &known], 304, None),
        ("GET", "", &["prefer: code=200", &known], 200, Some("code=200")),
        ("HEAD", "", &["prefer: fault=truncate, envelope=bare"], 200, Some("envelope=bare")),
        ("HEAD", "", &["prefer: fault=slow"], 200, None),
        ("GET", "", &["prefer: code=503, preset=nulls, wait=1ms"], 503, Some("code=503, wait=1ms")),
        ("GET", "", &["prefer: code=201, preset=nuls, wait=1ms"], 400, Some("wait=1ms")),
        ("GET", "", &["prefer: wait=1ms, code=9"], 400, None),
        ("GET", "?page=0", &["prefer: envelope=documented"], 400, None),
        ("OPTIONS", "", &["prefer: code=500"], 204, None),
        ("PUT", "", &["prefer: code=500"], 405, None),
        ("GET", "/x", &["prefer: code=500"], 404, None),
    ] {
        let reply = ask_by(&mock, method, &format!("{PATH}{target}"), fields);
        assert_eq!(
            (reply.status, reply.header("preference-applied")),
            (status, applied),
            "{method} {fields:?}"
        );
        let is_empty = method == "HEAD" || [204, 205, 304].contains(&status);
        assert_eq!(reply.body.is_empty(), is_empty, "{method} {fields:?}");
    }
    let applied: Vec<Vec<String>> = mock.requests().into_iter().map(|one| one.applied).collect();
    assert_eq!(applied[1..4], [vec!["code=204".to_owned()], vec!["code=205".to_owned()], Vec::new()]);
}

#[test]
fn redirects_lead_to_the_page_without_preferences() {
    let mock = mock(&generated(3), Options::default());
    for (code, query, expected) in [
        (301, "page=2&__code=301&query=a%20b", "/incoming/v2/clients?page=2&query=a%20b"),
        (302, "__code=302", "/incoming/v2/clients"),
        (303, "__code=303&count=1", "/incoming/v2/clients?count=1"),
        (307, "__wait=1ms&__code=307", "/incoming/v2/clients"),
        (308, "__code=308&&count=2", "/incoming/v2/clients?count=2"),
    ] {
        let reply = page(&mock, query);
        assert_eq!((reply.status, reply.header("location")), (code, Some(expected)));
        assert_eq!(ask(&mock, expected, &[]).status, 200);
    }
    for code in [200, 300, 304, 305, 404] {
        assert_eq!(page(&mock, &format!("__code={code}")).header("location"), None, "{code}");
    }
}

#[test]
fn latency_delays_every_response_of_the_api() {
    let mock = mock(&generated(3), Options::default().latency("150ms".parse().unwrap()));
    for (method, target, key, status) in [
        ("GET", PATH, true, 200),
        ("GET", "/other", true, 404),
        ("GET", PATH, false, 401),
        ("OPTIONS", PATH, false, 204),
        ("POST", PATH, true, 405),
        ("GET", "/incoming/v2/clients?page=0", true, 400),
    ] {
        let key = if key { format!("authorization: Bearer {KEY}\r\n") } else { String::new() };
        let head = format!("{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{key}\r\n");
        let from = Instant::now();
        let reply = Reply::of(&send(mock.address(), head.as_bytes()).unwrap());
        assert_eq!(reply.status, status, "{method} {target}");
        assert!(from.elapsed() >= Duration::from_millis(150), "{method} {target}: {:?}", from.elapsed());
    }
}

#[test]
fn presets_change_values_and_keep_the_contract() {
    let data = generated(4);
    let mock = mock(&data, Options::default());
    let presets = Preset::ALL.iter().map(|preset| preset.name).filter(|name| *name != "large");
    for preset in presets.chain(["nulls,unicode", "minimal+unicode"]) {
        let reply = ask(&mock, PATH, &[&format!("prefer: preset=\"{preset}\"")]);
        assert_eq!(reply.status, 200, "{preset}");
        let validation = Contract::clients().validate(&reply.body);
        assert!(validation.valid, "{preset}: {validation}");
        assert_eq!(reply.total(), 4);
    }
    let own = mock_of_recorded_items();
    assert_eq!(ask(&own, PATH, &["prefer: preset=nulls"]).status, 400);
}

fn mock_of_recorded_items() -> clients_contract::serve::Mock {
    mock(&named(&["a"]), Options::default())
}

#[test]
fn the_data_set_is_that_of_generate() {
    let requested = DatasetOptions { seed: 7, total: 30, per_page: 25, style: Style::default() };
    let pages = Contract::clients().pages(&[], &requested).unwrap().unwrap();
    let mock = mock(&generated(30), Options::default());
    for number in 1..=2 {
        assert_eq!(page(&mock, &format!("page={number}")).json(), pages.page(number));
    }
}

#[test]
fn limits_refuse_each_key_beyond_its_burst() {
    let data = generated(3);
    let mock = mock(&data, Options::default().rate_limit("60/h:3".parse().unwrap()));
    let replies: Vec<Reply> = (0..4).map(|_| page(&mock, "count=1")).collect();
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses, [200, 200, 200, 429]);
    let remaining = replies.iter().map(|reply| reply.header("x-ratelimit-remaining").unwrap());
    assert_eq!(remaining.collect::<Vec<_>>(), ["2", "1", "0", "0"]);
    let refused = replies[3].json();
    assert_eq!(refused["error"], "rate_limit_exceeded");
    let wait: u64 = replies[3].header("retry-after").unwrap().parse().unwrap();
    assert!((30..=60).contains(&wait) && refused["retryAfter"] == wait, "{wait} {refused}");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let reset: u64 = replies[3].header("x-ratelimit-reset").unwrap().parse().unwrap();
    assert!((now + 100..now + 200).contains(&reset), "{reset} {now}");
    assert_eq!(ask_by(&mock, "POST", "/__admin/reset", &[]).status, 204);
    assert_eq!(page(&mock, "count=1").status, 200);
}

#[test]
fn bodies_are_known_by_their_tag_and_compressed_on_request() {
    let mock = mock(&generated(5), Options::default());
    let plain = ask(&mock, PATH, &[]);
    let tag = plain.header("etag").unwrap();
    let again = |value: &str| ask(&mock, PATH, &[&format!("if-none-match: {value}")]);
    for known in [tag, "*", &format!("\"x\", W/{tag}")] {
        let reply = again(known);
        assert_eq!((reply.status, reply.body.len(), reply.header("etag")), (304, 0, Some(tag)), "{known}");
    }
    assert_eq!(again("\"x\"").body, plain.body);
    for accepted in ["gzip", "deflate, gzip;q=0.5", "GZIP"] {
        let zipped = ask(&mock, PATH, &[&format!("accept-encoding: {accepted}")]);
        assert_eq!(zipped.header("content-encoding"), Some("gzip"));
        assert!(zipped.body.len() < plain.body.len() / 2);
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut GzDecoder::new(&*zipped.body), &mut text).unwrap();
        assert_eq!(text, plain.body);
        let tag = zipped.header("etag").unwrap();
        let again = ask(&mock, PATH, &["accept-encoding: gzip", &format!("if-none-match: {tag}")]);
        assert_eq!(again.status, 304);
    }
    for accepted in ["identity", "gzip;q=0", "br"] {
        let reply = ask(&mock, PATH, &[&format!("accept-encoding: {accepted}")]);
        assert_eq!((reply.header("content-encoding"), &reply.body), (None, &plain.body), "{accepted}");
    }
    let head = ask_by(&mock, "HEAD", PATH, &[]);
    assert_eq!((head.status, head.body.len(), head.header("etag")), (200, 0, Some(tag)));
    assert_eq!(head.header("content-length"), Some(&*plain.body.len().to_string()));
}

#[test]
fn scripts_of_other_origins_may_read_responses() {
    let mock = mock(&generated(1), Options::default());
    let head = format!(
        "OPTIONS {PATH} HTTP/1.1\r\nhost: x\r\nconnection: close\r\norigin: http://localhost:3000\r\n\
         access-control-request-method: GET\r\naccess-control-request-headers: authorization,prefer\r\n\
         access-control-request-private-network: true\r\n\r\n"
    );
    let preflight = Reply::of(&send(mock.address(), head.as_bytes()).unwrap());
    assert_eq!(preflight.status, 204);
    for (name, expected) in [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-headers", "authorization,prefer"),
        ("access-control-allow-methods", "GET, HEAD, OPTIONS"),
        ("access-control-allow-private-network", "true"),
    ] {
        assert_eq!(preflight.header(name), Some(expected));
    }
    let plain = ask_by(&mock, "OPTIONS", PATH, &["origin: null"]);
    assert_eq!(plain.header("access-control-allow-private-network"), None);
    assert_eq!(plain.header("access-control-allow-headers"), Some("authorization, prefer, if-none-match"));
    let reply = ask(&mock, PATH, &["origin: null"]);
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    let exposed = reply.header("access-control-expose-headers").unwrap();
    for name in [
        "etag",
        "preference-applied",
        "retry-after",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-violation",
        "location",
    ] {
        assert!(exposed.split(", ").any(|one| one == name), "{name}: {exposed}");
    }
    assert_eq!(ask(&mock, PATH, &[]).header("access-control-allow-origin"), None);
}

#[test]
fn every_flag_of_the_tool_has_its_effect() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("key"), format!("{KEY}\n")).unwrap();
    std::fs::write(path("scenario.toml"), "[[step]]\ntimes = 1\nthen = { code = 502 }\n").unwrap();
    let known = format!("authorization: Bearer {KEY}\r\n");
    let (key, scenario, ready) = (path("key"), path("scenario.toml"), path("ready"));

    let tool = Tool::start(&["--total", "7", "--seed", "3", "--preset", "unicode", "--ready-file", &ready]);
    assert_eq!(std::fs::read_to_string(&ready).unwrap().trim(), tool.url);
    let style = Preset::combine(&["unicode"]).unwrap();
    let data = clients_contract::serve::Dataset::styled(Contract::clients(), 7, 3, style).unwrap();
    assert_eq!(tool.page().body, page(&mock(&data, Options::default()), "").body);

    let tool = Tool::start(&["--api-key-file", &key]);
    assert_eq!(tool.get(PATH, "authorization: Bearer other_0123456789\r\n").status, 401);
    assert_eq!(tool.get(PATH, &known).status, 200);

    let tool = Tool::start(&["--rate-limit", "60/m:1"]);
    assert_eq!([tool.page().status, tool.page().status], [200, 429]);

    let tool = Tool::start(&["--fault", "100%:503", "--latency", "200ms"]);
    let from = Instant::now();
    assert_eq!(tool.page().status, 503);
    assert!(from.elapsed() >= Duration::from_millis(200));

    let tool = Tool::start(&["--scenario", &scenario, "--envelope", "list", "--host", "localhost"]);
    assert_eq!([tool.page().status, tool.page().status], [502, 200]);
    assert!(tool.page().json()["data"].is_array());
}
