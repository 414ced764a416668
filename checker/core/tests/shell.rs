//! Commands that are shown, read back by a real shell.

#![cfg(unix)]

use labcheck_core::text::shell;

#[test]
fn a_shell_reads_every_word_back() {
    for word in [
        "", "a b", "it's", "$(id)", "`id`", "\\", "\"", "a\nb", "*", "~", "#x", "!x", "-", "ä",
    ] {
        let out = std::process::Command::new("sh")
            .args(["-c", shell!("printf %s {}", word).as_str()])
            .output()
            .expect("a shell");
        assert_eq!(String::from_utf8_lossy(&out.stdout), word);
    }
}
