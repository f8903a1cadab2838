//! The locations of a payload as the schemas see them, each found out when it is first met.

use std::collections::HashMap;
use std::sync::Arc;

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

use super::checks::{Checks, KeyChecks};
use super::names::is_name;
use super::policy::{Policy, closure, of_format};
use super::treatment::Treatment;
use crate::pointer::child;
use crate::schema::model::{Applicator, Assertion, Contains, NodeId, Properties};

/// A number for a site.
pub(super) type SiteId = u32;

/// The site of a whole payload.
pub(super) const ROOT: SiteId = 0;

/// Members of one object that are remembered; objects with more are maps.
const MAX_ENTRIES: usize = 4_096;

/// Sites that are remembered from one payload to the next.
const MAX_SITES: usize = 100_000;

/// Subschemas, each with the number of its model.
type Nodes = Arc<[(usize, NodeId)]>;

/// A location, together with all others of which the schemas say the same.
pub(super) struct Site {
    nodes: Nodes,
    /// What is done with strings here.
    pub(super) recipe: Arc<Recipe>,
    treatment: Option<Treatment>,
    known: bool,
    distinct: bool,
    path: String,
    /// Whether members are listed, so that another one has a name rather than data.
    lists: bool,
    entries: Vec<Entry>,
    index: HashTable<u32>,
    items: HashMap<usize, SiteId>,
    /// Items at this index and further are the same.
    alike: usize,
    keys: Option<Arc<KeyChecks>>,
}

/// A member whose key is kept.
struct Entry {
    /// The key with its quotes, as it is written.
    quoted: Box<[u8]>,
    site: SiteId,
    /// The member that followed last.
    next: u32,
}

/// How values are replaced, the same for many sites.
pub(super) struct Recipe {
    /// Different for different recipes.
    pub(super) id: u32,
    pub(super) treatment: Treatment,
    /// What is done with numbers.
    pub(super) numbers: Treatment,
    pub(super) distinct: bool,
    pub(super) checks: Checks,
}

/// A member of an object.
pub(super) enum Member {
    /// Its key is kept.
    Named(SiteId),
    /// Its key is data.
    Data(SiteId),
}

/// What sites are equal by.
type Identity = (Nodes, Option<Treatment>, bool, bool, String);

/// The sites met so far.
pub(super) struct Sites {
    policy: Arc<Policy>,
    pub(super) all: Vec<Site>,
    known: HashMap<Identity, SiteId>,
    recipes: HashMap<(Treatment, Treatment, bool, Nodes), Arc<Recipe>>,
    /// How many checks of keys there were.
    checks: u64,
}

impl Sites {
    pub(super) fn new(policy: &Arc<Policy>) -> Self {
        let mut sites = Self {
            policy: Arc::clone(policy),
            all: Vec::new(),
            known: HashMap::new(),
            recipes: HashMap::new(),
            checks: 0,
        };
        sites.begin();
        sites
    }

    /// Begins a payload.
    pub(super) fn begin(&mut self) {
        if self.all.len() > MAX_SITES {
            self.all.clear();
            self.known.clear();
        }
        if self.all.is_empty() {
            let roots: Vec<_> = (0..self.policy.models.len()).map(|model| (model, 0)).collect();
            self.site(&roots, None, true, false, String::new());
        }
    }

    fn site(
        &mut self,
        entries: &[(usize, NodeId)],
        treatment: Option<Treatment>,
        known: bool,
        distinct: bool,
        path: String,
    ) -> SiteId {
        let nodes: Nodes = closure(&self.policy.models, entries).into();
        let treatment = match treatment {
            Some(Treatment::Mask) => treatment,
            other => self.policy.overridden(&path).or(other),
        };
        let identity = (Arc::clone(&nodes), treatment, known, distinct, path.clone());
        if let Some(id) = self.known.get(&identity) {
            return *id;
        }
        let known = known && self.is_described(&nodes);
        let recipe = self.recipe(&nodes, treatment, known, distinct);
        let lists = self.properties(&nodes).any(|of| !of.named.is_empty());
        let alike = self.prefix(&nodes);
        let (index, items) = <_>::default();
        let id = SiteId::try_from(self.all.len()).unwrap_or(ROOT);
        self.all.push(Site {
            nodes,
            recipe,
            treatment,
            known,
            distinct,
            path,
            lists,
            entries: Vec::new(),
            index,
            items,
            alike,
            keys: None,
        });
        self.known.insert(identity, id);
        id
    }

    /// Whether the schemas say something about values here.
    fn is_described(&self, nodes: &[(usize, NodeId)]) -> bool {
        let nodes = nodes.iter().map(|(model, id)| self.policy.models[*model].node(*id));
        nodes.into_iter().any(|node| {
            let describes =
                |one: &Applicator| matches!(one, Applicator::Properties(_) | Applicator::Items { .. });
            !node.assertions.is_empty() || node.applicators.iter().any(describes)
        })
    }

