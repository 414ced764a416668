//! Whatever stands in a bundle, a lab file, a name or a log: reading it ends, and what is shown of it can be shown.

use labcheck_core::bundle::Bundle;
use labcheck_core::lab::{Course, Translation};
use labcheck_core::text::{self, ShellCommand};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const NOISE: [&str; 14] = [
    "\u{1b}[2J",
    "\u{1b}]0;x\u{7}",
    "\u{202e}",
    "\u{200b}",
    "::error::",
    "\n",
    "\t",
    "\"",
    "'",
    "$(id)",
    "`",
    "\\",
    "é",
    "a",
];

fn noise() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        6 => select(&NOISE[..]).prop_map(str::to_owned),
        1 => ".{0,6}",
    ];
    vec(word, 0..24).prop_map(|words| words.concat())
}

/// A text with a part of it replaced.
fn damaged(whole: &str, from: Index, long: usize, put: &str) -> String {
    let boundary = |mut at: usize| {
        while !whole.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let from = boundary(from.index(whole.len()));
    let to = boundary((from + long).min(whole.len())).max(from);
    [&whole[..from], put, &whole[to..]].concat()
}

proptest! {
    #[test]
    fn what_is_cleaned_can_be_shown(text in noise(), most in 0_usize..40) {
        let clean = text::clean(&text);
        prop_assert!(!clean.chars().any(|c| c.is_control() || text::invisible(c)), "{clean:?}");
        prop_assert_eq!(&text::clean(&clean), &clean);
        prop_assert!(text::cut(&clean, most).chars().count() <= most + 1);
        let line = text::clean_line(&text);
        prop_assert!(!line.chars().any(char::is_control), "{line:?}");
    }

    #[test]
    fn a_quoted_word_is_one_word(text in noise()) {
        let word = text::clean(&text);
        let read = shell_words::split(&text::quoted(&word));
        prop_assert_eq!(read.ok(), Some(vec![word]));
    }

    #[test]
    fn a_recorded_command_runs_one_program(text in noise()) {
        let command = ShellCommand::recorded(&text);
        let words = shell_words::split(command.as_str()).unwrap_or_default();
        prop_assert_eq!(words.is_empty(), command.is_empty());
        let again = ShellCommand::recorded(command.as_str());
        prop_assert_eq!(again.as_str(), command.as_str());
    }

    #[test]
    fn any_bundle_is_read_or_refused(bytes in vec(any::<u8>(), 0..200), text in noise()) {
        let head = r#"{"schema":"labcheck.bundle/v1","made_by":"0","at":"","lab":"v1","lab_version":"","live":true,"digest":""}"#;
        for bytes in [bytes, format!("{head}\n{text}").into_bytes(), text.into_bytes()] {
            if let Err(err) = Bundle::read("x.bundle", bytes) {
                let said = err.to_string();
                prop_assert!(!said.chars().any(char::is_control), "{said:?}");
            }
        }
    }
}

proptest! {
    // A lab file is long, and most of the time goes into YAML.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_damaged_lab_is_read_or_refused(from in any::<Index>(), long in 0_usize..40, put in noise()) {
        let lab = damaged(include_str!("../../../labs/v4/lab.yaml"), from, long, &put);
        if let Err(err) = Course::from_files([("labs/v4/lab.yaml".to_owned(), lab)]) {
            prop_assert!(!err.to_string().is_empty());
        }
        let german = damaged(include_str!("../../../labs/v4/lab.de.yaml"), from, long, &put);
        let _ = Translation::parse("labs/v4/lab.de.yaml", &german);
    }
}
