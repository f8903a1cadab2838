//! Reads pages strictly: what a browser would have to repair is an error.

use std::collections::BTreeSet;

/// Elements without an end.
const VOID: [&str; 2] = ["meta", "path"];

/// Elements that pages have; `circle` and `path` are closed in their tag.
const ELEMENTS: &[&str] = &[
    "a",
    "body",
    "caption",
    "circle",
    "code",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "head",
    "header",
    "html",
    "li",
    "main",
    "mark",
    "meta",
    "meter",
    "nav",
    "p",
    "path",
    "pre",
    "script",
    "section",
    "span",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];

const ATTRIBUTES: &[&str] = &[
    "aria-hidden",
    "aria-label",
    "aria-labelledby",
    "charset",
    "class",
    "content",
    "cx",
    "cy",
    "d",
    "data-filter",
    "data-severity",
    "data-share",
    "data-step",
    "data-value",
    "dominant-baseline",
    "fill",
    "font-size",
    "height",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "open",
    "r",
    "role",
    "scope",
    "stroke",
    "stroke-width",
    "tabindex",
    "value",
    "viewBox",
    "width",
    "x",
    "y",
];

/// A page that was read.
pub(super) struct Page {
    /// The elements with the names of their attributes, and `/` for an end.
    pub(super) shape: Vec<String>,
    pub(super) ids: BTreeSet<String>,
}

impl Page {
    /// Reads a page, and panics on whatever is not strictly HTML of this project.
    pub(super) fn read(page: &str) -> Self {
        let mut rest = page.strip_prefix("<!DOCTYPE html>").expect("no document type");
        let mut read = Self { shape: Vec::new(), ids: BTreeSet::new() };
        let (mut open, mut links) = (Vec::new(), Vec::new());
        while let Some((text, behind)) = rest.split_once('<') {
            check_text(text);
            let (tag, behind) = split_tag(behind);
            rest = behind;
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop().as_deref(), Some(name), "</{name}>");
                read.shape.push("/".to_owned());
                continue;
            }
            let is_closed = tag.ends_with('/');
            let (name, attributes) = attributes(tag.trim_end_matches('/'));
            assert!(ELEMENTS.contains(&name), "<{tag}>");
            let mut shape = name.to_owned();
            for (attribute, value) in attributes {
                assert!(ATTRIBUTES.contains(&attribute), "{attribute} of <{tag}>");
                check_text(value);
                shape.push(' ');
                shape.push_str(attribute);
                if attribute == "id" {
                    assert!(read.ids.insert(value.to_owned()), "{value} twice");
                }
                if attribute == "href" {
                    links.push(value.strip_prefix('#').expect("only links inside").to_owned());
                }
            }
            if shape.contains(" tabindex") {
                let has_role = name == "section" || shape.contains(" role");
                assert!(has_role && shape.contains(" aria-label"), "<{tag}> has no name");
            }
            read.shape.push(shape);
            if ["style", "script"].contains(&name) {
                let (_, behind) = rest.split_once(&format!("</{name}>")).unwrap();
                rest = behind;
            } else if !is_closed && !VOID.contains(&name) {
                open.push(name.to_owned());
            }
        }
        check_text(rest);
        assert!(open.is_empty(), "{open:?}");
        for name in ["style", "script"] {
            assert_eq!(read.shape.iter().filter(|shape| *shape == name).count(), 1, "one {name}");
        }
        for link in links {
            assert!(read.ids.contains(&link), "#{link} leads nowhere");
        }
        read
    }
}

/// Text and values of attributes: no markup, and nothing that hides.
fn check_text(text: &str) {
    assert!(!text.contains(['<', '>', '"', '\'']), "{text:?}");
    let hides = |c: char| {
        c.is_control() && c != '\n'
            || ('\u{200b}'..='\u{200f}').contains(&c)
            || ('\u{202a}'..='\u{202e}').contains(&c)
    };
    assert!(!text.contains(hides), "{text:?}");
    for (at, _) in text.match_indices('&') {
        let reference: String = text[at + 1..].chars().take_while(|c| *c != ';').take(8).collect();
        let is_number = reference.strip_prefix('#').is_some_and(|number| number.parse::<u32>().is_ok());
        assert!(is_number, "&{reference} in {text:?}");
    }
}

/// What is in a tag, and what is behind it.
fn split_tag(text: &str) -> (&str, &str) {
    let mut is_quoted = false;
    let end = text.find(|c| {
        is_quoted ^= c == '"';
        c == '>' && !is_quoted
    });
    let end = end.expect("a tag that does not end");
    (&text[..end], &text[end + 1..])
}

fn attributes(tag: &str) -> (&str, Vec<(&str, &str)>) {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix("open") {
            attributes.push(("open", ""));
            rest = behind.trim_start();
            continue;
        }
        let (attribute, behind) = rest.split_once("=\"").unwrap_or_else(|| panic!("<{tag}>"));
        let (value, behind) = behind.split_once('"').unwrap();
        attributes.push((attribute, value));
        rest = behind.trim_start();
    }
    (name, attributes)
}

/// The text of escaped text.
pub(super) fn text(escaped: &str) -> String {
    let mut text = String::new();
    let mut parts = escaped.split('&');
    text.push_str(parts.next().unwrap());
    for part in parts {
        let (reference, behind) = part.split_once(';').unwrap();
        let number = reference.strip_prefix('#').unwrap().parse().unwrap();
        text.push(char::from_u32(number).unwrap());
        text.push_str(behind);
    }
    text
}

#[test]
fn the_reader_sees_what_it_forbids() {
    let page =
        |inside: &str| format!("<!DOCTYPE html><style></style><script></script><p class=\"a\">{inside}</p>");
    let is_fine = |inside: &str| std::panic::catch_unwind(|| drop(Page::read(&page(inside)))).is_ok();
    assert!(is_fine("a &#60;b&#62; <code id=\"x\">c</code>"));
    for inside in [
        "<b>x</b>",
        "<p onclick=\"x\">y</p>",
        "a > b",
        "a & b",
        "a \" b",
        "<a href=\"javascript:x\">y</a>",
        "<a href=\"#nowhere\">y</a>",
        "<script>x</script>",
        "\u{202e}",
        "\u{1b}",
        "<p>",
        "</p>",
        "<p id=\"a\"></p><p id=\"a\"></p>",
        "<p class=a></p>",
        "<p tabindex=\"0\"></p>",
    ] {
        assert!(!is_fine(inside), "{inside}");
    }
}
