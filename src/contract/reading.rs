//! Deserializes values of the contract.
//!
//! Three things `serde`'s own implementations do not do. A refusal names the location of the value, as a
//! JSON Pointer in front of the message. It names types and never the value, which may be a secret. And
//! the stack frames of a debug build stay small enough for the deepest payload on a thread of 2 MiB.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::rest::Rest;

/// A type that can be read, one method for each type of JSON value it may come from.
///
/// What a type does not override, it refuses.
pub(crate) trait Read: Sized {
    /// What the type expects, with its article: "a UUID".
    const EXPECTED: &'static str;

    fn null<E: Error>() -> Result<Self, E> {
        Err(refusal::<Self, E>("null"))
    }

    fn boolean<E: Error>(_: bool) -> Result<Self, E> {
        Err(refusal::<Self, E>("a boolean"))
    }

    fn number<E: Error>(_: Number) -> Result<Self, E> {
        Err(refusal::<Self, E>("a number"))
    }

    fn text<E: Error>(_: Cow<'_, str>) -> Result<Self, E> {
        Err(refusal::<Self, E>("a string"))
    }

    fn array<'de, A: SeqAccess<'de>>(_: A) -> Result<Self, A::Error> {
        Err(refusal::<Self, A::Error>("an array"))
    }

    fn object<'de, A: MapAccess<'de>>(_: A) -> Result<Self, A::Error> {
        Err(refusal::<Self, A::Error>("an object"))
    }

    /// Reads an object into a box. Twins, which nest as deep as a payload does, are read in place.
    fn boxed_object<'de, A: MapAccess<'de>>(members: A) -> Result<Box<Self>, A::Error> {
        Self::object(members).map(Box::new)
    }

    /// Reads the next item of an array; false if there is none.
    fn item<'de, A: SeqAccess<'de>>(items: &mut A, read: &mut Vec<Self>) -> Result<bool, A::Error> {
        let item = items.next_element()?;
        Ok(item.map(|Readable(item)| read.push(item)).is_some())
    }
}

/// Reads the next item of an array, an object, so that only a box of it goes through `serde`'s frames.
pub(crate) fn boxed_item<'de, T: Read, A: SeqAccess<'de>>(
    items: &mut A,
    read: &mut Vec<T>,
) -> Result<bool, A::Error> {
    let item = items.next_element()?;
    Ok(item.map(|Readable::<Box<T>>(item)| read.push(*item)).is_some())
}

/// Reads a value: what every `Deserialize` of the contract does.
pub(crate) fn read<'de, T: Read, D: Deserializer<'de>>(source: D) -> Result<T, D::Error> {
    source.deserialize_any(Reader(PhantomData))
}

/// Implements `Deserialize` for types that are [`Read`].
macro_rules! deserialize {
    ($($Type:ty),+ $(,)?) => {$(
        impl<'de> ::serde::Deserialize<'de> for $Type {
            fn deserialize<D: ::serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                $crate::contract::reading::read(source)
            }
        }
    )+};
}
pub(crate) use deserialize;

fn refusal<T: Read, E: Error>(found: &str) -> E {
    E::custom(format_args!("expected {}, found {found}", T::EXPECTED))
}

/// Puts one more step of the way in front of an error, so that it begins with a JSON Pointer.
fn at<E: Error>(step: impl Display, error: &E) -> E {
    let message = error.to_string();
    let gap = if message.starts_with('/') { "" } else { ": " };
    E::custom(format_args!("/{step}{gap}{message}"))
}

fn at_member<E: Error>(name: &str, error: &E) -> E {
    at(name.replace('~', "~0").replace('/', "~1"), error)
}

/// Hands what arrives to the method of [`Read`] for it.
struct Reader<T>(PhantomData<T>);

impl<'de, T: Read> Visitor<'de> for Reader<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(T::EXPECTED)
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        T::null()
    }

    fn visit_none<E: Error>(self) -> Result<T, E> {
        T::null()
    }

    fn visit_some<D: Deserializer<'de>>(self, source: D) -> Result<T, D::Error> {
        read(source)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        T::boolean(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        T::number(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        T::number(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        match Number::from_f64(value) {
            Some(number) => T::number(number),
            None => Err(refusal::<T, E>("a number JSON cannot write")),
        }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
        T::text(Cow::Borrowed(value))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<T, E> {
        T::text(Cow::Owned(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<T, A::Error> {
        T::array(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::object(members)
    }
}

/// Lets `serde`'s accesses read what is only [`Read`].
struct Readable<T>(T);

impl<'de, T: Read> Deserialize<'de> for Readable<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        read(source).map(Readable)
    }
}

/// A member's name, not copied if that can be helped.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the name of a member")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }

            fn visit_string<E: Error>(self, name: String) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name)))
            }
        }

        source.deserialize_str(NameVisitor)
    }
}

/// An object while it is read: one slot a member, each empty until its member comes.
pub(crate) trait Slots: Default {
    /// Reads the value of one member into its slot, or into the rest.
    fn fill<'de, A: MapAccess<'de>>(&mut self, name: &str, source: &mut A) -> Result<(), A::Error>;
}

