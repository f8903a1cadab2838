//! Scalars of payloads beside strings, booleans and numbers.
//!
//! Each type reads exactly what its schema accepts. Text is kept byte for byte, so that what is written
//! is what was read.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::Error;
use serde::{Serialize, Serializer};
use serde_json::Number;

use super::describing;
use super::presence::whole;
use super::reading::{Read, deserialize};
use crate::schema::format;

/// A text or a number that is not what its type promises.
///
/// It names the promise and not the value, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    expected: &'static str,
}

impl Malformed {
    pub(crate) const fn new(expected: &'static str) -> Self {
        Self { expected }
    }
}

impl Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "expected {}", self.expected)
    }
}

impl std::error::Error for Malformed {}

/// Emits a newtype over text that keeps a format.
macro_rules! text {
    ($(#[doc = $about:literal])* $Text:ident, $expected:literal, $format:literal, $check:path) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $Text(Box<str>);

        impl $Text {
            /// The text, byte for byte as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $Text {
            type Error = Malformed;

            fn try_from(text: String) -> Result<Self, Malformed> {
                if $check(&text) { Ok(Self(text.into())) } else { Err(Malformed::new($expected)) }
            }
        }

        impl FromStr for $Text {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                if $check(text) { Ok(Self(text.into())) } else { Err(Malformed::new($expected)) }
            }
        }

        impl From<$Text> for String {
            fn from(text: $Text) -> Self {
                text.0.into()
            }
        }

        impl AsRef<str> for $Text {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $Text {
            fn eq(&self, other: &str) -> bool {
                *self.0 == *other
            }
        }

        impl PartialEq<&str> for $Text {
            fn eq(&self, other: &&str) -> bool {
                *self.0 == **other
            }
        }

        impl Display for $Text {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.0)
            }
        }

        impl Serialize for $Text {
            fn serialize<S: Serializer>(&self, target: S) -> Result<S::Ok, S::Error> {
                target.serialize_str(&self.0)
            }
        }

        impl Read for $Text {
            const EXPECTED: &'static str = $expected;

            fn text<E: Error>(value: Cow<'_, str>) -> Result<Self, E> {
                value.into_owned().try_into().map_err(|_: Malformed| {
                    E::custom(concat!("expected ", $expected, ", found another string"))
                })
            }
        }

        impl JsonSchema for $Text {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($Text).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                describing::formatted($format)
            }
        }

        deserialize!($Text);
        whole!($Text);
    };
}

text! {
    /// A UUID, kept as it is spelt: 8-4-4-4-12 hexadecimal digits, in either case, of any version.
    ///
    /// Two of them are equal when their texts are: compare in one case to compare what they identify.
    ///
    /// ```
    /// use clients_contract::contract::scalar::Uuid;
    ///
    /// let id: Uuid = "00000000-0000-0000-0000-00000000000A".parse()?;
    /// assert_eq!(id, "00000000-0000-0000-0000-00000000000A");
    /// assert!("a thing".parse::<Uuid>().is_err());
    /// # Ok::<(), clients_contract::contract::scalar::Malformed>(())
    /// ```
    Uuid, "a UUID", "uuid", format::is_uuid
}

text! {
    /// An RFC 3339 date-time, kept as it is spelt.
    ///
    /// Order and equality are those of the text, not of the moment.
    ///
    /// ```
    /// use clients_contract::contract::scalar::DateTime;
    ///
    /// let start: DateTime = "2024-01-01T00:00:00.000Z".parse()?;
    /// assert_eq!(start, "2024-01-01T00:00:00.000Z");
    /// assert!("2024-01-01".parse::<DateTime>().is_err());
    /// # Ok::<(), clients_contract::contract::scalar::Malformed>(())
    /// ```
    DateTime, "an RFC 3339 date-time", "date-time", format::is_date_time
}

/// The whole number a JSON number is, if it is one. `1.0`, `1e0` and `-0.0` are whole.
fn whole_number(number: &Number) -> Result<i64, &'static str> {
    if let Some(number) = number.as_i64() {
        return Ok(number);
    }
    match number.as_f64() {
        Some(number) if number.fract() != 0.0 => Err("a number with a fraction"),
        #[expect(clippy::cast_possible_truncation, reason = "whole, and far inside the range of i64")]
        Some(number) if number.abs() <= f64::from(u32::MAX) => Ok(number as i64),
        _ => Err("a number out of range"),
    }
}

/// Emits a newtype over a whole number with bounds.
macro_rules! integer {
    ($(#[doc = $about:literal])* $Integer:ident($Inner:ty), $expected:literal, $minimum:literal) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $Integer($Inner);

        impl $Integer {
            /// The smallest number there is.
            pub const MIN: Self = Self($minimum);

            /// The largest number there is: GraphQL's `Int` is 32 bits wide.
            pub const MAX: Self = Self(2_147_483_647);

            /// The number.
            pub const fn get(self) -> $Inner {
                self.0
            }
        }

        impl TryFrom<i64> for $Integer {
            type Error = Malformed;

            fn try_from(number: i64) -> Result<Self, Malformed> {
                match <$Inner>::try_from(number) {
                    Ok(number) if (Self::MIN.0..=Self::MAX.0).contains(&number) => {
                        Ok(Self(number))
                    }
                    _ => Err(Malformed::new($expected)),
                }
            }
        }

        impl From<$Integer> for i64 {
            fn from(number: $Integer) -> Self {
                number.0.into()
            }
        }

        impl PartialEq<$Inner> for $Integer {
            fn eq(&self, other: &$Inner) -> bool {
                self.0 == *other
            }
        }

        impl Display for $Integer {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl Serialize for $Integer {
            fn serialize<S: Serializer>(&self, target: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(target)
            }
        }

        impl Read for $Integer {
            const EXPECTED: &'static str = $expected;

            fn number<E: Error>(value: Number) -> Result<Self, E> {
                whole_number(&value)
                    .and_then(|number| number.try_into().map_err(|_: Malformed| "a number out of range"))
                    .map_err(|found| E::custom(format_args!("expected {}, found {found}", $expected)))
            }
        }

        impl JsonSchema for $Integer {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($Integer).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                describing::between(Self::MIN.0, Self::MAX.0)
            }
        }

        deserialize!($Integer);
        whole!($Integer);
    };
}

integer! {
    /// A whole number of 32 bits, GraphQL's `Int`. `1.0` is one, and is written as `1`.
    ///
    /// ```
    /// use clients_contract::contract::scalar::Int;
    ///
    /// assert_eq!(serde_json::from_str::<Int>("1.0")?, 1);
    /// assert!(serde_json::from_str::<Int>("2147483648").is_err());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Int(i32), "an integer of 32 bits", -2_147_483_648
}

impl From<i32> for Int {
    fn from(number: i32) -> Self {
        Self(number)
    }
}

integer! {
    /// An [`Int`] that is not negative.
    ///
    /// ```
    /// use clients_contract::contract::scalar::Count;
    ///
    /// assert_eq!(serde_json::from_str::<Count>("25")?, 25);
    /// assert!(serde_json::from_str::<Count>("-1").is_err());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Count(u32), "an integer of 32 bits that is not negative", 0
}

impl From<u16> for Count {
    fn from(number: u16) -> Self {
        Self(number.into())
    }
}

impl TryFrom<i32> for Count {
    type Error = Malformed;

    fn try_from(number: i32) -> Result<Self, Malformed> {
        i64::from(number).try_into()
    }
}
