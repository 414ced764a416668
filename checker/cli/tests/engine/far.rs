//! Engines that are not on this machine's socket: TCP over TLS with a certificate on both sides, and ssh with a stand-in
//! for the program of that name. The program is run as it is typed, with the environment that Docker documents.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio::net::{TcpListener, UnixStream};
use tokio_rustls::TlsAcceptor;

use crate::fake::{Fake, Mood};

/// `labcheck` alone, which asks the engine what runs.
async fn asks(home: &Path, env: &[(&str, &str)]) -> String {
    let out = runs(home, env).await;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("running: "));
    line.unwrap_or_else(|| panic!("{out:?}")).to_owned()
}

async fn runs(home: &Path, env: &[(&str, &str)]) -> Output {
    tokio::process::Command::new(env!("CARGO_BIN_EXE_labcheck"))
        .current_dir(home)
        .env_clear()
        .env("HOME", home)
        .envs(env.iter().copied())
        .output()
        .await
        .expect("it runs")
}

/// A certificate authority of the test's own, and what it signed.
struct Signed {
    ca: String,
    cert: String,
    key: String,
}

fn signed() -> Signed {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let ca = CertifiedIssuer::self_signed(params, key).expect("an issuer");
    let key = KeyPair::generate().expect("a key");
    let names = vec!["localhost".to_owned(), "127.0.0.1".into()];
    let params = CertificateParams::new(names).expect("names");
    let cert = params.signed_by(&key, &ca).expect("signed");
    Signed {
        ca: ca.pem(),
        cert: cert.pem(),
        key: key.serialize_pem(),
    }
}

impl Signed {
    fn write(&self, folder: &Path) {
        std::fs::create_dir_all(folder).expect("made");
        for (name, text) in [
            ("ca.pem", &self.ca),
            ("cert.pem", &self.cert),
            ("key.pem", &self.key),
        ] {
            std::fs::write(folder.join(name), text).expect("written");
        }
    }

    /// Listens with TLS, lets in who is signed alike, and hands on to a socket.
    async fn serve(&self, socket: String) -> u16 {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let der =
            |text: &str| CertificateDer::from_pem_slice(text.as_bytes()).expect("a certificate");
        let mut roots = RootCertStore::empty();
        roots.add(der(&self.ca)).expect("added");
        let clients = WebPkiClientVerifier::builder(Arc::new(roots))
            .build()
            .expect("a verifier");
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).expect("a key");
        let config = rustls::ServerConfig::builder()
            .with_client_cert_verifier(clients)
            .with_single_cert(vec![der(&self.cert)], key)
            .expect("they belong together");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its number").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, socket) = (acceptor.clone(), socket.clone());
                tokio::spawn(async move {
                    let Ok(mut secure) = acceptor.accept(stream).await else {
                        return;
                    };
                    let Ok(mut engine) = UnixStream::connect(socket).await else {
                        return;
                    };
                    let _ = tokio::io::copy_bidirectional(&mut secure, &mut engine).await;
                });
            }
        });
        port
    }
}

fn socket(engine: &Fake) -> String {
    engine.url.replace("unix://", "")
}

#[tokio::test]
async fn tcp_with_tls_is_spoken_as_the_environment_says() {
    let home = tempfile::tempdir().expect("a folder");
    let engine = Fake::start(Mood::Well, Vec::new());
    let signed = signed();
    let port = signed.serve(socket(&engine)).await;
    signed.write(&home.path().join("certs"));
    let url = format!("tcp://127.0.0.1:{port}");
    let certs = home.path().join("certs").display().to_string();
    let env = [
        ("DOCKER_HOST", &*url),
        ("DOCKER_TLS_VERIFY", "1"),
        ("DOCKER_CERT_PATH", &certs),
    ];
    assert_eq!(asks(home.path(), &env).await, "no stack of the course");
    assert!(!engine.asked().is_empty());
    // Certificates of another authority, and none at all.
    self::signed().write(&home.path().join("other"));
    let other = home.path().join("other").display().to_string();
    let env = [
        ("DOCKER_HOST", &*url),
        ("DOCKER_TLS_VERIFY", "1"),
        ("DOCKER_CERT_PATH", &other),
    ];
    let refused = asks(home.path(), &env).await;
    assert!(
        refused.starts_with("no Docker engine answers at tcp://127.0.0.1"),
        "{refused}"
    );
    let plain = asks(home.path(), &[("DOCKER_HOST", &url)]).await;
    assert!(plain.starts_with("no Docker engine answers"), "{plain}");
}

