//! Reads the paging members of a page.

use std::borrow::Cow;

use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::contract::paging::PageMembers;
use crate::payload;

/// Items up to this size are compared as values, larger ones by their text: a value takes many times the
/// memory of its text.
const MAX_VALUE: usize = 1 << 20;

/// What a walk needs to know of a page. The body is scanned, so that this takes no memory to speak of.
pub(super) struct Page {
    /// Whether there are more pages.
    pub(super) more: bool,
    /// The number of items on all pages, if the page has it.
    pub(super) total: Option<u64>,
    /// The number of its items.
    pub(super) count: u64,
    /// The same for pages with equal items.
    pub(super) digest: [u8; 32],
    /// The cursor of the next page, where the page gives one.
    pub(super) cursor: Option<String>,
    /// Whether the page is of a kind that has cursors, and has no number.
    pub(super) needs_cursor: bool,
}

impl Page {
    /// Reads the page.
    ///
    /// # Errors
    ///
    /// What is wrong; follows the name of the page in a message.
    pub(super) fn of(bytes: &[u8], all: &[PageMembers]) -> Result<Self, &'static str> {
        const NOT_JSON: &str = "is not JSON, so the next page is unknown (a login page?)";
        const SILENT: &str = "does not say whether there are more pages";
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|_| NOT_JSON)?;
        let pointers: Vec<&str> = all.iter().flat_map(pointers).collect();
        let picked = payload::pick(text, &pointers).map_err(|_| NOT_JSON)?;
        // The envelope is the first one that has its list of items.
        let is_list =
            |found: &&[Option<&RawValue>]| found[0].is_some_and(|items| items.get().starts_with('['));
        let mut found = all.iter().zip(picked.chunks(pointers.len() / all.len().max(1)));
        let (locations, found) = found.find(|(_, found)| is_list(found)).ok_or(SILENT)?;
        let [items, more, total, number, cursor] = *found else { return Err(SILENT) };
        let more = more.and_then(|more| more.get().parse().ok()).ok_or(SILENT)?;
        let total = total.and_then(|total| total.get().parse().ok());
        let cursor = cursor.filter(|cursor| cursor.get().starts_with('"')).and_then(payload::string);
        let cursor = cursor.filter(|cursor| !cursor.is_empty()).map(Cow::into_owned);
        let is_numbered = number.is_some_and(|number| number.get().parse::<u64>().is_ok());
        let needs_cursor = locations.by_cursor && !is_numbered;
        let (mut count, mut digest) = (0, Sha256::new());
        let take = |item: &RawValue| {
            count += 1;
            add(&mut digest, item.get());
        };
        payload::items(items.ok_or(SILENT)?, take).map_err(|_| NOT_JSON)?;
        Ok(Self { more, total, count, digest: digest.finalize().into(), cursor, needs_cursor })
    }
}

fn pointers(locations: &PageMembers) -> [&str; 5] {
    let PageMembers { items, more, total, number, cursor, .. } = locations;
    [items, more, total, number, cursor]
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

    fn page(text: &str) -> Result<Page, &'static str> {
        let numbered =
            PageMembers { more: "/info/more".to_owned(), ..PageMembers::usual("/things", "/info", false) };
        Page::of(text.as_bytes(), &[numbered, PageMembers::usual("/list", "/page~1info", true)])
    }

    #[test]
    fn a_page_gives_its_cursor() {
        let cursor = |info: &str| {
            let page = page(&format!("{{\"page/info\": {info}, \"list\": [7]}}")).unwrap();
            (page.more, page.cursor, page.needs_cursor)
        };
        let a = || Some("a\n".to_owned());
        assert_eq!(cursor(r#"{"hasMore": true, "cursor": "a\n"}"#), (true, a(), true));
        assert_eq!(cursor(r#"{"hasMore": false, "cursor": null}"#), (false, None, true));
        assert_eq!(cursor(r#"{"hasMore": true, "cursor": 7}"#), (true, None, true));
        assert_eq!(cursor(r#"{"hasMore": true, "currentPage": 7}"#), (true, None, false));
    }

    #[test]
    fn a_page_has_a_member_for_further_pages() {
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
