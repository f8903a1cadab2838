//! Generates the pages of one consistent instance.

use std::ops::Range;

use serde_json::{Value, json};

use super::linked::{Chosen, Linked, Pool, Shared, World, summary};
use super::{recipe_of, schema};
use crate::error::Error;
use crate::generate::{Choices, Outline, Style};

/// Courses, learning paths and tags of an instance: enough to be shared, few enough to be kept.
const COURSES: u64 = 48;
const PATHS: u64 = 16;
const TAGS: u64 = 24;
/// Objects that only refer to others: what they show is put in.
const REFERRING: &[&str] = &[
    "PartialClient",
    "PartialCourse",
    "PartialLearningPath",
    "PartialLicense",
    "PartialLicenseNode",
    "PartialTag",
];
/// What clients share: built once.
const SHARED: &[&str] = &["Course", "LearningPath", "Tag"];
/// Courses come in blocks; the first of each is what the others refer to.
const BLOCK: usize = 4;

/// The pages of one instance, page after page of the same clients. A page follows from the seed, the
/// parameters and its number alone.
///
/// Identifiers name what is there: `courseIds` the `courses`, and so on; a course that two clients share is
/// the same value in both. Slugs follow from names, prices and seats are what people would ask for: the odd values that
/// single responses have one time in twenty are not among them.
///
/// ```
/// use clients_contract::clients::Dataset;
/// use clients_contract::generate::Style;
///
/// let dataset = Dataset::new(7, 137, 25, Style::default())?;
/// assert_eq!(dataset.pages(), 6);
/// let last = dataset.page(6);
/// assert_eq!(last["data"]["Clients"]["pageInfo"]["hasMore"], false);
/// assert_eq!(last["data"]["Clients"]["clients"].as_array().map(Vec::len), Some(12));
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Debug)]
pub struct Dataset {
    seed: u64,
    total: u64,
    per_page: u32,
    clients: crate::generate::Recipe,
    outline: Outline,
    pool: Pool,
    /// The client that wrote the learning paths.
    author: Value,
}

/// What an identifier is for.
#[derive(Clone, Copy)]
enum Noun {
    Client = 1,
    Course,
    Path,
    Tag,
    License,
}

impl Dataset {
    /// The most clients an instance may have.
    pub const MAX_TOTAL: u64 = 1_000_000_000_000;

    /// An instance of `total` clients, `per_page` of them a page.
    ///
    /// # Errors
    ///
    /// `Usage` when a page has no clients, or the instance more than [`Self::MAX_TOTAL`]; none for the published schema
    /// otherwise.
    pub fn new(seed: u64, total: u64, per_page: u32, style: Style) -> Result<Self, Error> {
        if per_page == 0 {
            let message = "a data set needs at least one client a page";
            return Err(Error::new(crate::error::ErrorKind::Usage, "`clients`", message));
        }
        if total > Self::MAX_TOTAL {
            let message = format!("too many clients: a dataset has at most {}", Self::MAX_TOTAL);
            return Err(Error::new(crate::error::ErrorKind::Usage, "`total`", message));
        }
        let style = Style { tidy: true, ..style };
        let pool = |name: &str, noun: Noun, count: u64| -> Result<Vec<Shared>, Error> {
            let recipe = recipe_of(name, REFERRING)?.styled(style);
            let one = |number| {
                let mut value = recipe.build(&mut Choices::of_series(seed ^ (noun as u64) << 56, number));
                value["id"] = id(seed, noun, number).into();
                Shared::of(value)
            };
            Ok((0..count).map(one).collect())
        };
        let pool = Pool {
            courses: pool("Course", Noun::Course, COURSES)?,
            paths: pool("LearningPath", Noun::Path, PATHS)?,
            tags: pool("Tag", Noun::Tag, TAGS)?,
        };
        let mut dataset = Self {
            seed,
            total,
            per_page,
            clients: recipe_of("Client", &[REFERRING, SHARED].concat())?.styled(style),
            outline: Outline::of(&schema()),
            pool,
            author: Value::Null,
        };
        dataset.author = summary(&dataset.bare(0));
        dataset.link_pool();
        Ok(dataset)
    }

