//! The vectors that do not hold here, and why.

/// By `op`.
pub(super) const OTHER_FORMATS: &[(&str, &str)] = &[
    ("csv-write", "CSV, whose cells only hold JSV"),
    ("json-read", "JSON"),
    ("json-write", "JSON"),
    ("xml-write", "XML"),
    ("qs-read", "query strings, whose values only may be JSV"),
    ("qs-write", "query strings"),
    ("path", "paths of URLs"),
];

/// By id: nothing in serde's model can say it.
pub(super) const NOT_HERE: &[(&str, &str)] =
    &[("T-011", "serde tells the name of an enum's variant; who wants a number serializes a number")];

/// By id: it could be as ServiceStack has it, but is not.
pub(super) const DIFFERENT: &[(&str, &str)] = &[
    ("O-105", "names in quotes are accepted, since clients that know JSON send them; v3 finds no member"),
    ("O-108", "an object that is not closed is an error; v3 takes what there is, though it may have been cut off"),
    ("O-115", "a word that is no bool is an error with a position; v3 takes it as False"),
    ("O-138", "a number that does not fit is an error with a position; v3 takes it as 0"),
    ("O-250", "serde does not say what a null could have been, so one in a list is nothing, also among objects"),
];
