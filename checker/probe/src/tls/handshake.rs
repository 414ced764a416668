//! Handshakes at one address: 1.3 and 1.2 in full, 1.1 and 1.0 as far as a greeting goes.
//!
//! Any certificate is taken, expired, foreign or self-signed: what it says is a fact, and kinds of check judge it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme, SupportedProtocolVersion,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::hello;
use labcheck_core::facts::{Greeting, Refusal, Trouble, Version};
use labcheck_core::text;

/// Longest wait for each thing that is asked of a door. Published ports are on this machine or near it.
pub(crate) const DEADLINE: Duration = Duration::from_secs(2);

/// Handshakes in the versions of today.
#[derive(Debug, Clone)]
pub(crate) struct Handshaker {
    tls13: Arc<ClientConfig>,
    tls12: Arc<ClientConfig>,
    both: Arc<ClientConfig>,
}

impl Handshaker {
    /// What handshakes are made with.
    ///
    /// # Errors
    /// The library's words when it cannot be set up.
    pub(crate) fn new() -> Result<Self, String> {
        let provider = Arc::new(ring::default_provider());
        let with = |versions: &[&'static SupportedProtocolVersion]| {
            let verifier = Arc::new(AnyCertificate(Arc::clone(&provider)));
            let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
                .with_protocol_versions(versions)
                .map_err(|err| err.to_string())?;
            let mut config = builder
                .dangerous()
                .with_custom_certificate_verifier(verifier)
                .with_no_client_auth();
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
            // One that is taken up again would show no certificate.
            config.resumption = Resumption::disabled();
            Ok::<_, String>(Arc::new(config))
        };
        Ok(Self {
            tls13: with(&[&rustls::version::TLS13])?,
            tls12: with(&[&rustls::version::TLS12])?,
            both: with(&[&rustls::version::TLS13, &rustls::version::TLS12])?,
        })
    }

    /// A handshake in one version, or in whichever the server prefers; the line that stands then, and what the server
    /// showed as its certificate.
    ///
    /// # Errors
    /// What came instead.
    pub(crate) async fn handshake(
        &self,
        address: SocketAddr,
        name: Option<&str>,
        version: Option<Version>,
    ) -> Result<(TlsStream<TcpStream>, Vec<u8>), Greeting> {
        let config = match version {
            Some(Version::Tls13) => &self.tls13,
            Some(Version::Tls12) => &self.tls12,
            _ => &self.both,
        };
        // An address goes out without a name, as browsers do.
        let nameless = || ServerName::IpAddress(address.ip().into());
        let server = match name {
            Some(name) => ServerName::try_from(name.to_owned()).unwrap_or_else(|_| nameless()),
            None => nameless(),
        };
        let work = async {
            let line = connect(address).await?;
            let connector = TlsConnector::from(Arc::clone(config));
            connector
                .connect(server, line)
                .await
                .map_err(|err| refusal(&err))
        };
        let stream = in_time(work).await?;
        let presented = stream.get_ref().1.peer_certificates();
        let own = presented.and_then(<[_]>::first);
        let own = own.map_or_else(Vec::new, |own| own.as_ref().to_vec());
        Ok((stream, own))
    }
}

/// A greeting in a version that no library speaks any more.
pub(crate) async fn greet(address: SocketAddr, name: Option<&str>, version: Version) -> Greeting {
    let mut random = [0; 32];
    // Nothing is kept secret with it; a greeting with zeros is as good.
    let _ = getrandom::fill(&mut random);
    let work = async {
        let mut line = connect(address).await?;
        let hello = hello::client_hello(version, name, random);
        if line.write_all(&hello).await.is_err() {
            return Ok(hello::ended(&[], version));
        }
        let mut bytes = Vec::new();
        while bytes.len() < hello::ENOUGH {
            let mut part = [0; hello::ENOUGH];
            match line.read(&mut part).await {
                Ok(0) | Err(_) => return Ok(hello::ended(&bytes, version)),
                Ok(read) => bytes.extend_from_slice(&part[..read]),
            }
            if let Some(greeting) = hello::read(&bytes, version) {
                return Ok(greeting);
            }
        }
        Ok(Greeting::NoTls)
    };
    in_time(work).await.unwrap_or_else(|greeting| greeting)
}

/// A line, or why there is none.
async fn connect(address: SocketAddr) -> Result<TcpStream, Greeting> {
    let line = TcpStream::connect(address).await;
    let line = line.map_err(|err| Greeting::Silent(no_line(&err)))?;
    // What is sent is small, and waiting to send more at once costs 40 ms.
    let _ = line.set_nodelay(true);
    Ok(line)
}

/// Why no line could be had.
pub(crate) fn no_line(err: &std::io::Error) -> Trouble {
    match err.kind() {
        std::io::ErrorKind::ConnectionRefused => Trouble::Refused,
        _ => Trouble::Other(text::cut(&text::clean(&err.to_string()), 120)),
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, Greeting>>) -> Result<T, Greeting> {
    tokio::time::timeout(DEADLINE, work)
        .await
        .unwrap_or(Err(Greeting::Silent(late())))
}

/// The deadline has passed.
pub(crate) fn late() -> Trouble {
    Trouble::TimedOut(u64::try_from(DEADLINE.as_millis()).unwrap_or(u64::MAX))
}

/// What a failed handshake says of the server.
fn refusal(err: &std::io::Error) -> Greeting {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let tls = err
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>());
    match tls {
        Some(Error::AlertReceived(alert)) => Refusal::Alert(format!("{alert:?}")).greeting(),
        Some(Error::InvalidMessage(_)) => Greeting::NoTls,
        Some(other) => Refusal::Failed(other.to_string()).greeting(),
        None if matches!(
            err.kind(),
            UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe
        ) =>
        {
            Refusal::HungUp.greeting()
        }
        None => Greeting::Silent(Trouble::Other(text::cut(
            &text::clean(&err.to_string()),
            120,
        ))),
    }
}

/// Takes whatever certificate is shown.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut all = self.0.signature_verification_algorithms.supported_schemes();
        // No signature is looked at, so that a server may sign in ways that this library cannot verify.
        all.extend([
            SignatureScheme::ECDSA_NISTP521_SHA512,
            SignatureScheme::ED448,
        ]);
        all
    }
}
