//! What a certificate says of itself (X.509, RFC 5280). Nothing is verified: self-signed ones are what the course asks for.

use std::net::IpAddr;

use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use labcheck_core::facts::{self, Seen};
use labcheck_core::text;

/// Names that are kept of one certificate.
const MOST_NAMES: usize = 50;

/// Reads a certificate as it came over the line (DER).
pub(crate) fn read(der: &[u8]) -> Seen<facts::Certificate> {
    match x509_cert::Certificate::from_der(der) {
        Ok(found) => Seen::Seen(facts_of(&found)),
        Err(err) => Seen::Unseen(format!(
            "its certificate cannot be read: {}",
            text::cut(&text::clean(&err.to_string()), 120)
        )),
    }
}

fn facts_of(found: &x509_cert::Certificate) -> facts::Certificate {
    let inner = found.tbs_certificate();
    let names = inner.filter_extensions::<SubjectAltName>();
    let names = names.filter_map(Result::ok).flat_map(|(_, names)| names.0);
    let clean = |text: &str| text::cut(&text::clean(text), 200);
    let validity = inner.validity();
    facts::Certificate {
        subject: clean(&inner.subject().to_string()),
        names: names
            .filter_map(|name| written(&name))
            .map(|name| clean(&name))
            .take(MOST_NAMES)
            .collect(),
        not_before: seconds(validity.not_before),
        not_after: seconds(validity.not_after),
        self_signed: inner.subject() == inner.issuer(),
    }
}

/// Host names and addresses; other kinds of name lead no visitor to a server.
fn written(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.to_string()),
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
            let address = four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from));
            address.ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

fn seconds(time: x509_cert::time::Time) -> i64 {
    i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

    use super::*;

    fn certificate(change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".into()])
            .expect("names");
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        params
            .self_signed(&key)
            .expect("a certificate")
            .der()
            .to_vec()
    }

    #[test]
    fn names_and_dates_are_read() {
        let der = certificate(|params| {
            params.not_before = date_time_ymd(2026, 1, 2);
            params.not_after = date_time_ymd(2027, 3, 4);
            params
                .distinguished_name
                .push(DnType::CommonName, "shop\u{1b}[31m");
        });
        let Seen::Seen(found) = read(&der) else {
            panic!("it is a certificate")
        };
        assert_eq!(found.names, ["localhost", "127.0.0.1"]);
        assert_eq!(
            (found.not_before, found.not_after),
            (1_767_312_000, 1_804_118_400)
        );
        assert!(found.self_signed);
        assert!(!found.subject.contains('\u{1b}'), "{}", found.subject);
    }

    #[test]
    fn one_signed_by_another_is_not_self_signed() {
        let mut issuer = CertificateParams::new(Vec::new()).expect("no names");
        issuer
            .distinguished_name
            .push(DnType::CommonName, "Made-up authority");
        let key = KeyPair::generate().expect("a key");
        let issuer = rcgen::Issuer::new(issuer, key);
        let own = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec!["shop.test".to_owned()]).expect("a name");
        params.distinguished_name.push(DnType::CommonName, "shop");
        let signed = params.signed_by(&own, &issuer).expect("a certificate");
        let Seen::Seen(found) = read(signed.der()) else {
            panic!("it is a certificate")
        };
        assert!(!found.self_signed);
        assert_eq!(found.names, ["shop.test"]);
    }

    #[test]
    fn what_is_no_certificate_is_said_to_be_none() {
        assert!(read(b"").why().is_some());
        assert!(read(b"-----BEGIN CERTIFICATE-----").why().is_some());
    }

    proptest! {
        #[test]
        fn a_damaged_certificate_can_be_read(at in 0usize..400, by in any::<u8>(), end in 0usize..600) {
            let mut der = certificate(|_| ());
            let at = at % der.len();
            der[at] ^= by;
            der.truncate(end.max(1));
            let _ = read(&der);
        }
    }
}
