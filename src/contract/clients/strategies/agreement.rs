//! Makes members of one object agree with each other.

use serde_json::{Map, Value, json};

use crate::generate::{Drawn, Members, instant};

/// Timestamps in the order in which they happen.
const ORDERED: &[&[&str]] = &[
    &["createdAt", "updatedAt"],
    &["startDate", "endDate"],
    &["enrollmentStartDate", "enrollmentEndDate"],
    &["courseStartDate", "courseEndDate", "gracePeriodEndDate"],
];

/// Numbers that do not fall.
const RISING: &[&[&str]] = &[
    &["seatsUsedCount", "seatsAllocatedCount", "seatsLimit"],
    &["instructorAccessPriceInCents", "priceInCents", "suggestedRetailPriceInCents"],
];

/// Objects, and the list of their ids beside them.
const IDS: &[(&str, &str)] = &[
    ("courses", "courseIds"),
    ("learningPaths", "learningPathIds"),
    ("courseTags", "courseTagIds"),
    ("purchasableTags", "purchasableTagIds"),
];

/// Members that are read besides these.
const OTHERS: &[&str] = &["clients", "data", "label", "name", "pageInfo", "seatsLimitMet", "slug", "title"];

/// Whether a member of that name is read or changed.
pub(super) fn reads(name: &str) -> bool {
    OTHERS.contains(&name)
        || ORDERED.iter().chain(RISING).any(|names| names.contains(&name))
        || IDS.iter().any(|(objects, ids)| [*objects, *ids].contains(&name))
}

/// The members to change, with the values that make the object agree with itself.
pub(super) fn settle(definition: &str, members: &Members<'_>) -> Vec<(String, Value)> {
    let mut changes = Vec::new();
    for names in ORDERED {
        order(members, names, &mut changes, |value| instant(&value.as_str()?));
    }
    for names in RISING {
        order(members, names, &mut changes, |value| value.as_i64().map(i128::from));
    }
    changes.extend(seats_limit_met(members).map(|met| ("seatsLimitMet".to_owned(), met)));
    for (objects, ids) in IDS {
        // Where nobody asks for them, they are not looked for.
        let list = members.get(ids).and_then(|_| ids_of(members, objects));
        changes.extend(list.map(|list| ((*ids).to_owned(), list)));
    }
    changes.extend(slug(members).map(|slug| ("slug".to_owned(), slug)));
    let page = if definition == "ClientsList" { numbered(members) } else { with_cursor(members) };
    changes.extend(page.map(|page| ("pageInfo".to_owned(), page)));
    changes
}