    /// How many pages there are; an instance without clients has one, which is empty.
    #[must_use]
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(u64::from(self.per_page)).max(1)
    }

    /// The page of that number, counted from 1; behind the last one pages are empty.
    #[must_use]
    pub fn page(&self, number: u64) -> Value {
        let mut page = self.without_clients(number);
        page["data"]["Clients"]["clients"] = self.numbers(number).map(|index| self.client(index)).collect();
        page
    }

    /// The page around its clients.
    pub(super) fn without_clients(&self, number: u64) -> Value {
        let more = self.numbers(number).end < self.total;
        let info =
            json!({"currentPage": number, "perPage": self.per_page, "total": self.total, "hasMore": more});
        json!({"data": {"Clients": {"pageInfo": info, "clients": []}}})
    }

    /// Appends the clients of a page as JSON, with commas between them.
    pub(super) fn write_clients(&self, number: u64, into: &mut String) {
        let numbers = self.numbers(number);
        for index in numbers.clone() {
            into.push_str(if index == numbers.start { "" } else { "," });
            self.linked(index).write(into);
        }
    }

    /// The numbers of the clients of a page.
    fn numbers(&self, page: u64) -> Range<u64> {
        let per_page = u64::from(self.per_page);
        let start = page.saturating_sub(1).saturating_mul(per_page).min(self.total);
        start..start.saturating_add(per_page).min(self.total)
    }

    /// The client without anything that refers to others.
    fn bare(&self, index: u64) -> Value {
        let mut client = self.clients.build(&mut Choices::of_series(self.seed, index));
        client["id"] = id(self.seed, Noun::Client, index).into();
        client
    }

    fn client(&self, index: u64) -> Value {
        let Linked { mut client, shown } = self.linked(index);
        for (name, list) in shown {
            client[name] = list.iter().map(|shared| shared.value.clone()).collect();
        }
        client
    }

    fn linked(&self, index: u64) -> Linked<'_> {
        let mut client = self.bare(index);
        let chosen = self.chosen(&client, index);
        let licenses = licenses(&mut client, |number| id(self.seed, Noun::License, index * 64 + number));
        let mut world = World {
            courses: chosen.courses.iter().map(|course| &course.value).collect(),
            paths: chosen.paths.iter().map(|path| &path.value).collect(),
            tags: chosen.tags.iter().map(|tag| &tag.value).collect(),
            licenses: licenses.iter().collect(),
            client: Vec::new(),
        };
        let mut shown = Vec::new();
        for (name, ids, list, shared) in [
            ("courses", "courseIds", &world.courses, &chosen.courses),
            ("learningPaths", "learningPathIds", &world.paths, &chosen.paths),
            ("courseTags", "courseTagIds", &world.tags, &chosen.tags),
            ("purchasableTags", "purchasableTagIds", &world.tags, &chosen.tags),
        ] {
            let there = client[name].is_array();
            if there {
                // Shared values are linked already: they are put in behind.
                shown.push((name, shared.clone()));
                client[name] = Value::Null;
            }
            put_ids(&mut client, ids, list.iter().copied().filter(|_| there));
        }
        put_ids(&mut client, "clientAdminAllocatableLearningPaths", world.paths.iter().copied());
        put_ids(&mut client, "purchasableContentIds", world.courses.iter().chain(&world.paths).copied());
        let own = summary(&client);
        world.client = vec![&own];
        self.link(&mut client, "Client", &world);
        Linked { client, shown }
    }

    /// What the client shows of the instance, with what that refers to.
    fn chosen(&self, client: &Value, index: u64) -> Chosen<'_> {
        let length = |name: &str| client[name].as_array().map_or(0, Vec::len);
        let start = usize::try_from(index % COURSES).unwrap_or(0);
        let some = |count: usize, step: usize, of: usize| -> Vec<usize> {
            let mut some: Vec<_> = (0..count.min(of)).map(|turn| (start + turn * step) % of).collect();
            some.sort_unstable();
            some.dedup();
            some
        };
        let mut courses = some(length("courses"), 7, self.pool.courses.len());
        // Learning paths refer to courses, which have to be shown, too.
        let paths =
            some(if courses.is_empty() { 0 } else { length("learningPaths") }, 3, self.pool.paths.len());
        courses.extend(paths.iter().map(|path| block_of_path(*path)));
        let bases: Vec<_> = courses.iter().map(|course| course / BLOCK * BLOCK).collect();
        courses.extend(bases);
        courses.sort_unstable();
        courses.dedup();
        let tags = some(length("courseTags").max(length("purchasableTags")), 5, self.pool.tags.len());
        Chosen {
            courses: courses.iter().map(|at| &self.pool.courses[*at]).collect(),
            paths: paths.iter().map(|at| &self.pool.paths[*at]).collect(),
            tags: tags.iter().map(|at| &self.pool.tags[*at]).collect(),
        }
    }

    /// Lets courses and learning paths refer to what is there. What others show of them stays as it is.
    fn link_pool(&mut self) {
        let courses = (0..self.pool.courses.len()).map(|number| Shared::of(self.linked_course(number)));
        let paths = (0..self.pool.paths.len()).map(|number| Shared::of(self.linked_path(number)));
        (self.pool.courses, self.pool.paths) = (courses.collect(), paths.collect());
    }

    fn linked_course(&self, number: usize) -> Value {
        let (courses, base) = (&self.pool.courses, number / BLOCK * BLOCK);
        let mut course = courses[number].value.clone();
        self.link(&mut course, "Course", &self.around(base, number % self.pool.paths.len()));
        let is_child = number % BLOCK == BLOCK - 1 && course["parentCourseId"].is_string();
        let has_child = number == base && courses[base + BLOCK - 1].value["parentCourseId"].is_string();
        let parent = if is_child { courses[base].value["id"].clone() } else { Value::Null };
        replace(&mut course, "parentCourseId", parent);
        replace(&mut course, "isChild", is_child.into());
        replace(&mut course, "hasChildren", has_child.into());
        course
    }

    fn linked_path(&self, number: usize) -> Value {
        let mut path = self.pool.paths[number].value.clone();
        self.link(&mut path, "LearningPath", &self.around(block_of_path(number), number));
        replace(&mut path, "authoringClient", self.author["id"].clone());
        path
    }

    /// What a shared value may refer to.
    fn around(&self, course: usize, path: usize) -> World<'_> {
        World {
            courses: vec![&self.pool.courses[course].value],
            paths: vec![&self.pool.paths[path].value],
            tags: self.pool.tags[path..path + 2].iter().map(|tag| &tag.value).collect(),
            licenses: Vec::new(),
            client: vec![&self.author],
        }
    }

    fn link(&self, value: &mut Value, definition: &str, world: &World<'_>) {
        if let Some(area) = self.outline.definition(definition) {
            self.link_at(value, area, world);
        }
    }

    /// Puts what is there in the place of every elided object.
    fn link_at(&self, value: &mut Value, area: usize, world: &World<'_>) {
        let area = &self.outline.areas()[area];
        match value {
            Value::Array(items) => {
                let Some(item) = area.items else { return };
                if let Some(list) = world.list(self.outline.areas()[item].definition.as_deref()) {
                    *items = list.iter().take(items.len()).map(|whole| summary(whole)).collect();
                    return;
                }
                for value in items {
                    self.link_at(value, item, world);
                }
            }
            Value::Object(members) => {
                if let Some(list) = world.list(area.definition.as_deref()) {
                    *value = list.first().map_or_else(|| json!({}), |whole| summary(whole));
                    return;
                }
                for (name, member) in &area.members {
                    if let Some(value) = members.get_mut(name) {
                        self.link_at(value, *member, world);
                    }
                }
                let lists = [
                    ("courseIds", &world.courses),
                    ("learningPathIds", &world.paths),
                    ("courseTagIds", &world.tags),
                ];
                if area.definition.as_deref() == Some("License") {
                    for (ids, list) in lists {
                        let shown = ids.replace("Ids", "s");
                        let count = value[&shown].as_array().map_or(0, Vec::len);
                        put_ids(value, ids, list.iter().copied().take(count));
                    }
                }
            }
            _ => {}
        }
    }
}

