//! Builds and violates strings of each format.

use regex_syntax::hir::Hir;

use crate::generate::choices::Choices;
use crate::generate::style::Style;
use crate::generate::text::TextSink;
use crate::generate::{filler, moments};

type Row = (&'static str, (u64, u64), fn(&mut Choices, &mut TextSink<'_>), &'static str);

/// Every format that a validator asserts: its name, the fewest and most characters built, how it
/// is built, and a text that is not of it.
const FORMATS: &[Row] = &[
    ("date", (10, 10), moments::date, "2024-02-30"),
    ("date-time", (20, 32), moments::timestamp, "2024-02-30T00:00:00.000Z"),
    ("duration", (3, 5), duration, "1 day"),
    ("email", (13, 40), email, "nobody at example.com"),
    ("hostname", (9, 30), host, "-.example.com"),
    ("idn-email", (13, 40), email, "nobody at example.com"),
    ("idn-hostname", (9, 30), host, "-.example.com"),
    ("ipv4", (7, 15), ipv4, "192.0.2.256"),
    ("ipv6", (3, 12), ipv6, "2001:db8:::1"),
    ("iri", (19, 60), url, "not an address"),
    ("iri-reference", (19, 60), url, "<not an address>"),
    ("json-pointer", (1, 20), pointer, "no-slash"),
    ("regex", (1, 20), |choices, into| into.push_str(filler::word(choices)), "("),
    ("relative-json-pointer", (1, 20), relative_pointer, "/0"),
    ("time", (9, 9), time, "24:00:00Z"),
    ("uri", (19, 60), url, "not an address"),
    ("uri-reference", (19, 60), url, "<not an address>"),
    ("uri-template", (19, 60), url, "https://example.com/{"),
    ("uuid", (36, 36), uuid, "00000000-0000-0000-0000-00000000000"),
];

/// What stands for a part of [`LANGUAGES`]; each may have those before it.
const PARTS: &[(&str, &str)] = &[
    ("<year>", "(?:[0-9]{4})"),
    ("<leap>", "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"),
    (
        "<date>",
        "(?:<year>-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)\
         |(?:0[13578]|1[02])-31)|<leap>-02-29)",
    ),
    ("<minutes>", "(?:(?:[01][0-9]|2[0-3]):[0-5][0-9])"),
    ("<time>", "(?:<minutes>:[0-5][0-9](?:\\.[0-9]{1,9})?(?:Z|[+-]<minutes>))"),
    ("<days>", "(?:[0-9]{1,4}Y(?:[0-9]{1,4}M(?:[0-9]{1,4}D)?)?|[0-9]{1,4}M(?:[0-9]{1,4}D)?|[0-9]{1,4}D)"),
    (
        "<hours>",
        "(?:T(?:[0-9]{1,4}H(?:[0-9]{1,4}M(?:[0-9]{1,4}S)?)?|[0-9]{1,4}M(?:[0-9]{1,4}S)?|[0-9]{1,4}S))",
    ),
    ("<label>", "(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)"),
    ("<host>", "(?:<label>(?:\\.<label>)*)"),
    ("<local>", "(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)"),
    ("<byte>", "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"),
    ("<ipv4>", "(?:<byte>(?:\\.<byte>){3})"),
    ("<h>", "(?:[0-9A-Fa-f]{1,4})"),
    (
        "<ipv6>",
        "(?:(?:<h>:){7}<h>|(?:<h>:){1,7}:|(?:<h>:){1,6}:<h>|(?:<h>:){1,5}(?::<h>){1,2}|(?:<h>:){1,4}(?::<h>){1,3}\
         |(?:<h>:){1,3}(?::<h>){1,4}|(?:<h>:){1,2}(?::<h>){1,5}|<h>:(?::<h>){1,6}|:(?::<h>){1,7}|::\
         |::(?:[Ff]{4}:)?<ipv4>|(?:<h>:){6}<ipv4>)",
    ),
    ("<char>", "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"),
    ("<tail>", "(?:(?:/<char>*)*(?:\\?(?:<char>|[/?])*)?(?:#(?:<char>|[/?])*)?)"),
    ("<authority>", "(?:(?:[A-Za-z0-9._~-]+@)?(?:<host>|\\[<ipv6>\\])(?::[0-9]{1,5})?)"),
    ("<uri>", "(?:[A-Za-z][A-Za-z0-9+.-]*:(?://<authority><tail>|<char>+<tail>|/<char>+<tail>))"),
    ("<reference>", "(?:<uri>|//<authority><tail>|/?(?:[A-Za-z0-9._~!$&'()*+,;=@-]+)?<tail>)"),
    ("<ichar>", "(?:<char>|[\\x{a0}-\\x{d7ff}])"),
    ("<itail>", "(?:(?:/<ichar>*)*(?:\\?(?:<ichar>|[/?])*)?(?:#(?:<ichar>|[/?])*)?)"),
    ("<iri>", "(?:[A-Za-z][A-Za-z0-9+.-]*:(?://<authority><itail>|<ichar>+<itail>))"),
    ("<pointer>", "(?:(?:/(?:[^/~]|~[01])*)*)"),
    ("<variable>", "(?:[A-Za-z0-9_]+(?:\\*|:[1-9][0-9]{0,3})?)"),
    (
        "<atom>",
        "(?:[^\\\\()\\[\\]{}*+?|^$]|\\\\[dDwWsS.^$()\\[\\]{}*+?|/\\\\]|\\[\\^?[a-z0-9]+(?:[a-e]-[f-z])*\\])",
    ),
    ("<piece>", "(?:<atom>(?:[*+?]|\\{[1-9](?:,[0-9]*)?\\})?)"),
];

