//! The accounts of a server with their rights, in whichever form it keeps them.

use super::types::Accounts;
use super::{mariadb_accounts, postgres_accounts, show_grants};
use crate::database::client::conversation::Client;
use crate::database::dialect::catalog::Catalog as _;

/// Every account with its rights.
///
/// # Errors
/// The database could not be asked.
pub(crate) async fn accounts(client: &mut Client) -> Result<Accounts, String> {
    if client.dialect.has_privilege_tables() {
        mariadb_accounts::accounts(client).await
    } else {
        postgres_accounts::accounts(client).await
    }
}

/// The account that is signed in, with its rights: all that an account sees which is not the administrator's.
///
/// # Errors
/// The database could not be asked, or said something that cannot be read.
pub(crate) async fn own_account(client: &mut Client) -> Result<Accounts, String> {
    show_grants::own_account(client).await
}
