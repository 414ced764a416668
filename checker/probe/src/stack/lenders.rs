//! Containers outside of the stack whose network one of the stack is in (`network_mode: container:…`): looked up among all
//! of the engine's, for what they are on and publish is so for their guests too.

use crate::ProbeError;
use labcheck_core::facts::Container;
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::Inspected;

/// Containers outside of the stack that are looked at at most; from each, one may lead to the next.
const MOST: usize = 16;

/// Those that containers of the stack name, and those that they name in turn. One that the engine does not know is left
/// out, so that the facts tell it.
///
/// # Errors
/// The engine was lost.
pub(crate) async fn lenders(
    engine: &Engine,
    stack: &[Inspected],
) -> Result<Vec<Inspected>, ProbeError> {
    let mut found: Vec<Inspected> = Vec::new();
    for _ in 0..MOST {
        let Some(named) = missing(stack, &found) else {
            break;
        };
        let Some(lender) = engine.inspect(&named).await? else {
            break;
        };
        // The engine takes what is no id for the beginning of one, or for a name.
        if !lends(&named, &lender.container) {
            break;
        }
        found.push(lender);
    }
    Ok(found)
}

fn lends(named: &str, lender: &Container) -> bool {
    lender.name == named || lender.id.starts_with(named)
}

/// A container that is named and not among those that were looked at.
fn missing(stack: &[Inspected], found: &[Inspected]) -> Option<String> {
    let all = || stack.iter().chain(found).map(|one| &one.container);
    let named = all().filter_map(|one| one.network_mode.lender());
    let mut open = named.filter(|named| !all().any(|one| lends(named, one)));
    open.next().map(str::to_owned)
}

/// What facts hold of one: a stranger's settings are none of the grading's business.
pub(crate) fn fact(lender: Inspected) -> Container {
    let Container {
        name,
        id,
        project,
        service,
        network_mode,
        networks,
        ports_asked,
        ports,
        state,
        ..
    } = lender.container;
    Container {
        name,
        id,
        project,
        service,
        network_mode,
        networks,
        ports_asked,
        ports,
        state: labcheck_core::facts::State {
            status: state.status,
            ..labcheck_core::facts::State::default()
        },
        ..Container::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, mode: &str) -> Inspected {
        Inspected {
            container: Container {
                name: name.into(),
                id: format!("{name}-id"),
                network_mode: mode.into(),
                ..Container::default()
            },
            ..Inspected::default()
        }
    }

    #[test]
    fn only_who_is_outside_of_the_stack_is_looked_up() {
        let stack = [one("app", "v6_edge"), one("relay", "container:app-id")];
        assert_eq!(missing(&stack, &[]), None);
        let stack = [one("db", "container:pause-id")];
        assert_eq!(missing(&stack, &[]).as_deref(), Some("pause-id"));
        assert_eq!(missing(&stack, &[one("pause", "bridge")]), None);
        let next = [one("pause", "container:other")];
        assert_eq!(missing(&stack, &next).as_deref(), Some("other"));
    }

    #[test]
    fn a_strangers_settings_are_not_kept() {
        let mut stranger = one("pause", "v6_edge");
        stranger.container.command = vec!["serve".into(), "made-up-password".into()];
        let kept = fact(stranger);
        assert!(kept.command.is_empty() && kept.name == "pause");
    }
}