/// The texts of each format.
const LANGUAGES: &[(&str, &str)] = &[
    ("date", "<date>"),
    ("date-time", "<date>T<time>"),
    ("duration", "P(?:<days><hours>?|<hours>|[0-9]{1,40}W)"),
    ("email", "<local>@<host>"),
    ("hostname", "<host>"),
    ("idn-email", "<local>@<host>"),
    ("idn-hostname", "<host>"),
    ("ipv4", "<ipv4>"),
    ("ipv6", "<ipv6>"),
    ("iri", "<iri>"),
    ("iri-reference", "<iri>|<reference>|/?<ichar>*"),
    ("json-pointer", "<pointer>"),
    ("regex", "\\^?(?:<piece>|\\((?:\\?:)?<piece>+\\)[*+?]?|<piece>\\|<piece>)*\\$?"),
    ("relative-json-pointer", "(?:0|[1-9][0-9]*)(?:#|<pointer>)"),
    ("time", "<time>"),
    ("uri", "<uri>"),
    ("uri-reference", "<reference>"),
    ("uri-template", "(?:[A-Za-z0-9._~!$&()*+,;=:@/?#-]|\\{[+#./;?&]?<variable>(?:,<variable>)*\\})*"),
    ("uuid", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}"),
];

/// A string format.
#[derive(Clone, Copy)]
pub(crate) struct Format(&'static Row);

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Format {
    /// The format of that name; `None` for a name that validators do not assert.
    pub(crate) fn named(name: &str) -> Option<Self> {
        FORMATS.iter().find(|row| row.0 == name).map(Self)
    }

    pub(crate) fn name(self) -> &'static str {
        self.0.0
    }

    /// The lengths of the strings that [`Self::build`] makes lie between these.
    pub(crate) fn lengths(self) -> (u64, u64) {
        self.0.1
    }

    /// Appends a text of the format, which JSON has as it is.
    pub(crate) fn write(self, choices: &mut Choices, into: &mut String) {
        self.0.2(choices, &mut TextSink::of(into));
    }

    pub(crate) fn build(self, choices: &mut Choices) -> String {
        let mut text = String::new();
        self.write(choices, &mut text);
        text
    }

    /// A text at the edge of the format, or a quirk of it, if it has some of note.
    pub(crate) fn edge(self, style: Style, choices: &mut Choices) -> Option<&'static str> {
        let (edges, quirks) = match self.name() {
            "uuid" => (UUID_EDGES, UUID_QUIRKS),
            "date-time" => (moments::EDGES, moments::QUIRKS),
            _ => return None,
        };
        let edges = edges.iter().filter(|_| style.edges);
        let texts: Vec<&'static str> = edges.chain(quirks.iter().filter(|_| style.quirks)).copied().collect();
        choices.pick(&texts).copied()
    }

    /// A regular expression for texts of this format: all of them, or all that anybody writes.
    pub(crate) fn language(self) -> Option<Hir> {
        let (_, body) = LANGUAGES.iter().find(|(name, _)| *name == self.name())?;
        let parts = PARTS.iter().rev();
        let text = parts.fold(format!("^(?:{body})$"), |text, (name, part)| text.replace(name, part));
        regex_syntax::parse(&text).ok()
    }

    /// Whether [`Self::language`] has all texts of the format.
    pub(crate) fn is_exact(self) -> bool {
        ["date", "ipv4", "ipv6", "json-pointer", "relative-json-pointer"].contains(&self.name())
    }

    /// A text that is not of this format.
    pub(crate) fn broken(self) -> &'static str {
        self.0.3
    }
}

