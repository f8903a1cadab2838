//! The parameters of a request, as the contract's paging defines them.

use crate::contract::Envelope;
use crate::contract::paging::{PageSizes, Paging};

/// Page numbers are 32-bit integers in responses.
const MAX_PAGE: u64 = 0x7fff_ffff;

/// The parameters of a request, decoded.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn of(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// The value of the last parameter of this name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The parameters whose names begin with two underscores, without these.
    pub(super) fn preferences(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(name, value)| Some((name.strip_prefix("__")?, value.as_str())))
    }
}

/// The requested page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PageRequest {
    pub(super) query: String,
    pub(super) sort: String,
    /// The position of its first item, counted from 0.
    pub(super) start: u64,
    pub(super) size: u64,
    /// The cursor instead of a page number.
    pub(super) cursor: Option<String>,
}

impl PageRequest {
    /// Reads the parameters of a request for a page in this envelope.
    pub(super) fn of(paging: &Paging, envelope: &Envelope, parameters: &Parameters) -> Result<Self, String> {
        let value = |name: Option<&String>| name.and_then(|name| parameters.get(name)).unwrap_or_default();
        let cursors = paging.cursors.as_ref();
        let cursor =
            cursors.and_then(|cursors| parameters.get(&cursors.cursor)).filter(|text| !text.is_empty());
        let by_cursor = envelope.by_cursor || cursor.is_some() || paging.numbers.is_none();
        let numbers = paging.numbers.as_ref();
        let counts = [
            cursors.map(|cursors| (&cursors.count, cursors.sizes)),
            numbers.map(|numbers| (&numbers.count, numbers.sizes)),
        ];
        let [first, second] = if by_cursor { counts } else { [counts[1], None] };
        let sizes = first.or(second).map(|(_, sizes)| sizes).unwrap_or_default();
        // The first request may use the parameters of numbered pages.
        let mut given = [first, second].into_iter().flatten();
        let given = given.find_map(|(name, _)| Some((name, parameters.get(name)?)));
        let size = given.map_or(Ok(u64::from(sizes.usual)), |(name, text)| size(name, text, sizes))?;
        let page = numbers.filter(|_| !by_cursor).map(|numbers| &numbers.page);
        let number = match page.and_then(|name| Some((name, parameters.get(name)?))) {
            Some((name, text)) => {
                text.parse().ok().filter(|number| (1..=MAX_PAGE).contains(number)).ok_or_else(|| {
                    format!("invalid parameter `{name}`: expected a page number from 1 to {MAX_PAGE}")
                })?
            }
            None => 1,
        };
        Ok(Self {
            query: value(paging.query.as_ref()).to_owned(),
            sort: value(paging.sort.as_ref()).to_owned(),
            start: (number - 1).saturating_mul(size),
            size,
            cursor: cursor.map(str::to_owned),
        })
    }

    /// The cursor of a page that begins at this position.
    pub(super) fn cursor_at(&self, start: u64) -> String {
        format!("{start:x}-{:08x}", self.fingerprint())
    }

    /// Starts at the position of the cursor, which must have the same query and sort.
    pub(super) fn started(mut self) -> Result<Self, String> {
        if let Some(cursor) = self.cursor.take() {
            let start = cursor.split_once('-').and_then(|(start, _)| u64::from_str_radix(start, 16).ok());
            let known = start.filter(|start| self.cursor_at(*start) == cursor);
            self.start = known.ok_or("unknown cursor, or one of another query or sort")?;
        }
        Ok(self)
    }

    /// A fingerprint of query and sort (FNV-1a).
    fn fingerprint(&self) -> u32 {
        let bytes = self.query.bytes().chain([0]).chain(self.sort.bytes());
        bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }
}

fn size(name: &str, text: &str, sizes: PageSizes) -> Result<u64, String> {
    let size = text.parse().ok().filter(|size| (1..=sizes.max).contains(size));
    let max = sizes.max;
    size.map(u64::from)
        .ok_or_else(|| format!("invalid parameter `{name}`: expected a number from 1 to {max}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    fn requested(envelope: &str, query: &str) -> Result<PageRequest, String> {
        let contract = contract::usual();
        let parameters = Parameters::of(query);
        PageRequest::of(contract.paging().unwrap(), contract.envelope(&[envelope]), &parameters)?.started()
    }

    #[test]
    fn pages_are_found_by_number_and_by_cursor() {
        let start =
            |envelope: &str, query: &str| requested(envelope, query).map(|page| (page.start, page.size));
        assert_eq!(start("documented", ""), Ok((0, 25)));
        assert_eq!(start("documented", "page=3&count=100"), Ok((200, 100)));
        assert_eq!(start("documented", "page=1&page=2"), Ok((25, 25)));
        assert_eq!(start("bare", "count=10"), Ok((0, 10)));
        assert_eq!(start("bare", "perPage=1000"), Ok((0, 1_000)));
        let first = requested("bare", "query=a%20b&sort=-name").unwrap();
        let cursor = first.cursor_at(50);
        assert_eq!(start("list", &format!("query=a+b&sort=-name&cursor={cursor}")), Ok((50, 25)));
        assert!(start("list", &format!("query=a&sort=-name&cursor={cursor}")).is_err());
        for query in [
            "page=0",
            "page=-1",
            "page=x",
            "page=",
            "count=0",
            "count=101",
            "count=x",
            "cursor=x",
            "cursor=0-1",
        ] {
            assert!(requested("documented", query).is_err(), "{query}");
        }
        assert!(requested("bare", "perPage=1001").is_err());
        assert_eq!(start("documented", &format!("page={MAX_PAGE}")), Ok(((MAX_PAGE - 1) * 25, 25)));
        assert!(requested("documented", &format!("page={}", MAX_PAGE + 1)).is_err());
    }
}
