use std::collections::{BTreeMap, BTreeSet};

use clients_contract::Contract;
use clients_contract::clients::{self, Client, ClientsResponse, Course, Dataset, LearningPath, License};
use clients_contract::generate::{Assignment, Preset, Style, instant};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

fn pages(seed: u64, total: u64, per_page: u32, style: Style) -> Vec<Value> {
    let dataset = Dataset::new(seed, total, per_page, style).unwrap();
    (1..=dataset.pages()).map(|number| dataset.page(number)).collect()
}

fn list<'v>(object: &'v Value, name: &str) -> &'v [Value] {
    object[name].as_array().map_or(&[], Vec::as_slice)
}

fn ids(list: &[Value]) -> Vec<&Value> {
    list.iter().map(|value| &value["id"]).collect()
}

/// Remembers a shared value, which has to be the same every time.
fn same<'v>(known: &mut BTreeMap<String, &'v Value>, value: &'v Value) {
    let first = known.entry(value["id"].to_string()).or_insert(value);
    assert_eq!(*first, value);
}

fn assert_consistent(pages: &[Value], total: usize) {
    let (mut courses, mut paths, mut clients) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    let mut parents = BTreeSet::new();
    for (number, page) in pages.iter().enumerate() {
        let bytes = page.to_string();
        let validation = Contract::clients().validate(bytes.as_bytes());
        assert!(validation.valid && validation.findings.is_empty(), "{validation}");
        let page = &page["data"]["Clients"];
        assert_eq!(page["pageInfo"]["currentPage"], number + 1);
        assert_eq!(page["pageInfo"]["total"], total);
        assert_eq!(page["pageInfo"]["hasMore"], number + 1 < pages.len());
        for client in list(page, "clients") {
            assert!(clients.insert(client["id"].to_string()), "a client twice");
            for (objects, names) in [
                ("courses", "courseIds"),
                ("learningPaths", "learningPathIds"),
                ("courseTags", "courseTagIds"),
                ("purchasableTags", "purchasableTagIds"),
            ] {
                for holder in [client, &client["primaryLicense"]] {
                    if holder[names].is_array() {
                        assert_eq!(
                            ids(list(holder, objects)),
                            list(holder, names).iter().collect::<Vec<_>>()
                        );
                    }
                }
            }
            for course in list(client, "courses") {
                same(&mut courses, course);
            }
            for path in list(client, "learningPaths") {
                same(&mut paths, path);
            }
            let nodes = list(client, "licenseTree");
            for node in nodes.iter().filter(|node| !node["parentLicenseId"].is_null()) {
                assert!(ids(nodes).contains(&&node["parentLicenseId"]));
            }
            for course in list(client, "courses") {
                parents.insert(course["parentCourseId"].to_string());
                for other in list(course, "prerequisiteCourses") {
                    parents.insert(other["id"].to_string());
                }
            }
        }
    }
    assert_eq!(clients.len(), total);
    parents.remove("null");
    for parent in parents {
        assert!(courses.contains_key(&parent), "no course {parent}");
    }
}

#[test]
fn an_instance_is_consistent_in_every_preset() {
    for preset in Preset::ALL {
        let style = Preset::combine(&[preset.name]).unwrap();
        assert_consistent(&pages(3, 7, 3, style), 7);
    }
    assert_consistent(&pages(1, 0, 5, Style::default()), 0);
    assert!(Dataset::new(1, 5, 0, Style::default()).is_err());
}

/// The definition that a member, or the items of one, refer to.
fn definition(schema: &Value) -> Option<&str> {
    let target = schema["$ref"].as_str().and_then(|target| target.strip_prefix("#/$defs/"));
    let alternatives = schema["anyOf"].as_array();
    target
        .or_else(|| alternatives.into_iter().flatten().find_map(definition))
        .or_else(|| schema.get("items").and_then(definition))
}

/// Calls `visit` with every object and what it is.
fn each<'v>(
    schema: &Value,
    name: &str,
    value: &'v Value,
    visit: &mut impl FnMut(&str, &'v Map<String, Value>),
) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| each(schema, name, item, visit)),
        Value::Object(members) => {
            visit(name, members);
            for (member, value) in members {
                let said = &schema["$defs"][name]["properties"][member];
                if let Some(name) = definition(said) {
                    each(schema, name, value, visit);
                }
            }
        }
        _ => {}
    }
}

fn slugified(name: &str) -> String {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric());
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join("-")
}

fn in_order<T: PartialOrd>(members: &Map<String, Value>, names: &[&str], rank: impl Fn(&Value) -> Option<T>) {
    let there: Vec<T> = names.iter().filter_map(|name| rank(members.get(*name)?)).collect();
    assert!(there.is_sorted(), "{names:?} of {members:?}");
}