/// Nil, the smallest and greatest of version 4, other versions.
const UUID_EDGES: &[&str] = &[
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-4000-8000-000000000000",
    "ffffffff-ffff-4fff-bfff-ffffffffffff",
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
];

/// Greatest, in capitals, without a version, of another variant.
const UUID_QUIRKS: &[&str] = &[
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
    "12345678-1234-0234-8234-123456789abc",
    "00000000-0000-0000-c000-000000000046",
];

/// A random UUID (version 4); the simplest is the nil UUID.
fn uuid(choices: &mut Choices, into: &mut TextSink<'_>) {
    let (high, low) = (choices.draw(u64::MAX), choices.draw(u64::MAX));
    let (high, low) = if (high, low) == (0, 0) {
        (0, 0)
    } else {
        (high & !0xf000 | 0x4000, low & !(0b11 << 62) | 0b10 << 62)
    };
    into.uuid(high, low);
}

fn duration(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push('P');
    into.decimal(1 + choices.draw(364), 1);
    into.push('D');
}

fn pointer(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push('/');
    into.push_str(filler::word(choices));
}

fn relative_pointer(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.decimal(choices.draw(3), 1);
    pointer(choices, into);
}

fn host(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push_str(filler::word(choices));
    into.push_str(".example");
}

fn email(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push_str(filler::word(choices));
    into.push_str("@example.com");
}

fn url(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push_str("https://example.com/");
    into.push_str(filler::word(choices));
    into.push('/');
    into.decimal(choices.draw(9_999), 1);
}

fn time(choices: &mut Choices, into: &mut TextSink<'_>) {
    moments::clock(choices.draw(86_399), into);
    into.push('Z');
}

/// An address of the block 192.0.2.0/24, which is kept for documentation.
fn ipv4(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push_str("192.0.2.");
    into.decimal(choices.draw(255), 1);
}

/// An address of the block `2001:db8::/32`, which is kept for documentation.
fn ipv6(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push_str("2001:db8::");
    into.hex(choices.draw(0xff), 1);
}

#[cfg(test)]
mod tests {
    use super::super::intersection::Intersection;
    use super::*;
    use serde_json::json;

    fn validates(name: &str, text: &str) -> bool {
        let options = jsonschema::options().should_validate_formats(true);
        options.build(&json!({"format": name})).unwrap().is_valid(&json!(text))
    }

    #[test]
    fn every_format_is_built_as_a_validator_wants_it_and_broken_as_it_does_not() {
        for (name, (least, most), ..) in FORMATS {
            let schema = json!({"format": name, "minLength": least, "maxLength": most});
            let check = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
            let format = Format::named(name).unwrap();
            let simplest = format.build(&mut Choices::replay(Vec::new()));
            assert!(check.is_valid(&json!(simplest)), "{name}: {simplest}");
            for seed in 0..300 {
                let text = format.build(&mut Choices::seeded(seed));
                assert!(check.is_valid(&json!(text)), "{name}: {text}");
            }
            // Nearly all texts of its language are of the format, and all lengths are there that are built.
            let intersection = Intersection::of(&[&format.language().unwrap()], 0, u64::MAX, &mut 0).unwrap();
            let texts: Vec<_> = (0..200).map(|seed| intersection.build(&mut Choices::seeded(seed))).collect();
            let valid = texts.iter().filter(|text| validates(name, text)).count();
            assert!(valid > 150, "{name}: {valid} of {texts:?}");
            // The engine asserts the two internationalised formats only with a feature.
            if !name.starts_with("idn-") {
                let check = jsonschema::options()
                    .should_validate_formats(true)
                    .build(&json!({"format": name}))
                    .unwrap();
                assert!(!check.is_valid(&json!(format.broken())), "{name}: {}", format.broken());
            }
        }
    }
}
