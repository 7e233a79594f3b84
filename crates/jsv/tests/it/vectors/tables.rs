//! Vectors that are not run or that differ here, with the reason.

/// Operations of other formats.
pub(super) const OTHER_FORMATS: &[(&str, &str)] = &[
    ("csv-write", "CSV with JSV in its cells"),
    ("json-read", "JSON"),
    ("json-write", "JSON"),
    ("xml-write", "XML"),
    ("qs-read", "query strings, with JSV in their values"),
    ("qs-write", "query strings"),
    ("path", "paths of URLs"),
];

/// Vectors, by id, that serde's data model cannot express.
pub(super) const NOT_HERE: &[(&str, &str)] =
    &[("T-011", "serde provides the name of an enum's variant; to write a number, serialize a number")];

/// Vectors, by id, that deliberately differ from ServiceStack.
pub(super) const DIFFERENT: &[(&str, &str)] = &[
    ("O-105", "quoted names are accepted, since clients used to JSON send them; v3 does not find the member"),
    ("O-108", "an unclosed object is an error; v3 uses the members read so far, though the text may be truncated"),
    ("O-115", "an invalid bool is an error with a position; v3 reads it as False"),
    ("O-138", "a number out of range is an error with a position; v3 reads it as 0"),
    ("O-250", "serde does not provide the type of a null, so a null in a list is empty, also among objects"),
];
