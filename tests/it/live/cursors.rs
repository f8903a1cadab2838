//! Pages that each give the cursor of the next one, of servers that keep their word and of others.

use std::fs;
use std::process::Output;

use serde_json::{Value, json};

use super::server::{Answer, Asked, Server, page};
use super::{judged, report, rules, stderr, tool};

/// A page in the bare envelope, of two clients from this number on.
fn bare(first: u64, more: bool, cursor: Option<&str>) -> Answer {
    let client = |id: u64| json!({"id": format!("7c9e6679-7425-40de-944b-{id:012x}"), "name": format!("School {id:06}")});
    let info = json!({"cursor": cursor, "hasMore": more});
    Answer::json(json!({"clients": [client(first), client(first + 1)], "pageInfo": info}).to_string())
}

/// The cursor that was asked for, as a number; 0 without one.
fn cursor(asked: &Asked) -> u64 {
    let cursor = asked.head.split("cursor=c").nth(1).unwrap_or("0");
    cursor.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

/// Three pages that keep their word.
fn good(asked: &Asked) -> Answer {
    let at = cursor(asked);
    bare(at * 2, at < 2, (at < 2).then(|| format!("c{}", at + 1)).as_deref())
}

fn walk(server: &Server, more: &[&str]) -> Output {
    tool(&server.url(), &[&["--envelope", "any", "--retries", "0", "-v"], more].concat()).output().unwrap()
}

fn valid(report: &Value) -> u64 {
    report["checked"]["valid"].as_u64().unwrap()
}

#[test]
fn cursors_are_followed_to_the_last_page() {
    let server = Server::new(good);
    let output = walk(&server, &["--count", "2", "--sort", "name"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!((valid(&report(&output)), rules(&report(&output))), (3, vec![]));
    let lines: Vec<String> = server
        .heads()
        .iter()
        .map(|head| head.lines().next().unwrap().replace("/incoming/v2/clients", ""))
        .collect();
    assert_eq!(
        lines,
        [
            "GET ?page=1&count=2&sort=name",
            "GET ?cursor=c1&perPage=2&sort=name",
            "GET ?cursor=c2&perPage=2&sort=name",
        ]
    );
}

#[test]
fn the_way_of_asking_can_be_chosen() {
    let server = Server::new(good);
    let output = walk(&server, &["--paging", "cursor", "--count", "2"]);
    assert_eq!((output.status.code(), valid(&report(&output))), (Some(0), 3), "{}", stderr(&output));
    assert!(server.heads()[0].starts_with("GET /incoming/v2/clients?perPage=2\r"), "{}", server.heads()[0]);
    // By number, the server gives the first page again.
    let output = walk(&Server::new(good), &["--paging", "page"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("no new items"), "{}", stderr(&output));
    let output = walk(&server, &["--paging", "cursor", "--page", "2"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    // The documented envelope is walked by number, and by cursor where it gives one.
    let with_cursor = |asked: &Asked| {
        let at = cursor(asked);
        let body =
            page(at + 1, 2, 6).replace("\"hasMore\"", &format!("\"cursor\":\"c{}\",\"hasMore\"", at + 1));
        Answer::json(body)
    };
    let server = Server::new(with_cursor);
    let output = walk(&server, &[]);
    assert_eq!(rules(&report(&output)), ["undocumented-property"], "{}", stderr(&output));
    assert_eq!((valid(&report(&output)), server.heads().len()), (3, 3));
}

/// What a server does, how many pages come, what is said, and the rules that are broken.
type Row = (&'static str, fn(&Asked) -> Answer, u64, &'static str, &'static [&'static str]);

const TABLE: &[Row] = &[
    (
        "the same cursor again",
        |asked| bare(cursor(asked) * 2, true, Some("c1")),
        2,
        "repeats the cursor of an earlier page",
        &["walk-not-ending"],
    ),
    (
        "a cursor that goes back",
        |asked| bare(100 * asked.before as u64, true, Some(&format!("c{}", (cursor(asked) + 1) % 3))),
        4,
        "repeats the cursor of an earlier page",
        &["walk-not-ending"],
    ),
    (
        "new cursors for the same clients",
        |asked| bare(0, true, Some(&format!("c{}", asked.before + 1))),
        2,
        "no new items",
        &["walk-not-ending"],
    ),
    ("more without a cursor", |_| bare(0, true, None), 1, "has no cursor", &["has-more-disagrees"]),
    ("an empty cursor", |_| bare(0, true, Some("")), 1, "has no cursor", &["has-more-disagrees"]),
    (
        "a cursor that fits no request",
        |_| bare(0, true, Some(&"c".repeat(100_000))),
        1,
        "longer than 4096 bytes",
        &[],
    ),
    (
        "a client of the page before",
        |asked| {
            let at = cursor(asked);
            bare(at, at < 2, Some(&format!("c{}", at + 1)))
        },
        3,
        "page 3",
        &["repeated-client"],
    ),
    (
        "an empty page that promises more",
        |_| Answer::json(r#"{"data": [], "pageInfo": {"cursor": "c1", "hasMore": true}}"#),
        1,
        "no new items",
        &["empty-page"],
    ),
];

#[test]
fn a_walk_by_cursor_ends_whatever_a_server_does() {
    for (name, act, pages, said, expected) in TABLE {
        let server = Server::new(*act);
        let folder = tempfile::tempdir().unwrap();
        let record = folder.path().join("w.ndjson");
        let output = walk(&server, &["--record", record.to_str().unwrap()]);
        let live = report(&output);
        assert!(stderr(&output).contains(said), "{name}: {}", stderr(&output));
        assert_eq!(
            (valid(&live), rules(&live)),
            (*pages, expected.iter().map(ToString::to_string).collect()),
            "{name}"
        );
        assert_eq!(
            output.status.code(),
            Some(if expected == &["repeated-client"] { 0 } else { 3 }),
            "{name}"
        );
        // The record is judged as the walk was, but for the envelope, which it is told of.
        let mut recorded = rules(&judged(&record));
        recorded.retain(|rule| rule != "envelope-differs");
        assert_eq!(recorded, *expected, "{name}: of the record");
    }
}

#[test]
fn a_record_of_cursors_is_resumed_where_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("w.ndjson");
    let path = record.to_str().unwrap();
    let server = Server::new(|asked| if cursor(asked) == 2 { Answer::new(400, "{}") } else { good(asked) });
    walk(&server, &["--record", path]);
    let text = fs::read_to_string(&record).unwrap();
    // Of another server it is left alone, so that this one has to be the same.
    let again = Server::new(good);
    fs::write(&record, text.replace(&server.url(), &again.url())).unwrap();
    let output = walk(&again, &["--record", path, "--resume"]);
    assert_eq!((output.status.code(), valid(&report(&output))), (Some(0), 3), "{}", stderr(&output));
    assert_eq!(again.heads().len(), 1);
    assert!(again.heads()[0].contains("cursor=c2"));
}
