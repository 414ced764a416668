//! Builds the program for each architecture that engines run on, statically, and embeds it.
//!
//! It calls the compiler itself: the program depends on the standard library alone, so no second Cargo, no lock file and
//! no network are needed. Where it cannot be built, the reason is embedded in its place; this never fails.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Architectures as the compiler names them.
const ARCHITECTURES: [&str; 2] = ["x86_64", "aarch64"];
/// Kinds of the machine's C library, the one first that brings everything along (`rustup target add`).
const LIBRARIES: [&str; 2] = ["musl", "gnu"];
/// A part of a program that names what loads it, which a static one has none of.
const PT_INTERP: u64 = 3;
/// Characters of what a compiler says that are kept.
const MAX_WORDS: usize = 300;

fn main() {
    let manifest = variable("CARGO_MANIFEST_DIR");
    let out = PathBuf::from(variable("OUT_DIR"));
    let source = Path::new(&manifest).join("../src");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../src");
    let mut lines = String::new();
    for architecture in ARCHITECTURES {
        let upper = architecture.to_uppercase();
        let given = format!("LABCHECK_EYE_{upper}");
        println!("cargo::rerun-if-env-changed={given}");
        let made = match env::var_os(&given).filter(|path| !path.is_empty()) {
            Some(path) => fs::read(&path).map_err(|err| format!("{given}: {err}")),
            None => built(architecture, &source, &out),
        };
        let checked = made.and_then(|bytes| {
            is_static(&bytes, architecture)?;
            let file = out.join(format!("labcheck-eye-{architecture}"));
            fs::write(&file, bytes).map_err(|err| format!("it could not be kept: {err}"))?;
            Ok(file)
        });
        let value = match checked {
            Ok(file) => format!("Ok(include_bytes!({:?}))", file.display().to_string()),
            Err(why) => {
                let own = architecture == variable("CARGO_CFG_TARGET_ARCH");
                if own {
                    println!(
                        "cargo::warning=without the program that looks inside containers: {why}"
                    );
                }
                format!("Err({why:?})")
            }
        };
        lines.extend(["const ", &upper, ": Result<&[u8], &str> = ", &value, ";\n"]);
    }
    let _ = fs::write(out.join("programs.rs"), lines);
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

/// Builds the program with the first kind of library that works.
fn built(architecture: &str, source: &Path, out: &Path) -> Result<Vec<u8>, String> {
    let mut reasons = Vec::new();
    for library in LIBRARIES {
        let target = format!("{architecture}-unknown-linux-{library}");
        match built_for(&target, source, out) {
            Ok(bytes) => return Ok(bytes),
            Err(why) => reasons.push(format!("{target}: {why}")),
        }
    }
    Err(reasons.join("; "))
}

fn built_for(target: &str, source: &Path, out: &Path) -> Result<Vec<u8>, String> {
    let root = compiler(&["--print", "sysroot"])?;
    let root = Path::new(root.trim()).join("lib/rustlib").join(target);
    if !root.join("lib").is_dir() {
        return Err(format!("not installed (rustup target add {target})"));
    }
    let folder = out.join(target);
    fs::create_dir_all(&folder).map_err(|err| err.to_string())?;
    let (library, program) = (folder.join("liblabcheck_eye.rlib"), folder.join("program"));
    let all = [
        "--edition=2024",
        "--target",
        target,
        "-Copt-level=z",
        "-Cpanic=abort",
        "-Ccodegen-units=1",
        "-Ctarget-feature=+crt-static",
        "-Cstrip=symbols",
        "--cap-lints=allow",
        // Nothing of this machine's folders is in the program, so that it is the same on each machine that builds it.
        "--remap-path-prefix",
        &format!("{}=eye", source.display()),
    ];
    let code = |name: &str| source.join(name).display().to_string();
    let mut first = all.to_vec();
    let (lib, to) = (code("lib.rs"), library.display().to_string());
    first.extend(["--crate-name=labcheck_eye", "--crate-type=rlib"]);
    first.extend([
        "--cfg=feature=\"program\"",
        "-Clinker-plugin-lto",
        &lib,
        "-o",
        &to,
    ]);
    compiler(&first)?;
    let mut second = all.to_vec();
    let (main, to) = (code("main.rs"), program.display().to_string());
    let with = format!("labcheck_eye={}", library.display());
    second.extend([
        "--crate-name=labcheck_eye_program",
        "--crate-type=bin",
        "-Clto=fat",
    ]);
    second.extend(["--extern", &with, &main, "-o", &to]);
    let linker = linker(target);
    second.extend(linker.iter().map(String::as_str));
    compiler(&second)?;
    fs::read(&program).map_err(|err| err.to_string())
}

/// What links for another machine than this one: with musl the linker that comes with the compiler, else a compiler for C
/// with the usual name.
fn linker(target: &str) -> Vec<String> {
    if target.ends_with("musl") {
        return ["-Clinker=rust-lld", "-Clink-self-contained=yes"]
            .map(str::to_owned)
            .into();
    }
    if target == variable("HOST") {
        return Vec::new();
    }
    let architecture = target.split('-').next().unwrap_or_default();
    vec![format!("-Clinker={architecture}-linux-gnu-gcc")]
}

/// Runs the compiler that Cargo uses; what it prints, or why not.
fn compiler(arguments: &[&str]) -> Result<String, String> {
    let out = Command::new(variable("RUSTC"))
        .args(arguments)
        // Flags for the crate that is built do not fit another machine.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .map_err(|err| err.to_string())?;
    if out.status.success() {
        return Ok(String::from_utf8_lossy(&out.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&out.stderr);
    // The linker's own word says more than the compiler's about it.
    let telling = |word: &str| said.lines().find(|line| line.contains(word));
    let words = telling("cannot find").or_else(|| telling("error"));
    let words = words.unwrap_or("it says nothing");
    Err(words.trim().chars().take(MAX_WORDS).collect())
}

/// Whether it is a program for Linux on the architecture that needs nothing else (ELF: no `PT_INTERP`).
fn is_static(bytes: &[u8], architecture: &str) -> Result<(), String> {
    let machine: u16 = if architecture == "x86_64" { 62 } else { 183 };
    let number = |at: usize, size: usize| -> Option<u64> {
        let bytes = bytes.get(at..at.checked_add(size)?)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        )
    };
    let segments = || -> Option<bool> {
        let (start, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
        let mut each = (0..count).map(|at| {
            let at = usize::try_from(start.checked_add(at * size)?).ok()?;
            number(at, 4)
        });
        let all: Option<Vec<u64>> = each.by_ref().collect();
        Some(!all?.contains(&PT_INTERP))
    };
    if !bytes.starts_with(b"\x7fELF\x02\x01") || number(18, 2) != Some(machine.into()) {
        return Err(format!(
            "what was built is no program for Linux on {architecture}"
        ));
    }
    match segments() {
        Some(true) => Ok(()),
        _ => Err("what was built is not static".into()),
    }
}
