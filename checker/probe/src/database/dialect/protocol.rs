//! The protocol of each dialect, where the grader speaks it itself, and where its server is met.

use labcheck_core::facts::Dialect;

/// Knows where a dialect's server is met.
pub(crate) trait Protocol: Copy {
    /// The server's TCP port; `None` where the grader does not speak its protocol.
    fn port(self) -> Option<u16>;

    /// Where its socket file may lie in its container, the likeliest first: Debian's packages and both official images,
    /// the default of MySQL's own packages, that of a build from source.
    fn sockets(self) -> &'static [&'static str];

    /// The client program that is likely to be there, once the server has said what it is.
    fn likely_program(self) -> &'static str;
}

impl Protocol for Dialect {
    fn port(self) -> Option<u16> {
        match self {
            Self::Postgres => None,
            Self::Mariadb | Self::Mysql => Some(3306),
        }
    }

    fn sockets(self) -> &'static [&'static str] {
        match self {
            Self::Postgres => &[],
            Self::Mariadb | Self::Mysql => &[
                "/run/mysqld/mysqld.sock",
                "/var/run/mysqld/mysqld.sock",
                "/var/lib/mysql/mysql.sock",
                "/tmp/mysql.sock",
            ],
        }
    }

    fn likely_program(self) -> &'static str {
        match self {
            Self::Postgres => "psql",
            Self::Mariadb => "mariadb",
            Self::Mysql => "mysql",
        }
    }
}