/// Lets the licenses of a client form one small tree; the partial ones, the primary license first.
fn licenses(client: &mut Value, id: impl Fn(u64) -> String) -> Vec<Value> {
    let name = client["primaryLicense"]["name"].as_str().unwrap_or("Primary").to_owned();
    let mut list = vec![json!({"id": id(0), "name": name, "parentLicenseId": null})];
    list.extend((1..3).map(
        |number| json!({"id": id(number), "name": format!("{name} {number}"), "parentLicenseId": id(0)}),
    ));
    if let Some(primary) = client.get_mut("primaryLicense").filter(|primary| primary.is_object()) {
        primary["id"] = id(0).into();
        replace(primary, "parentLicenseId", Value::Null);
        replace(primary, "parentLicense", Value::Null);
        // Its children are the others; linking would put the license itself among them.
        if let Some(children) = primary.get_mut("childLicenses").filter(|children| children.is_array()) {
            *children = Value::Null;
        }
        let end = primary["expirationDate"].clone();
        if end.is_string() {
            replace(client, "licenseEndDate", end);
        }
    }
    for tree in ["licenseTree", "currentUserManagerAllocatedLicenseTree"] {
        let Some(nodes) = client.get_mut(tree).and_then(Value::as_array_mut) else { continue };
        *nodes = list.iter().take(nodes.len()).map(node).collect();
    }
    list
}

