//! Parses queries: the part of the Lucene syntax that the mock implements.

use std::fmt;

/// Maximum depth of parentheses and negations.
const MAX_DEPTH: usize = 32;

/// Maximum number of words, phrases and operators: each word costs time for every item.
const MAX_TOKENS: usize = 128;

/// What is wrong with a query: the end of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ParseQueryError(pub(super) &'static str);

impl fmt::Display for ParseQueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A query: words and quoted phrases, `property:word`, `AND`, `OR`, `NOT`, `-word`, `*` and `?` in words, and
/// parentheses. Adjacent terms must all match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Term {
        /// Without one, the properties that are searched by default.
        property: Option<String>,
        text: Chars,
    },
}

impl Expression {
    /// Parses a query.
    pub(super) fn parse(text: &str) -> Result<Self, ParseQueryError> {
        let tokens = tokens(text)?;
        if tokens.len() > MAX_TOKENS {
            return Err(ParseQueryError("has more than 128 words, phrases and operators"));
        }
        let mut parser = Parser { tokens: &tokens, at: 0, depth: 0 };
        let root = parser.any(None)?;
        if parser.at < tokens.len() {
            return Err(ParseQueryError("has a `)` without `(`"));
        }
        Ok(root)
    }
}

/// The characters of a word or phrase, each with whether it is literal: escaped or in quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chars(Vec<(char, bool)>);

impl Chars {
    /// Whether it matches any value.
    pub(super) fn is_any(&self) -> bool {
        self.0 == [('*', false)]
    }

    pub(super) fn has_wildcards(&self) -> bool {
        self.0.iter().copied().any(is_wildcard)
    }

    pub(super) fn plain(&self) -> String {
        self.0.iter().map(|(c, _)| c).collect()
    }

    /// The text with wildcards in another notation.
    pub(super) fn pattern(&self, literal: impl Fn(&str) -> String, any: &str, one: &str) -> String {
        let mut pattern = String::new();
        for part in self.0.chunk_by(|a, b| !is_wildcard(*a) && !is_wildcard(*b)) {
            match part {
                [('*', false)] => pattern.push_str(any),
                [('?', false)] => pattern.push_str(one),
                part => pattern.push_str(&literal(&part.iter().map(|(c, _)| c).collect::<String>())),
            }
        }
        pattern
    }

    /// Whether it is this operator.
    fn is(&self, operators: [&str; 2]) -> bool {
        self.0.iter().all(|(_, is_literal)| !is_literal) && operators.contains(&&*self.plain())
    }
}

fn is_wildcard(one: (char, bool)) -> bool {
    matches!(one, ('*' | '?', false))
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    /// `+`
    Must,
    /// `property:`
    Property(String),
    /// `*:`
    AnyProperty,
    Text(Chars),
}

fn tokens(text: &str) -> Result<Vec<Token>, ParseQueryError> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(first) = rest.next() {
        let is_value = matches!(tokens.last(), Some(Token::Property(_) | Token::AnyProperty));
        let token = match first {
            _ if first.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '"' => Token::Text(phrase(&mut rest)?),
            '-' | '!' => Token::Not,
            '+' => Token::Must,
            '[' | '{' => return Err(ParseQueryError("has a range, which the mock does not implement")),
            '<' | '>' if is_value => {
                return Err(ParseQueryError("has a comparison, which the mock does not implement"));
            }
            '/' => {
                return Err(ParseQueryError("has a regular expression, which the mock does not implement"));
            }
            ':' if !is_value => return Err(ParseQueryError("has a `:` without a property before it")),
            _ => word(first, &mut rest, is_value)?,
        };
        tokens.push(token);
    }
    Ok(tokens)
}

/// A word that begins with this character, or the property before a `:`.
fn word(
    first: char,
    rest: &mut std::iter::Peekable<std::str::Chars<'_>>,
    is_value: bool,
) -> Result<Token, ParseQueryError> {
    let mut word = Chars::default();
    let mut next = Some(first);
    while let Some(one) = next {
        match one {
            '\\' => word.0.push((rest.next().ok_or(ParseQueryError("ends with a backslash"))?, true)),
            ':' if !is_value => return property(&word),
            '~' => {
                return Err(ParseQueryError("has a `~` (fuzzy search), which the mock does not implement"));
            }
            '^' => return Err(ParseQueryError("has a `^` (boost), which the mock does not implement")),
            other => word.0.push((other, false)),
        }
        next = rest.next_if(|next| !next.is_whitespace() && !"()\"".contains(*next));
    }
    Ok(match () {
        () if word.is(["AND", "&&"]) => Token::And,
        () if word.is(["OR", "||"]) => Token::Or,
        () if word.is(["NOT", "NOT"]) => Token::Not,
        () => Token::Text(word),
    })
}

