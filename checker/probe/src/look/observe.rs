//! One look at a running stack, everything at once, undone afterwards.
//!
//! This file only says in which order things happen; the other rooms decide how each is looked at.

use futures_util::future::{Either, join, select, try_join};
use labcheck_engine::model::inspected::Stack;
use labcheck_engine::sidecars::Sidecars;

use super::broken_off::BrokenOff;
use super::inside::Inside;
use super::live::Live;
use super::older::older;
use super::turn::Turn;
use super::{own, recreate, redact_facts};
use crate::Drift;
use crate::compose::checkout;
use crate::database::schema::snapshot::Owed;
use crate::ingress::survey;
use crate::stack::assign::assign;
use crate::stack::choose::{Choice, choose};
use crate::stack::context::{FixedContext, StackContext};
use crate::stack::meanwhile::Disturbances;
use crate::stack::secrets::SecretSources;
use crate::stack::settle::Processes;
use crate::stack::{images, last_log, lenders, second_look, settle};
use crate::{Observer, ProbeError, Progress};
use labcheck_core::facts::{Course, Facts, Ingress, Origin, SCHEMA, Seen};
use labcheck_core::grade::Plan;
use labcheck_core::redact::known::Secrets;

impl Observer for Live {
    async fn observe(&self, plan: &Plan, progress: &dyn Progress) -> Result<Facts, ProbeError> {
        let (facts, _) = Box::pin(self.look(plan, progress, false)).await?;
        Ok(facts)
    }
}

impl Live {
    /// As [`Observer::observe`], and what of the stack is older than its files, seen at the same time; see [`Live::behind`].
    ///
    /// # Errors
    /// As [`Observer::observe`].
    pub async fn observe_with_files(
        &self,
        plan: &Plan,
        progress: &dyn Progress,
    ) -> Result<(Facts, Vec<Drift>), ProbeError> {
        Box::pin(self.look(plan, progress, true)).await
    }

    /// Looks, and once more from the start where something is done to the stack meanwhile: what the first look then saw is no
    /// fact about the stack. With `--disruptive` the grader restarts things itself, and looks once.
    async fn look(
        &self,
        plan: &Plan,
        progress: &dyn Progress,
        files: bool,
    ) -> Result<(Facts, Vec<Drift>), ProbeError> {
        let turn = if plan.target.disruptive {
            Turn::Only
        } else {
            Turn::First
        };
        let disturbed = match Box::pin(self.look_once(plan, progress, files, turn)).await {
            Ok(looked) => return Ok(looked),
            Err(BrokenOff::Failed(err)) => return Err(err),
            Err(BrokenOff::Disturbed(disturbed)) => disturbed,
        };
        progress.now(&disturbed.told());
        let again = async {
            disturbed.calm(&self.engine).await;
            let turn = Turn::Second(&disturbed);
            Box::pin(self.look_once(plan, progress, files, turn)).await
        };
        match again.await {
            Ok(looked) => Ok(looked),
            Err(BrokenOff::Failed(err)) => Err(err),
            // A second look is not broken off.
            Err(BrokenOff::Disturbed(_)) => Err(ProbeError::Nothing(
                "the stack changes while it is looked at".into(),
                "grade again".into(),
            )),
        }
    }