/// Reads all members of an object. Of members with the same name the last one counts.
pub(crate) fn members<'de, T: Slots, A: MapAccess<'de>>(
    slots: &mut T,
    mut source: A,
) -> Result<(), A::Error> {
    while let Some(Name(name)) = source.next_key()? {
        if let Err(error) = slots.fill(&name, &mut source) {
            return Err(at_member(&name, &error));
        }
    }
    Ok(())
}

/// A member the contract does not know: kept as it came.
pub(crate) fn unknown<'de, A: MapAccess<'de>>(
    source: &mut A,
    name: &str,
    rest: &mut Rest,
) -> Result<(), A::Error> {
    rest.insert(name, source.next_value()?);
    Ok(())
}

/// A member that is always there: null is refused here, absence when all members are read.
pub(crate) fn always<'de, T: Read, A: MapAccess<'de>>(
    source: &mut A,
    _: &str,
    slot: &mut Option<T>,
    _: &mut Rest,
) -> Result<(), A::Error> {
    let Readable(value) = source.next_value()?;
    *slot = Some(value);
    Ok(())
}

/// A member that may be missing but is never null.
pub(crate) use always as optional;

/// A member that may be null or missing: the rest remembers the null.
pub(crate) fn nullable<'de, T: Read, A: MapAccess<'de>>(
    source: &mut A,
    name: &str,
    slot: &mut Option<T>,
    rest: &mut Rest,
) -> Result<(), A::Error> {
    let Readable(value) = source.next_value()?;
    *slot = value;
    if slot.is_none() {
        rest.set_null(name);
    } else {
        rest.remove(name);
    }
    Ok(())
}

impl Read for bool {
    const EXPECTED: &'static str = "a boolean";

    fn boolean<E: Error>(value: bool) -> Result<Self, E> {
        Ok(value)
    }
}

impl Read for String {
    const EXPECTED: &'static str = "a string";

    fn text<E: Error>(value: Cow<'_, str>) -> Result<Self, E> {
        Ok(value.into_owned())
    }
}

impl Read for Number {
    const EXPECTED: &'static str = "a number";

    fn number<E: Error>(value: Number) -> Result<Self, E> {
        Ok(value)
    }
}

impl Read for Map<String, Value> {
    const EXPECTED: &'static str = "an object";

    fn object<'de, A: MapAccess<'de>>(members: A) -> Result<Self, A::Error> {
        Map::deserialize(MapAccessDeserializer::new(members))
    }
}

impl Read for Value {
    const EXPECTED: &'static str = "any value";

    fn null<E: Error>() -> Result<Self, E> {
        Ok(Value::Null)
    }

    fn boolean<E: Error>(value: bool) -> Result<Self, E> {
        Ok(value.into())
    }

    fn number<E: Error>(value: Number) -> Result<Self, E> {
        Ok(value.into())
    }

    fn text<E: Error>(value: Cow<'_, str>) -> Result<Self, E> {
        Ok(value.into_owned().into())
    }

    fn array<'de, A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(items))
    }

    fn object<'de, A: MapAccess<'de>>(members: A) -> Result<Self, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(members))
    }
}

impl<T: Read> Read for Vec<T> {
    const EXPECTED: &'static str = "an array";

    fn array<'de, A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let mut read = Vec::new();
        loop {
            match T::item(&mut items, &mut read) {
                Ok(true) => {}
                Ok(false) => return Ok(read),
                Err(error) => return Err(at(read.len(), &error)),
            }
        }
    }
}

/// Hands everything but null and objects on to the type inside.
macro_rules! forward {
    ($wrap:expr) => {
        const EXPECTED: &'static str = T::EXPECTED;

        fn boolean<E: Error>(value: bool) -> Result<Self, E> {
            T::boolean(value).map($wrap)
        }

        fn number<E: Error>(value: Number) -> Result<Self, E> {
            T::number(value).map($wrap)
        }

        fn text<E: Error>(value: Cow<'_, str>) -> Result<Self, E> {
            T::text(value).map($wrap)
        }

        fn array<'de, A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
            T::array(items).map($wrap)
        }
    };
}

impl<T: Read> Read for Box<T> {
    forward!(Box::new);

    fn null<E: Error>() -> Result<Self, E> {
        T::null().map(Box::new)
    }

    fn object<'de, A: MapAccess<'de>>(members: A) -> Result<Self, A::Error> {
        T::boxed_object(members)
    }
}

impl<T: Read> Read for Option<T> {
    forward!(Some);

    fn null<E: Error>() -> Result<Self, E> {
        Ok(None)
    }

    fn object<'de, A: MapAccess<'de>>(members: A) -> Result<Self, A::Error> {
        T::object(members).map(Some)
    }

    fn item<'de, A: SeqAccess<'de>>(items: &mut A, read: &mut Vec<Self>) -> Result<bool, A::Error> {
        let item = items.next_element()?;
        Ok(item.map(|Readable::<Option<Box<T>>>(item)| read.push(item.map(|item| *item))).is_some())
    }
}
