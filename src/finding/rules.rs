//! Which rules hold for any contract?

use super::rule::rules;

rules! {
    ENVELOPE_DIFFERS "envelope-differs" Error Invariant:
        "The payload is in another envelope than the contract expects.",
        "The items are there, but wrapped in another known shape: a consumer that reads the documented path \
         finds nothing. The payload is invalid, and its items are validated all the same. `--envelope` \
         accepts another shape.",
        r#"{"items": [{...}], "pageInfo": {...}} instead of {"data": {"items": [{...}]}}"#;

    MISSING_PROPERTY "missing-property" Error Schema(0):
        "A required key is not there.",
        "Consumers read this key without checking for it. Ask the API's owner whether it was renamed or \
         dropped; if it became optional on purpose, the contract needs a new major version.",
        r#"{"pageInfo": {"perPage": 25, "currentPage": 1, "hasMore": false}}"#;

    NULL_VALUE "null-value" Error Schema(1):
        "The value is null where the contract has no null.",
        "Typed consumers fail on this value. If null is meant, the contract needs a new major version that \
         says so.",
        r#"{"name": null}"#;

    TYPE_MISMATCH "type-mismatch" Error Schema(2):
        "The value has another JSON type than the contract says.",
        "A fraction where an integer belongs counts too; `1.0` is an integer.",
        r#"{"priceInCents": "4900"}"#;

    UNKNOWN_ENUM_VALUE "unknown-enum-value" Error Schema(3):
        "The value is not one that the contract lists.",
        "Consumers that match on the list meet a value they do not know. Values shaped like an identifier \
         are named in the message, others are not.",
        r#"{"status": "retired"}"#;

    INVALID_FORMAT "invalid-format" Error Schema(4):
        "The text is not what its format asks for.",
        "The contract asserts `uuid` (8-4-4-4-12 hex digits) and `date-time` (RFC 3339, with a zone).",
        r#"{"createdAt": "yesterday"}"#;

    OUT_OF_RANGE "out-of-range" Error Schema(5):
        "The number is outside its bounds, or no double holds it.",
        "Integers of this API are 32 bits wide, counts are not negative. A number like `1e400` is refused \
         everywhere: readers turn it into infinity or fail.",
        r#"{"seatsLimit": 2147483648}"#;

    SCHEMA_VIOLATION "schema-violation" Error Schema(6):
        "Another keyword of the schema is not satisfied.",
        "Only schemas that people bring with `--schema` have such keywords; the message names the keyword.",
        r#"{"tags": ["a", "a"]}"#;

    UNDECIDED "undecided" Error Schema(6):
        "A limit stopped the validation of a value, which may be valid or not.",
        "A `pattern` backtracks for too long on this value. The outcome is incomplete (exit code 3), \
         whatever severity this rule has: rewrite the pattern without nested repetitions and \
         back-references.",
        r#"{"pattern": "^(a|aa)+\\1x$"} on "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa""#;

    NOT_JSON "not-json" Error Body:
        "The body is not JSON.",
        "A gateway's error page, a wrong encoding, a comment or `NaN`: no reader can be expected to take \
         it. The message says where and why.",
        "<html>502 Bad Gateway</html>";

    TRUNCATED_BODY "truncated-body" Error Body:
        "The body ends before the JSON value does.",
        "Empty counts too. Usually a connection or a disk cut the capture; take it again.",
        r#"{"data": {"items": ["#;

    TOO_DEEP "too-deep" Error Body:
        "The body is nested deeper than allowed.",
        "More than 128 levels (`--max-depth`) is an attack or a bug, and many readers overflow their stack \
         on it.",
        "[[[[[[[[…]]]]]]]]";

    LOW_COVERAGE "low-coverage" Error Corpus:
        "The payloads exercise less of the contract than was asked for.",
        "`drift --min-coverage` says how much that is: documented fields that were there, enum members, \
         nulls, empty arrays and strings. What is never exercised is promised, but nobody knows whether it \
         holds.",
        r#"{"name": "a"} in every payload, with --min-coverage 80, where 12 more fields are documented"#;

    HTTP_STATUS "http-status" Warning Body:
        "The response has a status other than 2xx.",
        "The contract describes successful responses, so the body is not validated. A 429 that was retried \
         is normal; a 401, 404 or 500 means that the capture holds less than it seems to.",
        "HTTP/1.1 429 Too Many Requests";

    DUPLICATE_KEY "duplicate-key" Warning Member:
        "One object has the same key twice.",
        "Readers disagree about which value counts; here the last one does, and nothing under an earlier \
         one is reported.",
        r#"{"slug": "a", "slug": "b"}"#;

    LIKELY_RENAME "likely-rename" Warning Corpus:
        "A documented field is gone, or going, and a similar new one is there as often.",
        "The new key has a similar name, a type that the contract gives the old one, and is there as often \
         as the old one is missing. Consumers that read the old key find nothing.",
        r#"{"statas": "open"} in every payload, where `status` is documented"#;

    PRESENCE_DROPPED "presence-dropped" Warning Corpus:
        "The field is there less often than in earlier traffic.",
        "Compared with a saved profile by Fisher's exact test, one-sided, at 1 % for all comparisons \
         together; values of one payload count as one.",
        r#"{"slug": "a"} in 90 % of payloads before, in 40 % now"#;

    NULL_RATE_ROSE "null-rate-rose" Warning Corpus:
        "The field is null more often than in earlier traffic.",
        "Compared with a saved profile by Fisher's exact test, one-sided, at 1 % for all comparisons \
         together; values of one payload count as one.",
        r#"{"slug": null} in 1 % of payloads before, in 40 % now"#;

    VALUE_APPEARED "value-appeared" Warning Corpus:
        "An enum member is there that earlier traffic did not have.",
        "Compared with a saved profile by Fisher's exact test, one-sided, at 1 % for all comparisons \
         together; values of one payload count as one.",
        r#"{"status": "retired"} in no payload before, in 10 % now"#;

    UNDOCUMENTED_PROPERTY "undocumented-property" Info Member:
        "The contract does not know this key.",
        "Additions are allowed, so the payload stays valid. If the key is there to stay, the contract \
         should describe it. Only the topmost unknown key is reported.",
        r#"{"favouriteColour": "green"}"#;

    NEVER_SEEN "never-seen" Info Corpus:
        "The contract documents this field, and no payload has it.",
        "Its object was there often enough to expect it. It may have been removed or renamed, or nobody \
         uses it; the traffic may also be one-sided.",
        r#"{"name": "a"} in every payload, where `slug` is documented"#;

    ALWAYS_NULL "always-null" Info Corpus:
        "The field is there and is null in every payload.",
        "Consumers get nothing from it. The source may have stopped filling it.",
        r#"{"slug": null} in every payload"#;

    NEVER_NULL "never-null" Info Corpus:
        "The contract allows null, and no payload has it.",
        "The contract could promise more. Of n values without a null, the true rate is below 3/n with 95 % \
         confidence if they are independent.",
        r#"{"slug": "a"} in every payload, where null is allowed"#;

    CONSTANT "constant" Info Corpus:
        "The field has the same value in every payload.",
        "A default, a field nobody fills, or one-sided traffic.",
        r#"{"plan": "x"} in every payload"#;
}
