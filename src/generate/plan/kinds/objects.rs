//! Builds objects.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::anything::any_object;
use super::names;
use crate::error::Error;
use crate::generate::drawn::Written;
use crate::generate::knowledge::Hint;
use crate::generate::plan::heights::NODE;
use crate::generate::plan::{Builder, Flats, Part, Plan, PlanNodeId, Reader, Requirement, ValueSet};
use crate::generate::sink::{Name, Sink};
use crate::generate::style::Extent;
use crate::schema::keywords::names::{MAX_PROPERTIES, MIN_PROPERTIES, REQUIRED};
use crate::schema::model::Assertion;
use crate::schema::types::TypeSet;

/// Number of times, in a hundred, an optional member is there when nobody says, by depth: deep objects
/// are small.
const PRESENCE: &[u8] = &[85, 85, 80, 70, 45, 25, 12, 6];
/// More members than this are not built because a schema demands them.
const MAX_REQUIRED: u64 = 2_000;
/// The objects a schema admits.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    /// What the object is called in its schema; may be empty.
    pub(crate) definition: String,
    /// Sorted by name.
    pub(crate) members: Vec<Property>,
    /// What members without a name of their own are.
    additional: PlanNodeId,
    /// Whether the schema names no member and allows any.
    free: bool,
    least: usize,
    most: usize,
    /// Whether members depend on each other or are counted.
    intricate: bool,
    /// Whether knowledge reads some of its members.
    pub(crate) is_read: bool,
}

/// A member an object may have.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) name: Name,
    pub(crate) node: PlanNodeId,
    pub(crate) required: bool,
    pub(crate) hint: Hint,
    /// Whether knowledge reads or changes it once the object is finished.
    pub(crate) is_read: bool,
    /// The members that must be there if this one is, itself included.
    brings: Vec<usize>,
}

impl Object {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<ValueSet, Error> {
        let flats = reader.flats.clone();
        let least = reader.least(TypeSet::OBJECT, MIN_PROPERTIES, MAX_REQUIRED)?;
        let least = usize::try_from(least).unwrap_or(usize::MAX);
        let most = usize::try_from(flats.most(TypeSet::OBJECT)).unwrap_or(usize::MAX);
        if least > most {
            let message = format!("{least} is more than `{MAX_PROPERTIES}` {most}");
            return Ok(reader.nothing(MIN_PROPERTIES, &message));
        }
        let needs = Needs::read(&flats);
        let known: usize = flats.properties().map(|of| of.named.len()).sum();
        reader.spend(4 * (known + needs.len()))?;
        let required = needs.closure(needs.required.iter());
        if required.len() > most {
            let message = format!("lists more properties than `{MAX_PROPERTIES}` {most}");
            return Ok(reader.nothing(REQUIRED, &message));
        }
        let intricate = least > 0
            || most < usize::MAX
            || !needs.brought.is_empty()
            || flats.properties().any(|of| !of.patterns.is_empty())
            || !flats.property_names().is_empty()
            || flats.demands().any(|one| matches!(one, Requirement::Lacks(_) | Requirement::Member(..)));
        if intricate {
            reader.intricate();
        }
        let rest: Vec<_> = flats.properties().filter_map(|of| of.additional).collect();
        let lacks = |one: &Requirement| matches!(one, Requirement::Lacks(_) | Requirement::Member(..));
        let properties = known > 0 || flats.demands().any(lacks);
        let free = !properties && !intricate && flats.unevaluated_properties().next().is_none();
        let free = free && rest.iter().all(|rest| flats.admits_all(*rest));
        let mut names: BTreeSet<String> = needs.names();
        names.extend(flats.properties().flat_map(|of| of.named.keys().cloned()));
        names.extend(flats.demands().filter_map(|one| match one {
            Requirement::Lacks(name) | Requirement::Member(name, _) => Some(name.clone()),
            _ => None,
        }));
        if !free && (intricate || !properties) {
            names.extend(names::spare(reader, &names, least)?);
        }
        let conjunctions = names::all_demands(reader, &names)?;
        let order: BTreeMap<&String, usize> = names.iter().zip(0..).collect();
        let mut brings = Brings::of(&needs, &order);
        let mut members = Vec::new();
        for (index, (name, conjunction)) in names.iter().zip(conjunctions).enumerate() {
            let brings = brings.of_member(index);
            reader.spend(brings.len())?;
            members.push(Property {
                name: name.clone().into(),
                node: reader.node(conjunction),
                required: required.contains(name),
                hint: Hint::default(),
                is_read: false,
                brings,
            });
        }
        let additional = reader.node(rest.into_iter().map(Part::Keeps).collect());
        let intricate =
            least > 0 || most < usize::MAX || members.iter().any(|member| member.brings.len() > 1);
        let definition = reader.definition();
        let is_read = false;
        Ok(ValueSet::Object(Self { definition, members, additional, free, least, most, intricate, is_read }))
    }

