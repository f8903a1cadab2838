//! Writes responses that are too large to hold.

use clients_contract::Error;
use clients_contract::generate::Generator;
use clients_contract::run::Output;
use clients_contract::untrusted::{to_compact_json, to_pretty_json};
use serde_json::{Value, json};

use super::{Assignments, OutputFormat};
use crate::commands::subject::Subject;
use crate::interrupt;

/// Writes one response of as many items as fill `size` bytes, one item after the other: each is that of the
/// next response of one item.
pub fn write(
    (responses, subject): (&mut Generator, &Subject),
    size: u64,
    assignments: &Assignments,
    format: OutputFormat,
    output: &mut Output,
) -> Result<(), Error> {
    let location = &*subject.envelope().items;
    let between = match format {
        OutputFormat::Json => format!("\n{}", "  ".repeat(location.matches('/').count() + 1)),
        OutputFormat::Ndjson => String::new(),
    };
    let end = between.strip_suffix("  ").unwrap_or_default();
    let mut written = 0;
    let mut put = |output: &mut Output, text: &str| {
        written += text.len() as u64;
        output.write(|out| out.write_all(text.as_bytes())).map(|()| written)
    };
    let mut items = 0_u64;
    for mut response in responses {
        items += 1;
        // Members of the page that are assigned stay as they are.
        subject.contract().settle(&subject.accepted(), &mut response, items);
        assignments.set(&mut response);
        let item = response.pointer_mut(location).map(|list| list[0].take());
        let (head, behind) = around(&mut response, location, format);
        let item = item.unwrap_or_default();
        let item = match format {
            // A line break in a text is escaped: every other one may be followed by more space.
            OutputFormat::Json => to_pretty_json(&item).replace('\n', &between),
            OutputFormat::Ndjson => to_compact_json(&item),
        };
        let before = if items == 1 { format!("{head}[{between}") } else { format!(",{between}") };
        let bytes = put(output, &format!("{before}{item}"))?;
        if bytes >= size || output.is_closed() || interrupt::pressed() {
            put(output, &format!("{end}]{behind}"))?;
            break;
        }
    }
    Ok(())
}

/// The text before and behind the list of items.
fn around(response: &mut Value, location: &str, format: OutputFormat) -> (String, String) {
    // A text that is nowhere else.
    let mut mark = "@items".to_owned();
    let text = format.text(response);
    while text.contains(&mark) {
        mark.push('@');
    }
    if let Some(list) = response.pointer_mut(location) {
        *list = json!(mark);
    }
    let text = format.text(response);
    let (head, behind) = text.split_once(&format!("\"{mark}\"")).unwrap_or((&text, ""));
    (head.to_owned(), behind.to_owned())
}
