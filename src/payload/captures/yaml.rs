//! Recognizes YAML without a document marker.

/// Lines that are looked at.
const MAX_LINES: usize = 100;

/// Whether a text is a mapping or a sequence in block style: a key or a dash that another entry is below, or
/// nothing but different keys with values. One line is none: a message may well have a colon.
pub(super) fn is_yaml(text: &str) -> bool {
    let lines = text.lines().take(MAX_LINES).map(str::trim_end);
    let (mut keys, mut is_nested, mut is_flat, mut opens) = (Vec::new(), false, true, false);
    for line in lines.filter(|line| !line.is_empty() && !line.trim_start().starts_with('#')) {
        let entry = line.trim_start();
        if line.len() > entry.len() {
            if keys.is_empty() {
                return false;
            }
            is_nested |= opens && is_entry(entry);
            (is_flat, opens) = (false, false);
            continue;
        }
        let Some((key, value)) = split(entry) else { return false };
        is_nested |= opens && key.is_empty();
        // A list of texts is as well Markdown.
        opens = value.is_empty() || key.is_empty() && split(value).is_some_and(|(key, _)| !key.is_empty());
        // Headers of HTTP and labels in text begin with a capital.
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let begins = |key: &str| key.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
        let is_new = !key.is_empty() && !keys.contains(&key);
        is_flat &= is_new && !value.is_empty() && begins(key) && key.bytes().all(is_name);
        keys.push(key);
    }
    is_nested || is_flat && keys.len() > 1
}

fn is_entry(text: &str) -> bool {
    split(text).is_some()
}

/// The key and the value of an entry; an empty key of an item behind its dash.
fn split(text: &str) -> Option<(&str, &str)> {
    if text == "-" {
        return Some(("", ""));
    }
    if let Some(value) = text.strip_prefix("- ") {
        return Some(("", value.trim()));
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./$\"'".contains(&byte);
    let (key, value) = text.split_once(": ").or(text.strip_suffix(':').map(|key| (key, "")))?;
    let is_key = (1..100).contains(&key.len()) && key.bytes().all(is_name);
    is_key.then_some((key, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_is_recognized() {
        for text in [
            "id: 7\nname: x\n",
            "itemName: x\nitemId: 1\n",
            "meta:\n  id: 1\n",
            "# comment\nitems:\n- a\n- b\n",
            "-\n    id: 1\n",
            "- id: 1\n  name: x\n",
            "name: x\ntext: |\n  any text\n  (of several lines)\nlist:\n  - a\n",
            "$kind: collection\nitems:\n  \"a\": 1\r\n",
        ] {
            assert!(is_yaml(text), "{text}");
        }
        for text in [
            "",
            "id: 7",
            "Error: upstream failed\n    at f (x.js:1:2)\n    at: g\n",
            "Traceback (most recent call last):\n  File: x\nValueError: y\n",
            "Content-Type: application/json\nServer: x\n",
            "- a list\n- of texts\n",
            "curl: option --x: is unknown\ncurl: try 'curl --help'\n",
            "2026-11-29T12:00:00Z INFO started\n2026-11-29T12:00:01Z INFO: stopped\n",
            "  id: 7\n  name: x\n",
            "upstream connect error: reset\ntry again\n",
            "a,b\n1,2\n",
        ] {
            assert!(!is_yaml(text), "{text}");
        }
    }
}
