//! Files that hold nothing to read are named with what to do; compressed streams are read as `gzip -dc` reads
//! them.

use clients_contract::payload::{Input, Options};
use serde_json::json;

use super::only;
use crate::came::{Came, base64, brotli, came, deflate, gzip, zlib, zstd};

#[test]
fn json_of_other_tools_is_named() {
    let request = json!({"method": "GET", "path": "/a", "uri": "/a"});
    let pair = json!({"description": "a", "request": {"method": "GET", "path": "/a"}, "response": {}});
    for (text, what) in [
        (
            json!({"id": "x", "order": [], "requests": [{"url": "/a", "method": "GET"}]}),
            "Postman collection in format v1",
        ),
        (
            json!({"collections": [{"order": [], "requests": [{"url": "/a", "method": "GET"}]}]}),
            "Postman collection in format v1",
        ),
        (
            json!({"items": [{"type": "http", "request": {"url": "/a", "method": "GET"}}], "version": "1"}),
            "Bruno",
        ),
        (json!([{"log": {"version": "1.2", "creator": {}, "entries": []}}]), "array of HAR files"),
        (json!([{"request": {"urlPath": "/a"}, "response": {}}]), "mappings or events of WireMock"),
        (json!({"values": [], "_postman_variable_scope": "environment"}), "Postman environment"),
        (json!({"_type": "export", "__export_format": 4, "resources": []}), "Insomnia"),
        (
            json!([{"request": {"method": "GET", "url": "https://a/b"}, "response": {"status": {"code": "200"}}}]),
            "VCR",
        ),
        (json!({"collectionName": "x", "folders": [], "requests": []}), "Thunder Client"),
        (json!([{"colId": "c", "containerId": "", "method": "GET", "url": "https://a/b"}]), "Thunder Client"),
        (json!({"http_interactions": [{"request": request, "response": {}}]}), "VCR"),
        (json!({"interactions": [{"request": request, "response": {}}], "version": 1}), "VCR"),
        (json!({"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": [pair]}), "Pact"),
        (
            json!({"data": {"pairs": [{"request": {}, "response": {}}]}, "meta": {"schemaVersion": "v5"}}),
            "Hoverfly",
        ),
        (
            json!([{"scope": "https://a:443", "method": "GET", "path": "/", "status": 200, "response": {}}]),
            "nock",
        ),
        (json!([{"host": "h", "scheme": "https", "path": "/", "request": {}, "response": {}}]), "Charles"),
        (json!([{"httpRequest": {}, "httpResponse": {}}]), "MockServer"),
        (json!({"Request": {"Path": "/"}, "Response": {"StatusCode": 200}}), "WireMock.Net"),
        (json!({"imposters": [{"protocol": "http", "stubs": []}]}), "mountebank"),
        (json!({"lastMigration": 3, "routes": []}), "Mockoon"),
        (json!({"constants": {"logFormatVersion": 1}, "events": []}), "NetLog"),
        (json!({"traceEvents": [{"ph": "X"}]}), "performance trace"),
    ] {
        for text in [text.to_string(), format!("{text:#}"), format!("\u{feff}\n{text}")] {
            let came_now = came(text.clone(), "x.json", &only("/a"));
            assert!(came_now.problem().contains(what), "{text}: {came_now:?}");
            assert!(came(gzip(text.as_bytes()), "x", &only("/a")).problem().contains(what), "{text}");
            let insisted = Options { input: Some(Input::Json), ..Options::default() };
            assert_eq!(came(text.clone(), "x.json", &insisted).payloads.len(), 1, "{text}");
        }
    }
}

#[test]
fn binary_files_are_named() {
    for (bytes, what) in [
        (&b"PK\x03\x04..........................raw/1_c.txt"[..], "Fiddler"),
        (b"PK\x03\x04..........................1-meta.json", "ZIP archive; unpack"),
        (b"PK\x03\x04..........................[Content_Types].xml", "Office"),
        (b"\xd4\xc3\xb2\xa1\x02\0\x04\0", "packet capture"),
        (b"\x0a\x0d\x0d\x0a\x1c\0\0\0", "packet capture"),
        (b"\x4d\x3c\xb2\xa1\x02\0", "packet capture"),
        (b"\xac\xed\x00\x05sr", "Charles"),
        (b"PAR1\x15\x04", "Parquet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
        (b"BZh91AY", "bzip2"),
        (b"\xfd7zXZ\0\0", "xz"),
    ] {
        for name in ["x.json", "x.har", "x"] {
            assert!(came(bytes, name, &Options::default()).problem().contains(what), "{what}");
        }
        assert!(came(gzip(bytes), "x", &Options::default()).problem().contains(what), "{what}");
    }
    for level in [0, 1, 6, 9] {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(level));
        std::io::Write::write_all(&mut encoder, b"{\"id\": 7, \"x\": \"\xc3\xa9\"}").unwrap();
        let bytes = encoder.finish().unwrap();
        assert!(came(bytes, "x.zhar", &Options::default()).problem().contains("zlib"), "{level}");
    }
    // Text that begins as a zlib stream may.
    assert_eq!(came("x^2 is not JSON", "x", &Options::default()).payloads.len(), 1);
}

