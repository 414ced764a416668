//! How many rows a stack's databases have: grading must leave as many as there were. Asked without the grader's own means.

use super::{Docker, LABEL};
use crate::DevError;

/// Rows of every table that is not the server's own, and the number of accounts: one line a table, in a container with a
/// database. Nothing in another.
const COUNT_ROWS: &str = r#"set -e
if command -v mariadbd > /dev/null; then
  for f in "${MARIADB_ROOT_PASSWORD_FILE:-}" /run/secrets/root /run/secrets/root_password; do
    [ -n "$f" ] && [ -f "$f" ] && MARIADB_ROOT_PASSWORD=$(cat "$f") && break
  done
  who=root
  export MYSQL_PWD="${MARIADB_ROOT_PASSWORD:-}"
  if [ -n "${MARIADB_RANDOM_ROOT_PASSWORD:-}" ]; then
    who=$MARIADB_USER
    MYSQL_PWD=$(cat "$MARIADB_PASSWORD_FILE")
  fi
  ask() { mariadb --protocol=socket -u"$who" -N -B -e "$1"; }
  ask "SELECT CONCAT('SELECT ''', table_schema, '.', table_name, ''', COUNT(*) FROM \`', table_schema, '\`.\`', table_name, '\`;') FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND (table_schema NOT IN ('mysql', 'sys', 'performance_schema') OR table_name = 'global_priv') ORDER BY 1" > /tmp/count.sql
  mariadb --protocol=socket -u"$who" -N -B < /tmp/count.sql
  rm /tmp/count.sql
elif command -v pg_isready > /dev/null; then
  ask() { psql --username "${POSTGRES_USER:-postgres}" --dbname "$1" --no-align --tuples-only --command "$2"; }
  ask postgres "SELECT 'roles ' || COUNT(*) FROM pg_roles"
  for schema in $(ask postgres "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1"); do
    ask "$schema" "SELECT '$schema.' || relname || ' ' || (xpath('/row/n/text()', query_to_xml(format('SELECT COUNT(*) AS n FROM %I.%I', schemaname, relname), false, true, '')))[1]
      FROM pg_stat_user_tables ORDER BY 1"
  done
fi
"#;

/// How many rows every table of a run's databases has, accounts included where root's password is known; `None` where no
/// database answers.
///
/// # Errors
/// When `docker` cannot be run.
pub(super) fn count(run: &str) -> Result<Option<String>, DevError> {
    let filter = format!("label={LABEL}={run}");
    let found = Docker::ask(&["ps", "--filter", &filter, "--format", "{{.Names}}"])?;
    // By what is in it, not by its image's name: a student may have built one.
    for name in found.lines() {
        let rows = Docker::ask(&["exec", name, "sh", "-c", COUNT_ROWS]);
        if let Ok(rows) = rows.map(|rows| rows.trim().to_owned())
            && !rows.is_empty()
        {
            return Ok(Some(rows));
        }
    }
    Ok(None)
}
