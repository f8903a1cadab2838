use std::collections::{BTreeMap, BTreeSet};

use clients_contract::Contract;
use clients_contract::clients::{self, Client, ClientsResponse, Course, Dataset, LearningPath, License};
use clients_contract::generate::{Pin, Preset, Style};
use proptest::prelude::*;
use serde_json::{Value, json};

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
        let judgement = Contract::clients().validate(bytes.as_bytes());
        assert!(judgement.valid && judgement.findings.is_empty(), "{judgement}");
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
    let pin = Pin::new(&schema, "courses/*/status=published").unwrap();
    let mut page = pages(3, 5, 5, Style::default()).remove(0);
    assert!(pin.set(&mut page) > 0);
    for client in list(&page["data"]["Clients"], "clients") {
        for course in list(client, "courses") {
            assert_eq!(course["status"], "published");
        }
    }
    assert!(Contract::clients().validate(page.to_string().as_bytes()).valid);
    let from_root = Pin::new(&schema, "/data/Clients/pageInfo/perPage=50").unwrap();
    assert_eq!(from_root.set(&mut page), 1);
    assert_eq!(page.pointer("/data/Clients/pageInfo/perPage"), Some(&json!(50)));
    let error = |text: &str| Pin::new(&schema, text).unwrap_err().to_string();
    assert!(error("courses/*/statu=draft").contains("did you mean `status`"));
    assert!(error("courses/*/status=gone").contains("refuses"));
    assert!(error("/Clients=1").contains("knows no"));
    assert!(error("status").contains("POINTER=VALUE"));
}
