//! The rules that apply to every contract.

use super::rule::rules;

rules! {
    ENVELOPE_DIFFERS "envelope-differs" Error Invariant:
        "The payload uses a different envelope than expected.",
        "A consumer that reads the documented path finds nothing, although the items are there in another \
         known shape. The payload is invalid; its items are validated at their own locations.",
        "Fix the API, or accept the envelope with `envelope=NAME`.",
        r#"{"items": [{...}], "pageInfo": {...}} instead of {"data": {"items": [{...}]}}"#;

    MISSING_PROPERTY "missing-property" Error Schema(0):
        "A required property is missing.",
        "Consumers read the property without checking whether it is present.",
        "Ask the API's owner whether it was renamed or removed. If it became optional on purpose, publish a \
         new major version of the contract.",
        r#"{"pageInfo": {"perPage": 25, "currentPage": 1, "hasMore": false}}"#;

    NULL_VALUE "null-value" Error Schema(1):
        "The value is null where null is not allowed.",
        "Typed consumers fail to deserialize the response, or fail later when they use the value.",
        "Fix the source of the null. If null is intended, publish a new major version of the contract that \
         allows it.",
        r#"{"name": null}"#;

    TYPE_MISMATCH "type-mismatch" Error Schema(2):
        "The value has a different JSON type than expected.",
        "Typed consumers fail to deserialize the response. A number with a fraction is not an integer; \
         `1.0` is one.",
        "Fix the API, or change the type in a new major version of the contract.",
        r#"{"priceInCents": "4900"}"#;

    UNKNOWN_ENUM_VALUE "unknown-enum-value" Error Schema(3):
        "The value is not one of the enum values.",
        "Consumers that match on the listed values have no branch for this one. The message shows the value \
         only if it is shaped like an identifier.",
        "Add the value to the contract once consumers handle it, or fix the API.",
        r#"{"status": "retired"}"#;

    INVALID_FORMAT "invalid-format" Error Schema(4):
        "The string does not match its format.",
        "Consumers that parse the string fail. The built-in contracts use `uuid` (8-4-4-4-12 hex digits) \
         and `date-time` (RFC 3339, with a UTC offset).",
        "Fix the API, or remove the format from the schema.",
        r#"{"createdAt": "yesterday"}"#;

    OUT_OF_RANGE "out-of-range" Error Schema(5):
        "The number is outside its bounds or exceeds the range of a 64-bit float.",
        "Consumers that store the number in 32 bits overflow or fail. A number such as `1e400` becomes \
         infinity or an error in most parsers.",
        "Fix the API, or widen the bounds in a new major version of the contract.",
        r#"{"seatsLimit": 2147483648}"#;

    SCHEMA_VIOLATION "schema-violation" Error Schema(6):
        "The value violates another keyword of the schema.",
        "The message names the keyword. The schemas of the built-in contracts have no such keywords; yours \
         may.",
        "Fix the API, or correct the keyword in your schema.",
        r#"{"tags": ["a", "a"]}"#;

    UNDECIDED "undecided" Error Schema(6):
        "A limit stopped the validation of a value, which may be valid or not.",
        "A pattern that backtracks for too long leaves open whether the value is valid, so the outcome is \
         incomplete (exit code 3) whatever the severity.",
        "Rewrite the pattern without nested repetitions and back-references.",
        r#"{"pattern": "^(a|aa)+\\1x$"} on "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa""#;

    NOT_JSON "not-json" Error Body:
        "The body is not JSON.",
        "No consumer can read it. Typical causes are an error page of a gateway, an encoding other than \
         UTF-8, a comment, or `NaN`.",
        "The message has the position and the reason. Check the URL, and look at the response itself.",
        "<html>502 Bad Gateway</html>";

    TRUNCATED_BODY "truncated-body" Error Body:
        "The body ends before its JSON value is complete, or is empty.",
        "No consumer can read it. Usually a connection, a proxy or a full disk cut the capture.",
        "Record the response again.",
        r#"{"data": {"items": ["#;

    TOO_DEEP "too-deep" Error Body:
        "The body is nested too deeply.",
        "Deep nesting is a bug or an attack: many parsers overflow their stack on it.",
        "Fix the API, or raise `max_depth` (default: 128 levels).",
        "[[[[[[[[…]]]]]]]]";

    LOW_COVERAGE "low-coverage" Error Corpus:
        "The payloads cover less of the contract than required.",
        "Nobody knows whether the API keeps the parts of the contract that no payload exercises: documented \
         properties, enum values, nulls, empty arrays and strings.",
        "Add payloads that exercise the listed parts, or lower `min_coverage`.",
        r#"{"name": "a"} in every payload, with `min_coverage` 80, where 12 more properties are documented"#;

    HTTP_STATUS "http-status" Warning Body:
        "The response has a status other than 2xx.",
        "The contract describes successful responses, so the body is not validated. A 401, 404 or 500 means \
         that the capture holds less than it seems to; a 429 that was retried is normal.",
        "Check the request and the API key, and record the response again.",
        "HTTP/1.1 429 Too Many Requests";

    DUPLICATE_KEY "duplicate-key" Warning Member:
        "An object has the same key more than once.",
        "Parsers disagree about which value they use. Here the last one is validated, and nothing is \
         reported inside earlier ones.",
        "Fix the serializer of the API.",
        r#"{"slug": "a", "slug": "b"}"#;

    LIKELY_RENAME "likely-rename" Warning Corpus:
        "A documented property was probably renamed.",
        "The documented property is missing about as often as a similar undocumented one of the same type \
         is present. Consumers that read the old name find nothing.",
        "Confirm with the API's owner; restore the old name or publish a new major version of the contract.",
        r#"{"statas": "open"} in every payload, where `status` is documented"#;

    PRESENCE_DROPPED "presence-dropped" Warning Corpus:
        "A property is present less often than in earlier traffic.",
        "Consumers find the property missing more often than they were tested with. Compared with a saved \
         profile by Fisher's exact test, one-sided, at 1 % for all comparisons together; values of one \
         payload count as one.",
        "Ask the API's owner what changed, or save a new profile if the change is intended.",
        r#"{"slug": "a"} in 90 % of payloads before, in 40 % now"#;

    NULL_RATE_ROSE "null-rate-rose" Warning Corpus:
        "A property is null more often than in earlier traffic.",
        "Consumers meet null more often than they were tested with. Compared with a saved profile by \
         Fisher's exact test, one-sided, at 1 % for all comparisons together; values of one payload count \
         as one.",
        "Ask the API's owner what changed, or save a new profile if the change is intended.",
        r#"{"slug": null} in 1 % of payloads before, in 40 % now"#;

    VALUE_APPEARED "value-appeared" Warning Corpus:
        "An enum value occurs that earlier traffic did not have.",
        "Consumers may not have met this value before. Compared with a saved profile by Fisher's exact \
         test, one-sided, at 1 % for all comparisons together; values of one payload count as one.",
        "Check that consumers handle the value, then save a new profile.",
        r#"{"status": "retired"} in no payload before, in 10 % now"#;

    UNDOCUMENTED_PROPERTY "undocumented-property" Info Member:
        "The contract does not describe this property.",
        "Additional properties are allowed, so the payload stays valid, but consumers cannot rely on them. \
         Only the topmost undocumented property is reported.",
        "Describe the property in the contract if it is there to stay.",
        r#"{"favouriteColour": "green"}"#;

    NEVER_SEEN "never-seen" Info Corpus:
        "A documented property is present in no payload.",
        "It may have been removed or renamed, or nobody uses it. Its object occurred often enough to expect \
         it; the traffic may also be one-sided.",
        "Ask the API's owner, or record traffic that has it.",
        r#"{"name": "a"} in every payload, where `slug` is documented"#;

    ALWAYS_NULL "always-null" Info Corpus:
        "A property is null in every payload.",
        "Consumers get nothing from it. The source may have stopped filling it.",
        "Ask the API's owner, or record traffic that has a value.",
        r#"{"slug": null} in every payload"#;

    NEVER_NULL "never-null" Info Corpus:
        "A nullable property is null in no payload.",
        "The contract could promise more. If none of n independent values is null, the true rate is below \
         3/n with 95 % confidence.",
        "Tighten the contract if the API's owner confirms it.",
        r#"{"slug": "a"} in every payload, where null is allowed"#;

    CONSTANT "constant" Info Corpus:
        "A property has the same value in every payload.",
        "It is a default, a property that nobody fills, or the traffic is one-sided.",
        "Ask the API's owner, or record traffic that varies.",
        r#"{"plan": "x"} in every payload"#;
}