    fn recipe(
        &mut self,
        nodes: &Nodes,
        treatment: Option<Treatment>,
        known: bool,
        distinct: bool,
    ) -> Arc<Recipe> {
        let models = &self.policy.models;
        let asserting = nodes.iter().filter(|(model, id)| !models[*model].node(*id).assertions.is_empty());
        let asserting: Nodes = asserting.copied().collect();
        let assertions = asserting.iter().flat_map(|(model, id)| &models[*model].node(*id).assertions);
        let by_format = assertions.clone().find_map(of_format);
        let texts = treatment.or(by_format).unwrap_or(Treatment::Text);
        let numbers = match treatment {
            None | Some(Treatment::Listed(_)) if known => Treatment::Keep,
            Some(treatment) => treatment,
            None => Treatment::Text,
        };
        let lists_values = assertions.clone().any(|one| matches!(one, Assertion::Values { .. }));
        let is_enum = lists_values && self.policy.keep_unknown_enums && treatment != Some(Treatment::Mask);
        let texts = if is_enum { Treatment::Keep } else { texts };
        let key = (texts, numbers, distinct, asserting);
        if let Some(recipe) = self.recipes.get(&key) {
            return Arc::clone(recipe);
        }
        let checks = Checks::of(key.3.iter().map(|(model, id)| (&models[*model], *id)));
        let id = u32::try_from(self.recipes.len()).unwrap_or(u32::MAX);
        let recipe = Arc::new(Recipe { id, treatment: texts, numbers, distinct, checks });
        self.recipes.insert(key, Arc::clone(&recipe));
        recipe
    }