#[test]
fn text_of_other_tools_is_named() {
    for (text, what) in [
        (
            "Note: Unnecessary use of -X or --request.\n* Host x:443 was resolved.\n> GET / HTTP/1.1\n",
            "`curl -v`",
        ),
        ("12:34:56.123456 * Host x was resolved.\n12:34:56.123457 > GET / HTTP/1.1\n", "`curl -v`"),
        (
            "12:34:56.123456 == Info: Host x\n12:34:56.123457 => Send header, 70 bytes (0x46)\n",
            "trace of curl",
        ),
        ("Warning: x\nHTTP/1.1 200 OK\n\n{}", "messages of curl"),
        ("\r####   5.0%\r######## 100.0%\nHTTP/1.1 200 OK\n\n{}", "progress bar of curl"),
        ("PURGE /a HTTP/1.1\nHost: x\n\nHTTP/1.1 200 OK\n\n{}", "HTTP request"),
        ("# @name list\nGET https://x/y\n", "file of HTTP requests"),
        ("### list\n# comment\n@host = https://x\nGET {{host}}/y HTTP/1.1\n", "file of HTTP requests"),
        ("GET https://x/y HTTP/1.1\n\n", "file of HTTP requests"),
        ("type: collection.insomnia.rest/5.0\nname: x\ncollection:\n  - url: https://x\n", "Insomnia"),
        ("\n-\n    request:\n        method: GET\n    response:\n        status: 200\n", "VCR"),
        ("id: 7\nname: x\n", "is YAML"),
        ("items:\n  - id: 7\n", "is YAML"),
        ("  HTTP/1.1 200 OK\n  Server: x\n  Content-Type: application/json\n{}", "`wget -S`"),
    ] {
        for name in ["x.json", "x.ndjson", "x.har", "x.http", "<stdin>"] {
            for bytes in
                [text.as_bytes().to_vec(), format!("\u{feff}{text}").into_bytes(), gzip(text.as_bytes())]
            {
                let came = came(bytes, name, &Options::default());
                assert!(came.problem().contains(what), "{name} {text}: {came:?}");
            }
        }
        let json = Options { input: Some(Input::Json), ..Options::default() };
        assert_eq!(came(text, "x.json", &json).payloads.len(), 1, "{text}");
    }
}

fn utf32(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let text = format!("{}{text}", if mark { "\u{feff}" } else { "" });
    let bytes = |unit: char| if big { u32::from(unit).to_be_bytes() } else { u32::from(unit).to_le_bytes() };
    text.chars().flat_map(bytes).collect()
}

fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let text = format!("{}{text}", if mark { "\u{feff}" } else { "" });
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn a_capture_in_another_encoding_is_named() {
    let har = json!({"log": {"version": "1.2", "creator": {}, "entries": []}}).to_string();
    let long = format!("{{\"log\": {{\"pages\": \"{}\", {}", "x".repeat(100_000), &har[8..]);
    let mapping = json!({"request": {"url": "/a"}, "response": {"status": 200}}).to_string();
    for text in [&har, &long, &mapping, "HTTP/1.1 200 OK\r\n\r\n{}", "> GET / HTTP/2\r\n< HTTP/2 200 \r\n"] {
        for (big, mark) in [(false, true), (true, true), (false, false), (true, false)] {
            for (name, bytes) in [("UTF-16", utf16(text, big, mark)), ("UTF-32", utf32(text, big, mark))] {
                let problem = came(bytes, "x.json", &Options::default()).problem();
                let order = if big { "BE" } else { "LE" };
                let how = format!("iconv -f {name}{order} -t UTF-8");
                let named = problem.contains(&format!("in {name} (")) && problem.contains(&how);
                assert!(named || problem.contains("curl -v"), "{text:.40}: {problem}");
            }
        }
    }
    assert!(came(utf16("{}", false, true), "x.har", &Options::default()).problem().contains("UTF-16"));
    // A payload is for the validator to name.
    assert_eq!(came(utf16("{\"id\": 7}", false, true), "x.json", &Options::default()).payloads.len(), 1);
}

