//! Command lines of the database's own client programs. None carries a password.

use super::server::Path;

pub(crate) fn mariadb(program: &str, user: &str, path: Path<'_>) -> Vec<String> {
    let mut words: Vec<String> = vec![program.into()];
    if path != Path::Socket {
        // A password in the administrator's own option file must not help another account in.
        words.push("--no-defaults".into());
    }
    for option in [
        "--batch",
        "--skip-column-names",
        "--force",
        "--unbuffered",
        "--default-character-set=utf8mb4",
        "--connect-timeout=5",
    ] {
        words.push(option.into());
    }
    words.push(format!("--user={user}"));
    if let Path::Tcp(host) = path {
        words.push("--protocol=tcp".into());
        words.push(format!("--host={host}"));
        // The server's certificate is its own; with an empty password MariaDB's client could not check it.
        words.push(
            if program == "mariadb" {
                "--skip-ssl-verify-server-cert"
            } else {
                "--loose-get-server-public-key"
            }
            .into(),
        );
    }
    words
}

pub(crate) fn psql(user: &str, path: Path<'_>, database: &str) -> Vec<String> {
    let mut words: Vec<String> = [
        "psql",
        "-XqAtw",
        "-v",
        "VERBOSITY=terse",
        "-U",
        user,
        "-d",
        database,
    ]
    .map(str::to_owned)
    .into();
    if let Path::Tcp(host) = path {
        words.extend(["-h".to_owned(), host.to_owned()]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_command_line_carries_a_password() {
        let tcp = mariadb("mariadb", "app", Path::Tcp("127.0.0.1"));
        assert!(tcp.contains(&"--host=127.0.0.1".to_owned()) && tcp[1] == "--no-defaults");
        assert!(
            !tcp.iter()
                .any(|word| word.starts_with("-p") || word.starts_with("--password"))
        );
        assert!(
            psql("app", Path::Tcp("10.0.0.2"), "shop")
                .ends_with(&["-h".to_owned(), "10.0.0.2".to_owned()])
        );
    }
}
