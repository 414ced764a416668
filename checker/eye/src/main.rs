//! The program that looks from inside a container's namespaces. It is started by the grader alone, as a container of its
//! own beside the one that is looked at; see `labcheck_eye`.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    use labcheck_eye::serve::{PidNamespace, run};

    let anywhere = std::env::args_os()
        .nth(1)
        .is_some_and(|word| word == "--anywhere");
    run(if anywhere {
        PidNamespace::Anywhere
    } else {
        PidNamespace::Container
    })
}

/// Elsewhere there is nothing to look into.
#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    ExitCode::FAILURE
}
