//! Presence of members: required, optional, nullable.
//!
//! The one location where the ways of being absent are spelt. There are five, each with its word:
//!
//! | Way | Word | In the object | In its partial twin |
//! |---|---|---|---|
//! | always there | `always T` | `T` | `Option<Partial<T>>`, never null |
//! | may be null or missing | `nullable T` | `Option<T>` | `Option<Partial<T>>`, may be null |
//! | may be missing but never null | `optional T` | `Option<T>` | `Option<Partial<T>>`, never null |
//! | array whose items may be null | `Sparse<T>` | `Vec<Option<T>>` | `Vec<Option<Partial<T>>>` |
//! | elided by the page | `Partial<T>` | the twin of `T` | the twin of `T` |
//!
//! A member that is not there is `None`, whether it was missing or null. Which of the two it was,
//! [`Rest`] remembers, so that reading and writing again gives an equal JSON value.
//!
//! Of members with the same name the last one counts. Reading from text, the earlier ones have to be
//! readable, too; where they may not be, read a [`Value`] first, which keeps only the last.

use serde_json::{Map, Number, Value};

pub use super::object::{Member, Object, Occurrence, Presence};
pub use super::rest::Rest;

/// A `T` the page elides: none of its members is required, and so all the way down.
///
/// Members have the types they have in `T`, and may be null where they may in `T`. The page's mark for an
/// elided object, a member named `...` with the value `"..."`, is no typed member: it lies in [`Rest`].
pub type Partial<T> = <T as Elide>::Elided;

/// An array whose items may be null.
pub type Sparse<T> = Vec<Option<T>>;

/// A type with a partial twin: [`Partial`] is the short way to write it.
///
/// An object's twin is another type. A scalar is its own twin, and a container holds the twins of what
/// it holds.
pub trait Elide {
    /// The partial twin.
    type Elided;
}

impl<T: Elide> Elide for Vec<T> {
    type Elided = Vec<T::Elided>;
}

impl<T: Elide> Elide for Option<T> {
    type Elided = Option<T::Elided>;
}

impl<T: Elide> Elide for Box<T> {
    type Elided = Box<T::Elided>;
}

/// Implements [`Elide`] for types that are their own twins.
macro_rules! whole {
    ($($Type:ty),+ $(,)?) => {$(
        impl $crate::contract::presence::Elide for $Type {
            type Elided = Self;
        }
    )+};
}
pub(crate) use whole;

whole!(bool, String, Number, Value, Map<String, Value>);

