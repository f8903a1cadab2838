//! The format checks say what the `jsonschema` crate says, of any text.

use clients_contract::contract::scalar::{Count, DateTime, Int, Uuid};
use clients_contract::schema::format::{is_date_time, is_uuid};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::objects::validator;

/// Texts at the edges, and whether they are date-times.
const DATE_TIMES: &[(&str, bool)] = &[
    ("2024-01-01T00:00:00.000Z", true),
    ("2024-01-01T00:00:00Z", true),
    ("2024-01-01t00:00:00z", true),
    ("2024-01-01T00:00:00.000000000000000000001Z", true),
    ("2024-01-01T23:59:59+23:59", true),
    ("2024-01-01T23:59:59-00:00", true),
    ("0000-01-01T00:00:00Z", true),
    ("9999-12-31T23:59:59Z", true),
    ("2024-02-29T00:00:00Z", true),
    ("2000-02-29T00:00:00Z", true),
    ("1990-12-31T23:59:60Z", true),
    ("1990-12-31T15:59:60-08:00", true),
    ("1991-01-01T00:29:60.5+00:30", true),
    ("2024-01-01T00:00:60+00:01", true),
    ("2023-02-29T00:00:00Z", false),
    ("1900-02-29T00:00:00Z", false),
    ("2024-04-31T00:00:00Z", false),
    ("2024-00-01T00:00:00Z", false),
    ("2024-13-01T00:00:00Z", false),
    ("2024-01-00T00:00:00Z", false),
    ("2024-01-01T24:00:00Z", false),
    ("2024-01-01T00:60:00Z", false),
    ("2024-01-01T00:00:61Z", false),
    ("1990-12-31T22:59:60Z", false),
    ("1990-12-31T23:59:60+01:00", false),
    ("2024-01-01T00:00:00", false),
    ("2024-01-01 00:00:00Z", false),
    ("2024-01-01T00:00:00.Z", false),
    ("2024-01-01T00:00:00,5Z", false),
    ("2024-01-01T00:00:00+24:00", false),
    ("2024-01-01T00:00:00+00:60", false),
    ("2024-01-01T00:00:00+0000", false),
    ("2024-01-01T00:00:00+00", false),
    ("2024-01-01T00:00Z", false),
    ("2024-1-01T00:00:00Z", false),
    ("2024-01-01T00:00:00Z ", false),
    (" 2024-01-01T00:00:00Z", false),
    ("+2024-01-01T00:00:00Z", false),
    ("２024-01-01T00:00:00Z", false),
    ("2024-01-01T00:00:0０Z", false),
    ("2024-01-01", false),
    ("T", false),
    ("", false),
];

/// Texts at the edges, and whether they are UUIDs.
const UUIDS: &[(&str, bool)] = &[
    ("00000000-0000-0000-0000-000000000000", true),
    ("ffffffff-ffff-ffff-ffff-ffffffffffff", true),
    ("ABCDEF01-2345-6789-abcd-EF0123456789", true),
    ("abcdef01-2345-f789-0bcd-ef0123456789", true),
    ("00000000000000000000000000000000", false),
    ("{00000000-0000-0000-0000-000000000000}", false),
    ("urn:uuid:00000000-0000-0000-0000-000000000000", false),
    ("00000000-0000-0000-0000-00000000000", false),
    ("00000000-0000-0000-0000-0000000000000", false),
    ("00000000-0000-0000-0000-00000000000g", false),
    ("00000000-0000-0000-0000-0000000000é", false),
    ("0000000-00000-0000-0000-000000000000", false),
    ("00000000_0000_0000_0000_000000000000", false),
    (" 0000000-0000-0000-0000-000000000000", false),
    ("", false),
];

/// Numbers at the edges, and whether they are an [`Int`] and a [`Count`].
const INTEGERS: &[(&str, bool, bool)] = &[
    ("0", true, true),
    ("-0", true, true),
    ("-0.0", true, true),
    ("1.0", true, true),
    ("1e0", true, true),
    ("1E2", true, true),
    ("10e-1", true, true),
    ("2147483647", true, true),
    ("2147483647.0", true, true),
    ("-1", true, false),
    ("-2147483648", true, false),
    ("-2.147483648e9", true, false),
    ("2147483648", false, false),
    ("2147483648.0", false, false),
    ("4294967295", false, false),
    ("-2147483649", false, false),
    ("-2147483649.0", false, false),
    ("18446744073709551616", false, false),
    ("9223372036854775808", false, false),
    ("1e300", false, false),
    ("-1e300", false, false),
    ("0.5", false, false),
    ("1e-400", true, true),
    ("2147483647.5", false, false),
];

/// Says whether a text is accepted.
type Check = Box<dyn Fn(&str) -> bool>;

/// What the engine says of a text.
fn engine(format: &str) -> Check {
    let validator = validator(&json!({"type": "string", "format": format}));
    Box::new(move |text| validator.is_valid(&Value::from(text)))
}

#[test]
fn date_times_at_the_edges() {
    let engine = engine("date-time");
    for (text, expected) in DATE_TIMES {
        assert_eq!(engine(text), *expected, "the engine, {text:?}");
        assert_eq!(is_date_time(text), *expected, "{text:?}");
        assert_eq!(text.parse::<DateTime>().is_ok(), *expected, "{text:?}");
        assert_eq!(serde_json::from_value::<DateTime>(json!(text)).is_ok(), *expected, "{text:?}");
    }
}

