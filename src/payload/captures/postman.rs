//! Reads the responses that are saved in a Postman collection.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::entry::{Entry, Text};
use super::exchange::{Exchange, coding};
use super::postman_request::{Variable, code, pattern, request, variables_of};
use super::{Shape, newman};
use crate::payload::space::newlines;
use crate::payload::{Input, items, members};

pub(super) static SHAPE: Shape = Shape {
    input: Input::Postman,
    lists: &[&["item"], &["collection", "item"], &["data", "item"], &["run", "executions"]],
    loose: &[],
    bodies: &["body"],
    texts: &["body"],
    exchanges,
};

/// A request with its saved responses, or a folder of them.
#[derive(Deserialize)]
struct PostmanItem<'e> {
    #[serde(borrow)]
    item: Option<Vec<PostmanItem<'e>>>,
    #[serde(default)]
    request: Value,
    #[serde(borrow)]
    response: Option<Vec<Option<Saved<'e>>>>,
    #[serde(default)]
    variable: Value,
}

#[derive(Deserialize)]
struct Saved<'e> {
    #[serde(default, rename = "originalRequest")]
    original: Value,
    code: Option<Value>,
    /// The reason phrase.
    status: Option<Value>,
    #[serde(default)]
    header: Value,
    #[serde(borrow)]
    body: Option<Text<'e>>,
}

fn exchanges(item: &Entry<'_>) -> serde_json::Result<Vec<Exchange>> {
    exchanges_with(item, &[])
}

/// The saved responses of an item of a collection with these variables.
pub(super) fn exchanges_with(item: &Entry<'_>, variables: &[Variable]) -> serde_json::Result<Vec<Exchange>> {
    if newman::is_execution(item.text()) {
        return newman::exchange(item, variables).map(|exchange| vec![exchange]);
    }
    let mut found = Vec::new();
    let root: PostmanItem = serde_json::from_slice(item.text())?;
    let mut lines = if item.is_text() { lines(item.text()) } else { Vec::new() }.into_iter();
    // Folders in folders, without a stack of our own calls.
    let mut open: Vec<(PostmanItem<'_>, Rc<[Variable]>)> = vec![(root, Rc::from(variables))];
    while let Some((node, outer)) = open.pop() {
        // What is no list of variables has none.
        let own = Some(variables_of(&node.variable)).filter(|own| !own.is_empty());
        // Those of a folder come before those of what it is in.
        let known = own.map_or(outer.clone(), |own| own.into_iter().chain(outer.iter().cloned()).collect());
        for saved in node.response.into_iter().flatten().flatten() {
            let line = lines.next().unwrap_or_default();
            let request = request(&saved.original, &node.request, &known);
            found.push(Exchange {
                line,
                pattern: pattern(&saved.original, &node.request, &known, &request.path),
                request,
                is_template: true,
                status: code(saved.code.as_ref(), saved.status.as_ref()),
                body: saved.body.map(|text| item.bytes(text)).transpose()?,
                coding: coding(&saved.header),
                ..Exchange::default()
            });
        }
        open.extend(node.item.into_iter().flatten().rev().map(|node| (node, known.clone())));
    }
    Ok(found)
}

/// How many lines behind the beginning of an item each of its saved responses begins, in their order; the
/// item is one that was read. Of text that is no JSON nothing is known.
fn lines(item: &[u8]) -> Vec<u64> {
    let Some(root) = std::str::from_utf8(item).ok().and_then(|text| serde_json::from_str(text).ok()) else {
        return Vec::new();
    };
    let (mut lines, mut at, mut line) = (Vec::new(), 0, 0);
    let mut open: Vec<&RawValue> = vec![root];
    while let Some(node) = open.pop() {
        let found = members(node, &["response", "item"]).unwrap_or_default();
        let (mut saved, mut inside) = (Vec::new(), Vec::new());
        for (list, member) in [&mut saved, &mut inside].into_iter().zip(found) {
            // What is no list holds nothing.
            let _ = member.map(|member| items(member, |value| list.push(value)));
        }
        for saved in saved.into_iter().filter(|saved| saved.get() != "null") {
            let here = saved.get().as_ptr().addr() - item.as_ptr().addr();
            line =
                if here < at { line - newlines(&item[here..at]) } else { line + newlines(&item[at..here]) };
            at = here;
            lines.push(line);
        }
        open.extend(inside.into_iter().rev());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saved_responses_have_the_lines_that_they_begin_on() {
        let found = |text: &str| {
            let exchanges = exchanges(&Entry::whole(text.as_bytes())).unwrap();
            exchanges.into_iter().map(|exchange| (exchange.request.path, exchange.line)).collect::<Vec<_>>()
        };
        let path = |path: &str, line| (path.to_owned(), line);
        let nested = "{\"item\": [\n{\"response\": [null,\n{}\n], \"request\": \"/a\"},\n\n{\"item\": [{\"request\":\n\"/b\",\n\
            \"response\": [{},\n {}]}],\n\"response\": [{}], \"request\": \"/c\"}]}";
        assert_eq!(found(nested), [path("/a", 2), path("/c", 9), path("/b", 7), path("/b", 8)]);
        assert_eq!(found("{\"request\": \"/a\", \"response\": [{}]}"), [path("/a", 0)]);
        let not_utf8 = b"{\"request\": \"/a\",\n\"response\": [{\"body\": \"\xff\"}]}";
        assert_eq!(exchanges(&Entry::whole(not_utf8)).unwrap()[0].line, 0);
    }
}
