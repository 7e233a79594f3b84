//! Finished files, kept in a folder.
