//! The configuration that a proxy reads: files in the usual places and those that its command names, with what they
//! include. [`super::host_names`] decides which words of it are names.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;

use labcheck_core::facts::Process;
use labcheck_engine::client::Engine;
use labcheck_engine::exec::Program;
use labcheck_engine::model::inspected::Inspected;

/// Where proxies have their configuration, and the programs that read it there.
const FILES: [(&str, &[&str]); 8] = [
    (NGINX_CONF, NGINX),
    ("/etc/nginx/conf.d", NGINX),
    ("/etc/nginx/sites-enabled", NGINX),
    ("/etc/caddy/Caddyfile", &["caddy"]),
    ("/etc/haproxy/haproxy.cfg", &["haproxy"]),
    ("/usr/local/etc/haproxy/haproxy.cfg", &["haproxy"]),
    ("/etc/traefik", &["traefik"]),
    ("/etc/apache2/sites-enabled", &["apache2", "httpd"]),
];
const NGINX: &[&str] = &["nginx", "openresty", "angie"];
const NGINX_CONF: &str = "/etc/nginx/nginx.conf";
/// What nginx is told to include by its packages, and names no host.
const DULL: [&str; 5] = [
    "mime.types",
    "_params",
    "modules-enabled",
    "/usr/share/nginx/modules",
    "fastcgi.conf",
];
/// Files that include others, one after the other, at most.
const DEEPEST: usize = 3;
/// Paths that are read at most.
const MOST: usize = 24;
const DEADLINE: Duration = Duration::from_secs(3);

/// A text of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    /// Whether it is a Caddyfile, in which addresses stand in front of braces.
    pub caddy: bool,
    pub text: String,
}

/// Everything that the proxy in a container reads, as far as it is found; without its process list, whatever lies in the
/// usual places.
pub(crate) async fn read(
    engine: &Engine,
    inspected: &Inspected,
    processes: &[Process],
) -> Vec<Text> {
    let id = inspected.container.id.as_str();
    let own = inspected.container.command.join(" ");
    let commands = processes.iter().map(|process| process.command.as_str());
    let named = commands.chain([own.as_str()]).flat_map(named);
    let usual = files(processes).into_iter().map(str::to_owned);
    let mut next: BTreeSet<String> = usual.chain(named).collect();
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for _ in 0..=DEEPEST {
        let paths: Vec<String> = next
            .into_iter()
            .filter(|path| seen.len() < MOST && seen.insert(path.clone()))
            .collect();
        let texts = join_all(paths.iter().map(|path| texts(engine, id, path))).await;
        next = BTreeSet::new();
        for (path, texts) in paths.iter().zip(texts) {
            let caddy = path.to_ascii_lowercase().contains("caddy");
            for text in texts {
                next.extend(included(&text, path));
                all.push(Text { caddy, text });
            }
        }
    }
    all
}

/// The files that a container's programs read; all of them where none of its programs is known.
fn files(processes: &[Process]) -> Vec<&'static str> {
    let runs = |by: &[&str]| {
        let mut all = processes.iter();
        all.any(|process| by.contains(&process.program()))
    };
    let known = FILES.iter().any(|(_, by)| runs(by));
    let read = FILES.iter().filter(|(_, by)| !known || runs(by));
    read.map(|(path, _)| *path).collect()
}

/// Paths in a command, such as `haproxy -f /srv/way.cfg` and `traefik --configFile=/srv/way.yaml`; no program.
fn named(command: &str) -> Vec<String> {
    let words = command.split_whitespace().skip(1);
    let values = words.map(|word| word.split_once('=').map_or(word, |(_, value)| value));
    let paths = values.filter(|word| word.starts_with('/') && plain(word));
    let config = |path: &&str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        ["cfg", "conf", "yaml", "yml", "toml", "json"].contains(&ending)
            || name.to_ascii_lowercase().contains("caddyfile")
    };
    paths.filter(config).map(str::to_owned).collect()
}

/// What a configuration includes (`include` of nginx, `import` of Caddy, `Include` and `IncludeOptional` of Apache).
fn included(text: &str, path: &str) -> Vec<String> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let word = words.next()?.to_ascii_lowercase();
        if !matches!(word.as_str(), "include" | "includeoptional" | "import") {
            return None;
        }
        let to = words
            .next()?
            .trim_end_matches(';')
            .trim_matches(['"', '\'']);
        let to = if to.starts_with('/') {
            to.to_owned()
        } else {
            format!("{folder}/{to}")
        };
        let dull = DULL.iter().any(|dull| to.contains(dull));
        (!dull && plain(&to)).then_some(to)
    };
    // Several directives may stand on one line.
    let lines = text.split(['\n', ';', '{']);
    lines.filter_map(line).collect()
}

/// Whether a path, perhaps with stars in it, can be handed to a shell as it is.
fn plain(path: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '*');
    path.len() <= 200 && path.chars().all(good)
}