#[test]
fn uuids_at_the_edges() {
    let engine = engine("uuid");
    for (text, expected) in UUIDS {
        assert_eq!(engine(text), *expected, "the engine, {text:?}");
        assert_eq!(is_uuid(text), *expected, "{text:?}");
        assert_eq!(Uuid::try_from((*text).to_owned()).is_ok(), *expected, "{text:?}");
        assert_eq!(serde_json::from_value::<Uuid>(json!(text)).is_ok(), *expected, "{text:?}");
    }
}

#[test]
fn integers_at_the_edges() {
    let int = validator(&schemars::schema_for!(Int).to_value());
    let count = validator(&schemars::schema_for!(Count).to_value());
    for (text, is_int, is_count) in INTEGERS {
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(int.is_valid(&value), *is_int, "the engine, {text}");
        assert_eq!(serde_json::from_str::<Int>(text).is_ok(), *is_int, "{text}");
        assert_eq!(serde_json::from_value::<Int>(value.clone()).is_ok(), *is_int, "{text}");
        assert_eq!(count.is_valid(&value), *is_count, "the engine, {text}");
        assert_eq!(serde_json::from_str::<Count>(text).is_ok(), *is_count, "{text}");
    }
}

#[test]
fn text_is_kept_and_integers_are_normalised() {
    for text in [r#""2024-01-01t00:00:00.1230z""#, r#""1990-12-31T23:59:60-00:00""#] {
        let moment: DateTime = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&moment).unwrap(), text);
    }
    let id: Uuid = serde_json::from_str(r#""ABCDEF01-2345-6789-abcd-EF0123456789""#).unwrap();
    assert_eq!(id, "ABCDEF01-2345-6789-abcd-EF0123456789");
    assert_eq!(id.to_string(), id.as_str());
    assert_eq!(serde_json::to_string(&serde_json::from_str::<Int>("-3e1").unwrap()).unwrap(), "-30");
    assert_eq!(serde_json::from_str::<Int>("-0.0").unwrap(), 0);
    assert!(Count::try_from(-1).is_err());
    assert!(Count::try_from(2_147_483_648_i64).is_err());
    assert_eq!(Count::try_from(2_147_483_647).unwrap(), Count::MAX);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn date_times_agree_with_the_engine(
        text in "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:(60|[0-6][0-9])(\\.[0-9]{0,4})?([Zz]|[+-][0-2][0-9]:[0-6][0-9]|)"
    ) {
        thread_local!(static ENGINE: Check = engine("date-time"));
        prop_assert_eq!(is_date_time(&text), ENGINE.with(|engine| engine(&text)));
    }

    #[test]
    fn leap_seconds_agree_with_the_engine(
        text in "2016-12-31T[0-2][0-9]:[0-5][0-9]:60([Zz]|[+-][0-2][0-9]:[0-5]9)"
    ) {
        thread_local!(static ENGINE: Check = engine("date-time"));
        prop_assert_eq!(is_date_time(&text), ENGINE.with(|engine| engine(&text)));
    }

    #[test]
    fn a_broken_byte_is_seen_as_the_engine_sees_it(
        at in 0..DATE_TIMES.len(), place in any::<prop::sample::Index>(), character in any::<char>()
    ) {
        thread_local!(static ENGINES: [Check; 2] =
            [engine("date-time"), engine("uuid")]);
        for (text, _) in [DATE_TIMES[at], UUIDS[at % UUIDS.len()]] {
            let mut characters: Vec<char> = text.chars().collect();
            if characters.is_empty() {
                continue;
            }
            let place = place.index(characters.len());
            characters[place] = character;
            let text: String = characters.into_iter().collect();
            ENGINES.with(|[date_time, uuid]| {
                prop_assert_eq!(is_date_time(&text), date_time(&text));
                prop_assert_eq!(is_uuid(&text), uuid(&text));
                Ok(())
            })?;
        }
    }

    #[test]
    fn uuids_agree_with_the_engine(text in "[0-9a-fA-Fg]{8}-[0-9a-fA-F]{4}-?[0-9a-fA-F-]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{11,13}") {
        thread_local!(static ENGINE: Check = engine("uuid"));
        prop_assert_eq!(is_uuid(&text), ENGINE.with(|engine| engine(&text)));
    }
}

#[test]
fn a_regular_expression_is_what_a_pattern_may_be() {
    use clients_contract::validate::Engine;
    use clients_contract::{Schema, Validator};

    let format = Schema::from_value(json!({"type": "string", "format": "regex"}));
    for text in [
        "^a+$",
        r"\p{L}",
        r"\p{Greek}",
        r"\p{Script=Greek}",
        "(?i)a",
        r"\A",
        "a{,2}",
        "(",
        r"\pL",
        "[a-z",
        "",
    ] {
        let is_pattern = Validator::new(&Schema::from_value(json!({"pattern": text}))).is_ok();
        for engine in [Engine::Stream, Engine::Reference] {
            let validator = Validator::new(&format).unwrap().engine(engine).unwrap();
            assert_eq!(validator.validate_value(&json!(text)).valid, is_pattern, "{text}");
            assert_eq!(validator.validate(json!(text).to_string().as_bytes()).valid, is_pattern, "{text}");
        }
    }
}
