//! Recognizes files of HTTP requests.

/// Methods that identify a request without a version: those of HTTP, `WebDAV` and caches.
const METHODS: &[&str] = &[
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "QUERY",
    "PURGE",
    "PROPFIND",
    "REPORT",
    "SEARCH",
    "LINK",
    "UNLINK",
    "GRAPHQL",
    "WEBSOCKET",
    "GRPC",
];

const SENT: &str = "begins with an HTTP request: save only responses, with `curl -i` or `http --print=hb`";

const FILE: &str = "is a file of HTTP requests, which holds no responses: save responses with `curl -i`";

/// What a text is that begins with a request: as it is sent, or as the REST extensions of editors have it,
/// behind comments, variables and scripts.
pub(super) fn of(text: &str) -> Option<&'static str> {
    let is_file = text.starts_with(['#', '@', '<']) || text.starts_with("//");
    let line = if is_file { behind_comments(text)? } else { text.lines().next()? };
    let mut words = line.split_ascii_whitespace();
    let method = words.next()?;
    let is_absolute = |target: &str| target.contains("://") || target.starts_with("{{");
    let Some(target) = words.next() else {
        let is_url = method.starts_with("http://") || method.starts_with("https://");
        return (is_file && is_url).then_some(FILE);
    };
    match words.next() {
        Some(version) if version.starts_with("HTTP/") && is_token(method) => {
            let is_sent = text.contains("\nHTTP/") || !is_file && !is_absolute(target);
            Some(if is_sent { SENT } else { FILE })
        }
        None if METHODS.contains(&method) => {
            let is_target = method == "CONNECT" || target.starts_with('/') || is_absolute(target);
            is_target.then_some(FILE)
        }
        _ => None,
    }
}

/// Whether this can be a method, which is in capital letters by convention.
fn is_token(method: &str) -> bool {
    method.len() < 32 && method.bytes().all(|byte| byte.is_ascii_uppercase() || b"-_".contains(&byte))
}

/// The first line behind comments (`#`, `//`), variables (`@name = value`) and scripts (`< {% ... %}`).
fn behind_comments(text: &str) -> Option<&str> {
    let mut in_script = false;
    text.lines().find(|line| {
        let line = line.trim();
        let begins_script = line.starts_with("< {%");
        let is_comment = line.is_empty() || line.starts_with(['#', '@']) || line.starts_with("//");
        let is_other = !in_script && !begins_script && !is_comment;
        in_script = (in_script || begins_script) && !line.ends_with("%}");
        is_other
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_recognized() {
        for (text, what) in [
            ("GET /a HTTP/1.1\r\nhost: a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}", SENT),
            ("PURGE /v1/things HTTP/1.1\nHost: x\n\nHTTP/1.1 200 OK\n\n{}", SENT),
            ("VERSION-CONTROL /a HTTP/1.1\r\n\r\n", SENT),
            ("GET http://a.example.com/ HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}", SENT),
            ("GET https://a.example.com/ HTTP/1.1\nAccept: */*\n", FILE),
            ("### list\nGET https://a.example.com/a\n", FILE),
            ("POST {{host}}/a\n\n{}", FILE),
            ("# @name list\nGET https://a.example.com/y\n", FILE),
            ("# a comment\n\n// another\n@host = https://a\n\nGET {{host}}/y HTTP/1.1\n", FILE),
            ("###\nhttps://a.example.com/y\n", FILE),
            ("< {%\n  request.variables.set(1)\n%}\nPUT /y HTTP/2\n", FILE),
            ("< {% x() %}\nPUT https://a/y\n", FILE),
        ] {
            assert_eq!(of(text), Some(what), "{text}");
        }
        for text in [
            "",
            "#",
            "# heading\n\nGET it done\n",
            "GET",
            "GET it",
            "https://a.example.com/",
            "get /a HTTP/1.1",
            "<html>\nGET /a HTTP/1.1 now\n</html>",
            "@here\nplease read",
            "ERROR https://a.example.com/ failed",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
