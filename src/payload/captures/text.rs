//! Recognizes text that is neither JSON nor a saved response, with advice for each kind.

use super::{http, requests, yaml};

/// A kind of text: how its first line may begin, and what must be somewhere in it, if anything.
struct Kind {
    begins: &'static [&'static str],
    has: &'static [&'static str],
    what: &'static str,
}

const KINDS: &[Kind] = &[
    Kind {
        begins: &["\u{1e}"],
        has: &[],
        what: "is a JSON text sequence (RFC 7464): remove its record separators (`tr -d '\\036'`) to read it as NDJSON",
    },
    Kind {
        begins: &["* ", "> ", "< "],
        has: &[
            "< HTTP/",
            "> GET ",
            "> POST ",
            "> HEAD ",
            "* Connected to ",
            "*   Trying ",
            "* Host ",
            " HTTP/1.",
            " HTTP/2",
        ],
        what: "is the output of `curl -v`: save responses with `curl -i` instead",
    },
    Kind { begins: &["#=#"], has: &[], what: PROGRESS_BAR },
    Kind {
        begins: &["== Info:", "=> Send header", "<= Recv header"],
        has: &[],
        what: "is a trace of curl: save responses with `curl -i` instead",
    },
    Kind {
        begins: &["% Total "],
        has: &["% Received"],
        what: "begins with the progress meter of curl: save responses with `curl -s -i` instead",
    },
    Kind {
        begins: &["--"],
        has: &["HTTP request sent"],
        what: "is a log of wget: save responses with `wget --save-headers` or `curl -i` instead",
    },
    Kind {
        begins: &["StatusCode "],
        has: &["StatusDescription "],
        what: "is the output of Invoke-WebRequest: save the body with `-OutFile`, or responses with `curl -i`",
    },
    Kind {
        begins: &["\u{1b}["],
        has: &[],
        what: "contains terminal colors: save responses without them (`http --pretty=none --print=hb`)",
    },
    Kind {
        begins: &["---", "#", "http_interactions:", "interactions:", "recorded_with:", "version:"],
        has: &[
            "http_interactions:",
            "interactions:\n- request:",
            "interactions:\r\n- request:",
            "interactions:\n  - request:",
        ],
        what: VCR_YAML,
    },
    Kind { begins: &["-\n", "-\r\n"], has: &["    response:\n", "    response:\r\n"], what: VCR_YAML },
    Kind {
        begins: &["type: ", "_type: "],
        has: &["insomnia.rest/", "__export_format:"],
        what: "is an Insomnia export, which holds no responses: export the requests as HAR instead",
    },
    Kind {
        begins: &["openapi:", "swagger:", "asyncapi:"],
        has: &[],
        what: "is an API description in YAML, not a response",
    },
    Kind { begins: &["---\n", "---\r", "--- ", "%YAML"], has: &[": ", ":\n", ":\r\n", "\n- "], what: YAML },
    Kind {
        begins: &["WARC/"],
        has: &["WARC-Type:"],
        what: "is a WARC archive, which is not read: record the responses as HAR",
    },
    Kind {
        begins: &["<?xml", "<items", "<!DOCTYPE items"],
        has: &["burpVersion="],
        what: "is an export of Burp Suite, which is not read: record the responses as HAR",
    },
    Kind {
        begins: &["<?xml", "<charles-session"],
        has: &["<charles-session"],
        what: "is a Charles session in XML, which is not read: export the session as HAR",
    },
    Kind {
        begins: &["<?xml", "<testResults"],
        has: &["<testResults"],
        what: "is a result file of JMeter, which is not read: record the responses as HAR",
    },
    Kind {
        begins: &["meta {"],
        has: &["\nget {", "\npost {", "\nput {", "\npatch {", "\ndelete {", "type: http"],
        what: "is a request of Bruno, which holds no response: save the response with `curl -i`",
    },
];

const PROGRESS_BAR: &str = "begins with the progress bar of curl: save responses with `curl -s -i` instead";

const VCR_YAML: &str =
    "is a VCR cassette in YAML, which is not read: put the bodies of its responses into files of their own";

const YAML: &str = "is YAML, which is not read: convert it to JSON";

