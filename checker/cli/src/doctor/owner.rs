//! Which program listens on a port of this machine. Linux tells it in /proc (proc(5)); elsewhere none is named.

/// The program, where it can be seen: others' programs only root sees.
#[cfg(target_os = "linux")]
pub(crate) fn of(port: u16) -> Option<String> {
    let inodes = linux::listening(port);
    linux::holder(&inodes)
}

/// No program is named there.
#[cfg(not(target_os = "linux"))]
pub(crate) fn of(_port: u16) -> Option<String> {
    None
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;

    use labcheck_core::text;

    /// Inodes of sockets that listen on a port: state `0A` of /proc/net/tcp and tcp6.
    pub(crate) fn listening(port: u16) -> Vec<String> {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"]
            .map(|path| fs::read_to_string(path).unwrap_or_default());
        tables
            .iter()
            .flat_map(|table| inodes(table, port))
            .collect()
    }

    fn inodes(table: &str, port: u16) -> Vec<String> {
        let end = format!(":{port:04X}");
        let rows = table
            .lines()
            .skip(1)
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        let listens = |row: &Vec<&str>| row.len() > 9 && row[1].ends_with(&end) && row[3] == "0A";
        rows.filter(listens).map(|row| row[9].to_owned()).collect()
    }

    /// The process that has one of these sockets open.
    pub(crate) fn holder(inodes: &[String]) -> Option<String> {
        let wanted: Vec<String> = inodes
            .iter()
            .map(|inode| format!("socket:[{inode}]"))
            .collect();
        let processes = fs::read_dir("/proc").ok()?.flatten();
        let has = |pid: &str| {
            let open = fs::read_dir(format!("/proc/{pid}/fd"))
                .into_iter()
                .flatten()
                .flatten();
            let mut links = open.filter_map(|entry| fs::read_link(entry.path()).ok());
            links.any(|link| {
                wanted
                    .iter()
                    .any(|wanted| link.as_os_str() == wanted.as_str())
            })
        };
        let numbers = processes.filter_map(|entry| entry.file_name().into_string().ok());
        let mut numbers = numbers.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
        let pid = numbers.find(|pid| has(pid))?;
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        Some(format!(
            "`{}` (process {pid})",
            text::cut(&text::clean(&name), 40)
        ))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn one_sees_oneself_listen() {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
            let port = listener.local_addr().expect("its number").port();
            let found = holder(&listening(port)).expect("this test listens");
            assert!(
                found.ends_with(&format!("(process {})", std::process::id())),
                "{found}"
            );
            drop(listener);
            assert!(listening(port).is_empty());
        }
    }
}
