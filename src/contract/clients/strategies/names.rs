//! Derives the kind of a value from its name.

use crate::generate::{Choices, Member, Shape, TextSink};

const PLACES: &[&str] =
    &["Cedar", "Harbor", "Maple", "Juniper", "Larkspur", "Quarry", "Saltmarsh", "Thistle", "Willow", "Brook"];
const ENDINGS: &[&str] =
    &["Academy", "Health", "Institute", "Logistics", "Partners", "College", "Works", "Union"];
const GIVEN: &[&str] =
    &["Ada", "Bela", "Chidi", "Dora", "Emeka", "Fumiko", "Greta", "Hanno", "Ines", "Jorge"];
const FAMILY: &[&str] =
    &["Abara", "Brandt", "Castell", "Dufresne", "Ekholm", "Fontana", "Grünwald", "Okoye", "O'Shea"];
const SUBJECTS: &[&str] = &[
    "Workplace Safety",
    "First Aid",
    "Data Literacy",
    "Negotiation",
    "Bookkeeping",
    "Public Speaking",
    "Beekeeping",
];
const STAGES: &[&str] = &["Introduction to", "Essentials of", "Advanced", "A Refresher on", "Teaching"];
const WORDS: &[&str] = &["a", "calm", "guide", "for", "every", "team", "with", "practice", "and", "review"];
const SLUGS: &[&str] =
    &["sample", "basics", "spring", "north", "team", "review", "primer", "guide", "open", "first"];

const CURRENCIES: &[&str] = &["USD", "EUR", "GBP", "CAD", "AUD", "JPY", "BRL", "CHF"];
const LANGUAGES: &[&str] = &["en", "de", "es", "fr", "ja", "pt-BR", "ar", "zh-CN"];
const TIME_ZONES: &[&str] = &[
    "UTC",
    "America/New_York",
    "America/Sao_Paulo",
    "Europe/Berlin",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Australia/Sydney",
];
const COUNTRIES: &[&str] = &["US", "DE", "BR", "JP", "CA", "NG", "IN", "AU"];
const CITIES: &[&str] = &["Springfield", "Riverton", "Fairview", "Lakeside", "Ashford"];
const STATES: &[&str] = &["CO", "NY", "BY", "SP", "ON"];
const FONTS: &[&str] = &["Open Sans", "Lato", "Georgia", "Merriweather"];
const JOBS: &[&str] = &["import", "export", "reindex", "sync"];
const RULES: &[&str] = &["FREQ=WEEKLY;BYDAY=MO", "FREQ=DAILY;COUNT=5", "FREQ=MONTHLY;BYMONTHDAY=1"];
const PRICES: &[i64] = &[0, 900, 1_900, 4_900, 9_900, 14_900, 49_900, 99_900];
const PAGE_SIZES: &[i64] = &[25, 10, 50, 100];

/// What the values of a member look like, if its name says so.
pub(super) fn shape(member: &Member<'_>) -> Option<Shape> {
    let definition = member.definition.strip_prefix("Partial").unwrap_or(member.definition);
    exact(definition, member.name).or_else(|| ending(member.name))
}

fn exact(definition: &str, name: &str) -> Option<Shape> {
    Some(match (definition, name) {
        ("Client" | "License", "name") | (_, "schoolName" | "hierarchicalName") => Shape::Text(school),
        ("Course" | "CourseGroup" | "Meeting" | "Lesson", "title")
        | ("LearningPath", "name")
        | (_, "courseGroupTitle" | "metaTitle") => Shape::Text(title),
        ("BackgroundJob", "type") => Shape::OneOf(JOBS),
        ("CursorInfo", "cursor") => Shape::Text(cursor),
        ("PageInfo" | "CursorInfo", "perPage") => Shape::Integer(|choices| pick(choices, PAGE_SIZES)),
        ("PageInfo" | "CursorInfo", "currentPage") => Shape::Integer(|choices| 1 + number(choices, 19)),
        ("PageInfo" | "CursorInfo", "total") => Shape::Integer(|choices| number(choices, 500)),
        (_, "customHost") => Shape::Text(host),
        (_, "slug" | "slugOrId") => Shape::Text(slug),
        (_, "currencyCode") => Shape::OneOf(CURRENCIES),
        (_, "language" | "languages" | "defaultLanguage") => Shape::OneOf(LANGUAGES),
        (_, "timeZone" | "webinarTimeZone") => Shape::OneOf(TIME_ZONES),
        (_, "country") => Shape::OneOf(COUNTRIES),
        (_, "city") => Shape::OneOf(CITIES),
        (_, "state") => Shape::OneOf(STATES),
        (_, "font" | "altFont") => Shape::OneOf(FONTS),
        (_, "recurrenceRule") => Shape::OneOf(RULES),
        (_, "zipCode") => Shape::Text(|choices, into| into.decimal(choices.draw(99_999), 5)),
        (_, "address1") => Shape::Text(street),
        (_, "isbn") => Shape::Text(isbn),
        (_, "sku") => Shape::Text(sku),
        (_, "latitude") => Shape::Text(|choices, into| degrees(choices, 90, into)),
        (_, "longitude") => Shape::Text(|choices, into| degrees(choices, 180, into)),
        (_, "authors" | "coOrganizers" | "instructors" | "fromName") => Shape::Text(person),
        (_, "secretKey" | "openIdClientSecret") => Shape::Text(secret),
        (_, "href" | "joinUrl" | "favicon" | "asset" | "globalNavigationLinks") => Shape::Text(address),
        (_, "bccAddress" | "fromAddress" | "notificationEmails" | "instructorEmails") => Shape::Text(email),
        (_, "longDescription" | "confirmationHtml" | "body" | "header" | "footer") => Shape::Text(html),
        (_, "count" | "waitlistCount" | "ratingsCount") => Shape::Integer(|choices| number(choices, 200)),
        (_, "rating") => Shape::Integer(|choices| number(choices, 5)),
        (_, "depth") => Shape::Integer(|choices| number(choices, 4)),
        (
            _,
            "allocatedCredits" | "awardAmounts" | "balanceRequirement" | "currentBalance" | "startingBalance",
        ) => Shape::Integer(|choices| number(choices, 500)),
        (_, "alternativePricingRef" | "relatedQueryLimit" | "webexNumComputers") => {
            Shape::Integer(|choices| number(choices, 9))
        }
        (_, "completionTimePerPage") => Shape::Integer(|choices| number(choices, 300)),
        _ => return None,
    })
}

