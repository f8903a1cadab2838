//! Rewrites a body in one pass over its bytes: tokens that are replaced change, all else stays.

use serde_json::Value;

use super::replacing::{Replacer, decode};
use super::sites::{Member, ROOT, SiteId, Sites};
use super::tokens::{Broken, literal, number, solid, string};
use super::treatment::Class;
use crate::schema::numbers::canonical;

/// Bytes of the longest array or object that is compared with those that a schema lists.
const MAX_LISTED: usize = 1 << 16;

/// An open array or object.
struct Open {
    site: SiteId,
    is_object: bool,
    /// The items so far.
    index: usize,
    /// The last member that was remembered.
    last: Option<u32>,
}

/// Where the text stops to be JSON, with all before it rewritten.
pub(super) struct Stopped {
    pub(super) at: usize,
}

/// One pass over a text.
pub(super) struct Rewriting<'r> {
    pub(super) sites: &'r mut Sites,
    pub(super) replacer: &'r mut Replacer,
    pub(super) elision: Option<(&'static str, &'static str)>,
    pub(super) text: &'r [u8],
    pub(super) out: &'r mut Vec<u8>,
    /// What comes before this is in the output.
    copied: usize,
    open: Vec<Open>,
}

/// What comes next.
enum Next {
    Value(SiteId),
    /// Behind a value.
    Behind,
    End,
}

impl<'r> Rewriting<'r> {
    pub(super) fn new(
        sites: &'r mut Sites,
        replacer: &'r mut Replacer,
        elision: Option<(&'static str, &'static str)>,
        text: &'r [u8],
        out: &'r mut Vec<u8>,
    ) -> Self {
        Self { sites, replacer, elision, text, out, copied: 0, open: Vec::new() }
    }

    /// Rewrites the text.
    pub(super) fn run(mut self) -> Result<(), Stopped> {
        let mut at = 0;
        let result = self.walk(&mut at);
        let until = if result.is_ok() { self.text.len() } else { at.max(self.copied) };
        self.copy(until);
        result.map_err(|Broken| Stopped { at: until })
    }

    /// `at` is where the pass is: all before it is JSON.
    fn walk(&mut self, at: &mut usize) -> Result<(), Broken> {
        self.sites.begin();
        let mut next = Next::Value(ROOT);
        loop {
            *at = solid(self.text, *at);
            next = match next {
                Next::Value(site) => self.value(site, at)?,
                Next::Behind => self.behind(at)?,
                Next::End => {
                    let ends = *at == self.text.len();
                    return if ends { Ok(()) } else { Err(Broken) };
                }
            };
        }
    }

    /// Copies what comes before this.
    fn copy(&mut self, until: usize) {
        self.out.extend_from_slice(&self.text[self.copied..until]);
        self.copied = until;
    }

    fn behind_value(&self) -> Next {
        if self.open.is_empty() { Next::End } else { Next::Behind }
    }

    fn value(&mut self, site: SiteId, at: &mut usize) -> Result<Next, Broken> {
        let begin = *at;
        match *self.text.get(begin).ok_or(Broken)? {
            b'"' => {
                let (end, escaped) = string(self.text, begin)?;
                let recipe = &self.sites.all[site as usize].recipe;
                let (before, token) = (&self.text[self.copied..begin], &self.text[begin..end]);
                let replaced = self.replacer.string(before, token, escaped, recipe, self.out);
                if replaced != Some(false) {
                    self.copied = begin;
                }
                if replaced.ok_or(Broken)? {
                    self.copied = end;
                }
                *at = end;
            }
            b'-' | b'0'..=b'9' => {
                let end = number(self.text, begin)?;
                let recipe = &self.sites.all[site as usize].recipe;
                let (before, token) = (&self.text[self.copied..begin], &self.text[begin..end]);
                if self.replacer.number(before, token, recipe, self.out) {
                    self.copied = end;
                }
                *at = end;
            }
            byte @ (b'{' | b'[') => {
                if let Some(end) = self.listed(site, begin) {
                    *at = end;
                    return Ok(self.behind_value());
                }
                *at += 1;
                return self.begin(site, byte == b'{', at);
            }
            _ => {
                *at = literal(self.text, begin)?;
                self.replacer.count(Class::Keep);
            }
        }
        Ok(self.behind_value())
    }

