//! Shared by the kinds that judge rights: code that an account can set off and that runs with another account's rights.

use super::accounts::schema_of;
use crate::facts::{Account, Database, Definer, DefinerKind};
use crate::text::{ShellCommand, say, shell};

/// Code that an account can set off, and whose definer has more rights than the account.
///
/// A view, trigger or routine of the account's own, and one whose definer does not exist any more, give it nothing.
pub(crate) fn borrowed<'f>(sql: &'f Database, account: &Account) -> Vec<&'f Definer> {
    let all = sql.definers.as_ref().and_then(|all| all.get());
    let accounts = sql.accounts.as_ref().and_then(|all| all.get());
    let (Some(all), Some(accounts)) = (all, accounts) else {
        return Vec::new();
    };
    let has_more = |code: &&Definer| {
        let definer = accounts.iter().find(|other| other.label() == code.account);
        definer.is_some_and(|definer| {
            definer.label() != account.label()
                && (definer.superuser
                    || definer
                        .grants
                        .iter()
                        .any(|grant| !account.grants.contains(grant)))
        })
    };
    let sets_off = |code: &&Definer| {
        let rights: Vec<&str> = account
            .grants
            .iter()
            .filter(|grant| grant.global() || schema_of(grant, sql) == Some(code.schema.as_str()))
            .flat_map(|grant| &grant.rights)
            .map(String::as_str)
            .collect();
        sql.dialect.sets_off(code.kind, &rights)
    };
    all.iter().filter(has_more).filter(sets_off).collect()
}

/// What it is and how it is called: "the view `inventory.pay`".
pub(crate) fn named(code: &Definer) -> String {
    let name = format!("{}.{}", code.schema, code.name);
    match code.kind {
        DefinerKind::View => say!("the view `{name}`", name),
        DefinerKind::Procedure => say!("the procedure `{name}`", name),
        DefinerKind::Function => say!("the function `{name}`", name),
        DefinerKind::Trigger => say!("the trigger `{name}`", name),
        DefinerKind::Event => say!("the event `{name}`", name),
    }
}

/// A command with which a student sees it.
pub(crate) fn show(sql: &Database, code: &Definer) -> ShellCommand {
    shell!(
        "docker exec -it {} {}",
        sql.container,
        sql.dialect.show_definer(code)
    )
}
