//! How is a response written that is too large to hold?

use clients_contract::Error;
use clients_contract::generate::Generator;
use clients_contract::run::Output;
use clients_contract::untrusted::{to_compact_json, to_pretty_json};
use serde_json::{Value, json};

use super::{Form, Pins};
use crate::interrupt;

/// Writes one response of as many clients as fill `size` bytes, one client after the other: each is that of the next
/// response of one client.
pub fn write(
    responses: &mut Generator,
    size: u64,
    pins: &Pins,
    form: Form,
    output: &mut Output,
) -> Result<(), Error> {
    let (head, between, behind) = match form {
        Form::Json => (
            "{\n  \"data\": {\n    \"Clients\": {\n      \"clients\": [",
            "\n        ",
            ["\n      ],\n      \"pageInfo\": ", "\n    }\n  }\n}\n"],
        ),
        Form::Ndjson => ("{\"data\":{\"Clients\":{\"clients\":[", "", ["],\"pageInfo\":", "}}}\n"]),
    };
    let text = |value: &Value, indent: &str| match form {
        // A line break in a text is escaped: every other one may be followed by more space.
        Form::Json => to_pretty_json(value).replace('\n', indent),
        Form::Ndjson => to_compact_json(value),
    };
    let mut written = 0;
    let mut put = |output: &mut Output, text: &str| {
        written += text.len() as u64;
        output.write(|out| out.write_all(text.as_bytes())).map(|()| written)
    };
    put(output, head)?;
    let mut clients = 0_u64;
    for mut response in responses {
        clients += 1;
        // Members of the page that are pinned stay as they are.
        response["data"]["Clients"]["pageInfo"] =
            json!({"currentPage": 1, "perPage": clients, "total": clients, "hasMore": false});
        pins.set(&mut response);
        let page = &response["data"]["Clients"];
        let comma = if clients == 1 { "" } else { "," };
        let client = text(&page["clients"][0], between);
        let bytes = put(output, &format!("{comma}{between}{client}"))?;
        if bytes >= size || output.is_closed() || interrupt::pressed() {
            let info = text(&page["pageInfo"], "\n      ");
            put(output, &format!("{}{info}{}", behind[0], behind[1]))?;
            break;
        }
    }
    Ok(())
}