fn property(name: &Chars) -> Result<Token, ParseQueryError> {
    if name.is_any() {
        return Ok(Token::AnyProperty);
    }
    if name.has_wildcards() {
        return Err(ParseQueryError("has a wildcard in a property, which the mock does not implement"));
    }
    Ok(Token::Property(name.plain()))
}

/// The rest of a phrase, up to its closing quote.
fn phrase(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Chars, ParseQueryError> {
    let mut phrase = Chars::default();
    loop {
        match rest.next() {
            Some('"') if rest.peek().is_some_and(|next| "~^".contains(*next)) => {
                return Err(ParseQueryError(
                    "has `~` or `^` after a phrase, which the mock does not implement",
                ));
            }
            Some('"') => return Ok(phrase),
            Some('\\') => phrase.0.extend(rest.next().map(|one| (one, true))),
            Some(other) => phrase.0.push((other, true)),
            None => return Err(ParseQueryError("has a quote that is not closed")),
        }
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// Terms in parentheses after `property:` are searched for in that property.
    fn any(&mut self, property: Option<&str>) -> Result<Expression, ParseQueryError> {
        let mut all = vec![self.all(property)?];
        while self.peek() == Some(&Token::Or) {
            self.at += 1;
            all.push(self.all(property)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expression::Any(all) })
    }

    fn all(&mut self, property: Option<&str>) -> Result<Expression, ParseQueryError> {
        let mut all = Vec::new();
        loop {
            match self.peek() {
                None | Some(Token::Close | Token::Or) => break,
                Some(Token::And) if !all.is_empty() => self.at += 1,
                Some(_) => {}
            }
            all.push(self.one(property)?);
        }
        if all.is_empty() && (self.at > 0 || self.peek().is_some()) {
            return Err(ParseQueryError("has an operator without a term, or empty parentheses"));
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expression::All(all) })
    }

    fn one(&mut self, property: Option<&str>) -> Result<Expression, ParseQueryError> {
        let token = self.peek().cloned();
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ParseQueryError("has more than 32 nested parentheses and operators"));
        }
        let found = match token {
            Some(Token::Open) => {
                let inner = self.any(property)?;
                if self.peek() != Some(&Token::Close) {
                    return Err(ParseQueryError("has a `(` without `)`"));
                }
                self.at += 1;
                inner
            }
            Some(Token::Property(name)) => self.one(Some(&name))?,
            Some(Token::AnyProperty) => {
                let all = matches!(self.peek(), Some(Token::Text(text)) if text.is_any());
                if !all {
                    return Err(ParseQueryError("has `*:` without `*`; `*:*` selects all items"));
                }
                self.at += 1;
                Expression::All(Vec::new())
            }
            Some(Token::Must) => self.one(property)?,
            Some(Token::Not) => Expression::Not(Box::new(self.one(property)?)),
            Some(Token::Text(text)) => Expression::Term { property: property.map(str::to_owned), text },
            Some(Token::And | Token::Or) => {
                return Err(ParseQueryError("has an operator without a term before it"));
            }
            Some(Token::Close) | None => {
                return Err(ParseQueryError("has an operator without a term after it"));
            }
        };
        self.depth -= 1;
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_has_a_maximum_of_words() {
        let query = |count: usize| Expression::parse(&vec!["a"; count].join(" "));
        assert!(query(MAX_TOKENS).is_ok());
        assert!(query(MAX_TOKENS + 1).is_err());
    }

    #[test]
    fn invalid_queries_are_refused() {
        let deep = "(".repeat(100);
        let negated = "NOT ".repeat(100);
        for (text, expected) in [
            ("(a", "without `)`"),
            ("a)", "without `(`"),
            ("\"a", "quote"),
            ("a OR", "without a term"),
            ("OR a", "without a term"),
            ("AND", "without a term before"),
            ("()", "empty parentheses"),
            ("a:", "without a term after"),
            ("a AND", "without a term"),
            ("NOT", "without a term"),
            ("a -", "without a term after"),
            ("x:[1 TO 2]", "range"),
            ("x:{1 TO 2}", "range"),
            ("x:>5", "comparison"),
            ("x:<=5", "comparison"),
            ("acme~", "fuzzy"),
            ("\"acme north\"~2", "after a phrase"),
            ("acme^2", "boost"),
            ("/ac.e/", "regular expression"),
            ("na*:x", "wildcard in a property"),
            ("*:x", "`*:*` selects all"),
            ("*:(*)", "`*:*` selects all"),
            (":x", "without a property"),
            ("a\\", "backslash"),
            (&deep, "nested"),
            (&negated, "nested"),
        ] {
            let error = Expression::parse(text).expect_err(text);
            assert!(error.0.contains(expected), "{text}: {error}");
        }
    }
}
