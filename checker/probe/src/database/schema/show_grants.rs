//! The rights of the account that is signed in to MariaDB or MySQL, by `SHOW GRANTS`: only the administrator sees the
//! privilege tables whole.

use super::grant_line::{GrantLine, native_hash, parse};
use super::rights;
use super::types::{Accounts, Credential};
use crate::database::client::conversation::Client;
use crate::database::client::reply::{Row, first_cells};
use crate::database::dialect::quoting::Quoting as _;
use crate::database::dialect::sign_in::SignIn as _;

/// The account that is signed in, with its rights.
///
/// # Errors
/// The database could not be asked, or said something that cannot be read: a right that was missed would be worse.
pub(crate) async fn own_account(client: &mut Client) -> Result<Accounts, String> {
    let me = client.query(client.dialect.current_user()).await?;
    let me = me.into_iter().flatten().next();
    let me = me.unwrap_or_default();
    let (user, host) = me.rsplit_once('@').unwrap_or((&me, ""));
    let mut credential = Credential::new(user, host);
    let (mut rights, mut roles) = (Vec::new(), Vec::new());
    for line in lines(client, "SHOW GRANTS").await? {
        if let Some(hash) = native_hash(&line) {
            credential.plugin = "mysql_native_password".into();
            credential.hash = hash;
        }
        read_line(&line, &mut rights, &mut roles)?;
    }
    // SHOW GRANTS names the rights of a role only once it is set.
    for role in roles.clone() {
        let name = role.get(1).map_or("", String::as_str);
        let name = name.trim_start_matches('\'').split('\'').next();
        let name = client.dialect.identifier(name.unwrap_or_default());
        let set = client.execute(&format!("SET ROLE {name}")).await?;
        if let Some(error) = set.error {
            return Err(format!(
                "what role {name} may do could not be seen: {}",
                error.message
            ));
        }
        for line in lines(client, "SHOW GRANTS").await? {
            read_line(&line, &mut rights, &mut roles)?;
        }
        client.execute("SET ROLE NONE").await?;
    }
    // MariaDB from 10.11 on has rights that every account has; other servers refuse this, and have none.
    for line in lines(client, "SHOW GRANTS FOR PUBLIC")
        .await
        .unwrap_or_default()
    {
        read_line(&line, &mut rights, &mut roles)?;
    }
    // A query that succeeds, as the error of the last one would be reported again otherwise.
    client.query(client.dialect.current_user()).await?;
    let accounts = rights::accounts(&[(credential.clone(), false)], &rights, &roles);
    Ok(Accounts {
        accounts,
        credentials: vec![credential],
    })
}

/// The lines of an answer.
async fn lines(client: &mut Client, query: &str) -> Result<Vec<String>, String> {
    Ok(first_cells(client.query(query).await?))
}

/// Adds what a line grants to rows of rights and of roles.
fn read_line(line: &str, rights: &mut Vec<Row>, roles: &mut Vec<Row>) -> Result<(), String> {
    match parse(line).ok_or("the database told its rights in a form that is not known here")? {
        GrantLine::Rights(more) => rights.extend(more),
        GrantLine::Roles(more) => {
            for role in more {
                if !roles.contains(&role) {
                    roles.push(role);
                }
            }
        }
        GrantLine::Nothing => {}
    }
    Ok(())
}
