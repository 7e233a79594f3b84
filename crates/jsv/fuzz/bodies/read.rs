// Invariants for any input. The fuzz target and, on stable, `tests/it/fuzzed.rs` include this file.

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Member {
    a: Option<String>,
    b: Option<Vec<Member>>,
    ab: Option<Box<Kind>>,
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
enum Kind {
    A,
    B(Option<i8>),
    Ab(std::collections::BTreeMap<String, Vec<Kind>>),
}

/// Panics if an invariant of the format is violated.
fn body(data: &[u8]) {
    read::<String>(data);
    read::<bool>(data);
    read::<Option<i64>>(data);
    read::<Vec<Option<String>>>(data);
    read::<Vec<Vec<Vec<u8>>>>(data);
    read::<std::collections::BTreeMap<String, serde_json::Value>>(data);
    read::<serde_json::Value>(data);
    read::<Vec<Member>>(data);
    read::<Member>(data);
    read::<Kind>(data);
    let _ = jsv::from_slice::<f64>(data).map(|value| jsv::to_string(&value));
    let _ = jsv::from_slice::<serde::de::IgnoredAny>(data);
}

fn read<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(data: &[u8]) {
    match jsv::from_slice::<T>(data) {
        Ok(value) => {
            let written = jsv::to_string(&value).expect("a value that was read can be written");
            let again = jsv::from_str::<T>(&written).expect("a text that was written can be read");
            // A list of one null becomes an empty list, and an empty text at the root becomes a null. After that the
            // value does not change any more.
            let twice = jsv::to_string(&again).expect("a value that was read can be written");
            assert_eq!(jsv::from_str::<T>(&twice).ok(), Some(again), "{written}");
        }
        Err(error) => {
            let length = data.len();
            assert!(error.position().is_some_and(|it| it.offset <= length && it.line >= 1 && it.column >= 1), "{error:?}");
            assert!(!error.to_string().contains('\n'), "the error can be printed on a line");
        }
    }
}
