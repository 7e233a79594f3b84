//! Reading a ZIP archive from its start to its end (PKWARE APPNOTE.TXT 6.3.10, sections 4.3 to 4.5). An archive can be
//! read in two ways: by the directory at its end, or from its start by the headers of its files. Both have to find the
//! same files, and there is nothing else in it, so that every program reads what was verified.

mod bytes;
mod directory;
mod extra;
mod member;

pub(super) use self::bytes::Bytes;
pub(super) use self::directory::Directory;
pub(super) use self::member::Member;
