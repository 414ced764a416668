//! The protocol of each dialect, and where its server is met.

use labcheck_core::facts::Dialect;

/// What is spoken on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WireProtocol {
    /// MySQL's, which MariaDB speaks too.
    MySql,
    /// PostgreSQL's; the name of its socket file goes by the port.
    Postgres {
        /// The server's port.
        port: u16,
    },
}

/// Knows where a dialect's server is met, and what it speaks.
pub(crate) trait Protocol: Copy {
    /// What is spoken.
    fn wire(self) -> WireProtocol;

    /// The server's TCP port.
    fn port(self) -> u16;

    /// Where its socket file may lie in its container, the likeliest first: Debian's packages and both official images,
    /// the default of the server's own packages, that of a build from source.
    fn sockets(self) -> &'static [&'static str];

    /// The name of a socket file as its clients look for it in a folder.
    fn socket_name(self) -> &'static str;

    /// The client program that is likely to be there, once the server has said what it is.
    fn likely_program(self) -> &'static str;
}

impl Protocol for Dialect {
    fn wire(self) -> WireProtocol {
        match self {
            Self::Postgres => WireProtocol::Postgres { port: self.port() },
            Self::Mariadb | Self::Mysql => WireProtocol::MySql,
        }
    }

    fn port(self) -> u16 {
        match self {
            Self::Postgres => 5432,
            Self::Mariadb | Self::Mysql => 3306,
        }
    }

    fn sockets(self) -> &'static [&'static str] {
        match self {
            Self::Postgres => &[
                "/run/postgresql/.s.PGSQL.5432",
                "/var/run/postgresql/.s.PGSQL.5432",
                "/tmp/.s.PGSQL.5432",
            ],
            Self::Mariadb | Self::Mysql => &[
                "/run/mysqld/mysqld.sock",
                "/var/run/mysqld/mysqld.sock",
                "/var/lib/mysql/mysql.sock",
                "/tmp/mysql.sock",
            ],
        }
    }

    fn socket_name(self) -> &'static str {
        match self {
            Self::Postgres => ".s.PGSQL.5432",
            Self::Mariadb | Self::Mysql => "mysqld.sock",
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
