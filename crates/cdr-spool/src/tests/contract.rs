//! The contract of every spool, and the additional features of a bucket.

use std::io::Write;

use cdr_mediation::{SaveAs, Spool};

use crate::FolderSpool;

/// Every implementation of a spool, empty.
fn each(check: &dyn Fn(&dyn Spool, &str)) {
    let place = tempfile::tempdir().unwrap();
    check(&FolderSpool::open(place.path().join("spool")).unwrap(), "folder");
    #[cfg(feature = "s3")]
    {
        let server = tollbook_tests::s3::S3::start();
        check(&super::bucket::open(&server, ""), "bucket");
        let server = tollbook_tests::s3::S3::start();
        check(&super::bucket::open(&server, "a/prefix"), "prefix of a bucket");
    }
}

cdr_mediation::spool_contract!(each);

#[test]
fn only_a_bucket_signs_addresses() {
    each(&|spool, which| {
        let mut file = spool.begin("a").unwrap();
        file.write_all(b"whole").unwrap();
        file.publish().unwrap();
        let save_as = SaveAs { content_type: "text/csv", disposition: "attachment" };
        assert_eq!(spool.link("a", &save_as).unwrap().is_some(), which != "folder", "{which}");
    });
}
