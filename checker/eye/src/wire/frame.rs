//! Frames: a header of ten bytes, then a payload.
//!
//! | bytes | what |
//! |---|---|
//! | 0–3 | how long the payload is |
//! | 4 | the version of the format |
//! | 5 | the kind of frame |
//! | 6–9 | the number of the request or stream |

use std::io::{self, Read};

use super::codec::{Input, Malformed, Wire};
use super::limits::VERSION;

/// Bytes of a header.
pub const HEADER: usize = 10;

variants! {
    /// The kind of a frame.
    pub enum Kind {
        /// From the program, once and first: [`super::Hello`].
        1 => Hello,
        /// From the program, the last: why it ends, as text.
        2 => Fault,
        /// To the program: [`super::Ask`].
        3 => Ask,
        /// From the program: [`super::Answer`].
        4 => Answer,
        /// Both ways: bytes of a stream.
        5 => Data,
        /// Both ways: how many more bytes of a stream may be sent (`u32`).
        6 => Credit,
        /// Both ways: the sender has no more bytes for this stream.
        7 => End,
        /// Both ways: the stream is over, whatever is under way.
        8 => Reset,
    }
}

/// A frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub kind: Kind,
    /// The number of the request or stream; 0 where there is none.
    pub number: u32,
    /// Its content.
    pub payload: Vec<u8>,
}

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Bytes of the payload.
    pub length: usize,
    /// What the frame is.
    pub kind: Kind,
    /// The number of the request or stream.
    pub number: u32,
}

impl Frame {
    /// A frame of a value.
    pub fn of<T: Wire>(kind: Kind, number: u32, value: &T) -> Self {
        let payload = super::encode(value);
        Self {
            kind,
            number,
            payload,
        }
    }

    /// A frame without content.
    pub fn bare(kind: Kind, number: u32) -> Self {
        Self {
            kind,
            number,
            payload: Vec::new(),
        }
    }

    /// The frame as bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER + self.payload.len());
        u32::try_from(self.payload.len())
            .unwrap_or(u32::MAX)
            .put(&mut out);
        out.push(VERSION);
        self.kind.put(&mut out);
        self.number.put(&mut out);
        out.extend_from_slice(&self.payload);
        out
    }

    /// Reads the next frame with a payload of `most` bytes or fewer; none where the input ends between two frames.
    ///
    /// # Errors
    /// The input cannot be read, ends within a frame, or is no frame ([`io::ErrorKind::InvalidData`]).
    pub fn read(input: &mut impl Read, most: usize) -> io::Result<Option<Self>> {
        let mut bytes = [0; HEADER];
        let mut have = 0;
        while have < HEADER {
            let rest = bytes.get_mut(have..).unwrap_or_default();
            match input.read(rest) {
                Ok(0) if have == 0 => return Ok(None),
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => have += count,
                Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                Err(err) => return Err(err),
            }
        }
        let header = Header::parse(bytes, most).map_err(invalid)?;
        let mut payload = Vec::new();
        // Grows with what really arrives, whatever the header says.
        let length = header.length as u64;
        if input.take(length).read_to_end(&mut payload)? < header.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some(Self {
            kind: header.kind,
            number: header.number,
            payload,
        }))
    }
}

impl Header {
    /// Reads a header.
    ///
    /// # Errors
    /// It is of another version or kind, or its payload has more than `most` bytes.
    pub fn parse(bytes: [u8; HEADER], most: usize) -> Result<Self, Malformed> {
        let mut input = Input::new(&bytes);
        let length = u32::take(&mut input)? as usize;
        if u8::take(&mut input)? != VERSION {
            return Err(Malformed::Version);
        }
        let kind = Kind::take(&mut input)?;
        let number = u32::take(&mut input)?;
        if length > most {
            return Err(Malformed::Long);
        }
        Ok(Self {
            length,
            kind,
            number,
        })
    }
}

/// An error of the format as one of input and output.
pub fn invalid(err: Malformed) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, err)
}
