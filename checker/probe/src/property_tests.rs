//! Whatever servers, tables, archives and recordings say: reading it ends, and keeps to its bounds.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::database::schema::grant_line;
use crate::http::decompress;
use crate::reach::script_output;
use crate::stack::listening;

const GRANT: [&str; 18] = [
    "GRANT ",
    "ALL PRIVILEGES",
    "SELECT",
    "INSERT (`a`)",
    ", ",
    " ON ",
    "PROXY",
    "*",
    ".",
    "`registry`",
    "'",
    "`",
    "\"",
    " TO ",
    "`app`@`%`",
    " IDENTIFIED BY PASSWORD '*",
    " WITH GRANT OPTION",
    "é",
];
const PRINTED: [&str; 16] = [
    "open ",
    "shut ",
    "none ",
    "says ",
    "name ",
    "noname ",
    "with ",
    "172.18.0.3",
    " ",
    "3306",
    "99999",
    "4a0",
    "known",
    "/dev/tcp/172.18.0.3/3306: Connection refused",
    "\n",
    "\u{1b}[2J",
];

/// Some of these words in any order, and now and then anything else.
pub(crate) fn words(of: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    let word = prop_oneof![
        12 => select(of).prop_map(str::to_owned),
        1 => ".{0,6}",
    ];
    vec(word, 0..60)
}

fn text(of: &'static [&'static str]) -> impl Strategy<Value = String> {
    words(of).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn any_line_of_grants_can_be_read(rest in text(&GRANT)) {
        let _ = grant_line::parse(&rest);
        let _ = grant_line::parse(&format!("GRANT {rest}"));
    }

    #[test]
    fn anything_a_container_prints_can_be_read(out in text(&PRINTED)) {
        let said = script_output::read(&out);
        let _ = said.outcome("172.18.0.3", 3306);
        prop_assert!(said.program.chars().count() <= 21);
        prop_assert!(said.words("172.18.0.3", 3306).len() <= out.len());
    }

    #[test]
    fn any_table_of_sockets_can_be_read(
        rows in vec("( [0-9]:)? [0-9A-Fé]{0,40}:[0-9A-F]{0,5} 0:0 (0A|01)", 0..8),
    ) {
        let table = rows.join("\n");
        prop_assert!(listening::parse(&table).len() <= rows.len());
    }

    #[test]
    fn a_body_is_opened_as_far_as_it_may_be_long(
        bytes in vec(any::<u8>(), 0..200),
        most in 0_usize..100,
    ) {
        for coding in ["gzip", "deflate", "br"] {
            let opened = decompress::open(coding, &bytes, most);
            prop_assert!(opened.is_none_or(|opened| opened.len() <= most));
        }
    }

    #[test]
    fn a_damaged_recording_is_refused(from in any::<prop::sample::Index>(), long in 1_usize..40, put in text(&PRINTED)) {
        let whole = include_str!("../../recordings/v4/solution.json");
        let mut from = from.index(whole.len());
        while !whole.is_char_boundary(from) {
            from -= 1;
        }
        let mut to = (from + long).min(whole.len());
        while !whole.is_char_boundary(to) {
            to += 1;
        }
        let damaged = [&whole[..from], &put, &whole[to..]].concat();
        if let Err((why, help)) = crate::replay::parse(&damaged) {
            prop_assert!(!why.is_empty() && !help.is_empty(), "{why}");
            let escape = why.contains('\u{1b}');
            prop_assert!(!escape, "{why}");
        }
    }
}
