//! Names, literals and comments of TypeScript.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::pascal_case;
use crate::untrusted::{Untrusted, to_compact_json};

/// Names of types, each once.
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// No names yet but those of types that are used as they are.
    pub(super) fn new() -> Self {
        Self(BTreeSet::from(["Record".to_owned()]))
    }

    /// A name for a type, numbered if there is such a name already.
    pub(super) fn free(&mut self, text: &str) -> String {
        let name = pascal_case(text);
        let is_numbered = name.ends_with(|c: char| c.is_ascii_digit());
        let between = if is_numbered { "_" } else { "" };
        let mut numbered =
            (1_u32..).map(|at| if at == 1 { name.clone() } else { format!("{name}{between}{at}") });
        numbered.find(|name| self.0.insert(name.clone())).unwrap_or_default()
    }
}

/// A comment on one line, in which nothing ends the comment.
pub(super) fn comment(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("/** {} */", Untrusted::from(&*text).line().replace("*/", "*\\/"))
}

/// The name of a property: as it is where it is an identifier, else in quotes.
pub(super) fn property(name: &str) -> String {
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
    let continues = |c: char| starts(c) || c.is_ascii_digit();
    if name.starts_with(starts) && name.chars().all(continues) {
        name.to_owned()
    } else {
        to_compact_json(name)
    }
}

/// A value as the type that has only this value: JSON is TypeScript there.
pub(super) fn literal(value: &Value) -> String {
    to_compact_json(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_a_comment_or_a_name() {
        assert_eq!(comment("a */ export\nconst \u{202e}x"), "/** a *\\/ export const \\u{202e}x */");
        assert_eq!(property("a-b"), "\"a-b\"");
        assert_eq!(property("1a"), "\"1a\"");
        assert_eq!(property("$a_1"), "$a_1");
        assert_eq!(property("\"]: never; //"), "\"\\\"]: never; //\"");
        let mut names = Names::new();
        assert_eq!(names.free("list<of-string>"), "ListOfString");
        assert_eq!(names.free("ListOf string"), "ListOfString2");
        assert_eq!(names.free("Record"), "Record2");
        assert_eq!(names.free("v2"), "V2");
        assert_eq!(names.free("v2"), "V2_2");
        assert_eq!(names.free("日本"), "Payload");
    }
}
