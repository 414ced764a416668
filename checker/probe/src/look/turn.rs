//! Which look of a grading it is: the first one is broken off when something is done to the stack, the second one is not.

use std::pin::Pin;

use super::broken_off::{BrokenOff, Disturbed};
use crate::database::schema::snapshot::Owed;
use crate::interrupt::Stop;
use crate::stack::meanwhile::Disturbances;
use crate::{ProbeError, Progress};
use labcheck_engine::model::inspected::Stack;

/// Which look it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Turn<'t> {
    /// The only one, as the grader restarts things itself.
    Only,
    /// The first one, after which there may be another one.
    First,
    /// The one after a look that was disturbed.
    Second(&'t Disturbed),
}

impl<'t> Turn<'t> {
    /// Ends when the look is to be given up before it has posted anything. After another look the grader has to listen to
    /// signals itself, as the system does not end it by them any more.
    pub(crate) fn stopped<'p>(
        self,
        progress: &'p dyn Progress,
    ) -> Pin<Box<dyn Future<Output = ()> + 'p>> {
        match self {
            Self::Only | Self::First => progress.stopped(),
            Self::Second(_) => {
                let mut stop = Stop::listen();
                Box::pin(async move { stop.told_by(progress).await })
            }
        }
    }

    /// Notes in the stack what an earlier look knows of it.
    pub(crate) fn note(self, stack: &mut Stack) {
        if let Self::Second(disturbed) = self {
            disturbed.note(stack);
            // Programs that depend on what was restarted may need a moment.
            stack.waited = true;
        }
    }

    /// What an earlier look may not have taken back.
    pub(crate) fn owed(self) -> Option<&'t Owed> {
        match self {
            Self::Only | Self::First => None,
            Self::Second(disturbed) => disturbed.owed.as_ref(),
        }
    }

    /// Ends when this look is to be broken off.
    pub(crate) async fn disturbed(self, disturbances: &mut Disturbances) {
        match self {
            Self::First => disturbances.next().await,
            Self::Only | Self::Second(_) => std::future::pending().await,
        }
    }

    /// Why there are no facts: an engine that gave no answer about a container to which something was done meanwhile is
    /// asked again in the next look.
    pub(crate) fn broken_off(
        self,
        err: BrokenOff,
        stack: &Stack,
        disturbances: &mut Disturbances,
    ) -> BrokenOff {
        let mut now = Disturbed::of(stack, disturbances);
        match err {
            BrokenOff::Disturbed(disturbed) => {
                now.owed = disturbed.owed;
                BrokenOff::Disturbed(Box::new(now))
            }
            BrokenOff::Failed(ProbeError::Engine(_))
                if matches!(self, Self::First) && !now.is_nothing() =>
            {
                BrokenOff::Disturbed(Box::new(now))
            }
            BrokenOff::Failed(_) => err,
        }
    }

    /// Whether what was seen is the stack's own doing.
    ///
    /// # Errors
    /// Something was done to it meanwhile, and there may be another look.
    pub(crate) fn accept(
        self,
        stack: &Stack,
        disturbances: &mut Disturbances,
        owed: Option<Owed>,
    ) -> Result<(), BrokenOff> {
        let mut disturbed = Disturbed::of(stack, disturbances);
        if !matches!(self, Self::First) || disturbed.is_nothing() {
            return Ok(());
        }
        disturbed.owed = owed;
        Err(BrokenOff::Disturbed(Box::new(disturbed)))
    }
}
