//! Random words that are not in use yet: for names of containers, requests and rows that are to be found again.

use crate::model::time;

/// A word of 16 hexadecimal digits: no log has it, and no other grading.
pub fn fresh() -> String {
    let mut bytes = [0; 8];
    // Without chance the clock has to do: the word only has to be new.
    if getrandom::fill(&mut bytes).is_err() {
        bytes = time::now().to_be_bytes();
    }
    hex(&bytes)
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in bytes {
        // Writing to a text cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}