/// What one object says about itself.
fn assert_sensible(members: &Map<String, Value>) {
    let named = ["title", "name", "label"].iter().find_map(|name| members.get(*name)?.as_str());
    if let (Some(named), Some(slug)) = (named, members.get("slug").and_then(Value::as_str)) {
        let wanted = slugified(named);
        assert!(wanted.is_empty() || slug == wanted, "{slug} of {named}");
    }
    for names in [
        &["createdAt", "updatedAt"][..],
        &["startDate", "endDate"],
        &["enrollmentStartDate", "enrollmentEndDate"],
        &["courseStartDate", "courseEndDate", "gracePeriodEndDate"],
    ] {
        in_order(members, names, |value| instant(value.as_str()?));
    }
    in_order(members, &["seatsUsedCount", "seatsAllocatedCount", "seatsLimit"], Value::as_i64);
    in_order(
        members,
        &["instructorAccessPriceInCents", "priceInCents", "suggestedRetailPriceInCents"],
        Value::as_i64,
    );
    for (name, value) in members {
        let money = name.ends_with("PriceInCents") || name == "priceInCents" || name.ends_with("Balance");
        let seats =
            name == "seats" || name.starts_with("seats") && name.ends_with("Count") || name == "seatsLimit";
        if let Some(number) = value.as_f64().filter(|_| money || seats) {
            let most = if money { 1_000_000.0 } else { 1_000.0 };
            assert!((0.0..=most).contains(&number), "{name} is {number}");
        }
    }
    if let (Some(met), Some(used), Some(limit)) =
        (members.get("seatsLimitMet"), members.get("seatsUsedCount"), members.get("seatsLimit"))
    {
        assert_eq!(met, limit.is_i64() && used == limit, "{members:?}");
    }
}

/// Every sentence about consistency, held against everything that is shown anywhere.
#[test]
fn whatever_is_shown_twice_is_the_same_and_everything_makes_sense() {
    let schema = clients::schema();
    for seed in [1, 7, 42, 1_000_003] {
        let pages = pages(seed, 60, 20, Style::default());
        // By noun and identifier, what was said about it so far.
        let mut known: BTreeMap<(String, String), BTreeMap<&str, &Value>> = BTreeMap::new();
        let mut owners: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        let (mut parents, mut shared) = (Vec::new(), 0);
        let all = pages.iter().flat_map(|page| list(&page["data"]["Clients"], "clients"));
        for (owner, client) in all.enumerate() {
            each(&schema, "Client", client, &mut |name, members| {
                assert_sensible(members);
                let noun = name.strip_prefix("Partial").unwrap_or(name);
                let noun = if noun == "LicenseNode" { "License" } else { noun };
                if !["Client", "Course", "LearningPath", "License", "Tag"].contains(&noun) {
                    return;
                }
                let id = members["id"].as_str().unwrap().to_owned();
                let said = known.entry((noun.to_owned(), id.clone())).or_default();
                for (name, value) in members {
                    let before = said.entry(name).or_insert(value);
                    assert_eq!(*before, value, "{name} of {noun} {id}");
                }
                shared += usize::from(owners.entry(id).or_default().insert(owner) && noun == "Course");
                for (parent, noun) in [("parentCourseId", "Course"), ("parentLicenseId", "License")] {
                    if let Some(id) = members.get(parent).and_then(Value::as_str) {
                        parents.push((noun.to_owned(), id.to_owned()));
                    }
                }
            });
        }
        assert!(parents.len() > 20 && parents.iter().all(|parent| known.contains_key(parent)));
        assert!(shared > 60, "courses are shared");
        let courses: Vec<_> = known.keys().filter(|(noun, _)| noun == "Course").collect();
        assert!(courses.iter().any(|(_, id)| owners[id].len() > 1));
        for ((noun, id), said) in &known {
            // Two clients that show the same license show the same one; each has licenses of its own.
            assert!(noun != "License" || owners[id].len() == 1, "{said:?}");
            assert!(noun != "Client" || said.contains_key("name"));
        }
    }
}

/// The SHA-256 of the pages of a data set, a line each. It changes when the contract or the generator
/// changes, and then on purpose.
#[test]
fn the_same_seed_makes_the_same_data_set_everywhere() {
    let mut hash = Sha256::new();
    for page in pages(42, 25, 10, Style::default()) {
        hash.update(format!("{page}\n"));
    }
    let digest = hash.finalize().iter().fold(String::new(), |digest, byte| format!("{digest}{byte:02x}"));
    assert_eq!(digest, GOLDEN);
}

const GOLDEN: &str = "a83990c4a2ec738f39053088fc36bdce576b86256924672184e8f2dd3957b755";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn an_instance_is_consistent(seed: u64, total in 0_usize..40, per_page in 1_u32..12) {
        assert_consistent(&pages(seed, total as u64, per_page, Style::default()), total);
    }

    #[test]
    fn types_have_strategies(
        course: Course, path: LearningPath, license: License, client: Client, response: ClientsResponse,
    ) {
        prop_assert!(!course.id.as_ref().is_empty() && !path.id.as_ref().is_empty());
        prop_assert!(!license.id.as_ref().is_empty() && !client.id.as_ref().is_empty());
        let body = serde_json::to_vec(&response).unwrap();
        prop_assert!(Contract::clients().validate(&body).valid);
    }
}

#[test]
fn pins_are_set_and_checked() {
    let schema = clients::schema();
    let assignment = Assignment::new(&schema, "courses/*/status=published").unwrap();
    let mut page = pages(3, 5, 5, Style::default()).remove(0);
    assert!(assignment.set(&mut page) > 0);
    for client in list(&page["data"]["Clients"], "clients") {
        for course in list(client, "courses") {
            assert_eq!(course["status"], "published");
        }
    }
    assert!(Contract::clients().validate(page.to_string().as_bytes()).valid);
    let from_root = Assignment::new(&schema, "/data/Clients/pageInfo/perPage=50").unwrap();
    assert_eq!(from_root.set(&mut page), 1);
    assert_eq!(page.pointer("/data/Clients/pageInfo/perPage"), Some(&json!(50)));
    let error = |text: &str| Assignment::new(&schema, text).unwrap_err().to_string();
    assert!(error("courses/*/statu=draft").contains("did you mean `status`"));
    assert!(error("courses/*/status=gone").contains("not allowed"));
    assert!(error("/Clients=1").contains("in the schema"));
    assert!(error("status").contains("POINTER=VALUE"));
}