/// Emits an object: a struct, its partial twin, and how both are read, written and described.
///
/// ```text
/// object! {
///     /// What the object is: the description of its schema.
///     struct Course, PartialCourse {
///         /// What the member is: the description in the schema of the object.
///         id: always Uuid = "id",
///         /// A single object is boxed, because objects hold each other.
///         sample_lesson: nullable Box<Partial<Lesson>> = "sampleLesson",
///         /// A nullable array whose items may be null.
///         sections: nullable Sparse<Partial<Section>> = "sections",
///     }
/// }
/// ```
///
/// A line is a field, the word for how it may be absent, its type, and its name exactly as the API spells
/// it. The words are those in the table at the top of this file. Each is the name of a rule below that
/// says what it makes of the field (`@type`, `@value`, `@take`, `@occurrence`), and of a function that reads
/// it (`reading`) and one that describes it (`describing`).
///
/// Property tests draw values by `super::typed`, of the folder of the contract that the object is in: it
/// knows what its names mean.
macro_rules! object {
    (
        $(#[doc = $about:literal])*
        $(#[derive($Derived:ident)])?
        struct $Object:ident, $Twin:ident {
            $(
                $(#[doc = $doc:literal])*
                $field:ident: $word:ident $Type:ty = $name:literal,
            )+
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, PartialEq)]
        $(#[derive($Derived)])?
        #[allow(clippy::struct_excessive_bools, clippy::struct_field_names, reason = "the API's names")]
        pub struct $Object {
            $(
                $(#[doc = $doc])*
                pub $field: object!(@type $word $Type),
            )+
            /// What the typed members do not hold: unknown members, and known ones that came as null.
            pub rest: $crate::contract::presence::Rest,
        }

        #[doc = concat!("[`", stringify!($Object), "`] as the page elides it: no member is required.")]
        #[derive(Debug, Clone, PartialEq, Default)]
        #[allow(clippy::struct_field_names, reason = "the API's names")]
        pub struct $Twin {
            $(
                $(#[doc = $doc])*
                pub $field: Option<$crate::contract::presence::Partial<$Type>>,
            )+
            /// What the typed members do not hold: unknown members, and known ones that came as null.
            pub rest: $crate::contract::presence::Rest,
        }

        const _: () = {
            use $crate::contract::presence::{Elide, Member, Object, Occurrence, Partial, Rest};
            use $crate::contract::reading::{Read, Slots, boxed_item, deserialize, members};

            /// The object while it is read.
            #[derive(Default)]
            struct Draft {
                $($field: Option<$Type>,)+
                rest: Rest,
            }

            object!(@slots Draft, $($field $word $name)+);
            object!(@slots $Twin, $($field $word $name)+);

            impl Read for $Object {
                const EXPECTED: &'static str = "an object";

                fn object<'de, A: ::serde::de::MapAccess<'de>>(source: A) -> Result<Self, A::Error> {
                    let mut draft = Draft::default();
                    members(&mut draft, source)?;
                    Ok(Self {
                        $($field: object!(@take $word draft.$field, $name),)+
                        rest: draft.rest,
                    })
                }
            }

            impl Read for $Twin {
                const EXPECTED: &'static str = "an object";

                fn object<'de, A: ::serde::de::MapAccess<'de>>(source: A) -> Result<Self, A::Error> {
                    Self::boxed_object(source).map(|twin| *twin)
                }

                fn boxed_object<'de, A: ::serde::de::MapAccess<'de>>(
                    source: A,
                ) -> Result<Box<Self>, A::Error> {
                    let mut twin = Box::default();
                    members::<Self, A>(&mut twin, source)?;
                    Ok(twin)
                }

                fn item<'de, A: ::serde::de::SeqAccess<'de>>(
                    items: &mut A,
                    read: &mut Vec<Self>,
                ) -> Result<bool, A::Error> {
                    boxed_item(items, read)
                }
            }

            impl Elide for $Object {
                type Elided = $Twin;
            }

            impl Elide for $Twin {
                type Elided = Self;
            }

            object! {
                @common $Object, [$($about),*],
                $($field [object!(@value $word)] $word [$Type] $name
                    [object!(@occurrence $word)] [$($doc),*])+
            }
            object! {
                @common $Twin, [
                    $($about,)*
                    "Elided: none of its properties is required, at any depth."
                ],
                $($field [Option::as_ref] $word [Partial<$Type>] $name
                    [object!(@occurrence $word).elided()] [$($doc),*])+
            }

            deserialize!($Object, $Twin);
        };
    };

    // The type of the field.
    (@type always $Type:ty) => { $Type };
    (@type nullable $Type:ty) => { Option<$Type> };
    (@type optional $Type:ty) => { Option<$Type> };

    // From a reference to the field to its value, if it has one.
    (@value always) => { Some };
    (@value nullable) => { Option::as_ref };
    (@value optional) => { Option::as_ref };

    // From the slot to the field.
    (@take always $slot:expr, $name:literal) => {
        match $slot {
            Some(value) => value,
            None => return Err(::serde::de::Error::missing_field($name)),
        }
    };
    (@take nullable $slot:expr, $name:literal) => { $slot };
    (@take optional $slot:expr, $name:literal) => { $slot };

    (@occurrence always) => { Occurrence::Always };
    (@occurrence nullable) => { Occurrence::Nullable };
    (@occurrence optional) => { Occurrence::Optional };

    // How slots are filled.
    (@slots $Slots:ident, $($field:ident $word:ident $name:literal)+) => {
        impl Slots for $Slots {
            fn fill<'de, A: ::serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                source: &mut A,
            ) -> Result<(), A::Error> {
                use $crate::contract::reading;
                match name {
                    $($name => reading::$word(source, name, &mut self.$field, &mut self.rest),)+
                    _ => reading::unknown(source, name, &mut self.rest),
                }
            }
        }
    };

    // What the object and its twin have in common.
    (
        @common $Name:ident, [$($about:literal),* $(,)?],
        $(
            $field:ident [$value:expr] $word:ident [$Type:ty] $name:literal
            [$occurrence:expr] [$($doc:literal),*]
        )+
    ) => {
        impl $crate::contract::object::Sealed for $Name {}

        impl Object for $Name {
            const NAME: &'static str = stringify!($Name);
            const DOCS: &'static [&'static str] = &[$($about),*];
            const MEMBERS: &'static [Member] = &[$(
                Member {
                    name: $name,
                    occurrence: $occurrence,
                    docs: &[$($doc),*],
                    schema: $crate::contract::describing::$word::<$Type>,
                },
            )+];

            fn rest(&self) -> &Rest {
                &self.rest
            }

            fn holds(&self, name: &str) -> bool {
                match name {
                    $($name => $value(&self.$field).is_some(),)+
                    _ => false,
                }
            }
        }

        impl ::serde::Serialize for $Name {
            fn serialize<S: ::serde::Serializer>(&self, target: S) -> Result<S::Ok, S::Error> {
                let mut writer = $crate::contract::writing::Writer::new(target)?;
                $(writer.member($name, $value(&self.$field));)+
                writer.end(self)
            }
        }

        #[cfg(feature = "generate")]
        impl ::proptest::arbitrary::Arbitrary for $Name {
            type Parameters = ();
            type Strategy = ::proptest::strategy::BoxedStrategy<Self>;

            fn arbitrary_with((): ()) -> Self::Strategy {
                super::typed()
            }
        }

        impl ::schemars::JsonSchema for $Name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                Self::NAME.into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                $crate::contract::describing::object::<Self>(generator)
            }
        }
    };
}
pub(crate) use object;
