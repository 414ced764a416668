//! Facts as checks like to read them: by role instead of by name.

use std::collections::BTreeSet;

use super::Verdict;
use crate::facts::{
    Assets, Container, Database, Facts, Health, ImageFacts, Neighbour, Network, Page, Process,
    Role, RoundTrip, Seen, Status, StepAnswer,
};
use crate::text::{ShellCommand, retold, say, shell};

/// Programs that build before the application runs.
const BUILDERS: [&str; 6] = ["cargo", "rustc", "npm", "pip", "pip3", "composer"];

/// The facts of one stack, with look-ups by role.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'f> {
    /// Everything that was seen.
    pub facts: &'f Facts,
}

impl<'f> Scene<'f> {
    /// A scene over facts.
    pub fn new(facts: &'f Facts) -> Self {
        Self { facts }
    }

    /// The containers taken for a role.
    pub fn all(&self, role: Role) -> Vec<&'f Container> {
        let taken = self
            .facts
            .roles
            .get(&role)
            .map(Vec::as_slice)
            .unwrap_or_default();
        taken
            .iter()
            .filter_map(|taken| self.container(&taken.container))
            .collect()
    }

    /// The first container taken for a role.
    pub fn one(&self, role: Role) -> Option<&'f Container> {
        self.all(role).into_iter().next()
    }

    /// A container by name.
    pub fn container(&self, name: &str) -> Option<&'f Container> {
        self.facts
            .containers
            .iter()
            .find(|container| container.name == name)
    }

    /// The verdict when no container plays a role.
    pub fn missing(&self, role: Role) -> Verdict {
        let names: Vec<&str> = self
            .facts
            .containers
            .iter()
            .map(Container::known_as)
            .collect();
        let expected = say!("a container that is {}", retold(role.phrase()));
        let free = self.free();
        let verdict = if role == Role::App && free.len() > 1 {
            Verdict::unknown(
                expected,
                say!("{} could each be the application", crate::text::list(&free)),
            )
        } else {
            Verdict::fail(
                expected,
                say!(
                    "none of this stack's containers ({}) could be taken for {}",
                    crate::text::list(&names),
                    retold(role.phrase())
                ),
            )
        };
        verdict
            .seen(
                say!("the stack's containers and what they run"),
                "docker ps -a",
            )
            .seen(
                say!("if it is there under another name"),
                shell!(
                    "labcheck {} --role {}=CONTAINER",
                    self.facts.lab,
                    role.word()
                ),
            )
    }

    /// How containers are known that play no role and are up, each service once.
    fn free(&self) -> Vec<&'f str> {
        let taken = |name: &str| {
            let mut all = self.facts.roles.values().flatten();
            all.any(|taken| taken.container == name)
        };
        let all = self.facts.containers.iter();
        let up = all.filter(|one| one.state.status == Status::Running && !taken(&one.name));
        let names: BTreeSet<&str> = up.map(Container::known_as).collect();
        names.into_iter().collect()
    }

    /// A container's process list.
    pub fn processes(&self, container: &Container) -> Option<&'f Seen<Vec<Process>>> {
        self.facts.processes.get(&container.name)
    }

    /// Why a container cannot be judged by its answers yet: it is still building or starting, after all the waiting.
    pub fn not_ready(&self, container: &Container) -> Option<String> {
        let name = container.known_as();
        let processes = self.processes(container).and_then(Seen::get);
        let builds = processes
            .into_iter()
            .flatten()
            .find(|process| BUILDERS.contains(&process.program()));
        match (builds, &container.health) {
            (Some(process), _) => Some(say!(
                "`{name}` is still building (`{}` runs); grade again when it is done",
                process.program(),
                name
            )),
            (None, Health::Starting) => Some(say!(
                "`{name}` is still starting: its health check has not passed yet",
                name
            )),
            (None, _) => None,
        }
    }

    /// The page of a role that was asked for by `GET`.
    pub fn page(&self, role: Role, path: &str) -> Option<&'f Page> {
        self.facts.pages.iter().find(|page| {
            page.ask.role == role
                && page.ask.method == "GET"
                && page.ask.path == path
                && page.ask.container.is_none()
        })
    }

    /// The same page of the role's other containers, and of those that look like one.
    pub fn other_pages(&self, role: Role, path: &str) -> impl Iterator<Item = &'f Page> {
        self.facts.pages.iter().filter(move |page| {
            page.ask.role == role && page.ask.path == path && page.ask.container.is_some()
        })
    }

    /// What a role's home page loads.
    pub fn assets(&self, role: Role) -> Option<&'f Seen<Assets>> {
        self.facts.assets.get(&role)
    }

    /// How a container's image is made, and what its files show.
    pub fn image_facts(&self, container: &Container) -> Option<&'f ImageFacts> {
        self.facts.image_facts.get(&container.name)
    }

    /// The application's path for one of the course's: `--route` may map it.
    pub fn route<'p>(&'p self, path: &'p str) -> &'p str {
        let mapped = self.facts.course.routes.get(path.trim_start_matches('/'));
        mapped.map_or(path, String::as_str)
    }

    /// The round trip, or the verdict that says why there is none.
    pub fn round_trip(&self) -> Option<&'f Seen<RoundTrip>> {
        self.facts.round_trip.as_ref()
    }

    /// What the database said.
    pub fn sql(&self) -> Option<&'f Seen<Database>> {
        self.facts.database.as_ref()
    }

    /// The container whose network another one has, itself where that is its own; none where the engine did not know one on
    /// the way, or where they lead in a circle.
    pub fn network_owner(&self, container: &'f Container) -> Option<&'f Container> {
        const MOST: usize = 8;
        let mut owner = container;
        for _ in 0..MOST {
            if owner.network_mode.lender().is_none() {
                return Some(owner);
            }
            let mut all = self.facts.containers.iter().chain(&self.facts.lenders);
            owner = all.find(|other| owner.is_in_network_of(other))?;
        }
        None
    }

    /// The networks a container is on; one that shares another container's has that one's.
    pub fn networks(&self, container: &'f Container) -> Vec<&'f str> {
        let owner = self.network_owner(container).unwrap_or(container);
        owner
            .networks
            .iter()
            .map(|end| end.network.as_str())
            .collect()
    }

    /// A network by name.
    pub fn network(&self, name: &str) -> Option<&'f Network> {
        self.facts
            .networks
            .iter()
            .find(|network| network.name == name)
    }

    /// The container outside of the stack that holds a port of this machine.
    pub fn holder(&self, port: u16) -> Option<&'f Neighbour> {
        self.facts
            .neighbours
            .iter()
            .find(|other| other.ports.iter().any(|held| held.host == port))
    }

    /// A word of a page that looks like a manufacturer's hash: as long as the one of the round trip, or as any hash where
    /// that is not known, and on no page without a hit. `None` also where every page shows such words, each its own.
    pub fn hits<'a>(round_trip: &'a RoundTrip, step: &'a StepAnswer) -> Option<&'a str> {
        let alike = |word: &&String| {
            round_trip
                .hash
                .as_ref()
                .is_none_or(|hash| hash.len() == word.len())
        };
        let missed = round_trip
            .missing
            .as_ref()
            .map_or(&[][..], StepAnswer::hashes);
        let plain = |word: &&String| round_trip.furniture.contains(word);
        if missed
            .iter()
            .any(|word| alike(&word) && !plain(&word) && !step.hashes().contains(word))
        {
            return None;
        }
        let own = |word: &&String| alike(word) && !plain(word) && !missed.contains(word);
        step.hashes().iter().find(own).map(String::as_str)
    }

    /// What the application logged when it gave up, as evidence; else only where to find it.
    pub fn own_words(round_trip: &RoundTrip, app: &Container) -> (String, ShellCommand) {
        let what = match round_trip.app_log.as_slice() {
            [] => say!("the app's own words").into(),
            lines => say!("the app's own words: {}", lines.join(" / ")),
        };
        (what, shell!("docker logs --tail 20 {}", app.name))
    }

    /// What a form was answered with, if that is no success: a status of 400 or more, or no answer at all.
    pub fn refusal(step: &StepAnswer) -> Option<String> {
        match &step.answer {
            Ok(answer) if answer.status < 400 => None,
            Ok(answer) => {
                let words = crate::text::cut(&crate::text::visible(&answer.body), 120);
                Some(say!(
                    "status {}{}",
                    retold(&answer.told()),
                    if words.is_empty() {
                        words
                    } else {
                        format!(": \"{words}\"")
                    }
                ))
            }
            Err(trouble) => Some(say!("the request {}", retold(&trouble.phrase()))),
        }
    }

    /// A limit on how often a page may be asked for says nothing of what it would answer: the verdict on what depends on it.
    pub(crate) fn too_often(step: &StepAnswer, expected: &str) -> Option<Verdict> {
        let answer = step.answer.as_ref().ok();
        answer.filter(|answer| answer.status == 429)?;
        let why = say!("it answers 429, too many requests, also after waiting");
        Some(Verdict::unknown(expected.to_owned(), why).seen(say!("the request"), step.command()))
    }

    /// What a step's answer was, as a phrase: "422 text/html" or "was refused: …".
    pub fn phrase(step: &StepAnswer) -> String {
        match &step.answer {
            Ok(answer) => {
                let (told, media) = (answer.told(), answer.media_type());
                let told = retold(&told);
                say!("answered {told} {media}", told, media)
                    .trim_end()
                    .to_owned()
            }
            Err(trouble) => trouble.phrase(),
        }
    }
}