    fn begin(&mut self, site: SiteId, is_object: bool, at: &mut usize) -> Result<Next, Broken> {
        self.open.push(Open { site, is_object, index: 0, last: None });
        *at = solid(self.text, *at);
        let end = if is_object { b'}' } else { b']' };
        if self.text.get(*at) == Some(&end) {
            return Ok(self.end(at));
        }
        if is_object { self.key(at) } else { Ok(Next::Value(self.sites.item(site, 0))) }
    }

    fn end(&mut self, at: &mut usize) -> Next {
        self.open.pop();
        *at += 1;
        self.behind_value()
    }

    fn behind(&mut self, at: &mut usize) -> Result<Next, Broken> {
        let open = self.open.last_mut().ok_or(Broken)?;
        match (self.text.get(*at), open.is_object) {
            (Some(b'}'), true) | (Some(b']'), false) => Ok(self.end(at)),
            (Some(b','), true) => {
                let key = solid(self.text, *at + 1);
                // What is broken here begins with the comma's successor.
                *at += 1;
                let mut key_at = key;
                let next = self.key(&mut key_at)?;
                *at = key_at;
                Ok(next)
            }
            (Some(b','), false) => {
                *at += 1;
                open.index += 1;
                Ok(Next::Value(self.sites.item(open.site, open.index)))
            }
            _ => Err(Broken),
        }
    }

    /// Reads a key and its colon.
    fn key(&mut self, at: &mut usize) -> Result<Next, Broken> {
        let Some(open) = self.open.last_mut() else { return Err(Broken) };
        let begin = *at;
        if self.text.get(begin) != Some(&b'"') {
            return Err(Broken);
        }
        let object = open.site;
        if let Some((entry, site, length)) = self.sites.expected(object, open.last, &self.text[begin..]) {
            let colon = solid(self.text, begin + length);
            if self.text.get(colon) == Some(&b':') {
                open.last = Some(entry);
                *at = colon + 1;
                return Ok(self.elided(site, &self.text[begin..begin + length], at));
            }
        }
        let (end, escaped) = string(self.text, begin)?;
        let colon = solid(self.text, end);
        if self.text.get(colon) != Some(&b':') {
            return Err(Broken);
        }
        let quoted = &self.text[begin..end];
        let site = if let Some((entry, site)) = self.sites.entry(object, open.last, quoted) {
            open.last = Some(entry);
            site
        } else {
            let key = decode(quoted, escaped).ok_or(Broken)?;
            match self.sites.member(object, &key, quoted) {
                Member::Named(site) => site,
                Member::Data(site) => {
                    let keys = self.sites.keys(object);
                    self.out.extend_from_slice(&self.text[self.copied..begin]);
                    let is_public = |name: &str| self.sites.is_public(name);
                    self.replacer.key(&key, &keys, is_public, self.out);
                    self.copied = end;
                    site
                }
            }
        };
        *at = colon + 1;
        Ok(self.elided(site, quoted, at))
    }

    /// The value behind a key; one that marks an omission is kept.
    fn elided(&self, site: SiteId, quoted: &[u8], at: &mut usize) -> Next {
        if let Some((key, mark)) = self.elision
            && quoted.len() == key.len() + 2
            && &quoted[1..=key.len()] == key.as_bytes()
        {
            let value = solid(self.text, *at);
            let rest = self.text.get(value..).unwrap_or_default();
            let is_mark = rest.strip_prefix(b"\"").and_then(|rest| rest.strip_prefix(mark.as_bytes()));
            if is_mark.is_some_and(|rest| rest.first() == Some(&b'"')) {
                *at = value + mark.len() + 2;
                return Next::Behind;
            }
        }
        Next::Value(site)
    }

    /// The end of an array or object that the schema lists, which is kept.
    fn listed(&self, site: SiteId, at: usize) -> Option<usize> {
        let containers = &self.sites.all[site as usize].recipe.checks.containers;
        if containers.is_empty() {
            return None;
        }
        let text = &self.text[at..self.text.len().min(at + MAX_LISTED)];
        let mut values = serde_json::Deserializer::from_slice(text).into_iter::<Value>();
        let value = canonical(&values.next()?.ok()?);
        containers.contains(&value).then(|| at + values.byte_offset())
    }
}
