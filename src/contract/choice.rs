//! Enumerations of strings.

use serde::de::Error;

/// Emits a closed enum: each member with its exact spelling.
///
/// ```text
/// choice! {
///     /// Says what is chosen.
///     enum Colour {
///         Red = "red",
///     }
/// }
/// ```
macro_rules! choice {
    (
        $(#[doc = $about:literal])*
        enum $Choice:ident {
            $($Variant:ident = $name:literal,)+
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Choice {
            $(
                #[doc = concat!("Spelt `", $name, "`.")]
                $Variant,
            )+
        }

        impl $Choice {
            /// Every value there is, in the order they are declared.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// The value as the API spells it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Variant => $name,)+
                }
            }
        }

        impl ::std::fmt::Display for $Choice {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $Choice {
            type Err = $crate::contract::scalar::Malformed;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($name => Ok(Self::$Variant),)+
                    _ => Err($crate::contract::scalar::Malformed::new(
                        <Self as $crate::contract::reading::Read>::EXPECTED,
                    )),
                }
            }
        }

        impl ::serde::Serialize for $Choice {
            fn serialize<S: ::serde::Serializer>(&self, target: S) -> Result<S::Ok, S::Error> {
                target.serialize_str(self.as_str())
            }
        }

        impl $crate::contract::reading::Read for $Choice {
            const EXPECTED: &'static str = $crate::contract::choice::one_of!($($name),+);

            fn text<E: ::serde::de::Error>(
                value: ::std::borrow::Cow<'_, str>,
            ) -> Result<Self, E> {
                value.parse().map_err(|_| $crate::contract::choice::unknown::<Self, E>(&value))
            }
        }

        impl ::schemars::JsonSchema for $Choice {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($Choice).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                $crate::contract::describing::choice(&[$($about),*], &[$($name),+])
            }
        }

        $crate::contract::reading::deserialize!($Choice);
        $crate::contract::presence::whole!($Choice);
    };
}
pub(crate) use choice;

/// The spellings as one phrase.
macro_rules! one_of {
    ($first:literal $(, $next:literal)*) => {
        concat!("one of ", $first $(, ", ", $next)*)
    };
}
pub(crate) use one_of;

/// The error for a spelling no choice has; shown if it is shaped like a name, masked otherwise.
pub(crate) fn unknown<T: super::reading::Read, E: Error>(text: &str) -> E {
    let is_name = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let found = if is_name { text } else { "another string" };
    E::custom(format_args!("expected {}, found {found}", T::EXPECTED))
}
