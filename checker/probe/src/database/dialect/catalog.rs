//! What each dialect's server lists of itself, as queries: schemas, sessions, tables, columns and keys.

use super::quoting::Quoting as _;
use labcheck_core::facts::Dialect;

/// The schemas of the servers themselves.
const OWN_MARIADB: &str = "('mysql', 'information_schema', 'performance_schema', 'sys')";
const OWN_POSTGRES: &str = "('pg_catalog', 'information_schema', 'pg_toast')";

/// Foreign keys of PostgreSQL. Its catalog lists the columns of a key as two arrays.
const FOREIGN_KEYS_POSTGRES: &str = "SELECT n.nspname, c.relname, a.attname, fn.nspname, fc.relname, fa.attname, k.conname, \
     CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' ELSE 'RESTRICT' END FROM pg_constraint k \
     JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
     JOIN pg_class fc ON fc.oid = k.confrelid JOIN pg_namespace fn ON fn.oid = fc.relnamespace \
     CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS pair(here, there, at) \
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = pair.here JOIN pg_attribute fa ON fa.attrelid = fc.oid AND fa.attnum = pair.there \
     WHERE k.contype = 'f' ORDER BY 1, 2, 7, pair.at LIMIT 2000";

/// Asks what a server lists. Queries leave out the server's own schemas; `likely` names schemas to list first, and
/// `most` limits the rows.
pub(crate) trait Catalog: Copy {
    /// Names of schemas.
    fn schemas(self) -> String;

    /// Names of databases, the likeliest to be an application's first; `None` where a session sees every schema.
    fn databases(self) -> Option<&'static str>;

    /// Open sessions but the one that asks: user, host, schema, the session's number, and for how many milliseconds it
    /// has done nothing. The server's own threads are told by their kind, as an account may have any name.
    fn open_sessions(self) -> &'static str;

    /// The address or name in a host that [`Self::open_sessions`] lists; empty for a local socket.
    fn session_address(self, host: String) -> String;

    /// How many connections there have been, as the second cell of a row; `None` where the server does not count them in
    /// time.
    fn connections(self) -> Option<&'static str>;

    /// Columns in which a posted value may lie: schema, table, column, type.
    fn columns(self, likely: &[String], most: usize) -> String;

    /// Whether a type that [`Self::columns`] lists holds text rather than numbers.
    fn is_text(self, data_type: &str) -> bool;

    /// Tables: schema, table, about how many rows; and the primary key where that is one column of whole numbers, unless
    /// [`Self::primary_keys`] lists it.
    fn tables(self, likely: &[String], most: usize) -> String;

    /// Columns of primary keys: schema, table, column, type.
    fn primary_keys(self) -> Option<String>;

    /// Columns of foreign keys, those of one key in order: schema, table and column twice, the constraint, and what
    /// happens `ON DELETE`.
    fn foreign_keys(self) -> String;

    /// Code that runs with the rights of its definer: kind, schema, name, definer, body.
    fn definers(self) -> String;

    /// Whether rights stand in tables of their own (`information_schema.USER_PRIVILEGES` and the like), rather than with
    /// each object of the catalog.
    fn has_privilege_tables(self) -> bool;
}

impl Catalog for Dialect {
    fn schemas(self) -> String {
        match self {
            Self::Postgres => format!(
                "SELECT nspname FROM pg_namespace WHERE nspname NOT IN {OWN_POSTGRES} AND nspname NOT LIKE 'pg\\_%' ORDER BY 1"
            ),
            Self::Mariadb | Self::Mysql => format!(
                "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN {OWN_MARIADB} ORDER BY SCHEMA_NAME"
            ),
        }
    }

