//! One visit: what is needed to ask for pages and to post, before anything is asked for.

use std::cell::Cell;
use std::collections::BTreeSet;

use crate::ProbeError;
use crate::database::account::sessions::Pace;
use crate::endpoint::role::EndpointFinder;
use crate::http::browser::Browser;
use crate::round_trip::app_log;
use crate::round_trip::payload::Nonce;
use crate::stack::context::StackContext;
use labcheck_core::check::Want;
use labcheck_core::facts::Step;

/// One look from outside.
pub(crate) struct Visit<'a> {
    pub context: StackContext<'a>,
    pub(crate) finder: EndpointFinder<'a>,
    pub(crate) steps: BTreeSet<Step>,
    pub nonce: Nonce,
    /// Something may have been stored.
    pub(crate) posted: Cell<bool>,
    pub pages: Browser,
    pub(crate) round_trip: Browser,
    pub(crate) pace: Pace,
    /// When it began: see `app_words`.
    pub begun: u64,
}

impl<'a> Visit<'a> {
    /// What a look needs; nothing is asked for yet.
    ///
    /// # Errors
    /// No request can be made at all.
    pub(crate) fn plan(
        context: StackContext<'a>,
        learned: &'a [String],
    ) -> Result<Self, ProbeError> {
        let target = &context.plan.target;
        let step = |want: &Want| match want {
            Want::RoundTrip(step) => Some(*step),
            _ => None,
        };
        let steps = context.plan.wants.iter().filter_map(step);
        let finder = EndpointFinder {
            target,
            containers: &context.stack.containers,
            roles: context.roles,
            waited: context.stack.waited,
            engine: context.engine,
            learned,
            neighbours: context.neighbours,
            by: context.plan.wants.iter().find_map(|want| match want {
                Want::BaseUrl(by) => Some(*by),
                _ => None,
            }),
        };
        let why = |why| {
            ProbeError::Nothing(
                format!("no request can be made: {why}"),
                "grade again".into(),
            )
        };
        let pages = Browser::new(finder.allowed()).map_err(why)?;
        Ok(Self {
            steps: steps
                .filter(|step| *step != Step::Restart || target.disruptive)
                .collect(),
            nonce: Nonce::fresh(target.nonce.as_deref())?,
            posted: Cell::new(false),
            pace: Pace::default(),
            begun: app_log::now(),
            round_trip: pages.another().map_err(why)?,
            pages,
            finder,
            context,
        })
    }
}
