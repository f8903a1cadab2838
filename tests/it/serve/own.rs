use clients_contract::contract::paging::Paging;
use clients_contract::serve::{Dataset, Options};
use clients_contract::{Contract, Schema};
use serde_json::json;

use super::{Reply, Tool, ask, mock, send};

#[test]
fn own_contracts_are_served_at_their_path() {
    let list = json!({"type": "object", "required": ["things", "page"], "additionalProperties": false, "properties": {
        "things": {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {
            "id": {"type": "string", "format": "uuid"}, "title": {"type": "string", "minLength": 1}}}},
        "page": {"type": "object", "required": ["hasMore"], "additionalProperties": false, "properties": {
            "hasMore": {"type": "boolean"}, "cursor": {"type": ["string", "null"]}, "total": {"type": "integer"}}}
    }});
    let paging = Paging::by_cursor("after", "limit");
    let things = Contract::builder("things", Schema::from_value(list)).path("/v1/things").items("/things");
    let things = things.page_info("/page").paging(paging).build().unwrap();
    let things: &'static Contract = Box::leak(Box::new(things));
    let data = Dataset::generated(things, 30, 1).unwrap();
    let served = mock(&data, Options::default());
    let (mut after, mut ids) = (String::new(), Vec::new());
    for number in 0..3 {
        let reply = ask(&served, &format!("/v1/things?limit=12&after={after}"), &[]);
        assert!(things.validate(&reply.body).valid, "{}", things.validate(&reply.body));
        let page = reply.json();
        assert_eq!((&page["page"]["hasMore"], &page["page"]["total"]), (&(number < 2).into(), &30.into()));
        after = page["page"]["cursor"].as_str().unwrap_or_default().to_owned();
        let listed = page["things"].as_array().unwrap().clone();
        ids.extend(listed.iter().map(|thing| thing["id"].as_str().unwrap().to_owned()));
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 30);
    // Without a documented authentication, no key is needed.
    let bare = send(served.address(), b"GET /v1/things HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert_eq!(Reply::of(&bare.unwrap()).status, 200);

    let one = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "integer", "minimum": 0}}});
    let gauges =
        Contract::builder("gauges", Schema::from_value(one)).path("/v1/gauges/{id}").build().unwrap();
    let gauges: &'static Contract = Box::leak(Box::new(gauges));
    let data = Dataset::generated(gauges, 50, 1).unwrap();
    let served = mock(&data, Options::default());
    let bodies: Vec<Vec<u8>> = (0..9).map(|id| ask(&served, &format!("/v1/gauges/{id}"), &[]).body).collect();
    assert!(bodies.iter().all(|body| gauges.validate(body).valid));
    assert!(bodies.iter().any(|body| *body != bodies[0]));
    assert_eq!(ask(&served, "/v1/gauges/3", &[]).body, bodies[3]);
    assert_eq!(ask(&served, "/v1/gauges", &[]).status, 404);
}

/// By a settings file, without paging: the response is one object.
#[test]
fn the_tool_serves_an_own_contract_of_one_object() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let schema = json!({"type": "object", "required": ["id", "unit"], "additionalProperties": false, "properties": {
        "id": {"type": "integer", "minimum": 0}, "unit": {"enum": ["m", "s"]}}});
    std::fs::write(path("gauge.json"), schema.to_string()).unwrap();
    let settings = "[contract]\nname = \"gauge\"\nschema = \"gauge.json\"\npath = \"/v1/gauges/{id}\"\n";
    std::fs::write(path("clients-contract.toml"), settings).unwrap();
    let settings = path("clients-contract.toml");
    let tool = Tool::start_with("serve", &["--settings", settings.to_str().unwrap(), "--total", "5"], &[]);
    let validator = clients_contract::Validator::new(&Schema::from_value(schema)).unwrap();
    let one = tool.get("/v1/gauges/7", "");
    assert_eq!(one.status, 200);
    assert!(validator.validate(&one.body).valid, "{}", one.json());
    assert_eq!(tool.get("/v1/gauges/7", "").body, one.body);
    assert_eq!(tool.get("/v1/gauges/7", "prefer: fault=truncate\r\n").body, one.body[..one.body.len() / 2]);
    for (target, fields, status) in [
        ("/v1/gauges", "", 404),
        ("/v1/gauges/7", "prefer: drift=remove:unit\r\n", 200),
        ("/v1/gauges/7", "prefer: violation=missing-property\r\n", 200),
        ("/v1/gauges/7?sort=any", "", 200),
    ] {
        assert_eq!(tool.get(target, fields).status, status, "{target} {fields}");
    }
    let broken = tool.get("/v1/gauges/7", "prefer: violation=missing-property\r\n");
    let found = validator.validate(&broken.body).findings;
    assert_eq!(found.iter().map(|one| one.rule.id).collect::<Vec<_>>(), ["missing-property"]);
}
