//! Record kinds: a leg of a call, or a charge other than a call.

use serde::{Deserialize, Serialize};

/// The kind of a record. Readers of calls get [`RecordKind::Call`] only, so that every leg is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RecordKind {
    /// A leg of a call.
    #[default]
    Call,
    /// The charge of another payer, such as a reseller, for a leg.
    Resale,
    /// Messages, faxes, data: services sold by item or by volume.
    Usage,
    /// A fee charged every period. Its start and end are those of the period.
    Subscription,
    /// A one-off fee.
    Fee,
    /// A charge for a telephone number (DID).
    DidCharge,
    /// A payment: a negative amount.
    Payment,
    /// A credit, a refund, or another correction of the amount owed.
    Adjustment,
    /// The last version of a record that is no longer valid. No reader gets one.
    Withdrawn,
}

impl RecordKind {
    /// All kinds of current records, in the order of their codes from 0.
    pub const ALL: [RecordKind; 8] = [
        RecordKind::Call,
        RecordKind::Resale,
        RecordKind::Usage,
        RecordKind::Subscription,
        RecordKind::Fee,
        RecordKind::DidCharge,
        RecordKind::Payment,
        RecordKind::Adjustment,
    ];

    /// The code it is stored as.
    pub const fn code(self) -> i16 {
        self as i16
    }

    /// The kind that is stored as this code.
    pub fn from_code(code: i16) -> Option<RecordKind> {
        let mut all = RecordKind::ALL.into_iter().chain([RecordKind::Withdrawn]);
        all.find(|kind| kind.code() == code)
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            RecordKind::Call => "call",
            RecordKind::Resale => "resale",
            RecordKind::Usage => "usage",
            RecordKind::Subscription => "subscription",
            RecordKind::Fee => "fee",
            RecordKind::DidCharge => "did-charge",
            RecordKind::Payment => "payment",
            RecordKind::Adjustment => "adjustment",
            RecordKind::Withdrawn => "withdrawn",
        }
    }

    /// The kind of this name, of those of current records.
    pub fn named(name: &str) -> Option<RecordKind> {
        RecordKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether the record is about a leg of a call, regardless of the payer.
    pub const fn is_of_a_leg(self) -> bool {
        matches!(self, RecordKind::Call | RecordKind::Resale)
    }
}

#[cfg(test)]
mod tests {
    use super::RecordKind;

    #[test]
    fn names_and_codes_read_back() {
        for (code, kind) in RecordKind::ALL.into_iter().enumerate() {
            assert_eq!(RecordKind::from_code(code as i16), Some(kind));
            assert_eq!(RecordKind::named(kind.name()), Some(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.name()));
        }
        assert_eq!(RecordKind::from_code(9), None);
        assert_eq!(RecordKind::named("Call"), None);
        // A store has withdrawn records, and nobody gives or gets one.
        assert_eq!(RecordKind::from_code(8), Some(RecordKind::Withdrawn));
        assert_eq!(RecordKind::named("withdrawn"), None);
    }
}