    async fn look_once(
        &self,
        plan: &Plan,
        progress: &dyn Progress,
        files: bool,
        turn: Turn<'_>,
    ) -> Result<(Facts, Vec<Drift>), BrokenOff> {
        let engine = &self.engine;
        let sidecars = Sidecars::new(engine);
        let there = engine.list().await?;
        own::sweep(engine, &there).await;
        let there = own::others(engine, Some(&sidecars), there);
        let Choice {
            ids,
            stack: choice,
            neighbours,
        } = choose(&there, &plan.target, plan.lab.as_str())?;
        let (mut stack, processes) = self.settled(&ids, plan, progress, turn).await?;
        turn.note(&mut stack);
        let mut disturbances = Disturbances::of(engine, &stack);
        let roles = assign(&stack, &processes, plan)?;
        let mut secrets = Secrets::default();
        let envs = images::inspect(engine, &mut stack, &mut secrets).await?;
        redact_facts::learn(&stack, &processes, &mut secrets);
        let sources = SecretSources {
            engine,
            stack: &stack,
            roles: &roles,
            plan,
        };
        let stack_secrets = sources.learn(envs, &mut secrets).await;
        let fixed = FixedContext {
            engine,
            sidecars: &sidecars,
            asking_checks: &self.asking_checks,
            there: &there,
            neighbours: &neighbours,
            processes: &processes,
            roles: &roles,
            stack_secrets: &stack_secrets,
            plan,
        };
        let context = StackContext {
            fixed,
            stack: &stack,
            secrets: &secrets,
        };
        // Boxed: what is under way at once is large, and callers hold it in theirs.
        let disturbed = turn.disturbed(&mut disturbances);
        let inside = Box::pin(Inside::look(&context, progress, disturbed, turn.owed()));
        // Where containers are made anew on the way, they are compared with their files afterwards.
        let at_once = files && !plan.target.disruptive;
        let projects = Some(choice.projects.as_slice()).filter(|_| at_once);
        let around = Box::pin(async { Ok(around(&context, projects).await) });
        let looked = try_join(inside, around).await;
        let (mut inside, around) = match looked {
            Ok(looked) => looked,
            Err(err) => return Err(turn.broken_off(err, &stack, &mut disturbances)),
        };
        // After a restart of the grader's own a second look would blame the stack for it.
        if !inside.disturbed() {
            second_look::compare(engine, &mut stack, &mut disturbances).await?;
            turn.accept(&stack, &mut disturbances, inside.owed.take())?;
        }
        if let Some(password) = inside.password.take() {
            secrets.learn(&password);
            redact_facts::again(&mut inside.facts, &secrets);
        }
        last_log::read(engine, &mut stack, &secrets).await;
        let context = StackContext {
            fixed,
            stack: &stack,
            secrets: &secrets,
        };
        let sql = inside.facts.database.as_ref().and_then(Seen::get);
        let data = sql.map(|sql| sql.data.as_str());
        let recreated = Box::pin(recreate::look(&context, data, progress)).await?;
        let facts = Facts {
            schema: SCHEMA.into(),
            lab: plan.lab.to_string(),
            engine: engine.about.clone(),
            stack: choice,
            roles,
            neighbours,
            ingress: around.ingress,
            origins: around.origins,
            recreated,
            processes: redact_facts::processes(processes, &secrets),
            containers: redact_facts::containers(stack.containers, &secrets),
            lenders: stack.lenders.into_iter().map(lenders::fact).collect(),
            images: stack.images,
            networks: stack.networks,
            volumes: stack.volumes,
            course: course(plan),
            ..inside.facts
        };
        let older = if files && !at_once {
            self.behind(&facts).await
        } else {
            around.older
        };
        Ok((facts, older))
    }

    /// The stack at rest, with its processes.
    async fn settled(
        &self,
        ids: &[String],
        plan: &Plan,
        progress: &dyn Progress,
        turn: Turn<'_>,
    ) -> Result<(Stack, Processes), BrokenOff> {
        let settled = Box::pin(settle::settled(&self.engine, ids, plan, progress));
        match select(settled, turn.stopped(progress)).await {
            Either::Left((settled, _)) => Ok(settled?),
            // This look has posted nothing yet.
            Either::Right(_) => {
                let stayed = turn.owed().map(Owed::of_earlier_look);
                Err(ProbeError::Interrupted { stayed }.into())
            }
        }
    }
}

/// What is looked at while the inside is.
struct Around {
    /// What the published ports answer, where a check asks for it.
    ingress: Option<Seen<Ingress>>,
    /// Where each project's files come from, where a check asks for it.
    origins: Option<Vec<Origin>>,
    /// What of the stack is older than its files.
    older: Vec<Drift>,
}

/// Looks at published ports and at files; what is older than the files of `projects` only where there are any.
async fn around(context: &StackContext<'_>, projects: Option<&[String]>) -> Around {
    let (ingress, origins) = join(survey::look(context), checkout::look(context)).await;
    Around {
        ingress,
        origins,
        older: older(context, projects).await,
    }
}

/// What the facts tell of how the stack was looked at.
fn course(plan: &Plan) -> Course {
    Course {
        hosts: plan.target.hosts.clone(),
        routes: plan.target.routes.clone(),
        disruptive: plan.target.disruptive,
        nonce: plan.target.nonce.clone(),
    }
}
