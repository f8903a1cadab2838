//! Pagination of an endpoint.

/// The parameters of an endpoint that has pages, and where its responses state their values.
///
/// An endpoint may have numbered pages, pages that each name the cursor of the next one, or both: then its
/// first response says which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paging {
    /// The parameters of numbered pages.
    pub numbers: Option<Numbers>,
    /// The parameters of pages that are requested by the cursor of the one before.
    pub cursors: Option<Cursors>,
    /// The parameter for the field to sort by.
    pub sort: Option<String>,
    /// The parameter for a search.
    pub query: Option<String>,
    /// What searches look at.
    pub search: Search,
    /// JSON Pointers to the page information, for each envelope.
    pub members: Vec<PageMembers>,
}

/// The parameters of numbered pages.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Numbers {
    /// The number of the page, counted from 1.
    pub page: String,
    /// The number of items a page.
    pub count: String,
    /// The numbers of items that a page may have.
    pub sizes: PageSizes,
}

/// The parameters of pages with cursors.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cursors {
    /// The cursor that the page before gave.
    pub cursor: String,
    /// The number of items a page.
    pub count: String,
    /// The numbers of items that a page may have.
    pub sizes: PageSizes,
}

/// How many items a page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageSizes {
    /// Where the request does not say.
    pub usual: u32,
    /// At most.
    pub max: u32,
}

impl PageSizes {
    /// With these sizes.
    #[must_use]
    pub fn new(usual: u32, max: u32) -> Self {
        Self { usual, max }
    }
}

impl Default for PageSizes {
    /// 25 items, at most 100.
    fn default() -> Self {
        Self::new(25, 100)
    }
}

/// What a search looks at in an item.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Search {
    /// The properties that words without the name of a property are looked for in.
    pub properties: Vec<String>,
    /// Names that searches have for properties, each with the property.
    pub aliases: Vec<(String, String)>,
    /// The property that identifies an item.
    pub identifier: String,
}

impl Default for Search {
    /// In `name`; items are identified by `id`.
    fn default() -> Self {
        Self { properties: vec!["name".to_owned()], aliases: Vec::new(), identifier: "id".to_owned() }
    }
}

/// JSON Pointers to the page information of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageMembers {
    /// The items of the page.
    pub items: String,
    /// Whether there are more pages.
    pub more: String,
    /// The number of items on all pages together.
    pub total: String,
    /// The number of the page.
    pub number: String,
    /// The number of items that a page has at most.
    pub size: String,
    /// The cursor of the next page.
    pub cursor: String,
    /// Whether pages in this envelope have cursors, rather than numbers.
    pub by_cursor: bool,
}

impl PageMembers {
    /// With the usual names of the members: `hasMore`, `total`, `currentPage`, `perPage` and
    /// `cursor`.
    #[must_use]
    pub fn usual(items: &str, page_info: &str, by_cursor: bool) -> Self {
        let member = |name: &str| format!("{page_info}/{name}");
        Self {
            items: items.to_owned(),
            more: member("hasMore"),
            total: member("total"),
            number: member("currentPage"),
            size: member("perPage"),
            cursor: member("cursor"),
            by_cursor,
        }
    }
}

impl Paging {
    /// The parameters whose values are numbers: of a page, and of items a page.
    pub fn numeric_parameters(&self) -> impl Iterator<Item = &str> {
        let numbers = self.numbers.iter().flat_map(|numbers| [&*numbers.page, &*numbers.count]);
        numbers.chain(self.cursors.iter().map(|cursors| &*cursors.count))
    }

    /// Numbered pages.
    #[must_use]
    pub fn by_page(page: &str, count: &str) -> Self {
        let numbers = Numbers { page: page.to_owned(), count: count.to_owned(), sizes: PageSizes::default() };
        let numbers = Some(numbers);
        Self { numbers, ..Self::default() }
    }

    /// Pages with cursors.
    #[must_use]
    pub fn by_cursor(cursor: &str, count: &str) -> Self {
        let cursors =
            Cursors { cursor: cursor.to_owned(), count: count.to_owned(), sizes: PageSizes::default() };
        let cursors = Some(cursors);
        Self { cursors, ..Self::default() }
    }

    /// The same, which may also have pages with cursors.
    #[must_use]
    pub fn or_by_cursor(self, cursor: &str, count: &str) -> Self {
        Self { cursors: Self::by_cursor(cursor, count).cursors, ..self }
    }

    /// The same with the parameters for a search and for the field to sort by.
    #[must_use]
    pub fn searched(self, query: &str, sort: &str) -> Self {
        Self { query: Some(query.to_owned()), sort: Some(sort.to_owned()), ..self }
    }

    /// The same with the numbers of items that numbered pages, and pages with cursors, may have.
    #[must_use]
    pub fn sizes(mut self, numbered: PageSizes, by_cursor: PageSizes) -> Self {
        if let Some(numbers) = &mut self.numbers {
            numbers.sizes = numbered;
        }
        if let Some(cursors) = &mut self.cursors {
            cursors.sizes = by_cursor;
        }
        self
    }

    /// The same, whose searches look for words in these properties, and which have these other names for
    /// properties.
    #[must_use]
    pub fn looks_in(mut self, properties: &[&str], aliases: &[(&str, &str)]) -> Self {
        self.search.properties = properties.iter().map(|&name| name.to_owned()).collect();
        self.search.aliases = super::facts::pairs(aliases);
        self
    }
}
