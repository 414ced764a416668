//! The program that looks from inside a container's namespaces (`labcheck-eye`), built for each architecture that engines
//! run on.
//!
//! Where it could not be built when this was, the reason stands in its place, and the grader says *unknown* with it. A
//! program that was built elsewhere is taken from the file that `LABCHECK_EYE_X86_64` or `LABCHECK_EYE_AARCH64` names while
//! this is built.

include!(concat!(env!("OUT_DIR"), "/programs.rs"));

/// The program for an architecture as the engine names it (`GET /info`: `x86_64`; `GET /version`: `amd64`).
///
/// # Errors
/// Why there is none, as text for people.
pub fn program(architecture: &str) -> Result<&'static [u8], &'static str> {
    match architecture {
        "x86_64" | "amd64" => X86_64,
        "aarch64" | "arm64" => AARCH64,
        _ => Err("the program that looks inside is not built for the engine's architecture"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wherever the course is graded on the machine that it was built on, the program is there.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn there_is_a_program_for_this_machine() {
        let own = program(std::env::consts::ARCH).expect("it was built");
        assert!(
            own.starts_with(b"\x7fELF") && own.len() < 2_000_000,
            "{} bytes",
            own.len()
        );
    }

    #[test]
    fn what_is_not_there_says_why() {
        assert!(program("riscv64").is_err());
        assert_eq!(program("arm64"), program("aarch64"));
        for why in [program("x86_64").err(), program("aarch64").err()]
            .into_iter()
            .flatten()
        {
            assert!(!why.is_empty());
        }
    }
}
