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

mod packs {
    use cdr_mediation::{PackStore, Spool};

    use crate::{FolderPacks, FolderSpool};

    /// Every store of packs, empty, beside a spool that is in use.
    fn each(check: &dyn Fn(&dyn PackStore, &str)) {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("spool");
        check(&FolderPacks::beside(&folder), "folder without a spool");
        FolderSpool::open(&folder).expect("a spool begins beside packs");
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("spool");
        beside(&FolderSpool::open(&folder).unwrap(), &FolderPacks::beside(&folder), "folder", check);
        #[cfg(feature = "s3")]
        for prefix in ["", "a/prefix"] {
            let server = tollbook_tests::s3::S3::start();
            let spool = super::super::bucket::open(&server, prefix);
            beside(&spool, &crate::BucketPacks::beside(&spool), "bucket", check);
        }
    }

    /// The spool does not see the packs, and the packs survive what tidies the spool.
    fn beside(spool: &dyn Spool, packs: &dyn PackStore, which: &str, check: &dyn Fn(&dyn PackStore, &str)) {
        spool.begin("a").unwrap().publish().unwrap();
        check(packs, which);
        let before = packs.list().unwrap();
        spool.clear().unwrap();
        assert_eq!(spool.keys().unwrap(), ["a"], "{which}");
        assert_eq!(packs.list().unwrap(), before, "{which}");
    }

    cdr_mediation::packs_contract!(each);
}

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