#[test]
fn what_is_behind_a_compressed_stream_is_padding_or_noted() {
    let body = "{\"id\": 7}";
    for (codec, coded, name) in
        [("gzip", gzip(body.as_bytes()), "x.json.gz"), ("zstd", zstd(body.as_bytes()), "x.json.zst")]
    {
        for length in [1, 2, 3, 4, 511, 100_000] {
            let came = came([&coded[..], &vec![0; length]].concat(), name, &Options::default());
            assert_eq!(
                (came.bodies(), came.skipped.len()),
                (vec![body.to_owned()], 0),
                "{codec} {length}: {came:?}"
            );
            assert!(came.problems.is_empty(), "{codec}: {came:?}");
        }
        for garbage in [&b"x"[..], b"garbage behind it", b"\0\0\0x", b"\xff\xff", b"{\"id\": 8}\n"] {
            let came = came([&coded[..], garbage].concat(), name, &Options::default());
            assert_eq!(came.bodies(), [body], "{codec}: {came:?}");
            assert!(came.problems.is_empty() && came.skipped.len() == 1, "{codec}: {came:?}");
            let noted = &came.skipped[0];
            assert!(
                noted.why.contains(&format!("trailing data behind its {codec} stream")) && !noted.is_entry(),
                "{noted:?}"
            );
        }
        // Another part, and one that is cut off. Less than the mark and the method of gzip is none.
        let twice = came([&coded[..], b"", &coded].concat(), name, &Options::default());
        assert_eq!(twice.payloads.len(), 2, "{codec}: {twice:?}");
        let least = if codec == "gzip" { 3 } else { 1 };
        for cut in least..coded.len() {
            let came = came([&coded[..], &coded[..cut]].concat(), name, &Options::default());
            assert!(came.problems.len() == 1, "{codec} {cut}: {came:?}");
            assert!(came.problems[0].to_string().contains("read to its end"), "{codec} {cut}: {came:?}");
        }
    }
    for garbage in [&b"\x1f"[..], b"\x1f\x8b", b"\x1fmore", b"\x1f\x8bXmore", b"\x1f\x8b\x08\xffmore"] {
        let came = came([&gzip(body.as_bytes())[..], garbage].concat(), "x.json.gz", &Options::default());
        assert_eq!((came.bodies(), came.skipped.len()), (vec![body.to_owned()], 1), "{garbage:?}: {came:?}");
    }
    let came = came([&brotli(body.as_bytes())[..], b"more"].concat(), "x.json.br", &Options::default());
    assert_eq!((came.bodies(), came.skipped.len()), (vec![body.to_owned()], 1), "{came:?}");
}

#[test]
fn a_long_window_of_zstd_is_named() {
    // A frame whose header asks for a window of 2 GiB, as `zstd --long=31` writes it.
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00];
    let came = came(frame, "x.zst", &Options::default());
    let problem = came.problem();
    assert!(problem.contains("zstd window of 2147483648 bytes"), "{problem}");
}

type Codec = fn(&[u8]) -> Vec<u8>;

fn recorded(text: &str, encoding: Option<&str>, coding: &str) -> Came {
    let har = json!({"log": {"version": "1.2", "entries": [{"request": {"method": "GET", "url": "/a"}, "response": {
        "status": 200, "headers": [{"name": "content-encoding", "value": coding}],
        "content": {"text": text, "encoding": encoding}}}]}});
    came(har.to_string(), "x.har", &only("/a"))
}