fn node(license: &Value) -> Value {
    let parent = &license["parentLicenseId"];
    let ancestors: Vec<&Value> = parent.is_string().then_some(parent).into_iter().collect();
    json!({
        "id": license["id"], "name": license["name"], "hierarchicalName": license["name"],
        "depth": ancestors.len(), "ancestorIds": ancestors, "parentLicenseId": parent
    })
}

/// The course that a learning path refers to.
fn block_of_path(path: usize) -> usize {
    path * BLOCK % usize::try_from(COURSES).unwrap_or(BLOCK)
}

fn put_ids<'v>(object: &mut Value, name: &str, list: impl IntoIterator<Item = &'v Value>) {
    if object[name].is_array() {
        object[name] = list.into_iter().map(|value| value["id"].clone()).collect();
    }
}

/// Changes a member that is there and not null.
fn replace(object: &mut Value, name: &str, value: Value) {
    if let Some(member) = object.get_mut(name).filter(|member| !member.is_null()) {
        *member = value;
    }
}

/// A UUID of version 4 that no other noun or number of the same seed has: the last 62 bits are a
/// permutation of both.
fn id(seed: u64, noun: Noun, number: u64) -> String {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let key = (seed ^ ODD).wrapping_mul(ODD);
    let high = (number ^ key).wrapping_mul(ODD).rotate_left(29) & !0xf000 | 0x4000;
    let low = (number << 3 | noun as u64).wrapping_mul(ODD).wrapping_add(key) & !(0b11 << 62) | 0b10 << 62;
    let (group1, group2, group3) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
    format!("{group1:08x}-{group2:04x}-{group3:04x}-{:04x}-{:012x}", low >> 48, low & 0xffff_ffff_ffff)
}
