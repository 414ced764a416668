//! How values are written and read: little-endian numbers, lengths before contents, a number before each variant.

use std::fmt;

use super::limits::MAX_ROWS;

/// A value that can be sent.
pub trait Wire: Sized {
    /// Writes the value behind what is there.
    fn put(&self, out: &mut Vec<u8>);

    /// Reads the value that comes next.
    ///
    /// # Errors
    /// Where the bytes are not such a value.
    fn take(input: &mut Input<'_>) -> Result<Self, Malformed>;
}

/// Why bytes could not be read as what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// They end too early.
    Short,
    /// There are more of them than the value takes.
    Rest,
    /// A length is above its limit.
    Long,
    /// A variant has a number that does not exist.
    Variant,
    /// A text is not UTF-8.
    Text,
    /// The frame is of another version of the format.
    Version,
}

impl fmt::Display for Malformed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Short => "the message is cut off",
            Self::Rest => "the message is longer than what it says",
            Self::Long => "the message has a length above its limit",
            Self::Variant => "the message has a variant that does not exist",
            Self::Text => "the message has a text that is not UTF-8",
            Self::Version => "the message is of another version of the format",
        })
    }
}

impl std::error::Error for Malformed {}

/// What is still to be read.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    /// All of these bytes are to be read.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// There are fewer.
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Malformed::Short)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next bytes as an array.
    ///
    /// # Errors
    /// There are fewer.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.bytes(N)?.try_into().map_err(|_| Malformed::Short)
    }

    /// A length that is followed by as many bytes or more.
    ///
    /// # Errors
    /// The bytes end earlier, so the length cannot be true; nothing is allocated for it.
    pub fn length(&mut self) -> Result<usize, Malformed> {
        let length = u32::take(self)? as usize;
        if length > self.rest.len() {
            return Err(Malformed::Short);
        }
        Ok(length)
    }

    /// How many bytes are still to be read.
    pub fn left(&self) -> usize {
        self.rest.len()
    }
}

/// The value as bytes.
pub fn encode<T: Wire>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    value.put(&mut out);
    out
}

/// The value that all of the bytes are.
///
/// # Errors
/// The bytes are not such a value, or there are more of them.
pub fn decode<T: Wire>(bytes: &[u8]) -> Result<T, Malformed> {
    let mut input = Input::new(bytes);
    let value = T::take(&mut input)?;
    if input.left() > 0 {
        return Err(Malformed::Rest);
    }
    Ok(value)
}

macro_rules! number {
    ($($type:ty),*) => {$(
        impl Wire for $type {
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
                Ok(Self::from_le_bytes(input.array()?))
            }
        }
    )*};
}

number!(u8, u16, u32, u64, i32);

impl Wire for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        match u8::take(input)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed::Variant),
        }
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        bool::take(input)?.then(|| T::take(input)).transpose()
    }
}

impl<T: Wire, E: Wire> Wire for Result<T, E> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_ok().put(out);
        match self {
            Ok(value) => value.put(out),
            Err(err) => err.put(out),
        }
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        if bool::take(input)? {
            T::take(input).map(Ok)
        } else {
            E::take(input).map(Err)
        }
    }
}

/// Rows after the first [`MAX_ROWS`] are not sent.
impl<T: Wire> Wire for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        let count = self.len().min(MAX_ROWS);
        u32::try_from(count).unwrap_or(u32::MAX).put(out);
        for value in self.iter().take(count) {
            value.put(out);
        }
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        // Every value takes one byte or more.
        let count = input.length()?;
        if count > MAX_ROWS {
            return Err(Malformed::Long);
        }
        let mut rows = Self::new();
        for _ in 0..count {
            rows.push(T::take(input)?);
        }
        Ok(rows)
    }
}

impl<T: Wire, const N: usize> Wire for [T; N]
where
    T: Copy + Default,
{
    fn put(&self, out: &mut Vec<u8>) {
        for value in self {
            value.put(out);
        }
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let mut all = [T::default(); N];
        for value in &mut all {
            *value = T::take(input)?;
        }
        Ok(all)
    }
}

/// Makes a struct with [`Wire`]: its fields in their order.
macro_rules! record {
    ($($(#[$about:meta])* pub struct $name:ident { $($(#[$of:meta])* pub $field:ident: $type:ty,)+ })+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name { $($(#[$of])* pub $field: $type,)+ }

        impl $crate::wire::Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $($crate::wire::Wire::put(&self.$field, out);)+
            }

            fn take(input: &mut $crate::wire::Input<'_>) -> Result<Self, $crate::wire::Malformed> {
                Ok(Self { $($field: $crate::wire::Wire::take(input)?,)+ })
            }
        }
    )+};
}

/// Makes an enum with [`Wire`]: the variant's number, then its content where it has one.
macro_rules! variants {
    ($(#[$about:meta])* pub enum $name:ident {
        $($(#[$of:meta])* $number:literal => $variant:ident $(($field:ident: $type:ty))?,)+
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name { $($(#[$of])* $variant $(($type))?,)+ }

        impl $crate::wire::Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $(($field))? => {
                        out.push($number);
                        $($crate::wire::Wire::put($field, out);)?
                    })+
                }
            }

            fn take(input: &mut $crate::wire::Input<'_>) -> Result<Self, $crate::wire::Malformed> {
                let number: u8 = $crate::wire::Wire::take(input)?;
                match number {
                    $($number => Ok(Self::$variant $(({
                        let $field: $type = $crate::wire::Wire::take(input)?;
                        $field
                    }))?),)+
                    _ => Err($crate::wire::Malformed::Variant),
                }
            }
        }
    };
}