/// What a text is that is neither JSON nor a saved response, where that is known.
pub(super) fn of(text: &[u8]) -> Option<&'static str> {
    let lossy = String::from_utf8_lossy(text);
    let text = lossy.trim_start();
    let behind = behind_notes(text);
    if behind.len() < text.len() && http::begins(behind.as_bytes()) {
        return Some("begins with messages of curl: save responses with `curl -s -i` instead");
    }
    let first = unstamped(behind);
    let kind = KINDS.iter().find(|kind| {
        let begins = kind.begins.iter().any(|begin| first.starts_with(begin));
        begins && (kind.has.is_empty() || kind.has.iter().any(|part| first.contains(part)))
    });
    kind.map(|kind| kind.what)
        .or_else(|| is_progress_bar(text).then_some(PROGRESS_BAR))
        .or_else(|| requests::of(text))
        .or_else(|| is_flow_dump(text.as_bytes()).then_some(FLOWS))
        .or_else(|| yaml::is_yaml(text).then_some(YAML))
}

/// What a saved response is whose headers are indented, as they are in the log of wget. No header of HTTP
/// begins with white space, and nothing continues a status line.
pub(super) fn indented(text: &[u8]) -> Option<&'static str> {
    let line = text.split(|byte| *byte == b'\n').nth(1)?;
    let header = line.trim_ascii_start();
    let name = header.split(|byte| *byte == b':').next()?.len();
    (line.starts_with(b"  ") && (1..header.len()).contains(&name)).then_some(
        "is the output of `wget -S`: save responses with `wget --save-headers` or `curl -i` instead",
    )
}

/// Behind the lines in which curl warns of its arguments.
fn behind_notes(mut text: &str) -> &str {
    while text.starts_with("Note: ") || text.starts_with("Warning: ") {
        text = text.split_once('\n').map_or("", |(_, rest)| rest);
    }
    text.trim_start()
}

/// Whether a text that begins as an array does is a trace of curl (`--trace-ids`).
pub(super) fn is_trace(text: &[u8]) -> bool {
    let line = text[..text.len().min(200)].split(|byte| *byte == b'\n').next().unwrap_or_default();
    line.starts_with(b"[") && unstamped(&String::from_utf8_lossy(line)).starts_with(['*', '>', '<', '='])
}

/// Behind the time (`--trace-time`) and the number of the transfer (`--trace-ids`) that a line of curl begins
/// with.
fn unstamped(line: &str) -> &str {
    let behind = line.trim_start_matches(|byte: char| byte.is_ascii_digit() || ":.".contains(byte));
    let is_time = line.len() - behind.len() >= "12:34:56".len() && line.as_bytes()[2] == b':';
    let line = if is_time { behind.trim_start_matches(' ') } else { line };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b"-x".contains(&byte));
    match line.strip_prefix('[').and_then(|line| line.split_once("] ")) {
        Some((number, line)) if is_number(number) => line,
        _ => line,
    }
}

/// Whether the text begins with the bar of `curl -#`, up to its first percentage.
fn is_progress_bar(text: &str) -> bool {
    let bar = text.split('%').next().unwrap_or_default();
    let is_part = |byte: u8| byte.is_ascii_digit() || b"#=O-. \r\n".contains(&byte);
    bar.len() < text.len() && text.contains(['#', '\r']) && bar.bytes().all(is_part)
}

const FLOWS: &str =
    "is a flow dump of mitmproxy: convert it to HAR with `mitmdump -nr FILE --set hardump=run.har`";