fn ending(name: &str) -> Option<Shape> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    Some(if ends(&["Color"]) || name == "color" {
        Shape::Text(colour)
    } else if ends(&["Url", "Asset"]) {
        Shape::Text(address)
    } else if ends(&["Email", "Emails"]) {
        Shape::Text(email)
    } else if ends(&["escription", "AltText", "subtitle", "Message"]) {
        Shape::Text(sentence)
    } else if ends(&["PriceInCents", "priceInCents"]) {
        Shape::Integer(|choices| pick(choices, PRICES))
    } else if ends(&["Days"]) {
        Shape::Integer(|choices| number(choices, 365))
    } else if name.starts_with("seats") {
        Shape::Integer(|choices| number(choices, 250))
    } else {
        return None;
    })
}

fn word(choices: &mut Choices, words: &'static [&'static str]) -> &'static str {
    choices.pick(words).copied().unwrap_or("sample")
}

fn pick(choices: &mut Choices, numbers: &[i64]) -> i64 {
    choices.pick(numbers).copied().unwrap_or(0)
}

fn number(choices: &mut Choices, most: u64) -> i64 {
    i64::try_from(choices.draw(most)).unwrap_or(0)
}

fn pair(
    choices: &mut Choices,
    first: &'static [&'static str],
    second: &'static [&'static str],
    into: &mut TextSink<'_>,
) {
    into.push_str(word(choices, first));
    into.push(' ');
    into.push_str(word(choices, second));
}

fn school(choices: &mut Choices, into: &mut TextSink<'_>) {
    pair(choices, PLACES, ENDINGS, into);
}

fn person(choices: &mut Choices, into: &mut TextSink<'_>) {
    pair(choices, GIVEN, FAMILY, into);
}

fn title(choices: &mut Choices, into: &mut TextSink<'_>) {
    pair(choices, STAGES, SUBJECTS, into);
}

fn slug(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push_str(word(choices, SLUGS));
    into.push('-');
    into.decimal(choices.draw(999), 1);
}

fn cursor(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push_str("after-");
    into.hex(choices.draw(0xffff_ffff), 8);
}

fn street(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.decimal(1 + choices.draw(998), 1);
    into.push(' ');
    into.push_str(word(choices, PLACES));
    into.push_str(" Street");
}

fn isbn(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push_str("978-0-00-");
    into.decimal(choices.draw(999_999), 6);
    into.push_str("-0");
}

fn sku(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push_str("SKU-");
    into.decimal(choices.draw(99_999), 5);
}

fn sentence(choices: &mut Choices, into: &mut TextSink<'_>) {
    let length = choices.draw(9);
    into.push('A');
    for _ in 0..length {
        into.push(' ');
        into.push_str(word(choices, WORDS));
    }
    into.push('.');
}

fn html(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push_str("<p>");
    sentence(choices, into);
    into.push_str("</p>");
}

fn colour(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push('#');
    into.hex(choices.draw(0x00ff_ffff), 6);
}

fn host(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push_str(word(choices, SLUGS));
    into.push_str(".example.com");
}

fn email(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push_str(word(choices, SLUGS));
    into.decimal(choices.draw(99), 1);
    into.push_str("@example.com");
}

/// An address as assets have them: absolute, without a scheme, or relative.
fn address(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push_str(word(
        choices,
        &["https://example.com/", "https://cdn.example.com/", "//example.com/", "/"],
    ));
    into.push_str(word(choices, SLUGS));
    into.push('/');
    into.decimal(choices.draw(999), 3);
    into.push_str(".png");
}

fn secret(choices: &mut Choices, into: &mut TextSink<'_>) {
    into.push_str("not-a-secret-");
    into.hex(choices.draw(0xffff_ffff), 8);
}

fn degrees(choices: &mut Choices, most: u64, into: &mut TextSink<'_>) {
    into.push_str(if choices.draw(1) == 1 { "-" } else { "" });
    into.decimal(choices.draw(most - 1), 1);
    into.push('.');
    into.decimal(choices.draw(9_999), 4);
}
