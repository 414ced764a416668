//! The exit codes, each with its meaning: the one list that the program, the help text and the book share.

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Every core check passed, or the command did what it was asked.
    Passed = 0,
    /// Something unexpected went wrong.
    Unexpected = 1,
    /// The command line does not make sense.
    Usage = 2,
    /// A lab file, a recording or a bundle is not valid, or a bundle carries another nonce.
    Invalid = 3,
    /// No engine could be reached.
    Engine = 4,
    /// There was nothing to check.
    Nothing = 5,
    /// Some core check failed, or the doctor found a fault.
    Failed = 10,
    /// No core check failed, but some could not be judged.
    Unknown = 11,
}

impl Exit {
    /// Every code with its meaning.
    pub const ALL: [(Self, &'static str); 8] = [
        (
            Self::Passed,
            "passed: every core check passed, or the command did what it was asked",
        ),
        (Self::Unexpected, "something unexpected went wrong"),
        (Self::Usage, "the command line does not make sense"),
        (
            Self::Invalid,
            "a lab file, a recording or a bundle is not valid, or a bundle carries another nonce",
        ),
        (
            Self::Engine,
            "no Docker engine could be reached, or it stopped answering",
        ),
        (Self::Nothing, "nothing to check: no stack is running"),
        (
            Self::Failed,
            "some core check failed, or `labcheck doctor` found a fault",
        ),
        (
            Self::Unknown,
            "no core check failed, but some could not be judged",
        ),
    ];

    /// The number the shell sees.
    pub fn code(self) -> u8 {
        self as u8
    }
}
