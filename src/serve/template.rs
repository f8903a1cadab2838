//! Responses around items: the envelope with its page information.

use serde_json::{Map, Value, json};

use crate::contract::paging::PageMembers;
use crate::contract::{Contract, DatasetOptions, Envelope};
use crate::error::Error;
use crate::generate::{Choices, Extent, Style};
use crate::pointer::unescape;
use crate::untrusted::to_compact_json;

/// The placeholder of the items in a template.
const MARK: &str = "\u{0}items\u{0}";

/// The page information of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PageFacts {
    pub(super) number: u64,
    pub(super) size: u64,
    pub(super) total: u64,
    pub(super) more: bool,
    pub(super) cursor: Option<String>,
}

/// A response without its items.
#[derive(Clone, Debug)]
pub(super) struct Template {
    whole: Value,
    members: Option<PageMembers>,
}

impl Template {
    /// Made from a recorded response in the envelope, or from a generated one.
    pub(super) fn of(
        contract: &Contract,
        envelope: &Envelope,
        recorded: Option<&Value>,
    ) -> Result<Self, Error> {
        let members = contract.paging().and_then(|paging| {
            paging.members.iter().find(|members| members.items == envelope.items).cloned()
        });
        let whole = match recorded {
            Some(recorded) => recorded.clone(),
            None => generated(contract, &envelope.name)?,
        };
        let mut template = Self { whole, members };
        set(&mut template.whole, &envelope.items, MARK.into());
        Ok(template)
    }

    /// Whether pages have cursors, perhaps beside numbers.
    pub(super) fn has_cursor(&self) -> bool {
        self.members
            .as_ref()
            .is_some_and(|members| members.by_cursor || self.whole.pointer(&members.cursor).is_some())
    }

    /// Whether the response has no member of the page information.
    fn lacks_page_information(&self, members: &PageMembers) -> bool {
        let all = [&members.more, &members.number, &members.size, &members.total, &members.cursor];
        all.into_iter().all(|pointer| self.whole.pointer(pointer).is_none())
    }

    /// The text of a page.
    pub(super) fn render(&self, facts: &PageFacts, items: &[String]) -> String {
        let mut whole = self.whole.clone();
        if let Some(members) = &self.members {
            let PageFacts { number, size, total, more, cursor } = facts;
            let cursor = cursor.as_ref().map_or(Value::Null, |cursor| cursor.clone().into());
            let by_number = !members.by_cursor && self.lacks_page_information(members);
            for (pointer, value, always) in [
                (&members.more, json!(more), true),
                (&members.number, json!(number), by_number),
                (&members.size, json!(size), by_number),
                (&members.total, json!(total), by_number),
                (&members.cursor, cursor, members.by_cursor),
            ] {
                if always || whole.pointer(pointer).is_some() {
                    set(&mut whole, pointer, value);
                }
            }
        }
        let text = to_compact_json(&whole);
        let mark = to_compact_json(MARK);
        let (before, behind) = text.split_once(&mark).unwrap_or((&text, ""));
        let length = items.iter().map(|item| item.len() + 1).sum::<usize>();
        let mut page = String::with_capacity(text.len() + length + 2);
        page.push_str(before);
        page.push('[');
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                page.push(',');
            }
            page.push_str(item);
        }
        page.push(']');
        page.push_str(behind);
        page
    }
}

/// A valid response with as many members as possible.
fn generated(contract: &Contract, envelope: &str) -> Result<Value, Error> {
    let none = DatasetOptions { seed: 0, total: 0, per_page: 1, style: Style::default() };
    if let Some(pages) = contract.pages(&[envelope], &none)? {
        return Ok(pages.page(1));
    }
    let style = Style { members: Extent::Most, ..Style::default() };
    Ok(contract.recipe(&[envelope], Some(1))?.styled(style).build(&mut Choices::seeded(0)))
}

/// Sets a member, and makes objects on the way to it.
fn set(whole: &mut Value, pointer: &str, value: Value) {
    let mut target = whole;
    for step in pointer.split('/').skip(1) {
        if !target.is_object() {
            *target = Value::Object(Map::new());
        }
        let Value::Object(members) = target else { return };
        target = members.entry(unescape(step)).or_insert(Value::Null);
    }
    *target = value;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[test]
    fn every_envelope_has_its_page_information() {
        let contract = contract::usual();
        for envelope in contract.envelopes() {
            let template = Template::of(contract, envelope, None).unwrap();
            let facts = PageFacts { number: 2, size: 1, total: 3, more: true, cursor: Some("c".to_owned()) };
            let page: Value = serde_json::from_str(&template.render(&facts, &["7".to_owned()])).unwrap();
            assert_eq!(page.pointer(&envelope.items), Some(&json!([7])));
            let info = page.pointer(envelope.page_info.as_deref().unwrap()).unwrap();
            let expected = if envelope.by_cursor {
                json!({"cursor": "c", "hasMore": true})
            } else {
                json!({"currentPage": 2, "perPage": 1, "total": 3, "hasMore": true})
            };
            assert_eq!(*info, expected);
        }
    }
}