#[tokio::test]
async fn a_context_brings_its_certificates_along() {
    let home = tempfile::tempdir().expect("a folder");
    let engine = Fake::start(Mood::Well, Vec::new());
    let signed = signed();
    let port = signed.serve(socket(&engine)).await;
    let docker = home.path().join(".docker");
    signed.write(&docker.join("contexts/tls/abc/docker"));
    let meta = serde_json::json!({
        "Name": "far",
        "Endpoints": { "docker": { "Host": format!("tcp://localhost:{port}"), "SkipTLSVerify": false } },
    });
    std::fs::create_dir_all(docker.join("contexts/meta/abc")).expect("made");
    std::fs::write(docker.join("contexts/meta/abc/meta.json"), meta.to_string()).expect("written");
    std::fs::write(docker.join("config.json"), r#"{"currentContext":"far"}"#).expect("written");
    assert_eq!(asks(home.path(), &[]).await, "no stack of the course");
}

/// What stands in for ssh: it writes down how it was called, and is the far machine's `docker system dial-stdio`.
const STAND_IN: &str = r#"#!/usr/bin/perl
use strict; use IO::Socket::UNIX;
open(my $log, '>>', "$ENV{HOME}/called") or die; print $log "@ARGV\n"; close $log;
if ("@ARGV" =~ /nowhere/) { print STDERR "ssh: Could not resolve hostname nowhere\n"; exit 255; }
my $far = IO::Socket::UNIX->new(Peer => $ENV{FAR}) or die "$!";
if (my $pid = fork) {
  while (sysread($far, my $part, 65536)) { syswrite(STDOUT, $part) }
  kill 'TERM', $pid; waitpid $pid, 0;
} else {
  while (sysread(STDIN, my $part, 65536)) { syswrite($far, $part) }
  shutdown($far, 1);
}
"#;

#[tokio::test]
async fn ssh_carries_every_connection_and_its_complaint_is_quoted() {
    let home = tempfile::tempdir().expect("a folder");
    let engine = Fake::start(Mood::Well, Vec::new());
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).expect("made");
    std::fs::write(bin.join("ssh"), STAND_IN).expect("written");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(bin.join("ssh"), mode).expect("set");
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let (far, tmp) = (socket(&engine), home.path().display().to_string());
    let env = |host: &'static str| {
        [
            ("PATH", path.clone()),
            ("FAR", far.clone()),
            ("TMPDIR", tmp.clone()),
            ("DOCKER_HOST", host.into()),
        ]
    };
    let said = |env: [(&'static str, String); 4]| {
        let home = home.path().to_path_buf();
        async move {
            let env: Vec<(&str, &str)> = env
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            asks(&home, &env).await
        }
    };
    assert_eq!(
        said(env("ssh://ada@far:2222")).await,
        "no stack of the course"
    );
    let called = std::fs::read_to_string(home.path().join("called")).expect("it was called");
    for call in called.lines() {
        assert!(
            call.ends_with("-l ada -p 2222 -- far docker system dial-stdio"),
            "{call}"
        );
        assert!(call.contains("BatchMode=yes"), "{call}");
    }
    let refused = runs(
        home.path(),
        &[
            ("PATH", &path),
            ("DOCKER_HOST", "ssh://nowhere"),
            ("TMPDIR", &tmp),
        ],
    )
    .await;
    assert!(
        String::from_utf8_lossy(&refused.stdout)
            .contains("no Docker engine answers at ssh://nowhere")
    );
    let wrong = said(env("ssh://-oProxyCommand=touch")).await;
    assert!(wrong.starts_with("no Docker engine answers"), "{wrong}");
    let left = std::fs::read_dir(home.path()).expect("listed").flatten();
    let left = left.filter(|entry| {
        entry
            .file_name()
            .to_string_lossy()
            .starts_with("labcheck-ssh")
    });
    assert_eq!(left.count(), 0, "its folder goes with it");
}

#[tokio::test]
async fn the_words_of_ssh_reach_the_student() {
    let home = tempfile::tempdir().expect("a folder");
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).expect("made");
    std::fs::write(bin.join("ssh"), STAND_IN).expect("written");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(bin.join("ssh"), mode).expect("set");
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let out = tokio::process::Command::new(env!("CARGO_BIN_EXE_labcheck"))
        .args(["v1"])
        .current_dir(home.path())
        .env_clear()
        .envs([
            ("HOME", home.path().as_os_str()),
            ("PATH", path.as_ref()),
            ("DOCKER_HOST", "ssh://nowhere".as_ref()),
        ])
        .output()
        .await
        .expect("it runs");
    let err = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(4), "{err}");
    assert!(
        err.contains("caused by: ssh: Could not resolve hostname nowhere"),
        "{err}"
    );
    assert!(
        err.contains("help: `ssh HOST docker version` has to answer"),
        "{err}"
    );
}