/// The values that are there, in order.
fn order(
    members: &Members<'_>,
    names: &[&str],
    changes: &mut Vec<(String, Value)>,
    rank: impl Fn(Drawn<'_>) -> Option<i128>,
) {
    let there: Vec<_> = names
        .iter()
        .filter_map(|name| {
            let value = members.get(name)?;
            Some((*name, value, rank(value)?))
        })
        .collect();
    if there.is_sorted_by_key(|(.., instant)| *instant) {
        return;
    }
    let mut sorted = there.clone();
    sorted.sort_by_key(|(.., instant)| *instant);
    changes.extend(
        there.iter().zip(sorted).map(|((name, ..), (_, value, _))| ((*name).to_owned(), value.to_value())),
    );
}

/// Whether all seats are used, once they are in order.
fn seats_limit_met(members: &Members<'_>) -> Option<Value> {
    members.get("seatsLimitMet")?.as_bool()?;
    let used = members.get("seatsUsedCount")?.as_i64()?;
    let Some(limit) = members.get("seatsLimit")?.as_i64() else { return Some(json!(false)) };
    let counts = [used, limit].into_iter().chain(members.get("seatsAllocatedCount").and_then(Drawn::as_i64));
    Some(json!(counts.clone().min() == counts.max()))
}

fn ids_of(members: &Members<'_>, objects: &str) -> Option<Value> {
    let ids: Option<Vec<Value>> =
        members.get(objects)?.items()?.map(|object| object.get("id").map(Drawn::to_value)).collect();
    ids.map(Value::Array)
}

/// The slug of the title or the name, unless the slug is one of the odd ones.
fn slug(members: &Members<'_>) -> Option<Value> {
    let is_plain = |slug: &str| {
        slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let named = ["title", "name", "label"].iter().find_map(|name| members.get(name)?.as_str())?;
    members.get("slug")?.as_str().filter(|slug| !slug.is_empty() && is_plain(slug))?;
    let mut slug = String::with_capacity(named.len());
    for word in
        named.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
    {
        slug.push_str(if slug.is_empty() { "" } else { "-" });
        slug.extend(word.chars().map(|character| character.to_ascii_lowercase()));
    }
    (!slug.is_empty()).then_some(Value::String(slug))
}

/// Counters that agree with each other and with the clients beside them.
fn numbered(members: &Members<'_>) -> Option<Value> {
    let clients = i64::try_from(members.get("clients")?.items()?.count()).ok()?;
    let mut info = object(members.get("pageInfo")?)?;
    let drawn = |name: &str, most: i64| info.get(name).and_then(Value::as_i64).unwrap_or(1).clamp(1, most);
    let more = clients > 0 && info.get("hasMore")? == true;
    // A page that is not the last is full.
    let per_page = if more { clients } else { drawn("perPage", 1_000).max(clients) };
    // Responses made one by one are first pages: two that follow each other would claim to be one walk.
    let behind = if more { drawn("total", 1_000) } else { 0 };
    info.insert("perPage".to_owned(), json!(per_page));
    info.insert("currentPage".to_owned(), json!(1));
    info.insert("total".to_owned(), json!(clients + behind));
    info.insert("hasMore".to_owned(), json!(more));
    Some(Value::Object(info))
}

/// The same of a page that has a cursor: there is one where more follows, and no other page has the same.
fn with_cursor(members: &Members<'_>) -> Option<Value> {
    let mut info = object(members.get("pageInfo")?)?;
    let (mut count, mut last) = (0, None);
    for client in members.get("clients").or_else(|| members.get("data"))?.items()? {
        (count, last) = (count + 1, Some(client));
    }
    let last = last.and_then(|client| client.get("id")).and_then(Drawn::as_str);
    let more = last.filter(|_| info.get("hasMore") == Some(&json!(true)));
    info.insert("hasMore".to_owned(), json!(more.is_some()));
    if more.is_some() || info.contains_key("cursor") {
        info.insert("cursor".to_owned(), json!(more.as_ref().map(|id| format!("after-{id}"))));
    }
    let number =
        |name: &str, number: usize| (info.contains_key(name)).then(|| (name.to_owned(), json!(number)));
    let behind = usize::from(more.is_some());
    let numbers =
        [number("currentPage", 1), number("perPage", count.max(1)), number("total", count + behind)];
    info.extend(numbers.into_iter().flatten());
    Some(Value::Object(info))
}

fn object(drawn: Drawn<'_>) -> Option<Map<String, Value>> {
    match drawn.to_value() {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(value: &Value) -> Map<String, Value> {
        let mut members = value.as_object().cloned().unwrap();
        let changes = Members::over(&members, |members| settle("ClientsList", members));
        members.extend(changes);
        members
    }

    #[test]
    fn swapped_dates_agree() {
        let object = settled(&json!({
            "courseStartDate": "2024-03-01T00:00:00.000Z",
            "courseEndDate": "2024-02-01T00:00:00+05:00",
            "gracePeriodEndDate": null,
            "createdAt": "2024-03-01T00:00:00.000Z"
        }));
        assert_eq!(object["courseStartDate"], "2024-02-01T00:00:00+05:00");
        assert_eq!(object["courseEndDate"], "2024-03-01T00:00:00.000Z");
    }

    #[test]
    fn a_slug_follows_its_title_unless_it_is_odd() {
        assert_eq!(settled(&json!({"slug": "x-1", "title": "First Aid"}))["slug"], "first-aid");
        assert_eq!(settled(&json!({"slug": "Ü", "title": "First Aid"}))["slug"], "Ü");
    }

    #[test]
    fn the_limit_is_met_when_all_seats_are_used() {
        let met = |used: i64, allocated: i64, limit: Value| {
            let course = json!({
                "seatsUsedCount": used, "seatsAllocatedCount": allocated, "seatsLimit": limit, "seatsLimitMet": true
            });
            let course = settled(&course);
            (
                course["seatsUsedCount"].as_i64() == course["seatsLimit"].as_i64(),
                course["seatsLimitMet"] == true,
            )
        };
        assert_eq!(met(9, 3, json!(5)), (false, false));
        assert_eq!(met(4, 4, json!(4)), (true, true));
        assert_eq!(met(4, 4, Value::Null), (false, false));
    }

    #[test]
    fn counters_agree() {
        for (clients, more) in [(0, true), (0, false), (3, true), (3, false)] {
            let info = json!({"perPage": 2, "currentPage": 0, "total": 7, "hasMore": more});
            let list = settled(&json!({"clients": vec![0; clients], "pageInfo": info}));
            let number = |name: &str| list["pageInfo"][name].as_u64().unwrap();
            let (per_page, page, total) = (number("perPage"), number("currentPage"), number("total"));
            assert!(page >= 1 && per_page >= u64::try_from(clients).unwrap());
            assert_eq!(list["pageInfo"]["hasMore"], page * per_page < total);
        }
    }
}
