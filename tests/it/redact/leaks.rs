use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clients_contract::clients;
use clients_contract::generate::{Generator, Preset};
use serde_json::{Value, json};

use super::{KEY, redacted};

/// What stands in every string, with a number.
pub(super) const MARKER: &str = "Qx7marker";

/// A marker in place of every string, also where it is a part of an address, and in new members.
pub(super) fn plant(value: &mut Value, count: &mut usize) {
    match value {
        Value::String(text) => {
            *count += 1;
            let marker = format!("{MARKER}{count}");
            *text = match *count % 9 {
                0 => format!("{marker}@{marker}.example.org"),
                1 => format!(
                    "https://{marker}:{marker}@{marker}.example.org/{marker}?{marker}={marker}#{marker}"
                ),
                2 => format!("<a href=\"//{marker}.org/a%20{marker}\">{marker}</a>, {marker}@{marker}.org"),
                3 => format!("2024-01-01T00:00:00Z{marker}"),
                4 => format!("Zo\u{eb} {marker}\n\"{marker}\"\u{1f389}"),
                5 => format!("/{marker}/{marker}.png"),
                6 => format!("mailto:{marker}@{marker}.org"),
                _ => marker,
            };
        }
        Value::Array(items) => items.iter_mut().for_each(|item| plant(item, count)),
        Value::Object(members) => {
            members.values_mut().for_each(|member| plant(member, count));
            let new = json!({
                "name": format!("{MARKER}0"), (format!("{MARKER}0")): [format!("{MARKER}0"), 5], "tags": [[format!("{MARKER}0")]]
            });
            members.insert("brandNew".to_owned(), new);
            if count.is_multiple_of(3) {
                members.insert(format!("{MARKER}@x.org"), json!(1));
            }
        }
        _ => {}
    }
}

/// The ways in which a marker is written.
fn spellings() -> Vec<Vec<u8>> {
    let mut all = vec![MARKER.to_lowercase().into_bytes()];
    for before in 0..3 {
        let encoded = STANDARD.encode([&vec![b'.'; before], MARKER.as_bytes()].concat());
        let from = (before * 8).div_ceil(6);
        all.push(encoded.as_bytes()[from..(before + MARKER.len()) * 8 / 6].to_vec());
    }
    let escaped: Vec<String> = MARKER.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let percent: Vec<String> = MARKER.bytes().map(|byte| format!("%{byte:02x}")).collect();
    all.extend([escaped, percent].map(|text| text.concat().into_bytes()));
    all
}

#[track_caller]
pub(super) fn has_no_marker(out: &[u8]) {
    let lower = out.to_ascii_lowercase();
    for spelling in spellings() {
        let at = [out, &lower].iter().find_map(|text| memchr::memmem::find(text, &spelling));
        let around =
            at.map(|at| String::from_utf8_lossy(&out[at.saturating_sub(150)..out.len().min(at + 50)]));
        assert_eq!(around, None, "{}", spelling.escape_ascii());
    }
}

/// `PLANTED_PAGES` says how many pages; by hand, 10,000.
#[test]
fn no_value_of_a_response_is_left() {
    let wanted = std::env::var("PLANTED_PAGES").ok().and_then(|count| count.parse().ok()).unwrap_or(40);
    let mut redactor = super::clients(KEY);
    let mut planted = 0;
    for style in ["typical", "maximal"] {
        let recipe = clients::recipe(1).unwrap().styled(Preset::combine(&[style]).unwrap());
        for mut page in Generator::new(recipe, 1).take(usize::div_ceil(wanted, 2)) {
            plant(&mut page, &mut planted);
            has_no_marker(&redacted(&mut redactor, page.to_string().as_bytes()));
        }
    }
    assert!(planted > 1_000, "{planted}");
}

#[test]
fn no_value_is_left_where_a_body_is_no_response() {
    let mut redactor = super::clients(KEY);
    for body in [
        format!("{{\"data\": {{\"Clients\": {{\"clients\": [{{\"name\": \"{MARKER}"),
        format!("<html>{MARKER}</html>"),
        format!(
            "{{\"errors\": [{{\"message\": \"{MARKER}\", \"extensions\": {{\"{MARKER}\": \"{MARKER}\"}}}}]}}"
        ),
        format!("\"{MARKER}\""),
        format!("[\"{MARKER}\", {MARKER}]"),
        format!("{{\"{MARKER} {MARKER}\": \"\\u0051x7marker {MARKER}\"}}"),
    ] {
        has_no_marker(&redacted(&mut redactor, body.as_bytes()));
        has_no_marker(&redacted(&mut redactor, format!("\u{feff}{body}").as_bytes()));
        let wide: Vec<u8> = body.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let narrow: Vec<u8> = redacted(&mut redactor, &wide).into_iter().filter(|byte| *byte != 0).collect();
        has_no_marker(&narrow);
        let latin = [body.as_bytes(), b"\xe9", MARKER.as_bytes()].concat();
        has_no_marker(&redacted(&mut redactor, &latin));
    }
}

#[test]
fn secrets_are_masked_whatever_they_are() {
    let body = json!({"data": {"Clients": {"clients": [{
        "secretKey": MARKER, "sso": {"openIdClientSecret": [MARKER, {"x": MARKER}], "open_id_client_secret": 12345}
    }]}}});
    let out = redacted(&mut super::clients(KEY), body.to_string().as_bytes());
    let client = &serde_json::from_slice::<Value>(&out).unwrap()["data"]["Clients"]["clients"][0];
    assert_eq!(client["secretKey"], "masked");
    assert_eq!(client["sso"]["openIdClientSecret"][0], "masked");
    assert_eq!(client["sso"]["open_id_client_secret"], 0);
}

#[test]
fn large_values_are_replaced_in_bounded_time() {
    let text = MARKER.repeat(2_000_000);
    let body = json!({"data": {"Clients": {"clients": [{"name": text}]}}}).to_string();
    let out = redacted(&mut super::clients(KEY), body.as_bytes());
    assert_eq!(out.len(), body.len());
    has_no_marker(&out);
    let deep = format!("{}\"{MARKER}\"{}", "[".repeat(200_000), "]".repeat(200_000));
    has_no_marker(&redacted(&mut super::clients(KEY), deep.as_bytes()));
}
