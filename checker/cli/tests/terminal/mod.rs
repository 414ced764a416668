//! The program on a terminal of its own, with keys to press and a screen to read. Nothing is judged by how long it took.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::{Parser, Screen};

/// The longest that anything is waited for.
const LIMIT: Duration = Duration::from_mins(1);

/// A run of the program; ended when it is dropped.
pub(crate) struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn std::io::Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    screen: Arc<Mutex<Parser>>,
}

impl Terminal {
    /// Through a shell, so that it can be seen afterwards how the terminal was left.
    pub(crate) fn start<W: AsRef<str>>(
        words: &[W],
        folder: &Path,
        (width, height): (u16, u16),
        env: &[(&str, &str)],
    ) -> Self {
        let pty = native_pty_system()
            .openpty(size(width, height))
            .expect("a terminal");
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", "\"$@\"; echo \"ended with $?\"; stty -a", "sh"]);
        command.args(crate::PROGRAM);
        command.args(words.iter().map(AsRef::as_ref));
        command.cwd(folder);
        command.env("TERM", "xterm-256color");
        for (name, value) in env {
            command.env(name, value);
        }
        let child = pty.slave.spawn_command(command).expect("it runs");
        drop(pty.slave);
        let screen = Arc::new(Mutex::new(Parser::new(height, width, 0)));
        let mut reader = pty.master.try_clone_reader().expect("a reader");
        let shown = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                locked(&shown).process(&bytes[..count]);
            }
        });
        Self {
            keys: pty.master.take_writer().expect("a writer"),
            master: pty.master,
            child,
            screen,
        }
    }

    /// What stands on it now.
    pub(crate) fn screen(&self) -> MutexGuard<'_, Parser> {
        locked(&self.screen)
    }

    /// Waits until the screen is like this; an error shows what stood there instead.
    pub(crate) fn wait(&self, words: &str, fits: impl Fn(&Screen) -> bool) -> Result<(), String> {
        let end = Instant::now() + LIMIT;
        while !fits(self.screen().screen()) {
            if Instant::now() >= end {
                let stands = self.screen().screen().contents();
                return Err(format!("{words}: never so; there stands\n{stands}"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// As [`Terminal::wait`], in a test that ends with it.
    pub(crate) fn until(&self, words: &str, fits: impl Fn(&Screen) -> bool) {
        if let Err(said) = self.wait(words, fits) {
            panic!("{said}");
        }
    }

    pub(crate) fn until_shown(&self, words: &str) {
        self.until(words, |screen| screen.contents().contains(words));
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("pressed");
        self.keys.flush().expect("pressed");
    }

    pub(crate) fn resize(&self, width: u16, height: u16) {
        let mut screen = self.screen();
        screen.screen_mut().set_size(height, width);
        drop(screen);
        self.master.resize(size(width, height)).expect("resized");
    }

    /// The program ended well, and the terminal is as it was.
    pub(crate) fn given_back(&self) {
        self.until_shown("ended with 0");
        self.until(" icanon", |screen| {
            let text = screen.contents();
            text.contains(" icanon") && text.contains(" echo ")
        });
        let parser = self.screen();
        assert!(!parser.screen().alternate_screen() && !parser.screen().hide_cursor());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn locked(screen: &Mutex<Parser>) -> MutexGuard<'_, Parser> {
    screen.lock().unwrap_or_else(PoisonError::into_inner)
}

fn size(width: u16, height: u16) -> PtySize {
    PtySize {
        cols: width,
        rows: height,
        ..PtySize::default()
    }
}