    /// The member of that name, if the schema names it.
    pub(crate) fn member(&self, name: &str) -> Option<&Property> {
        let index = self.members.binary_search_by(|member| (*member.name).cmp(name)).ok()?;
        self.members.get(index)
    }

    pub(crate) fn admits(&self, plan: &Plan, members: &Map<String, Value>) -> bool {
        self.members.iter().all(|member| !member.required || members.contains_key(&*member.name))
            && members.iter().all(|(name, value)| {
                plan.admits(self.member(name).map_or(self.additional, |member| member.node), value)
            })
    }

    /// How many members there must be beside the required ones.
    pub(crate) fn missing(&self) -> usize {
        self.least.saturating_sub(self.members.iter().filter(|member| member.required).count())
    }

    /// For each member, how many members it brings, and who brings it.
    pub(crate) fn bringing(&self) -> (Vec<usize>, Vec<Vec<usize>>) {
        let brings = self.members.iter().map(|member| member.brings.len()).collect();
        let mut brought_by = vec![Vec::new(); self.members.len()];
        for (index, member) in self.members.iter().enumerate() {
            member.brings.iter().for_each(|brought| brought_by[*brought].push(index));
        }
        (brings, brought_by)
    }

    /// What the smallest object weighs. Its parts are settled.
    pub(crate) fn weight(&self, plan: &Plan) -> u64 {
        if self.least == 0 {
            let required = self.members.iter().filter(|member| member.required);
            return required.fold(NODE, |sum, member| sum.saturating_add(member.weight(plan)));
        }
        let mut chosen = self.required();
        self.fill(&mut chosen, plan, None);
        chosen.into_iter().fold(NODE, |sum, index| sum.saturating_add(self.members[index].weight(plan)))
    }

    fn required(&self) -> BTreeSet<usize> {
        (0..self.members.len()).filter(|index| self.members[*index].required).collect()
    }

    /// Adds members until there are enough, the simplest first. Only those lower than the object: others
    /// would lead back to it.
    fn fill(&self, chosen: &mut BTreeSet<usize>, plan: &Plan, height: Option<u32>) {
        if chosen.len() >= self.least {
            return;
        }
        let of = |index: usize| {
            let heights = self.members[index]
                .brings
                .iter()
                .map(|brought| plan.node(self.members[*brought].node).height);
            heights.collect::<Option<Vec<u32>>>()?.into_iter().max()
        };
        let order = (0..self.members.len()).filter_map(|index| Some((of(index)?, index)));
        let mut order: Vec<(u32, usize)> =
            order.filter(|(own, _)| height.is_none_or(|height| *own < height)).collect();
        order.sort_by_key(|(height, index)| (*height, self.members[*index].brings.len()));
        for (_, index) in order {
            if chosen.len() >= self.least {
                break;
            }
            self.bring(index, chosen, |index| plan.is_finite(self.members[*index].node));
        }
    }

