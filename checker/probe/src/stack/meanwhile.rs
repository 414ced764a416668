//! What is done to the stack's containers while the grader looks, by no doing of the grader: the engine's events tell.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::FutureExt as _;

use labcheck_core::facts::Meanwhile;
use labcheck_engine::client::Engine;
use labcheck_engine::events::{Event, Events, News};
use labcheck_engine::model::inspected::Stack;

/// Listens to the engine's events of the stack's containers.
pub(crate) struct Disturbances {
    events: Events,
    ids: BTreeSet<String>,
    seen: BTreeMap<String, Meanwhile>,
}

impl Disturbances {
    /// Listens from now on.
    pub(crate) fn of(engine: &Engine, stack: &Stack) -> Self {
        let all = stack.containers.iter();
        Self {
            events: engine.events(),
            ids: all
                .map(|inspected| inspected.container.id.clone())
                .collect(),
            seen: BTreeMap::new(),
        }
    }

    /// Ends when something is done to one of the containers.
    pub(crate) async fn next(&mut self) {
        loop {
            let news = self.events.next().await;
            if self.note(&news) {
                return;
            }
        }
    }

    /// What was done to a container so far.
    pub(crate) fn done_to(&mut self, id: &str) -> Option<Meanwhile> {
        while let Some(news) = self.events.next().now_or_never() {
            self.note(&news);
        }
        self.seen.get(id).copied()
    }

    /// Whether it is news of a disturbance.
    fn note(&mut self, news: &News) -> bool {
        let News::Event(event) = news else {
            return false;
        };
        let id = event.container.as_ref().filter(|id| self.ids.contains(*id));
        let Some(id) = id else {
            return false;
        };
        let before = self.seen.get(id).copied();
        let Some(now) = after(before, event) else {
            return false;
        };
        self.seen.insert(id.clone(), now);
        true
    }
}

/// What has been done to a container, with one more event. A program that ends by itself, also where its restart policy
/// starts it again, is no disturbance: the engine then says neither `stop` nor `restart`.
fn after(before: Option<Meanwhile>, event: &Event) -> Option<Meanwhile> {
    match (event.action.as_str(), before) {
        ("restart", _) | ("start", Some(Meanwhile::Stopped)) => Some(Meanwhile::Restarted),
        ("stop", Some(Meanwhile::Restarted)) => before,
        ("stop", _) => Some(Meanwhile::Stopped),
        ("pause" | "unpause", _) => Some(Meanwhile::Paused),
        ("destroy", _) => Some(Meanwhile::Removed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_engine::events::Subject;

    fn told(actions: &[&str]) -> Option<Meanwhile> {
        let events = actions.iter().map(|action| Event {
            subject: Subject::Container,
            action: (*action).to_owned(),
            name: "shop-db-1".into(),
            container: Some("a".into()),
            attributes: BTreeMap::new(),
            at_ms: 0,
        });
        events.fold(None, |before, event| after(before, &event).or(before))
    }

    #[test]
    fn what_is_done_from_outside_is_told_from_what_a_program_does() {
        let restart = ["die", "stop", "start", "restart"];
        assert_eq!(told(&restart), Some(Meanwhile::Restarted));
        assert_eq!(told(&["stop", "start"]), Some(Meanwhile::Restarted));
        assert_eq!(told(&["die", "stop"]), Some(Meanwhile::Stopped));
        assert_eq!(told(&["pause"]), Some(Meanwhile::Paused));
        assert_eq!(told(&["pause", "unpause"]), Some(Meanwhile::Paused));
        let anew = ["stop", "die", "destroy"];
        assert_eq!(told(&anew), Some(Meanwhile::Removed));
        assert_eq!(told(&["die", "start", "die", "start"]), None);
        assert_eq!(told(&["health_status: unhealthy", "connect"]), None);
    }
}
