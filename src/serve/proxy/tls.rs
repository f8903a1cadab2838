//! TLS: the authorities that are trusted, and what is wrong with a certificate.

use std::io;
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error as TlsError, RootCertStore, crypto};

use crate::error::{Error, ErrorKind};

/// Connects with TLS, trusting the public authorities and those in the PEM text.
///
/// # Errors
///
/// [`ErrorKind::Input`] when the text has no certificate, or one that cannot be read.
pub(super) fn connector(pem: Option<&[u8]>) -> Result<TlsConnector, Error> {
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| Error::new(ErrorKind::Network, "TLS", error.to_string()))?;
    let mut config = config.with_root_certificates(roots(pem)?).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

fn roots(pem: Option<&[u8]>) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    let wrong = |what: String| Error::new(ErrorKind::Input, "`certificates`", what);
    let mut count = 0;
    for certificate in pem.into_iter().flat_map(CertificateDer::pem_slice_iter) {
        count += 1;
        let added = certificate.map_err(|error| error.to_string());
        let added = added.and_then(|certificate| roots.add(certificate).map_err(|error| words(&error)));
        added.map_err(|why| wrong(format!("certificate {count} cannot be read: {why}")))?;
    }
    if pem.is_some() && count == 0 {
        return Err(wrong("no PEM certificate found".to_owned()));
    }
    Ok(roots)
}

/// What went wrong with TLS.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failed {
    /// The certificate is not trusted, for this reason.
    Certificate(String),
    Handshake(String),
}

/// What went wrong, if it was TLS.
pub(super) fn failed(error: &io::Error) -> Option<Failed> {
    let error = error.get_ref()?.downcast_ref::<TlsError>()?;
    let text = words(error);
    Some(match error {
        TlsError::InvalidCertificate(_) => Failed::Certificate(text),
        _ => Failed::Handshake(text),
    })
}

fn words(error: &TlsError) -> String {
    let TlsError::InvalidCertificate(certificate) = error else {
        return match error {
            TlsError::InvalidMessage(_) => "the server does not use TLS on this port".to_owned(),
            other => other.to_string(),
        };
    };
    let what = match certificate {
        CertificateError::UnknownIssuer => "its issuer is unknown; trust the issuer with `certificates`",
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "it is not valid yet",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host name"
        }
        CertificateError::Revoked => "it is revoked",
        CertificateError::BadEncoding => "it is malformed",
        CertificateError::BadSignature => "its signature is wrong",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not for servers"
        }
        // The names of webpki's errors are its own.
        other => match format!("{other:?}") {
            text if text.contains("CaUsedAsEndEntity") => {
                "it is the certificate of an authority, not of a server"
            }
            text if text.contains("EndEntityUsedAsCa") => "its issuer is not an authority",
            text if text.contains("UnsupportedCertVersion") => "its version of X.509 is not supported",
            _ => return other.to_string(),
        },
    };
    what.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_authorities_are_refused_with_the_number_of_the_certificate() {
        let good = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert.pem();
        assert!(roots(None).is_ok() && roots(Some(good.as_bytes())).is_ok());
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for (pem, expected) in [
            ("", "no PEM certificate found"),
            ("not PEM", "no PEM certificate found"),
            (broken, "certificate 1 cannot be read: it is malformed"),
            (&format!("{good}{broken}"), "certificate 2 cannot be read: it is malformed"),
            (&format!("{good}-----BEGIN CERTIFICATE-----\nAAAA\n"), "certificate 2 cannot be read"),
        ] {
            let error = roots(Some(pem.as_bytes())).unwrap_err();
            assert_eq!((error.kind(), error.subject()), (ErrorKind::Input, "`certificates`"));
            assert!(error.message().starts_with(expected), "{}", error.message());
        }
    }

    #[test]
    fn errors_of_certificates_have_plain_words() {
        let said = |error| failed(&io::Error::other(TlsError::InvalidCertificate(error)));
        for error in [
            CertificateError::UnknownIssuer,
            CertificateError::Expired,
            CertificateError::NotValidYet,
            CertificateError::NotValidForName,
            CertificateError::Revoked,
            CertificateError::BadEncoding,
            CertificateError::BadSignature,
            CertificateError::InvalidPurpose,
        ] {
            let Some(Failed::Certificate(text)) = said(error.clone()) else { panic!("{error:?}") };
            assert!(text.starts_with("it"), "{error:?}: {text}");
        }
        assert_eq!(failed(&io::Error::other("x")), None);
        let plain = TlsError::InvalidMessage(tokio_rustls::rustls::InvalidMessage::InvalidContentType);
        assert!(matches!(failed(&io::Error::other(plain)), Some(Failed::Handshake(_))));
    }
}