    /// An object; `height` is that of its node.
    pub(crate) fn build<'a, S: Sink>(&'a self, height: Option<u32>, builder: &mut Builder<'a>, sink: &mut S) {
        let is_free = self.free && !builder.tight() && builder.style.items != Extent::Least;
        let others = if is_free { any_object(builder.choices, 2) } else { Map::new() };
        let mut others = others.into_iter().peekable();
        let usual = PRESENCE.get(builder.depth).or(PRESENCE.last()).copied().unwrap_or(0);
        builder.depth += 1;
        let chosen = self.intricate.then(|| self.chosen(usual, height, builder));
        let first = (builder.written.len(), builder.items.len());
        sink.open_object();
        for (index, member) in self.members.iter().enumerate() {
            builder.choices.open(false);
            let there = match &chosen {
                Some(chosen) => chosen.contains(&index),
                None => member.required || Self::wanted(member, member.weight(builder.plan), usual, builder),
            };
            while is_free && let Some(other) = others.next_if(|(name, _)| **name < *member.name) {
                Self::write(other, sink);
            }
            if there {
                if is_free {
                    others.next_if(|(name, _)| **name == *member.name);
                }
                sink.member(&member.name);
                if member.is_read {
                    Self::build_read(member, builder, sink);
                } else {
                    builder.build(member.node, &member.hint, sink);
                }
            }
            builder.choices.close();
        }
        others.for_each(|other| Self::write(other, sink));
        builder.depth -= 1;
        if self.is_read {
            self.settle(builder, first.0, sink);
            builder.written.truncate(first.0);
            builder.items.truncate(first.1);
        }
        sink.close_object();
    }

    /// The members to build, where they depend on each other or are counted.
    fn chosen(&self, usual: u8, height: Option<u32>, builder: &mut Builder<'_>) -> BTreeSet<usize> {
        let mut chosen = self.required();
        for (index, member) in self.members.iter().enumerate() {
            builder.choices.open(false);
            if !chosen.contains(&index) {
                let weights = member.brings.iter().map(|brought| self.members[*brought].weight(builder.plan));
                let weight = weights.fold(0, u64::saturating_add);
                if Self::wanted(member, weight, usual, builder) {
                    let plan = builder.plan;
                    self.bring(index, &mut chosen, |index| plan.is_finite(self.members[*index].node));
                }
            }
            builder.choices.close();
        }
        self.fill(&mut chosen, builder.plan, height);
        chosen
    }

    /// Adds a member and all it brings, if there is room and they can be built.
    fn bring(&self, index: usize, chosen: &mut BTreeSet<usize>, finite: impl Fn(&usize) -> bool) {
        let brings = &self.members[index].brings;
        let more = brings.iter().filter(|index| !chosen.contains(index)).count();
        if chosen.len() + more <= self.most && brings.iter().all(finite) {
            chosen.extend(brings);
        }
    }

    /// Whether a member that may be missing is there. With what it brings, it weighs so much.
    fn wanted(member: &Property, weight: u64, usual: u8, builder: &mut Builder<'_>) -> bool {
        if !builder.plan.is_finite(member.node) || builder.tight() || weight > builder.room {
            return false;
        }
        let wanted = match builder.style.member(builder.depth - 1) {
            Some(decided) => decided,
            None => builder.choices.chance(member.hint.presence.unwrap_or(usual)),
        };
        builder.room -= if wanted { weight } else { 0 };
        wanted
    }

    /// Writes a member of which the schema says nothing.
    fn write<S: Sink>((name, value): (String, Value), sink: &mut S) {
        sink.member(&name.into());
        sink.value(Cow::Owned(value));
    }

    /// Builds a member that knowledge reads: notes where it stands, and where its items do.
    fn build_read<'a, S: Sink>(member: &'a Property, builder: &mut Builder<'a>, sink: &mut S) {
        let (start, first, outer) = (sink.position(), builder.items.len(), builder.read_nesting);
        builder.read_nesting = builder.nesting + 1;
        builder.build(member.node, &member.hint, sink);
        builder.read_nesting = outer;
        let items = (first, builder.items.len());
        let (name, key) = (&*member.name, member.name.key());
        builder.written.push(Written { name, key, start, end: sink.position(), items });
    }

    /// Lets members agree with each other, as far as the schema allows.
    fn settle<S: Sink>(&self, builder: &mut Builder<'_>, first: usize, sink: &mut S) {
        let written = &mut builder.written[first..];
        let members = sink.members(written, &builder.items);
        for (name, value) in builder.knowledge.settle(&self.definition, &members) {
            let Some(at) = written.iter().position(|member| member.name == name) else { continue };
            if self.member(&name).is_some_and(|member| builder.plan.admits(member.node, &value)) {
                sink.replace(written, at, value);
            }
        }
    }
}

