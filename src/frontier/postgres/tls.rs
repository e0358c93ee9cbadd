//! TLS to the server, as `sslmode` asks for it.
//!
//! | `sslmode` | encrypted | the certificate |
//! | --- | --- | --- |
//! | `disable` | no | |
//! | `prefer`, `require` | if the server can; always | not looked at |
//! | `verify-ca` | always | of an authority that is trusted, whatever host it names |
//! | `verify-full` | always | of an authority that is trusted, and naming the host |

use std::sync::Arc;

use rustls::SignatureScheme;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore};
use rustls_platform_verifier::Verifier;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::PostgresError;
use super::place::{Place, Security};

/// The connector of a place.
pub(super) fn connector(place: &Place) -> Result<MakeRustlsConnect, PostgresError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let failed = |error: Error| PostgresError::Address(format!("no TLS with it: {error}"));
    let inner = if place.security >= Security::VerifyCa {
        Some(authorities(place, &provider)?)
    } else {
        None
    };
    let verifier = Trust {
        inner,
        any_name: place.security < Security::VerifyFull,
        provider: Arc::clone(&provider),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// Who checks certificates: by the file that was named, or as the system does.
fn authorities(
    place: &Place,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, PostgresError> {
    let Some(path) = &place.roots else {
        let verifier = Verifier::new(Arc::clone(provider)).map_err(|error| {
            PostgresError::Address(format!(
                "this machine has no authorities to check its certificate by ({error}); name a \
                 file of them (sslrootcert)"
            ))
        })?;
        return Ok(Arc::new(verifier));
    };
    let wrong =
        |why: String| PostgresError::Address(format!("sslrootcert {}: {why}", path.display()));
    let mut roots = RootCertStore::empty();
    let found = CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))?;
    for certificate in found {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| wrong(error.to_string()))?;
    }
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    Ok(verifier.build().map_err(|error| wrong(error.to_string()))?)
}

/// Trusts a server as far as it was told to; that it holds the key of its certificate is checked
/// always.
#[derive(Debug)]
struct Trust {
    /// Who checks the certificate, if anybody does.
    inner: Option<Arc<dyn ServerCertVerifier>>,
    /// Whether a certificate of another host is good enough.
    any_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(inner) = &self.inner else {
            return Ok(ServerCertVerified::assertion());
        };
        match inner.verify_server_cert(end_entity, intermediates, name, ocsp, now) {
            // The name is checked last: all else was good.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.any_name => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
