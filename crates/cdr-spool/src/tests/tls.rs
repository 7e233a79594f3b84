//! Tests of a bucket behind TLS: only trusted certificates are accepted.

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use cdr_mediation::Spool;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use super::bucket::options;
use crate::{BucketOptions, BucketSpool};
use tollbook_tests::s3::S3;

/// Starts a TLS proxy in front of a server, and returns its endpoint and its certificate.
fn before(server: &S3, runtime: &Runtime) -> (String, CertificateDer<'static>) {
    let signed = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let certificate = signed.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(signed.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let (acceptor, behind) = (TlsAcceptor::from(Arc::new(config)), server.endpoint.replace("http://", ""));
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, behind) = (acceptor.clone(), behind.clone());
            tokio::spawn(async move {
                let mut client = acceptor.accept(stream).await?;
                copy_bidirectional(&mut client, &mut TcpStream::connect(behind).await?).await
            });
        }
    });
    (endpoint, certificate)
}

#[test]
fn only_a_trusted_certificate_is_accepted() {
    let server = S3::start();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (endpoint, certificate) = before(&server, &runtime);
    let options = BucketOptions { endpoint: Some(endpoint), patience: Duration::ZERO, ..options(&server, "spool") };
    let mut roots = RootCertStore::empty();
    let error = BucketSpool::open_trusting(&options, roots.clone()).unwrap_err();
    let message = cdr_mediation::chain(&error);
    assert!(message.contains("it cannot be reached") && message.contains("certificate"), "{message}");
    assert!(server.holds().is_empty());

    roots.add(certificate).unwrap();
    let spool = BucketSpool::open_trusting(&options, roots).unwrap();
    let mut file = spool.begin("a").unwrap();
    file.write_all(b"personal").unwrap();
    file.publish().unwrap();
    let mut text = String::new();
    spool.open("a").unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "personal");
}