impl Property {
    /// What the smallest value weighs with its name.
    fn weight(&self, plan: &Plan) -> u64 {
        plan.node(self.node).weight.saturating_add(NODE + self.name.len() as u64)
    }
}

/// Which members must be there, and which if others are.
struct Needs {
    required: BTreeSet<String>,
    brought: BTreeMap<String, BTreeSet<String>>,
}

impl Needs {
    fn read(flats: &Flats) -> Self {
        let mut required: BTreeSet<String> = BTreeSet::new();
        let mut brought: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for assertion in flats.assertions() {
            match assertion {
                Assertion::Required(names) => required.extend(names.iter().cloned()),
                Assertion::DependentRequired { names, .. } => {
                    for (name, list) in names {
                        brought.entry(name.clone()).or_default().extend(list.iter().cloned());
                    }
                }
                _ => {}
            }
        }
        required.extend(flats.demands().filter_map(|one| match one {
            Requirement::Has(name) => Some(name.clone()),
            _ => None,
        }));
        Self { required, brought }
    }

    /// How many names are said, each as often as it is.
    fn len(&self) -> usize {
        self.required.len() + self.brought.values().map(|list| 1 + list.len()).sum::<usize>()
    }

    fn names(&self) -> BTreeSet<String> {
        let brought = self.brought.iter().flat_map(|(name, list)| list.iter().chain([name]));
        self.required.iter().chain(brought).cloned().collect()
    }

    /// The names and all that they bring.
    fn closure<'n>(&self, names: impl IntoIterator<Item = &'n String>) -> BTreeSet<String> {
        let mut waiting: Vec<String> = names.into_iter().cloned().collect();
        let mut closure = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            if closure.insert(name.clone()) {
                waiting.extend(self.brought.get(&name).into_iter().flatten().cloned());
            }
        }
        closure
    }
}

/// Which members bring which, by their numbers.
struct Brings {
    direct: Vec<Vec<usize>>,
    /// The last member for which each was found.
    found: Vec<usize>,
}

impl Brings {
    fn of(needs: &Needs, order: &BTreeMap<&String, usize>) -> Self {
        let mut direct = vec![Vec::new(); order.len()];
        for (name, list) in &needs.brought {
            if let Some(index) = order.get(name) {
                direct[*index] = list.iter().filter_map(|name| order.get(name).copied()).collect();
            }
        }
        Self { direct, found: vec![usize::MAX; order.len()] }
    }

    /// A member and all that it brings, in order.
    fn of_member(&mut self, member: usize) -> Vec<usize> {
        let (mut brings, mut waiting) = (Vec::new(), vec![member]);
        while let Some(index) = waiting.pop() {
            if std::mem::replace(&mut self.found[index], member) != member {
                brings.push(index);
                waiting.extend(&self.direct[index]);
            }
        }
        brings.sort_unstable();
        brings
    }
}