/// The texts at a path, which may have stars in its last part. What the engine does not hand out, as it lies in memory, is
/// read inside the container.
async fn texts(engine: &Engine, id: &str, path: &str) -> Vec<String> {
    let (folder, last) = path.rsplit_once('/').unwrap_or(("", path));
    let (whole, pattern) = if last.contains('*') {
        (folder, Some(last))
    } else {
        (path, None)
    };
    let (files, links) = engine.files_and_links(id, whole).await;
    let fits = |name: &str| {
        let last = name.rsplit('/').next().unwrap_or_default();
        pattern.is_none_or(|pattern| fits(pattern, last))
    };
    let files: Vec<String> = files
        .iter()
        .filter(|file| fits(&file.name))
        .map(|file| String::from_utf8_lossy(&file.bytes).into_owned())
        .collect();
    let links = links.iter().filter(|(name, _)| fits(name)).take(MOST);
    let above = whole.rsplit_once('/').map_or("", |(above, _)| above);
    let links = links.map(|(name, to)| async move {
        let from = format!("{above}/{name}");
        let (files, _) = engine.files_and_links(id, &leads(&from, to)).await;
        let texts = files.into_iter();
        texts
            .map(|file| String::from_utf8_lossy(&file.bytes).into_owned())
            .collect::<Vec<_>>()
    });
    let mut all = files;
    all.extend(join_all(links).await.into_iter().flatten());
    if all.is_empty() && !FILES.iter().any(|(usual, _)| *usual == path) {
        all.extend(by_cat(engine, id, path).await);
    }
    all
}

/// The text at a path as the container itself sees it.
async fn by_cat(engine: &Engine, id: &str, path: &str) -> Option<String> {
    let cmd = if path.contains('*') {
        vec!["sh".to_owned(), "-c".to_owned(), format!("cat {path}")]
    } else {
        vec!["cat".to_owned(), path.to_owned()]
    };
    let program = Program {
        cmd,
        ..Program::default()
    };
    let ended = engine.run(id, &program, "", DEADLINE).await.ok()?;
    (ended.code == Some(0) && !ended.out.is_empty()).then_some(ended.out)
}

/// Whether a file's name fits a pattern with stars.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in between {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Where a link leads, from the place that it is in.
fn leads(from: &str, to: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let whole = if to.starts_with('/') {
        to.to_owned()
    } else {
        format!("{folder}/{to}")
    };
    let mut parts = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_known_program_reads_is_read() {
        let runs = |commands: &[&str]| {
            let each = commands.iter().map(|command| Process {
                command: (*command).to_owned(),
                ..Process::default()
            });
            files(&each.collect::<Vec<_>>())
        };
        assert_eq!(
            runs(&["sh /start", "/usr/bin/caddy run"]),
            ["/etc/caddy/Caddyfile"]
        );
        assert_eq!(runs(&["nginx: master process nginx", "haproxy"]).len(), 5);
        assert_eq!(runs(&["my-own-proxy"]).len(), FILES.len());
        assert_eq!(runs(&[]).len(), FILES.len());
    }

    #[test]
    fn a_command_names_its_configuration() {
        assert_eq!(named("haproxy -W -f /srv/way.cfg"), ["/srv/way.cfg"]);
        assert_eq!(
            named("traefik --configFile=/srv/way.yaml --log=/var/log/x"),
            ["/srv/way.yaml"]
        );
        assert_eq!(
            named("/usr/bin/caddy run --config /srv/Caddyfile"),
            ["/srv/Caddyfile"]
        );
        assert_eq!(named("/srv/start.conf"), Vec::<String>::new());
        assert_eq!(named("nginx -c /a$(b).conf"), Vec::<String>::new());
    }

    #[test]
    fn what_is_included_is_found_from_where_it_is_included() {
        let of = |text: &str| included(text, NGINX_CONF);
        let conf = "http {\n  include mime.types;\n  include /tmp/site.conf; include sites/*.conf;\n  # include no;\n}";
        assert_eq!(of(conf), ["/tmp/site.conf", "/etc/nginx/sites/*.conf"]);
        assert_eq!(of("include /x;rm;"), ["/x"]);
        assert_eq!(of("include \"/a$b\";"), Vec::<String>::new());
        assert_eq!(
            included("import sites/*\n", "/etc/caddy/Caddyfile"),
            ["/etc/caddy/sites/*"]
        );
    }

    #[test]
    fn names_fit_patterns_and_links_lead_somewhere() {
        assert!(fits("*", "a") && fits("*.conf", "a.conf") && fits("a*b*c", "axbxc"));
        assert!(!fits("*.conf", "a.conf.old") && !fits("a*", "b") && !fits("ab", "abc"));
        let from = "/etc/nginx/sites-enabled/shop";
        assert_eq!(
            leads(from, "../sites-available/shop"),
            "/etc/nginx/sites-available/shop"
        );
        assert_eq!(leads(from, "/srv/./shop"), "/srv/shop");
        assert_eq!(leads(from, "../../../../../x"), "/x");
    }
}
