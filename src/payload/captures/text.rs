//! Which text is neither JSON nor a saved response, and what is to be done about it?

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
        has: &["< HTTP/", "> GET ", "> POST ", "> HEAD ", "* Connected to ", "*   Trying ", "* Host "],
        what: "is the output of `curl -v`: save responses with `curl -i` instead",
    },
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
        what: "is what Invoke-WebRequest prints: save the body with `-OutFile`, or responses with `curl -i`",
    },
    Kind {
        begins: &["\u{1b}["],
        has: &[],
        what: "has the colors of a terminal in it: save responses without them (`http --pretty=none --print=hb`)",
    },
    Kind {
        begins: &["---", "#", "http_interactions:", "interactions:", "recorded_with:", "version:"],
        has: &[
            "http_interactions:",
            "interactions:\n- request:",
            "interactions:\r\n- request:",
            "interactions:\n  - request:",
        ],
        what: "is a VCR cassette in YAML, which is not read: put the bodies of its responses into files of their own",
    },
    Kind {
        begins: &["openapi:", "swagger:", "asyncapi:"],
        has: &[],
        what: "is an API description in YAML, not a response",
    },
    Kind {
        begins: &["---\n", "---\r", "--- ", "%YAML"],
        has: &[": ", ":\n", ":\r\n", "\n- "],
        what: "is YAML, which is not read: convert it to JSON",
    },
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

const METHODS: &[&str] =
    &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "QUERY"];

/// What a text is that is neither JSON nor a saved response, where that can be said.
pub(super) fn of(text: &[u8]) -> Option<&'static str> {
    let lossy = String::from_utf8_lossy(text);
    let text = lossy.trim_start();
    let kind = KINDS.iter().find(|kind| {
        let begins = kind.begins.iter().any(|begin| text.starts_with(begin));
        begins && (kind.has.is_empty() || kind.has.iter().any(|part| text.contains(part)))
    });
    kind.map(|kind| kind.what)
        .or_else(|| request(text))
        .or_else(|| is_flow_dump(text.as_bytes()).then_some(FLOWS))
}

/// A request, as it is sent or as a file of requests has it.
fn request(text: &str) -> Option<&'static str> {
    // Comments come before a request in a file of them.
    let is_comment =
        |line: &&str| line.trim().is_empty() || line.starts_with(['#', '@']) || line.starts_with("//");
    let comments = text.starts_with("###") || text.starts_with('@');
    let mut lines = text.lines().skip_while(|line| comments && is_comment(line));
    let mut words = lines.next()?.split_ascii_whitespace();
    let method = words.next().filter(|word| METHODS.contains(word))?;
    let target = words.next()?;
    match words.next() {
        Some(version) if version.starts_with("HTTP/") => {
            Some("begins with an HTTP request: save only responses, with `curl -i` or `http --print=hb`")
        }
        None if method == "CONNECT" || target.starts_with(['/', '{']) || target.contains("://") => {
            Some("is a file of HTTP requests, which holds no responses: save responses with `curl -i`")
        }
        _ => None,
    }
}

const FLOWS: &str =
    "is a flow dump of mitmproxy: convert it to HAR with `mitmdump -nr FILE --set hardump=run.har`";

/// Whether these are typed netstrings of an object, as mitmproxy saves flows: a length, a colon, and a key in the same
/// form with its type behind it.
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
    fn texts_are_told_from_payloads() {
        for (text, what) in [
            ("\u{1e}{\"a\": 1}\n", "JSON text sequence"),
            ("* Host a.example.com was resolved.\n> GET / HTTP/2\n", "curl -v"),
            ("> GET / HTTP/1.1\r\n> host: a\r\n>\r\n< HTTP/1.1 200 OK\r\n", "curl -v"),
            ("  % Total    % Received % Xferd\n", "progress meter"),
            ("GET /a HTTP/1.1\r\nhost: a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}", "begins with an HTTP request"),
            ("### list\nGET https://a.example.com/a\n", "a file of HTTP requests"),
            ("POST {{host}}/a\n\n{}", "a file of HTTP requests"),
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
                of(text.as_bytes()).is_some_and(|told| told.contains(what)),
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
