//! The code of a file as tokens: without comments, documentation and tests.

use std::fs;
use std::iter::Peekable;
use std::path::Path;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The tokens of a file.
pub(super) fn of(file: &Path) -> TokenStream {
    read(&fs::read_to_string(file).unwrap())
}

pub(super) fn read(text: &str) -> TokenStream {
    without_tests(text.parse().unwrap())
}

pub(super) fn is_ident(token: Option<&TokenTree>, name: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == name)
}

pub(super) fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// Drops documentation, and every item below `#[cfg(test)]`.
fn without_tests(stream: TokenStream) -> TokenStream {
    let mut kept = TokenStream::new();
    let mut tokens = stream.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let attribute = match tokens.peek() {
            Some(TokenTree::Group(group)) if is_punct(Some(&token), '#') => group.stream().to_string(),
            Some(TokenTree::Punct(punct)) if is_punct(Some(&token), '#') && punct.as_char() == '!' => {
                "inner".to_owned()
            }
            _ => String::new(),
        };
        match (&*attribute, token) {
            ("inner", _) => tokens.by_ref().take(2).for_each(drop),
            ("cfg (test)" | "cfg(test)", _) => drop_item(&mut tokens),
            (doc, _) if doc.starts_with("doc") => drop(tokens.next()),
            (_, TokenTree::Group(group)) => {
                let inner = without_tests(group.stream());
                kept.extend([TokenTree::Group(Group::new(group.delimiter(), inner))]);
            }
            (_, token) => kept.extend([token]),
        }
    }
    kept
}

/// Drops an item: up to its semicolon or its body.
fn drop_item(tokens: &mut Peekable<impl Iterator<Item = TokenTree>>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            token if is_punct(Some(&token), ';') => return,
            _ => {}
        }
    }
}

/// The contents of every string literal, as they are written between the quotes.
pub(super) fn strings(stream: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    for token in stream {
        match token {
            TokenTree::Group(group) => found.extend(strings(group.stream())),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let inner = text.trim_start_matches(['b', 'c', 'r']).trim_matches('#');
                let inner = inner.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                found.extend(inner.map(str::to_owned));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn tests_and_documentation_are_no_code() {
    let code = "//! \"a\"\n#[doc = \"b\"]\nfn f() { g(\"c\", r#\"d\"#, 'e'); }\n#[cfg(test)]\nmod tests { const X: &str = \"f\"; }\n\
                #[cfg(test)]\nmod tests;\n/// \"g\"\nconst Y: &str = \"h\";";
    assert_eq!(strings(read(code)), ["c", "d", "h"]);
}
