//! Looking at the stack from outside: addresses, pages, what they load, and the first half of the round trip.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use futures_util::join;

use super::visit::Visit;
use crate::Progress;
use crate::assets::home_page;
use crate::endpoint::pages::Endpoint;
use crate::endpoint::{admin_unknown_database, other_admins};
use crate::round_trip::driver::Driver;
use crate::round_trip::forms::RoundTripPlan;
use crate::round_trip::payload::Nonce;
use crate::stack::listening;
use labcheck_core::check::Want;
use labcheck_core::facts::{
    Assets, BaseUrl, Listener, Page, Role, RoundTrip, Seen, Status, Step, UnknownHost,
};
use labcheck_engine::model::inspected::Inspected;

/// What is seen from outside: pages, the round trip's first half, and why a page did not answer.
pub(crate) struct Outside<'a> {
    pub pages: Vec<Page>,
    pub lost: Vec<UnknownHost>,
    pub listening: BTreeMap<String, Seen<Vec<Listener>>>,
    pub assets: BTreeMap<Role, Seen<Assets>>,
    pub base_url: Option<BaseUrl>,
    pub(crate) round_trip: RoundTrip,
    /// `None` when no step is wanted.
    pub(crate) driver: Option<Result<Driver<'a>, String>>,
}

impl Visit<'_> {
    /// Looks at the stack from outside.
    pub(crate) async fn outside(&self, progress: &dyn Progress) -> Outside<'_> {
        let (endpoints, base_url) = self.endpoints(progress).await;
        let mut round_trip = RoundTrip::default();
        let driver = async {
            if self.steps.is_empty() {
                None
            } else {
                Some(self.start(&endpoints, &mut round_trip).await)
            }
        };
        let secrets = self.context.secrets;
        let pages = endpoints.iter();
        let pages = pages.map(|(role, endpoint)| endpoint.pages(&self.pages, *role, &self.context));
        let pages = join_all(pages);
        let driver = async {
            let driver = driver.await;
            self.pace.end();
            driver
        };
        let assets = self.assets(&endpoints, progress);
        let more = other_admins::look(&self.context, &endpoints, &self.pages, secrets);
        let lost = admin_unknown_database::look(&self.context);
        let (pages, driver, listening, assets, more, lost) = join!(
            pages,
            driver,
            self.listening(&endpoints),
            assets,
            more,
            lost
        );
        let pages = pages.into_iter().flatten().chain(more).collect();
        Outside {
            pages,
            lost,
            listening,
            assets,
            base_url,
            round_trip,
            driver,
        }
    }

    /// What home pages load, of the roles that a check asks it of.
    async fn assets(
        &self,
        endpoints: &[(Role, Endpoint)],
        progress: &dyn Progress,
    ) -> BTreeMap<Role, Seen<Assets>> {
        let wanted = |role: &Role| self.context.plan.wants.contains(&Want::Assets(*role));
        let names = self.finder.names();
        let look = |(role, endpoint): &(Role, Endpoint)| {
            let (role, endpoint) = (*role, endpoint.clone());
            let visit = home_page::Visit {
                browser: &self.pages,
                names: &names,
                target: &self.context.plan.target,
                secrets: self.context.secrets,
            };
            async move {
                progress.now("looking at what the home page loads");
                (role, visit.look(&endpoint).await)
            }
        };
        let all = endpoints.iter().filter(|(role, _)| wanted(role)).map(look);
        join_all(all).await.into_iter().collect()
    }

    /// The address of every role that a page is wanted of, and the application's when it is driven.
    async fn endpoints(&self, progress: &dyn Progress) -> (Vec<(Role, Endpoint)>, Option<BaseUrl>) {
        let wanted = Role::ALL
            .into_iter()
            .filter(|role| self.context.roles.contains_key(role))
            .filter_map(|role| {
                let paths = self.context.paths(role);
                let home = paths
                    .iter()
                    .find(|path| *path == "/")
                    .or(paths.first())
                    .cloned();
                let driven = role == Role::App && !self.steps.is_empty()
                    || self.context.plan.wants.contains(&Want::Assets(role));
                home.or_else(|| driven.then(|| "/".to_owned()))
                    .map(|path| (role, path))
            });
        let wanted: Vec<(Role, String)> = wanted.collect();
        // Without a proxy the application is looked for at its own ports.
        let by = self
            .finder
            .by
            .filter(|by| self.context.roles.contains_key(by));
        let open = |(role, path): &(Role, String)| {
            let (role, path) = (*role, path.clone());
            async move {
                match by {
                    Some(by) if role == Role::App => {
                        let secrets = self.context.secrets;
                        let entered = self.finder.enter(&self.pages, by, secrets, progress);
                        let (endpoint, base_url) = entered.await;
                        (endpoint, Some(base_url))
                    }
                    _ => {
                        let opened = self.finder.open(&self.pages, role, path, progress);
                        (opened.await, None)
                    }
                }
            }
        };
        let opened = join_all(wanted.iter().map(open)).await;
        let mut base_url = None;
        let mut endpoints = Vec::new();
        for ((role, _), (endpoint, found)) in wanted.into_iter().zip(opened) {
            base_url = base_url.or(found);
            endpoints.push((role, endpoint));
        }
        (endpoints, base_url)
    }

    /// Starts the round trip and takes its first half.
    async fn start(
        &self,
        endpoints: &[(Role, Endpoint)],
        round_trip: &mut RoundTrip,
    ) -> Result<Driver<'_>, String> {
        let base = base(endpoints)?;
        let plan = self.round_trip(&self.steps, &self.nonce, &self.posted);
        let driver = Driver::start(plan, base).await;
        let driver = driver.map_err(|trouble| format!("the request {}", trouble.phrase()))?;
        let mut dbs = self.context.playing(Role::Db).into_iter();
        // A paused database would store what is posted once it goes on, after the grader is gone.
        if dbs.any(|db| db.container.state.status == Status::Paused) {
            return Ok(driver);
        }
        // What lay in the tables must be known first, or the grader could not tell what it has to delete.
        self.pace.begin().await;
        driver.first(round_trip).await;
        Ok(driver)
    }

    /// A driver of its own for the application, which has done nothing yet.
    ///
    /// # Errors
    /// Why the application cannot be driven.
    pub(crate) async fn driver<'d>(
        &'d self,
        steps: &'d BTreeSet<Step>,
        nonce: &'d Nonce,
        posted: &'d Cell<bool>,
        progress: &dyn Progress,
    ) -> Result<Driver<'d>, String> {
        let (endpoints, _) = self.endpoints(progress).await;
        let driver = Driver::start(self.round_trip(steps, nonce, posted), base(&endpoints)?).await;
        driver.map_err(|trouble| format!("the request {}", trouble.phrase()))
    }

    fn round_trip<'d>(
        &'d self,
        steps: &'d BTreeSet<Step>,
        nonce: &'d Nonce,
        posted: &'d Cell<bool>,
    ) -> RoundTripPlan<'d> {
        RoundTripPlan {
            browser: &self.round_trip,
            target: &self.context.plan.target,
            steps,
            nonce,
            secrets: self.context.secrets,
            posted,
        }
    }

    /// Listening sockets, of containers whose page gave no answer and of those that a check asks for.
    async fn listening(
        &self,
        endpoints: &[(Role, Endpoint)],
    ) -> BTreeMap<String, Seen<Vec<Listener>>> {
        let deaf = endpoints
            .iter()
            .filter(|(_, endpoint)| !endpoint.answers())
            .map(|(role, _)| *role);
        let asked = |role: &Role| self.context.plan.wants.contains(&Want::Sockets(*role));
        let roles: BTreeSet<Role> = deaf.chain(Role::ALL.into_iter().filter(asked)).collect();
        let all = roles
            .into_iter()
            .flat_map(|role| self.context.playing(role));
        let up: Vec<&Inspected> = all
            .filter(|inspected| inspected.container.state.status == Status::Running)
            .collect();
        let found = join_all(
            up.iter()
                .map(|inspected| listening::of(&self.context, inspected)),
        )
        .await;
        up.into_iter()
            .map(|inspected| inspected.container.name.clone())
            .zip(found)
            .collect()
    }
}

/// The address at which the application is driven.
fn base(endpoints: &[(Role, Endpoint)]) -> Result<&reqwest::Url, String> {
    let endpoint = endpoints.iter().find(|(role, _)| *role == Role::App);
    let (_, endpoint) =
        endpoint.ok_or("no container of this stack could be taken for the application")?;
    endpoint.drivable()
}
