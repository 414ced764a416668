//! Which language is spoken: chosen once, by `--lang` or else by the environment.

use std::cell::Cell;
use std::sync::OnceLock;

/// A language of the program's messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English, as the messages are written.
    #[default]
    English,
    /// German, as it is written in Switzerland.
    German,
}

static CHOSEN: OnceLock<Language> = OnceLock::new();

thread_local! {
    static HERE: Cell<Option<Language>> = const { Cell::new(None) };
}

impl Language {
    /// The language asked for; else the one of the locale, which is the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that
    /// is set and not empty (POSIX, "Environment Variables"). What is not German is English.
    pub fn chosen(flag: Option<Self>, lookup: impl Fn(&str) -> Option<String>) -> Self {
        let locale = || {
            let mut set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter();
            set.find_map(|name| lookup(name).filter(|value| !value.is_empty()))
        };
        flag.unwrap_or_else(|| match locale() {
            Some(locale) if german(&locale) => Self::German,
            _ => Self::English,
        })
    }

    /// Every language, with what it is.
    pub const ALL: [(Self, &'static str); 2] = [
        (Self::English, "English, as the messages are written"),
        (Self::German, "German, as it is written in Switzerland"),
    ];

    /// The tag of the language, as HTML's `lang` takes it (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }
}

/// `de`, `de_CH.UTF-8`, `de-AT`; not `demo`.
fn german(locale: &str) -> bool {
    let language = locale.split(['_', '-', '.', '@']).next();
    language.is_some_and(|language| language.eq_ignore_ascii_case("de"))
}

/// Chooses the language of the whole process. The first choice stays.
pub fn speak(language: Language) {
    let _ = CHOSEN.set(language);
}

/// The language that is spoken: this thread's for now, else the process's, else English.
pub fn spoken() -> Language {
    let here = HERE.get();
    here.unwrap_or_else(|| CHOSEN.get().copied().unwrap_or_default())
}

/// Does something with another language spoken in this thread.
pub fn within<T>(language: Language, work: impl FnOnce() -> T) -> T {
    struct Before(Option<Language>);
    impl Drop for Before {
        fn drop(&mut self) {
            HERE.set(self.0);
        }
    }
    let _before = Before(HERE.replace(Some(language)));
    work()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_env(pairs: &[(&str, &str)]) -> Language {
        Language::chosen(None, |name| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_flag_wins_then_the_locale_in_its_order() {
        assert_eq!(by_env(&[]), Language::English);
        assert_eq!(by_env(&[("LANG", "de_CH.UTF-8")]), Language::German);
        assert_eq!(by_env(&[("LANG", "de")]), Language::German);
        assert_eq!(by_env(&[("LANG", "demo")]), Language::English);
        assert_eq!(by_env(&[("LANG", "fr_CH.UTF-8")]), Language::English);
        let both = [("LANG", "de_CH.UTF-8"), ("LC_ALL", "C")];
        assert_eq!(by_env(&both), Language::English);
        let empty = [("LC_ALL", ""), ("LC_MESSAGES", "de_AT@euro")];
        assert_eq!(by_env(&empty), Language::German);
        let flag = Language::chosen(Some(Language::English), |_| Some("de".into()));
        assert_eq!(flag, Language::English);
    }

    #[test]
    fn another_language_ends_with_its_scope() {
        assert_eq!(spoken(), Language::English);
        within(Language::German, || {
            assert_eq!(spoken(), Language::German);
            within(Language::English, || {
                assert_eq!(spoken(), Language::English);
            });
            assert_eq!(spoken(), Language::German);
        });
        assert_eq!(spoken(), Language::English);
    }
}
