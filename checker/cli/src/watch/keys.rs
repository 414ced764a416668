//! What the watch does with a key: hint, log, page, look again, end. Which key means what is the face's.

use crossterm::event::Event as Key;
use tokio::time::Instant;

use super::state::{Asked, Happened};
use super::watcher::Watch;
use labcheck_core::text::say;

impl Watch {
    pub(crate) async fn typed(&mut self, key: &Key) -> bool {
        match self.face.key(&self.state, key) {
            Asked::Nothing => return true,
            Asked::View => {}
            Asked::Again => self.due.all(Instant::now()),
            Asked::Quit => return false,
            Asked::Hint(id) => {
                let found = self.state.grade.as_ref().and_then(|grade| grade.check(&id));
                let found = found.and_then(|check| check.mark.finding());
                let found = found.map(|finding| finding.found.as_str());
                let said = crate::progress::next_hint::next(&self.state.lab, &id, found).await;
                self.face
                    .answer("hint", said.lines().map(str::to_owned).collect());
            }
            Asked::Log(id) => {
                if let Some(grade) = &self.state.grade {
                    let lines = self.live.log_of(&grade.facts, &id, 200).await;
                    self.face.answer("log", lines);
                }
            }
            Asked::Open(url) => {
                let said = if opener::open_browser(&url).is_ok() {
                    say!("opened {url}", url)
                } else {
                    say!("nothing here opens pages; the address is {url}", url)
                };
                self.face.answer("page", vec![said]);
            }
        }
        self.show(&Happened::View)
    }
}