/// Whether these are typed netstrings of an object, as mitmproxy saves flows: a length, a colon, and a key in
/// the same form with its type behind it.
fn is_flow_dump(text: &[u8]) -> bool {
    fn length(text: &[u8]) -> Option<(usize, &[u8])> {
        let at = text.iter().take(12).position(|byte| *byte == b':')?;
        let digits = std::str::from_utf8(&text[..at]).ok()?;
        digits.parse().ok().map(|length| (length, &text[at + 1..]))
    }
    let key = length(text).and_then(|(_, inside)| length(inside));
    key.is_some_and(|(length, text)| {
        let name = text.get(..length).filter(|_| length > 0 && length < 100);
        let is_name = |name: &[u8]| name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        name.is_some_and(is_name) && matches!(text.get(length), Some(b';' | b','))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_indented_log_is_no_saved_response() {
        for text in
            ["HTTP/1.1 200 OK\n  Server: x\n  Content-Type: y\n", "HTTP/1.1 200 OK\r\n  Server: x\r\n{}"]
        {
            assert!(indented(text.as_bytes()).is_some_and(|what| what.contains("wget -S")), "{text}");
        }
        for text in [
            "HTTP/1.1 200 OK",
            "HTTP/1.1 200 OK\n\n  a: b",
            "HTTP/1.1 200 OK\nServer: x\n y\n\n{}",
            "HTTP/1.1 200 OK\n  \n",
        ] {
            assert_eq!(indented(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn texts_that_are_no_payloads_are_recognized() {
        for (text, what) in [
            ("\u{1e}{\"a\": 1}\n", "JSON text sequence"),
            ("* Host a.example.com was resolved.\n> GET / HTTP/2\n", "curl -v"),
            ("> GET / HTTP/1.1\r\n> host: a\r\n>\r\n< HTTP/1.1 200 OK\r\n", "curl -v"),
            ("  % Total    % Received % Xferd\n", "progress meter"),
            (
                "Note: Unnecessary use of -X.\nWarning: x\n* Host a\n> GET / HTTP/1.1\n< HTTP/1.1 200 OK\n",
                "curl -v",
            ),
            ("12:34:56.123456 * Host a was resolved.\n12:34:56.123457 > GET / HTTP/1.1\n", "curl -v"),
            ("> PURGE /a HTTP/2\n> Host: a\n", "curl -v"),
            ("12:34:56.123456 [0-0] * Host a was resolved.\n", "curl -v"),
            ("12:34:56.123456 == Info: Host a was resolved.\n", "trace of curl"),
            ("12:34:56.123456 => Send header, 70 bytes (0x46)\n0000: GET / HTTP/1.1\n", "trace of curl"),
            ("Warning: x\nHTTP/1.1 200 OK\r\n\r\n{}", "messages of curl"),
            ("\r####                 10.0%\r################ 100.0%\n{}", "progress bar"),
            ("################## 100.0%\nHTTP/1.1 200 OK\n\n{}", "progress bar"),
            ("                 0.0%\r#### 10.0%{}", "progress bar"),
            ("\r#=#=#            \r##O#-#  \n{}", "progress bar"),
            ("type: collection.insomnia.rest/5.0\nname: x\ncollection:\n  - url: https://a\n", "Insomnia"),
            ("_type: export\n__export_format: 4\nresources:\n  - _id: req_1\n", "Insomnia"),
            ("\n-\n    request:\n        method: GET\n    response:\n        status: 200\n", "VCR"),
            ("id: 7\nitems:\n  - a\n", "is YAML"),
            ("interactions:\n- request:\n    body: null\nversion: 1\n", "VCR"),
            ("---\nhttp_interactions:\n- request:\n", "VCR"),
            ("---\na: 1\n", "is YAML"),
            ("openapi: 3.1.0\n", "API description"),
            ("1234:4:type;4:http;7:version;1:9#", "mitmproxy"),
            ("5321:9:websocket;0:~8:response;", "mitmproxy"),
            ("<?xml version=\"1.0\"?>\n<!DOCTYPE items [\n]>\n<items burpVersion=\"1\">", "Burp"),
            ("WARC/1.0\r\nWARC-Type: warcinfo\r\n", "WARC"),
            ("\u{1b}[34mHTTP\u{1b}[0m/1.1 200 OK\n", "colors"),
            ("\nStatusCode        : 200\nStatusDescription : OK\n", "Invoke-WebRequest"),
        ] {
            assert!(
                of(text.as_bytes()).is_some_and(|message| message.contains(what)),
                "{text}: {:?}",
                of(text.as_bytes())
            );
        }
        for text in [
            "",
            "null",
            "12",
            "12:30",
            "10:5:a",
            "12:34:56 up 3 days",
            "Note: this is no JSON",
            "Warning: x\n{}",
            "100 %",
            "#a: 50 %",
            "<html>",
            "<?xml version=\"1.0\"?><a/>",
            "> quoted",
            "* a list",
            "GET",
            "GET it",
            "--",
            "---",
            "upstream connect error",
            "# heading",
            "version: 1",
            "true",
            "\"a\"",
            "Not Found",
        ] {
            assert_eq!(of(text.as_bytes()), None, "{text}");
        }
    }
}
