//! What an xDR is for, by the service that was charged.

use cdr_model::{Money, RecordKind, SUBSCRIPTIONS, VOICE_CALLS};

/// The services of PortaBilling whose names are known, in lower case, and the kinds of their records. The other ones
/// are usage: messages, faxes, data.
const SERVICES: [(&str, RecordKind); 9] = [
    ("voice calls", RecordKind::Call),
    ("subscriptions", RecordKind::Subscription),
    ("payments", RecordKind::Payment),
    ("credits", RecordKind::Adjustment),
    ("credits / adjustments", RecordKind::Adjustment),
    ("adjustments", RecordKind::Adjustment),
    ("fees", RecordKind::Fee),
    ("did", RecordKind::DidCharge),
    ("did charges", RecordKind::DidCharge),
];

/// The kind of a record of a service, by its name, or else its number. A negative amount of a service that is none of the
/// known ones takes back what was charged.
pub(super) fn kind(name: Option<&str>, number: Option<i32>, amount: Option<Money>) -> RecordKind {
    let known = |name: &str| {
        let name = name.trim().to_lowercase();
        SERVICES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    };
    if let Some(kind) = name.and_then(known) {
        return kind;
    }
    match number {
        Some(VOICE_CALLS) => RecordKind::Call,
        Some(SUBSCRIPTIONS) => RecordKind::Subscription,
        None if name.is_none() => RecordKind::Call,
        _ if amount.is_some_and(|amount| amount.to_string().starts_with('-')) => RecordKind::Adjustment,
        _ => RecordKind::Usage,
    }
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn services_have_kinds() {
        for (name, number, amount, expected) in [
            (Some("Voice Calls"), Some(3), None, "call"),
            (Some("Voice Calls"), Some(17), None, "call"),
            (None, Some(3), None, "call"),
            (None, None, None, "call"),
            (Some("Appels"), Some(3), None, "call"),
            (Some("Subscriptions"), Some(4), None, "subscription"),
            (None, Some(4), None, "subscription"),
            (Some("Payments"), Some(7), Some("-25.00"), "payment"),
            (Some("Credits / Adjustments"), Some(8), Some("-1"), "adjustment"),
            (Some("Messaging Service"), Some(5), Some("0.05"), "usage"),
            (Some("Messaging Service"), Some(5), Some("-0.05"), "adjustment"),
            (Some("DID"), Some(6), Some("1.99"), "did-charge"),
            (None, Some(9), None, "usage"),
        ] {
            let amount = amount.map(|text| text.parse().unwrap());
            assert_eq!(kind(name, number, amount).name(), expected, "{name:?} {number:?} {amount:?}");
        }
    }
}
