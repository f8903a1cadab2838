//! Reads the keywords of parts that apply together.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use serde_json::{Number, Value};

use super::check::Check;
use super::conjunction::{Part, Requirement};
use super::documents::Documents;
use super::kinds::Content;
use super::nodes::Compiler;
use super::{Plan, PlanNodeId, ValueSet};
use crate::error::{Error, ErrorKind};
use crate::generate::choices::Choices;
use crate::generate::sink::Tree;
use crate::generate::style::Style;
use crate::schema::keywords::{self, names};
use crate::schema::model::{self, Applicator, Assertion, Bound, Properties};
use crate::schema::pattern::Pattern;
use crate::schema::types::TypeSet;

/// What subschemas say by themselves, and demands, that hold together.
#[derive(Clone)]
pub(crate) struct Flats {
    pub(super) documents: Arc<Documents>,
    pub(super) parts: Arc<[Part]>,
}

impl Flats {
    fn subschemas(&self) -> impl Iterator<Item = (model::NodeId, &model::Node)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Own(id) => Some((*id, self.documents.model.node(*id))),
            _ => None,
        })
    }

    pub(crate) fn demands(&self) -> impl Iterator<Item = &Requirement> {
        self.parts.iter().filter_map(|part| match part {
            Part::Demand(demand) => Some(&demand.requirement),
            _ => None,
        })
    }

    pub(crate) fn assertions(&self) -> impl Iterator<Item = &Assertion> {
        self.subschemas().flat_map(|(_, node)| &node.assertions)
    }

    /// What each subschema applies to what is inside.
    pub(crate) fn applicators(&self) -> impl Iterator<Item = impl Iterator<Item = &Applicator>> {
        self.subschemas().map(|(_, node)| node.applicators.iter())
    }

    /// How many parts there are.
    pub(crate) fn len(&self) -> usize {
        self.parts.len()
    }

    /// The types that all admit.
    pub(super) fn types(&self) -> TypeSet {
        let own = self.assertions().filter_map(|one| match one {
            Assertion::Type(types) => Some(*types),
            _ => None,
        });
        let demanded = self.demands().filter_map(|one| match one {
            Requirement::Types(types) => Some(*types),
            _ => None,
        });
        own.chain(demanded).fold(TypeSet::ALL, |all, one| all & one)
    }

    /// The values of each list.
    pub(super) fn lists(&self) -> impl Iterator<Item = &Vec<Value>> {
        self.assertions().filter_map(|one| match one {
            Assertion::Values { values, .. } => Some(values),
            _ => None,
        })
    }

    /// The value that is demanded.
    pub(super) fn value(&self) -> Option<&Value> {
        self.demands().find_map(|one| match one {
            Requirement::Value(id, number) => self.documents.listed(*id, *number),
            _ => None,
        })
    }

    /// Whether an object must have that member.
    pub(super) fn requires(&self, name: &str) -> bool {
        let own =
            |one: &Assertion| matches!(one, Assertion::Required(names) if names.iter().any(|it| it == name));
        self.assertions().any(own)
            || self.demands().any(|one| matches!(one, Requirement::Has(has) if has == name))
    }

    pub(crate) fn bounds(&self) -> impl Iterator<Item = &Bound> {
        let own = self.assertions().filter_map(|one| match one {
            Assertion::Bound(bound) => Some(bound),
            _ => None,
        });
        own.chain(self.demands().filter_map(|one| match one {
            Requirement::Bound(bound) => Some(bound),
            _ => None,
        }))
    }

    pub(crate) fn steps(&self) -> impl Iterator<Item = &Number> {
        self.assertions().filter_map(|one| match one {
            Assertion::MultipleOf(step) => Some(step),
            _ => None,
        })
    }

    fn counts(&self, of: TypeSet, upper: bool) -> impl Iterator<Item = u64> {
        let own = self.assertions().filter_map(|one| match one {
            Assertion::Count(count) => Some(count),
            _ => None,
        });
        let demanded = self.demands().filter_map(|one| match one {
            Requirement::Count(count) => Some(count),
            _ => None,
        });
        let counts = own.chain(demanded).filter(move |count| count.of == of && count.upper == upper);
        counts.map(|count| count.limit)
    }

    /// The most characters, items or members.
    pub(crate) fn most(&self, of: TypeSet) -> u64 {
        self.counts(of, true).min().unwrap_or(u64::MAX)
    }

    pub(crate) fn patterns(&self) -> impl Iterator<Item = (&str, &Pattern)> {
        let own = self.subschemas().filter_map(|(_, node)| node.pattern());
        own.chain(self.demands().filter_map(|one| match one {
            Requirement::Key(id, number) => {
                self.documents.key_pattern(*id, *number).map(|key| (key.source.as_str(), &key.pattern))
            }
            _ => None,
        }))
    }

    /// The formats, and whether they are asserted.
    pub(crate) fn formats(&self) -> impl Iterator<Item = (&str, bool)> {
        self.subschemas().flat_map(|(_, node)| {
            let own = node.assertions.iter().filter_map(|one| match one {
                Assertion::Format(name) => Some((name.as_str(), true)),
                _ => None,
            });
            own.chain(node.unasserted_format.as_deref().map(|name| (name, false)))
        })
    }

    /// What strings hold.
    pub(crate) fn contents(&self) -> impl Iterator<Item = Content> {
        self.subschemas().filter_map(|(_, node)| {
            let value_of = |wanted: &str| {
                node.assertions.iter().find_map(|one| match one {
                    Assertion::Content { keyword, value } if *keyword == wanted => Some(value.as_str()),
                    _ => None,
                })
            };
            let [encoding, media_type, _] = keywords::CONTENT;
            Content::of(value_of(encoding), value_of(media_type))
        })
    }

    pub(crate) fn unique(&self) -> bool {
        self.assertions().any(|one| matches!(one, Assertion::UniqueItems))
    }

    pub(crate) fn properties(&self) -> impl Iterator<Item = &Properties> {
        self.applicators().flatten().filter_map(Applicator::properties)
    }

    /// What the names of members must keep.
    pub(crate) fn property_names(&self) -> Vec<Part> {
        let names = self.applicators().flatten().filter_map(|one| match one {
            Applicator::PropertyNames(names) => Some(Part::Keeps(*names)),
            _ => None,
        });
        names.collect()
    }

    /// What is said of the members that nothing else applies to.
    pub(crate) fn unevaluated_properties(&self) -> impl Iterator<Item = Part> {
        self.applicators().flatten().filter_map(|one| match one {
            Applicator::UnevaluatedProperties(rest) => Some(Part::Keeps(*rest)),
            _ => None,
        })
    }

    /// The key patterns, but for those of members that are never there.
    pub(crate) fn keys(&self) -> Vec<Part> {
        let mut known = HashSet::new();
        let mut keys = Vec::new();
        for (id, node) in self.subschemas() {
            let patterns = node.applicators.iter().filter_map(Applicator::properties);
            for (number, key) in patterns.flat_map(|of| of.patterns.iter().enumerate()) {
                if !self.refuses_all(key.node) && known.insert(&key.source) {
                    keys.push((&key.source, Requirement::Key(id, number).at(id)));
                }
            }
        }
        keys.sort();
        keys.into_iter().map(|(_, key)| key).collect()
    }

    /// Whether a subschema is `false`.
    pub(crate) fn refuses_all(&self, id: model::NodeId) -> bool {
        self.documents.model.node(id).boolean == Some(false)
    }

    /// Whether a subschema is `true`.
    pub(crate) fn admits_all(&self, id: model::NodeId) -> bool {
        self.documents.model.node(id).boolean == Some(true)
    }

    /// The part that says something under a keyword, if one does.
    fn saying(&self, keyword: &str) -> Option<&Part> {
        self.parts.iter().find(|part| match part {
            Part::Own(id) => {
                let node = self.documents.model.node(*id);
                let format = keyword == names::FORMAT && node.unasserted_format.is_some();
                format
                    || node.assertions.iter().any(|one| one.keyword() == keyword)
                    || node.applicators.iter().any(|one| one.keyword() == keyword)
            }
            Part::Demand(demand) => match &demand.requirement {
                Requirement::Types(_) => keyword == names::TYPE,
                Requirement::Bound(bound) => keyword == bound.keyword,
                Requirement::Count(count) => keyword == count.keyword,
                Requirement::Has(_) => keyword == names::REQUIRED,
                _ => false,
            },
            _ => false,
        })
    }
}

