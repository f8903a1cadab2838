//! Finds reference cycles.

use super::{Applicator, Model, NodeId};
use crate::error::{Error, ErrorKind};

/// Refuses a schema with a subschema that applies itself to the same value, directly or through others, and
/// one that combines more than `max_in_place` inside each other.
pub(super) fn refuse(name: &str, model: &Model, max_in_place: usize) -> Result<(), Error> {
    const OPEN: usize = usize::MAX;
    let mut heights: Vec<Option<usize>> = vec![None; model.nodes.len()];
    for start in 0..model.nodes.len() {
        if heights[start].is_some() {
            continue;
        }
        let mut path: Vec<(usize, Vec<NodeId>, usize)> = vec![(start, in_place(model, start), 0)];
        heights[start] = Some(OPEN);
        while let Some((node, targets, height)) = path.last_mut() {
            let Some(next) = targets.pop() else {
                let (node, height) = (*node, *height + 1);
                heights[node] = Some(height);
                path.pop();
                if let Some((_, _, above)) = path.last_mut() {
                    *above = height.max(*above);
                }
                if height > max_in_place {
                    return Err(too_deep(name, model, node, max_in_place));
                }
                continue;
            };
            match heights[next as usize] {
                Some(OPEN) => return Err(circle(name, model, next as usize)),
                Some(known) => *height = known.max(*height),
                None => {
                    heights[next as usize] = Some(OPEN);
                    path.push((next as usize, in_place(model, next as usize), 0));
                }
            }
        }
    }
    Ok(())
}

fn in_place(model: &Model, node: usize) -> Vec<NodeId> {
    model.nodes[node].applicators.iter().flat_map(Applicator::in_place).collect()
}

fn circle(name: &str, model: &Model, node: usize) -> Error {
    let location = model.nodes[node].location();
    let message = format!("reference cycle: {location} applies itself to the same value");
    Error::new(ErrorKind::Schema, name, message)
}

fn too_deep(name: &str, model: &Model, node: usize, max_in_place: usize) -> Error {
    let location = model.nodes[node].location();
    let message = format!(
        "combines too many subschemas: more than {max_in_place} apply to one value inside each other at {location}"
    );
    Error::new(ErrorKind::Unsupported, name, message)
}
