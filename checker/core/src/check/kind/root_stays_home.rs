//! `root_stays_home`: superusers sign in on the spot only.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Account, Role};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "root_stays_home: { in: db }";

/// No superuser account can sign in from another host.
///
/// Judged from the accounts' host parts (MariaDB, MySQL); PostgreSQL keeps this in `pg_hba.conf`, so there the verdict is
/// unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RootStaysHome {
    /// In which database.
    #[serde(rename = "in")]
    pub within: Role,
}

impl Kind for RootStaysHome {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Database(Look::Accounts)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(db) = scene.one(self.within) else {
            return scene.missing(self.within);
        };
        let expected = say!(
            "root of `{}` signs in from inside its own container only",
            db.known_as()
        );
        let sql = seen!(scene.sql(), expected, say!("the database"));
        let Some(client) = sql.dialect.show_hosts() else {
            return Verdict::unknown(
                expected,
                say!("PostgreSQL decides this in pg_hba.conf, which is not looked at"),
            );
        };
        if sql.ordinary {
            return Verdict::unknown(
                expected,
                say!("root's password is not known here, and nobody else sees every account"),
            );
        }
        let accounts = seen!(
            sql.accounts.as_ref(),
            expected,
            say!("the list of accounts")
        );
        let away: Vec<String> = accounts
            .iter()
            .filter(|account| travels(account))
            .map(Account::label)
            .collect();
        if away.is_empty() {
            return Verdict::pass(
                expected,
                say!("every superuser account is bound to localhost"),
            );
        }
        Verdict::fail(
            expected,
            say!("{} may sign in from other hosts", text::ticked(&away)),
        )
        .seen(
            say!("the accounts"),
            shell!("docker exec -it {} {}", sql.container, client),
        )
    }
}

fn travels(account: &Account) -> bool {
    let home = matches!(account.host.as_str(), "localhost" | "127.0.0.1" | "::1");
    account.superuser && !account.locked && !home
}