/// Reads what parts that hold together say.
pub(crate) struct Reader<'c> {
    pub(super) compiler: &'c mut Compiler,
    pub(crate) flats: Flats,
    /// Where the first of them stands.
    pub(super) location: String,
    /// The keyword for whose sake every value must be checked.
    pub(super) check: Option<&'static str>,
    /// Why there is no value.
    pub(super) never: Option<(String, String)>,
    /// Whether the plan alone cannot say whether it admits a value.
    pub(super) intricate: bool,
}

impl Reader<'_> {
    /// Asks for every value to be checked.
    pub(crate) fn check(&mut self, keyword: &'static str) {
        self.check.get_or_insert(keyword);
    }

    /// Says that the plan alone cannot tell whether it admits a value.
    pub(crate) fn intricate(&mut self) {
        self.intricate = true;
    }

    /// Says that there may be values that the plan does not have.
    pub(crate) fn incomplete(&mut self) {
        self.compiler.incomplete.get_or_insert_with(|| self.location.clone());
    }

    /// There is no value, and why.
    pub(crate) fn nothing(&mut self, keyword: &str, message: &str) -> ValueSet {
        let location = self.place_of(keyword);
        self.never.get_or_insert((location, format!("`{keyword}` {message}")));
        ValueSet::Never
    }

    /// Where it is said.
    fn place_of(&self, keyword: &str) -> String {
        let location = self.flats.saying(keyword).map(|part| self.flats.documents.location(part.subschema()));
        format!("{}/{keyword}", location.as_ref().unwrap_or(&self.location))
    }

    /// The fewest characters, items or members, if they are few enough to be built.
    pub(crate) fn least(&self, of: TypeSet, keyword: &str, most: u64) -> Result<u64, Error> {
        let count = self.flats.counts(of, false).max().unwrap_or(0);
        if count > most {
            return Err(self.unsupported(keyword, &format!("asks for more than {most}")));
        }
        Ok(count)
    }

    /// Spends steps of those that one schema may take.
    pub(crate) fn spend(&self, steps: usize) -> Result<(), Error> {
        self.flats.documents.spend(steps, &self.location)
    }

    /// The node of what these parts admit together.
    pub(crate) fn node(&mut self, conjunction: Vec<Part>) -> PlanNodeId {
        self.compiler.at(conjunction)
    }

    /// No value.
    pub(crate) fn never(&self) -> Part {
        Part::never(self.flats.parts.first().map_or(0, Part::subschema))
    }

    /// A node of this form.
    pub(crate) fn add(&mut self, value_set: ValueSet) -> PlanNodeId {
        let location = self.location.clone();
        self.compiler.add(value_set, &location)
    }

    /// What says whether all these parts admit a value.
    pub(crate) fn check_of(&self, conjunction: Vec<Part>) -> Check {
        Check::of(&self.flats.documents, conjunction)
    }

    /// What says whether a value is as all that is read here wants it.
    pub(crate) fn check_itself(&self) -> Check {
        self.check_of(self.flats.parts.to_vec())
    }

    /// Texts that all these parts admit, at most so many; none if they cannot be built.
    pub(crate) fn texts(&self, mut conjunction: Vec<Part>, most: usize) -> Result<Vec<String>, Error> {
        let at = conjunction.first().map_or(0, Part::subschema);
        conjunction.push(Requirement::Types(TypeSet::STRING).at(at));
        let Ok(plan) = Plan::of_conjunction(&self.flats.documents, &conjunction) else {
            // No text, unless it was only given up.
            return self.spend(0).map(|()| Vec::new());
        };
        if let ValueSet::Listed(values) = &plan.node(plan.resolved(Plan::ROOT)).value_set {
            return Ok(values.iter().filter_map(Value::as_str).map(str::to_owned).take(most).collect());
        }
        let (mut texts, mut seen) = (Vec::new(), BTreeSet::new());
        for seed in 0..u64::try_from(most).unwrap_or(0) * 4 + 8 {
            self.spend(1)?;
            let mut tree = Tree::default();
            plan.build(&mut Choices::seeded(seed), &(), Style::default(), &mut tree);
            let value = tree.finish();
            if let Value::String(text) = value
                && seen.insert(text.clone())
            {
                texts.push(text);
            }
            if texts.len() >= most {
                break;
            }
        }
        Ok(texts)
    }

    /// What this object is called: its name in `$defs`, the title of the root, or nothing.
    pub(crate) fn definition(&self) -> String {
        let name = keywords::DEFINITIONS
            .iter()
            .find_map(|defs| self.location.strip_prefix("#/")?.strip_prefix(defs)?.strip_prefix('/'));
        match name {
            Some(name) if !name.contains('/') => crate::pointer::unescape(name).into_owned(),
            None if self.location == "#" => self.flats.documents.title(),
            _ => String::new(),
        }
    }

    pub(crate) fn unsupported(&self, keyword: &str, message: &str) -> Error {
        Error::new(ErrorKind::Unsupported, self.place_of(keyword), format!("`{keyword}` {message}"))
    }
}
