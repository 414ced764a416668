//! The terminal: taken over for the screen, and given back whatever happens, also in a panic.

use std::io::{self, Write as _};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::terminal::{
    DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{cursor, execute};

/// Whether the terminal is taken over at the moment.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Takes the terminal over.
///
/// # Errors
/// It is none, or cannot do it.
pub(crate) fn take() -> io::Result<()> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            // First the screen, so that the words that follow are seen.
            restore();
            before(info);
        }));
    });
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    let done = execute!(
        io::stdout(),
        EnterAlternateScreen,
        DisableLineWrap,
        cursor::Hide
    );
    if done.is_err() {
        restore();
    }
    done
}

/// Gives the terminal back; does nothing where it was not taken.
pub(crate) fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    let _ = execute!(out, EnableLineWrap, LeaveAlternateScreen, cursor::Show);
    let _ = out.flush();
    let _ = disable_raw_mode();
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read as _;

    use portable_pty::{CommandBuilder, PtySize, native_pty_system};

    /// Set for the process that is to panic.
    const PANICS: &str = "LABCHECK_TEST_PANICS";

    #[test]
    fn the_terminal_is_given_back_in_a_panic() {
        if std::env::var_os(PANICS).is_some() {
            super::take().expect("a terminal");
            panic!("for the test");
        }
        let pty = native_pty_system()
            .openpty(PtySize::default())
            .expect("a terminal");
        let mut command = CommandBuilder::new(std::env::current_exe().expect("this program"));
        let own = "watch::term::tests::the_terminal_is_given_back_in_a_panic";
        command.args(["--exact", own, "--nocapture"]);
        command.env(PANICS, "1");
        let mut reader = pty.master.try_clone_reader().expect("a reader");
        let mut child = pty.slave.spawn_command(command).expect("it runs");
        drop(pty.slave);
        let reading = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            // A terminal that was closed ends in an error.
            let _ = reader.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        });
        assert!(!child.wait().expect("it ends").success());
        let said = reading.join().expect("read");
        let (taken, rest) = said.split_once("\u{1b}[?1049h").expect("taken over");
        assert!(!taken.contains("for the test"), "{said:?}");
        let (_, words) = rest.split_once("\u{1b}[?1049l").expect("given back");
        assert!(
            words.contains("\u{1b}[?25h") && words.contains("for the test"),
            "{said:?}"
        );
    }
}