#[test]
fn codings_are_undone_in_the_order_they_were_applied() {
    let body = br#"{"id": 7}"#;
    let codecs: [(&str, Codec); 5] =
        [("gzip", gzip), ("br", brotli), ("deflate", zlib), ("Deflate", deflate), ("zstd", zstd)];
    for (first, one) in codecs {
        let bytes = one(body);
        assert_eq!(recorded(&base64(&bytes), Some("base64"), first).bodies(), [r#"{"id": 7}"#], "{first}");
        let dump =
            [format!("HTTP/1.1 200 OK\r\nContent-Encoding: {first}\r\n\r\n").as_bytes(), &bytes].concat();
        assert_eq!(came(dump, "x", &Options::default()).bodies(), [r#"{"id": 7}"#], "{first}");
        for (second, other) in codecs {
            let coding = format!("identity, {first} ,{second}");
            let text = base64(&other(&one(body)));
            assert_eq!(recorded(&text, Some("base64"), &coding).bodies(), [r#"{"id": 7}"#], "{coding}");
        }
        // Decoded by the recorder.
        assert_eq!(recorded("{\"id\": 7}", None, first).bodies(), [r#"{"id": 7}"#], "{first}");
        assert_eq!(recorded("<html>", None, first).bodies(), ["<html>"], "{first}");
    }
    let cut = zlib(&[b'a'; 1000]);
    let came = recorded(&base64(&cut[..cut.len() - 6]), Some("base64"), "deflate");
    assert!(came.problems[0].to_string().contains("read to its end"), "{came:?}");
}

#[test]
fn a_flag_that_lies_about_base64_is_not_believed() {
    for text in ["{\"id\": 7}", " [1]", "\"text\"", "<html>", "true", "null", "12345678", "-1"] {
        assert_eq!(recorded(text, Some("base64"), "").bodies(), [text.trim()], "{text}");
    }
    for text in ["{\"id\": 7}", "[1, 2]", "true", "\u{e9}"] {
        assert_eq!(recorded(&base64(text.as_bytes()), Some("base64"), "").bodies(), [text], "{text}");
        let url_safe = base64(text.as_bytes()).replace('+', "-").replace('/', "_");
        assert_eq!(recorded(url_safe.trim_end_matches('='), Some("BASE64"), "").bodies(), [text], "{text}");
    }
    for text in ["%%%", "upstream connect error: 111", "\u{feff}{\"id\": 7}"] {
        assert_eq!(recorded(text, Some("base64"), "").bodies(), [text], "{text}");
    }
    let marked = format!("\u{feff}{}", base64(b"[1, 2]"));
    assert_eq!(recorded(&marked, Some("base64"), "").bodies(), ["[1, 2]"]);
    assert!(recorded("abcde", Some("base64"), "").problems[0].message().contains("base64"));
}

#[test]
fn codings_of_several_lines_are_one_list() {
    let body = br#"{"id": 7}"#;
    let bytes = gzip(&brotli(body));
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\ncontent-encoding: gzip\r\n\r\n";
    let came_of = came([head.as_bytes(), &bytes].concat(), "x", &Options::default());
    assert_eq!(came_of.bodies(), [r#"{"id": 7}"#], "{came_of:?}");
    let headers =
        json!([{"name": "Content-Encoding", "value": "br"}, {"name": "content-encoding", "value": "gzip"}]);
    let har = json!({"log": {"version": "1.2", "creator": {}, "entries": [
        {"request": {"method": "GET", "url": "/a"}, "response": {"status": 200, "headers": headers,
            "content": {"text": base64(&bytes), "encoding": "base64"}}}]}});
    assert_eq!(came(har.to_string(), "x.har", &only("/a")).bodies(), [r#"{"id": 7}"#]);
    assert_eq!(recorded(&base64(&zlib(body)), Some("base64"), "x-deflate").bodies(), [r#"{"id": 7}"#]);
}

#[test]
fn codings_that_are_not_read_are_named() {
    // A frame of zstd that needs a dictionary begins with one that is to be skipped.
    let dcz = b"\x5e\x2a\x4d\x18\x20\0\0\0\xff";
    for (coding, bytes) in [("compress", &b"\x1f\x9d\x90{D\xa4"[..]), ("dcz", dcz), ("br, x-new", b"\xffDCB")]
    {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n");
        let name = format!("is compressed with {}, which is not read", coding.trim_start_matches("br, "));
        for came in [
            came([head.as_bytes(), bytes].concat(), "x", &Options::default()),
            recorded(&base64(bytes), Some("base64"), coding),
        ] {
            assert!(came.problem().contains(&name), "{coding}: {came:?}");
        }
        // Decoded by the recorder, or no coding at all.
        for text in ["{\"id\": 7}", "<html>", "{\"id\":"] {
            assert_eq!(recorded(text, None, coding).bodies(), [text], "{coding}");
        }
    }
    assert_eq!(recorded(&base64(b"\xff\xfe"), Some("base64"), "utf-16").payloads.len(), 1);
}

#[test]
fn a_body_that_is_not_validated_is_not_decoded() {
    for (encoding, text, coding) in
        [("base64", "abcde", ""), ("base64", "/////w==", "compress"), ("base64", "H4sI", "gzip")]
    {
        let har = json!({"log": {"version": "1.2", "creator": {}, "entries": [
            {"request": {"method": "GET", "url": "/a"}, "response": {"status": 503,
                "headers": [{"name": "content-encoding", "value": coding}],
                "content": {"text": text, "encoding": encoding}}}]}});
        let came = came(har.to_string(), "x.har", &only("/a"));
        assert_eq!((came.payloads.len(), came.problems.len()), (1, 0), "{coding}: {came:?}");
    }
    let head = "HTTP/1.1 503 x\r\nContent-Encoding: compress\r\n\r\n\u{1}";
    assert_eq!(came(head, "x", &Options::default()).payloads.len(), 1);
}