    fn databases(self) -> Option<&'static str> {
        match self {
            Self::Postgres => Some(
                "SELECT datname FROM pg_database WHERE NOT datistemplate AND datallowconn ORDER BY datname = 'postgres', datname",
            ),
            Self::Mariadb | Self::Mysql => None,
        }
    }

    fn open_sessions(self) -> &'static str {
        match self {
            Self::Postgres => {
                "SELECT usename, COALESCE(host(client_addr), ''), COALESCE(datname, ''), pid, CASE WHEN state LIKE 'idle%' \
                 THEN COALESCE((EXTRACT(EPOCH FROM clock_timestamp() - state_change) * 1000)::bigint, 0) ELSE 0 END \
                 FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename IS NOT NULL AND backend_type = 'client backend'"
            }
            // A thread of the server's own is a daemon, or comes from nowhere; a replica is only sent what was written; one that has not signed in yet has no user.
            Self::Mariadb => {
                "SELECT USER, HOST, COALESCE(DB, ''), ID, IF(COMMAND = 'Sleep', FLOOR(TIME_MS), 0) FROM information_schema.PROCESSLIST \
                 WHERE ID <> CONNECTION_ID() AND COMMAND <> 'Daemon' AND COMMAND NOT LIKE 'Binlog Dump%' AND HOST <> '' AND NOT (USER = 'unauthenticated user' AND COMMAND = 'Connect')"
            }
            Self::Mysql => {
                "SELECT USER, HOST, COALESCE(DB, ''), ID, IF(COMMAND = 'Sleep', TIME * 1000, 0) FROM information_schema.PROCESSLIST \
                 WHERE ID <> CONNECTION_ID() AND COMMAND <> 'Daemon' AND COMMAND NOT LIKE 'Binlog Dump%' AND HOST <> '' AND NOT (USER = 'unauthenticated user' AND COMMAND = 'Connect')"
            }
        }
    }

    fn session_address(self, host: String) -> String {
        match self {
            Self::Postgres => host,
            Self::Mariadb | Self::Mysql => {
                // `172.18.0.3:45678`, `v4-app-1.v4_default:45678`, `localhost`; an IPv6 address has colons of its own.
                let address = match host.rsplit_once(':') {
                    Some((address, port)) if port.chars().all(|c| c.is_ascii_digit()) => {
                        address.trim_matches(['[', ']'])
                    }
                    _ => &host,
                };
                if address == "localhost" {
                    String::new()
                } else {
                    address.to_owned()
                }
            }
        }
    }

    fn connections(self) -> Option<&'static str> {
        match self {
            Self::Postgres => None,
            Self::Mariadb | Self::Mysql => Some("SHOW GLOBAL STATUS LIKE 'Connections'"),
        }
    }

    fn columns(self, likely: &[String], most: usize) -> String {
        let likely = self.list(likely);
        match self {
            Self::Postgres => format!(
                "SELECT c.table_schema, c.table_name, c.column_name, c.data_type FROM information_schema.columns c JOIN information_schema.tables t \
                 ON t.table_schema = c.table_schema AND t.table_name = c.table_name WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN {OWN_POSTGRES} \
                 AND c.data_type IN ('character varying', 'character', 'text', 'json', 'jsonb', 'uuid', 'integer', 'bigint', 'numeric') ORDER BY c.table_schema IN {likely} DESC, 1, 2, c.ordinal_position LIMIT {most}"
            ),
            Self::Mariadb | Self::Mysql => format!(
                "SELECT c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE FROM information_schema.COLUMNS c JOIN information_schema.TABLES t \
                 ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME WHERE t.TABLE_TYPE = 'BASE TABLE' AND c.TABLE_SCHEMA NOT IN {OWN_MARIADB} \
                 AND c.DATA_TYPE IN ('char','varchar','tinytext','text','mediumtext','longtext','json','binary','varbinary','blob','int','bigint','mediumint','decimal') \
                 ORDER BY c.TABLE_SCHEMA IN {likely} DESC, 1, 2, c.ORDINAL_POSITION LIMIT {most}"
            ),
        }
    }

    fn is_text(self, data_type: &str) -> bool {
        let numbers: &[&str] = match self {
            Self::Postgres => &["integer", "bigint", "numeric"],
            Self::Mariadb | Self::Mysql => &["int", "bigint", "mediumint", "decimal"],
        };
        !numbers.contains(&data_type)
    }

    fn tables(self, likely: &[String], most: usize) -> String {
        let likely = self.list(likely);
        match self {
            // A row takes a hundred bytes or so; the server's own estimate is missing until it was analysed.
            Self::Postgres => format!(
                "SELECT n.nspname, c.relname, GREATEST(c.reltuples::bigint, pg_relation_size(c.oid) / 100), COALESCE(a.attname, '') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                 LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1 \
                 LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) \
                 WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN {OWN_POSTGRES} AND n.nspname NOT LIKE 'pg\\_%' ORDER BY n.nspname IN {likely} DESC, 1, 2 LIMIT {most}"
            ),
            Self::Mariadb | Self::Mysql => format!(
                "SELECT TABLE_SCHEMA, TABLE_NAME, COALESCE(TABLE_ROWS, 0) FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND TABLE_SCHEMA NOT IN {OWN_MARIADB} \
                 ORDER BY TABLE_SCHEMA IN {likely} DESC, 1, 2 LIMIT {most}"
            ),
        }
    }

    fn primary_keys(self) -> Option<String> {
        match self {
            Self::Postgres => None,
            Self::Mariadb | Self::Mysql => Some(format!(
                "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS WHERE COLUMN_KEY = 'PRI' AND TABLE_SCHEMA NOT IN {OWN_MARIADB}"
            )),
        }
    }

    fn foreign_keys(self) -> String {
        match self {
            Self::Postgres => FOREIGN_KEYS_POSTGRES.into(),
            Self::Mariadb | Self::Mysql => format!(
                "SELECT k.TABLE_SCHEMA, k.TABLE_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, k.CONSTRAINT_NAME, \
                 COALESCE(r.DELETE_RULE, '') FROM information_schema.KEY_COLUMN_USAGE k LEFT JOIN information_schema.REFERENTIAL_CONSTRAINTS r \
                 ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME \
                 WHERE k.REFERENCED_TABLE_NAME IS NOT NULL AND k.TABLE_SCHEMA NOT IN {OWN_MARIADB} ORDER BY 1, 2, 7, k.ORDINAL_POSITION LIMIT 2000"
            ),
        }
    }

    fn definers(self) -> String {
        match self {
            // A view has its owner's rights unless it is made with `security_invoker`, which the body does not show.
            Self::Postgres => format!(
                "SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, n.nspname::text, p.proname::text, pg_get_userbyid(p.proowner)::text, left(p.prosrc, 20000) \
                 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND n.nspname NOT IN {OWN_POSTGRES} UNION ALL \
                 SELECT 'view', n.nspname::text, c.relname::text, pg_get_userbyid(c.relowner)::text, left(pg_get_viewdef(c.oid), 20000) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE c.relkind = 'v' AND n.nspname NOT IN {OWN_POSTGRES} AND NOT COALESCE(c.reloptions, '{{}}') && ARRAY['security_invoker=true', 'security_invoker=on'] LIMIT 200"
            ),
            Self::Mariadb | Self::Mysql => format!(
                "SELECT 'view', TABLE_SCHEMA, TABLE_NAME, DEFINER, LEFT(VIEW_DEFINITION, 20000) FROM information_schema.VIEWS WHERE SECURITY_TYPE = 'DEFINER' AND TABLE_SCHEMA NOT IN {OWN_MARIADB} UNION ALL \
                 SELECT LOWER(ROUTINE_TYPE), ROUTINE_SCHEMA, ROUTINE_NAME, DEFINER, LEFT(ROUTINE_DEFINITION, 20000) FROM information_schema.ROUTINES WHERE SECURITY_TYPE = 'DEFINER' AND ROUTINE_SCHEMA NOT IN {OWN_MARIADB} UNION ALL \
                 SELECT 'trigger', TRIGGER_SCHEMA, TRIGGER_NAME, DEFINER, LEFT(ACTION_STATEMENT, 20000) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA NOT IN {OWN_MARIADB} UNION ALL \
                 SELECT 'event', EVENT_SCHEMA, EVENT_NAME, DEFINER, LEFT(EVENT_DEFINITION, 20000) FROM information_schema.EVENTS WHERE STATUS = 'ENABLED' AND EVENT_SCHEMA NOT IN {OWN_MARIADB} LIMIT 200"
            ),
        }
    }

    fn has_privilege_tables(self) -> bool {
        match self {
            Self::Postgres => false,
            Self::Mariadb | Self::Mysql => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_sessions_lose_their_port() {
        let address = |host: &str| Dialect::Mariadb.session_address(host.to_owned());
        assert_eq!(address("172.18.0.3:45678"), "172.18.0.3");
        assert_eq!(address("v4-app-1.v4_default:45678"), "v4-app-1.v4_default");
        assert_eq!(address("fd00::3:45678"), "fd00::3");
        assert_eq!(address("[fd00::3]:45678"), "fd00::3");
        assert_eq!(address("localhost"), "");
    }
}
