//! How is an array built?

use serde_json::Value;

use crate::error::Error;
use crate::generate::knowledge::{Hint, Items};
use crate::generate::plan::{Form, NodeId, Plan, Reader};
use crate::generate::recipe::Builder;

/// More items than this are not built because a schema demands them.
const MOST_DEMANDED: u64 = 100_000;
/// How many items there may be when nobody says, by nesting: deep arrays are short.
const USUAL: &[u64] = &[3, 3, 3, 3, 3, 2, 2, 1];

/// The arrays a schema admits.
#[derive(Clone, Debug)]
pub(crate) struct Array {
    prefix: Vec<NodeId>,
    /// What the items behind the prefix are.
    pub(crate) items: NodeId,
    least: u64,
    most: u64,
}

impl Array {
    pub(crate) fn read(reader: &mut Reader<'_, '_>) -> Result<Form, Error> {
        let least = reader.buildable_count("minItems", MOST_DEMANDED)?;
        let most = reader.count("maxItems")?.unwrap_or(u64::MAX);
        let prefix = reader.schemas("prefixItems")?.unwrap_or_default();
        let items = match reader.schema("items") {
            Some(items) => items,
            None => reader.anything(),
        };
        if least > most {
            return Ok(Form::Never);
        }
        Ok(Form::Array(Self { prefix, items, least, most }))
    }

    /// The node of the item at `index`.
    pub(crate) fn item(&self, index: usize) -> NodeId {
        self.prefix.get(index).copied().unwrap_or(self.items)
    }

    /// The nodes of all items, once each.
    pub(crate) fn parts(&self) -> impl Iterator<Item = NodeId> {
        self.prefix.iter().copied().chain([self.items])
    }

    /// The nodes of the items that every array has.
    pub(crate) fn forced(&self) -> impl Iterator<Item = NodeId> {
        let least = usize::try_from(self.least).unwrap_or(usize::MAX);
        let rest = (least > self.prefix.len()).then_some(self.items);
        self.prefix.iter().copied().take(least).chain(rest)
    }

    pub(crate) fn admits(&self, plan: &Plan, items: &[Value]) -> bool {
        let length = u64::try_from(items.len()).unwrap_or(u64::MAX);
        (self.least..=self.most).contains(&length)
            && items.iter().enumerate().all(|(index, item)| plan.admits(self.item(index), item))
    }

    pub(crate) fn build(&self, builder: &mut Builder<'_>, hint: &Hint) -> Value {
        let (least, most) = self.lengths(builder, hint);
        let item_hint = Hint { shape: hint.shape, ..Hint::default() };
        let outer = builder.budget;
        let mut items = Vec::new();
        for index in 0..most {
            builder.choices.open(true);
            // Zero ends the array; every possible length is equally likely.
            let more = builder.choices.draw(if index < least { 0 } else { most - index });
            if index >= least && more == 0 {
                builder.choices.close();
                break;
            }
            if matches!(hint.items, Some(Items::Exactly(_))) {
                builder.refill();
            }
            items.push(builder.build(self.item(items.len()), &item_hint));
            builder.choices.close();
        }
        if matches!(hint.items, Some(Items::Exactly(_))) {
            builder.budget = outer;
        }
        Value::Array(items)
    }

    /// The fewest and the most items to build now.
    fn lengths(&self, builder: &Builder<'_>, hint: &Hint) -> (u64, u64) {
        let buildable = self.parts().take(self.prefix.len()).position(|part| !builder.plan.is_finite(part));
        let end = match buildable {
            Some(index) => index,
            None if builder.plan.is_finite(self.items) => usize::MAX,
            None => self.prefix.len(),
        };
        let end = self.most.min(u64::try_from(end).unwrap_or(u64::MAX));
        let usual = USUAL.get(builder.nesting).or(USUAL.last()).copied().unwrap_or(0);
        let usual = usual.max(u64::try_from(self.prefix.len()).unwrap_or(u64::MAX));
        match hint.items {
            Some(Items::Exactly(count)) => {
                let count = u64::from(count).clamp(self.least, end);
                (count, count)
            }
            _ if builder.tight() => (self.least, self.least),
            Some(Items::UpTo(count)) => (self.least, u64::from(count).clamp(self.least, end)),
            None => (self.least, (self.least.saturating_add(usual)).min(end)),
        }
    }
}
