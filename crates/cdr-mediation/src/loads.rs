//! Loads: what was loaded together, and can be undone together.

use cdr_model::Timestamp;

/// What a load is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoadKind {
    /// The records of a file, or of a posted body.
    #[default]
    File = 0,
    /// Records that were mapped again. It cannot be undone: another remap changes them back.
    Remap = 1,
    /// Records of the quarantine that were read again.
    Retry = 2,
}

impl LoadKind {
    const ALL: [LoadKind; 3] = [LoadKind::File, LoadKind::Remap, LoadKind::Retry];

    /// The code it is stored as.
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// The kind that is stored as this code.
    pub fn from_code(code: i64) -> Option<LoadKind> {
        LoadKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            LoadKind::File => "file",
            LoadKind::Remap => "remap",
            LoadKind::Retry => "retry",
        }
    }
}

/// A load that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadDraft {
    /// What it is.
    pub kind: LoadKind,
    /// The name of the source switch.
    pub source: String,
    /// The feed that reads it.
    pub feed: String,
    /// The name of the file, or what else is loaded.
    pub file: String,
    /// Who loads it.
    pub loaded_by: String,
    /// When it begins.
    pub begun_at: Timestamp,
}

/// How a load ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadEnd {
    /// The state it ended in.
    pub state: LoadState,
    /// Why it did not load the file, or only a part of it.
    pub reason: Option<String>,
    /// SHA-256 of the file, if it was read to its end.
    pub digest: Option<[u8; 32]>,
    /// The bytes of the file that were read.
    pub bytes: u64,
    /// When it ended.
    pub ended_at: Timestamp,
}

/// The state of a load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoadState {
    /// It has not ended, or its process has ended without saying so.
    #[default]
    Running = 0,
    /// The file was read to its end.
    Complete = 1,
    /// It ended before the end of the file, or because too many records were bad. What it loaded stays.
    Stopped = 2,
    /// The file was refused. Nothing was loaded.
    Refused = 3,
    /// What it loaded is withdrawn.
    Undone = 4,
    /// What it loaded is being withdrawn.
    Undoing = 5,
}

impl LoadState {
    const ALL: [LoadState; 6] = [
        LoadState::Running,
        LoadState::Complete,
        LoadState::Stopped,
        LoadState::Refused,
        LoadState::Undone,
        LoadState::Undoing,
    ];

    /// The code it is stored as.
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// The state that is stored as this code.
    pub fn from_code(code: i64) -> Option<LoadState> {
        LoadState::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            LoadState::Running => "running",
            LoadState::Complete => "complete",
            LoadState::Stopped => "stopped",
            LoadState::Refused => "refused",
            LoadState::Undone => "undone",
            LoadState::Undoing => "undoing",
        }
    }
}

/// A load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// Its number.
    pub id: i64,
    /// What was known when it began.
    pub draft: LoadDraft,
    /// Its state.
    pub state: LoadState,
    /// Why it did not load the file, or only a part of it.
    pub reason: Option<String>,
    /// SHA-256 of the file, if it was read to its end.
    pub digest: Option<[u8; 32]>,
    /// The bytes of the file that were read, once it has ended.
    pub bytes: Option<u64>,
    /// When it ended, or was undone.
    pub ended_at: Option<Timestamp>,
    /// Records that were new.
    pub loaded: u64,
    /// Records that existed already.
    pub known: u64,
    /// Records that went to quarantine.
    pub quarantined: u64,
    /// The starts of the first and the last new record.
    pub window: Option<(Timestamp, Timestamp)>,
}

/// What undoing a load has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// The records that were withdrawn.
    pub withdrawn: u64,
    /// The records that a later version had replaced, which stays.
    pub replaced: u64,
    /// The open entries that were removed from the quarantine.
    pub entries: u64,
}
