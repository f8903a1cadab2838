//! What does a page say about the pages behind it?

use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::contract::paging::Paging;
use crate::payload;

/// Items up to this size are compared as values, larger ones by their text: a value takes many times the memory of its
/// text.
const MAX_VALUE: usize = 1 << 20;

/// What a walk needs to know of a page. The body is scanned, so that this takes no memory to speak of.
pub(super) struct Page {
    /// Whether there are more pages.
    pub(super) more: bool,
    /// The number of items on all pages, where the page says so.
    pub(super) total: Option<u64>,
    /// The number of its items.
    pub(super) count: u64,
    /// The same for pages with equal items.
    pub(super) digest: [u8; 32],
}

impl Page {
    /// Reads the page.
    ///
    /// # Errors
    ///
    /// What is wrong, in words to stand behind the name of the page.
    pub(super) fn of(bytes: &[u8], paging: &Paging) -> Result<Self, &'static str> {
        const NOT_JSON: &str = "is not JSON, so that nobody knows whether there are more (a login page?)";
        const SILENT: &str = "does not say whether there are more";
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|_| NOT_JSON)?;
        let [more, items, total] =
            payload::pick(text, [paging.more, paging.items, paging.total]).map_err(|_| NOT_JSON)?;
        let more = more.and_then(|more| more.get().parse().ok()).ok_or(SILENT)?;
        let total = total.and_then(|total| total.get().parse().ok());
        let (mut count, mut digest) = (0, Sha256::new());
        let take = |item: &RawValue| {
            count += 1;
            add(&mut digest, item.get());
        };
        let is_list = payload::items(items.ok_or(SILENT)?, take).unwrap_or_default();
        if !is_list {
            return Err(SILENT);
        }
        Ok(Self { more, total, count, digest: digest.finalize().into() })
    }
}

/// Adds an item: the same whatever the order of its keys and the white space in it.
fn add(digest: &mut Sha256, item: &str) {
    let may_vary = item.starts_with(['{', '[', '"']) && item.len() <= MAX_VALUE;
    let value = Some(item).filter(|_| may_vary).and_then(|item| serde_json::from_str::<Value>(item).ok());
    match value {
        Some(value) => digest.update(value.to_string()),
        None => digest.update(item),
    }
    digest.update(b"\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGING: Paging = Paging {
        path: "/things",
        page: "page",
        count: "count",
        sort: "sort",
        query: "query",
        more: "/info/more",
        total: "/info/total",
        items: "/things",
    };

    fn page(text: &str) -> Result<Page, &'static str> {
        Page::of(text.as_bytes(), &PAGING)
    }

    #[test]
    fn a_page_says_whether_there_are_more() {
        let text = r#"{"things": [1, {"a": 1, "b": "é"}], "info": {"more": true, "total": 7}}"#;
        let one = page(text).unwrap();
        assert_eq!((one.more, one.total, one.count), (true, Some(7), 2));
        let same =
            r#"{"info":{"more":false},"info":{"total":null,"more":true},"things":[1,{"b":"\u00e9","a":1}]}"#;
        let other = page(&format!("\u{feff}{same}")).unwrap();
        assert_eq!((other.more, other.total, other.count), (true, None, 2));
        assert_eq!(one.digest, other.digest);
        assert_ne!(one.digest, page(&text.replace("[1", "[2")).unwrap().digest);
        for odd in [
            r#"{"things": [], "info": {}}"#,
            r#"{"things": {}, "info": {"more": true}}"#,
            r#"{"things": [], "info": {"more": "true"}}"#,
            r#"{"things": [], "info": {"more": true}, "info": []}"#,
            "null",
        ] {
            assert!(page(odd).is_err_and(|what| what.starts_with("does not say")), "{odd}");
        }
        for odd in ["<html>", "", r#"{"things": [], "info": {"more": true}"#] {
            assert!(page(odd).is_err_and(|what| what.starts_with("is not JSON")), "{odd}");
        }
    }
}