    fn applicators<'s>(
        &'s self,
        nodes: &'s [(usize, NodeId)],
    ) -> impl Iterator<Item = (usize, &'s Applicator)> {
        let of = |(model, id): &'s (usize, NodeId)| {
            self.policy.models[*model].node(*id).applicators.iter().map(move |one| (*model, one))
        };
        nodes.iter().flat_map(of)
    }

    fn properties<'s>(&'s self, nodes: &'s [(usize, NodeId)]) -> impl Iterator<Item = &'s Properties> {
        self.applicators(nodes).filter_map(|(_, one)| one.properties())
    }

    /// From which index on the same subschemas apply to all items.
    fn prefix(&self, nodes: &[(usize, NodeId)]) -> usize {
        let lengths = self.applicators(nodes).map(|(_, one)| match one {
            Applicator::Items { prefix, .. } => prefix.len(),
            _ => 0,
        });
        lengths.max().unwrap_or(0)
    }

    /// The site of an item.
    pub(super) fn item(&mut self, array: SiteId, index: usize) -> SiteId {
        let site = &self.all[array as usize];
        let index = index.min(site.alike);
        if let Some(item) = site.items.get(&index) {
            return *item;
        }
        let mut entries = Vec::new();
        for (model, applicator) in self.applicators(&site.nodes) {
            match applicator {
                Applicator::Items { prefix, rest, .. } => {
                    entries.extend(prefix.get(index).or(rest.as_ref()).map(|id| (model, *id)));
                }
                Applicator::UnevaluatedItems(id) | Applicator::Contains(Contains { item: id, .. }) => {
                    entries.push((model, *id));
                }
                _ => {}
            }
        }
        let models = &self.policy.models;
        let mut assertions = site.nodes.iter().flat_map(|(model, id)| &models[*model].node(*id).assertions);
        let distinct = site.distinct || assertions.any(|one| matches!(one, Assertion::UniqueItems));
        let known = site.known && !entries.is_empty();
        let path = self.path(site, "*");
        let item = self.site(&entries, site.treatment, known, distinct, path);
        self.all[array as usize].items.insert(index, item);
        item
    }

    /// The location of what is inside, as far as it makes a difference.
    fn path(&self, site: &Site, step: &str) -> String {
        let longest = self.policy.longest_override();
        if longest == 0 {
            return String::new();
        }
        let step = if self.policy.overrides_name(step) { step } else { "*" };
        let path = child(&site.path, step);
        let steps = path.matches('/').count();
        let from = path.match_indices('/').nth(steps.saturating_sub(longest)).map_or(0, |(at, _)| at);
        path[from..].to_owned()
    }

    /// The site of the member whose key, with its quotes, the text begins with, if it is the one that
    /// followed last time; with the length of the key.
    pub(super) fn expected(
        &self,
        object: SiteId,
        last: Option<u32>,
        text: &[u8],
    ) -> Option<(u32, SiteId, usize)> {
        let entries = &self.all[object as usize].entries;
        let at = last.map_or(0, |last| entries[last as usize].next);
        let entry = entries.get(at as usize)?;
        text.starts_with(&entry.quoted).then_some((at, entry.site, entry.quoted.len()))
    }

    /// The entry of a key as it is written, with its quotes.
    pub(super) fn entry(
        &mut self,
        object: SiteId,
        last: Option<u32>,
        quoted: &[u8],
    ) -> Option<(u32, SiteId)> {
        let site = &mut self.all[object as usize];
        let at = *site.index.find(xxh3_64(quoted), |at| &*site.entries[*at as usize].quoted == quoted)?;
        if let Some(last) = last {
            site.entries[last as usize].next = at;
        }
        Some((at, site.entries[at as usize].site))
    }

    /// The member of an object; remembered by its key as it is written, if that is kept.
    pub(super) fn member(&mut self, object: SiteId, key: &str, quoted: &[u8]) -> Member {
        let (site, data) = self.find(object, key);
        if data {
            return Member::Data(site);
        }
        let holder = &mut self.all[object as usize];
        if holder.entries.len() < MAX_ENTRIES {
            let at = u32::try_from(holder.entries.len()).unwrap_or(0);
            holder.entries.push(Entry { quoted: quoted.into(), site, next: at + 1 });
            let entries = &holder.entries;
            let hash = |at: &u32| xxh3_64(&entries[*at as usize].quoted);
            holder.index.insert_unique(xxh3_64(quoted), at, hash);
        }
        Member::Named(site)
    }

    fn find(&mut self, object: SiteId, key: &str) -> (SiteId, bool) {
        let keys = self.keys(object);
        let site = &self.all[object as usize];
        let mut entries = Vec::new();
        let (mut listed, mut described) = (false, false);
        for (model, applicator) in self.applicators(&site.nodes) {
            match applicator {
                Applicator::Properties(of) => {
                    listed |= of.named.contains_key(key);
                    let known = of.of(key);
                    described |= known.len() > usize::from(of.named.contains_key(key));
                    let additional = of.additional.filter(|_| known.is_empty());
                    described |= additional.is_some_and(|id| self.policy.models[model].has_keywords(id));
                    entries.extend(known.into_iter().chain(additional).map(|id| (model, id)));
                }
                Applicator::UnevaluatedProperties(id) => {
                    described |= self.policy.models[model].has_keywords(*id);
                    entries.push((model, *id));
                }
                _ => {}
            }
        }
        let is_kept =
            listed || keys.names(key) || self.is_public(key) || site.lists && !described && is_name(key);
        let known = site.known && (listed || described);
        let treatment = match site.treatment {
            Some(Treatment::Mask) => site.treatment,
            // What is said of a map or of what nobody knows holds for what is inside.
            Some(inherited) if !known => self.policy.member(&site.nodes, key).or(Some(inherited)),
            _ => self.policy.member(&site.nodes, key),
        };
        let path = self.path(site, key);
        let distinct = site.distinct;
        (self.site(&entries, treatment, known, distinct, path), !is_kept)
    }

    /// Whether a key is kept wherever it is.
    pub(super) fn is_public(&self, key: &str) -> bool {
        self.policy.has_name(key) || self.policy.elision.is_some_and(|(name, _)| name == key)
    }

    /// What is asserted of the keys of an object.
    pub(super) fn keys(&mut self, object: SiteId) -> Arc<KeyChecks> {
        if let Some(keys) = &self.all[object as usize].keys {
            return Arc::clone(keys);
        }
        let nodes = Arc::clone(&self.all[object as usize].nodes);
        let models = &self.policy.models;
        let (mut names, mut patterns, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for (model, applicator) in self.applicators(&nodes) {
            match applicator {
                Applicator::PropertyNames(id) => names.push((model, *id)),
                Applicator::Properties(of) => {
                    patterns.extend(of.patterns.iter().map(|one| one.pattern.clone()));
                    kept.extend(of.named.keys().cloned());
                }
                Applicator::Dependent(of) => kept.extend(of.iter().map(|(name, _)| name.clone())),
                _ => {}
            }
        }
        for assertion in nodes.iter().flat_map(|(model, id)| &models[*model].node(*id).assertions) {
            match assertion {
                Assertion::Required(names) => kept.extend(names.iter().cloned()),
                Assertion::DependentRequired { names, .. } => {
                    for (name, others) in names {
                        kept.extend(std::iter::once(name).chain(others).cloned());
                    }
                }
                _ => {}
            }
        }
        let names = closure(models, &names);
        let names = Checks::of(names.iter().map(|(model, id)| (&models[*model], *id)));
        self.checks += 1;
        let keys = Arc::new(KeyChecks { id: self.checks, names, patterns, kept });
        self.all[object as usize].keys = Some(Arc::clone(&keys));
        keys
    }
}
