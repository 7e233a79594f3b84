//! The columns of calls in Yeti that are supported here (yeti-web, `db/cdr_structure.sql` and the four names that its
//! exports add).

use cdr_export::{Column, ColumnContent};
use cdr_model::{CdrField, Field};

/// The supported columns, each with the field that holds it.
pub(super) static KEPT: &[(&str, CdrField)] = &[
    ("id", CdrField::Id),
    ("customer_id", CdrField::CustomerId),
    ("customer_acc_id", CdrField::AccountId),
    ("destination_next_rate", CdrField::NextRate),
    ("destination_fee", CdrField::Fee),
    ("customer_price", CdrField::Price),
    ("duration", CdrField::Talk),
    ("success", CdrField::Success),
    ("dst_prefix_in", CdrField::Called),
    ("src_prefix_in", CdrField::Calling),
    ("time_start", CdrField::StartedAt),
    ("time_connect", CdrField::ConnectedAt),
    ("time_end", CdrField::EndedAt),
    ("orig_call_id", CdrField::CallId),
    ("term_call_id", CdrField::OutCallId),
    ("local_tag", CdrField::LocalTag),
    ("destination_initial_rate", CdrField::InitialRate),
    ("destination_initial_interval", CdrField::InitialInterval),
    ("destination_next_interval", CdrField::NextInterval),
    ("routing_attempt", CdrField::Attempt),
    ("is_last_cdr", CdrField::LastAttempt),
    ("lega_disconnect_code", CdrField::ReleaseCode),
    ("lega_disconnect_reason", CdrField::ReleaseReason),
    ("src_name_in", CdrField::CallingName),
    ("diversion_in", CdrField::Diversion),
    ("auth_orig_ip", CdrField::PeerIp),
    ("auth_orig_port", CdrField::PeerPort),
    ("src_prefix_routing", CdrField::CallingRouted),
    ("dst_prefix_routing", CdrField::CalledRouted),
    ("destination_prefix", CdrField::RatePrefix),
    ("audio_recorded", CdrField::Recorded),
    ("ruri_domain", CdrField::RuriDomain),
    ("to_domain", CdrField::ToDomain),
    ("from_domain", CdrField::FromDomain),
    ("auth_orig_transport_protocol_id", CdrField::PeerTransport),
    ("lega_user_agent", CdrField::UserAgent),
    ("uuid", CdrField::CallUuid),
    ("pai_in", CdrField::Pai),
    ("ppi_in", CdrField::Ppi),
    ("privacy_in", CdrField::Privacy),
    ("rpid_in", CdrField::Rpid),
    ("rpid_privacy_in", CdrField::RpidPrivacy),
    ("destination_reverse_billing", CdrField::ReverseBilling),
    ("customer_acc_vat", CdrField::Vat),
    ("customer_price_no_vat", CdrField::PriceNoVat),
    ("customer_duration", CdrField::Billed),
    ("lega_q850_cause", CdrField::ReleaseCause),
];

/// The column of this name, with the heading of the original.
pub(super) fn column(name: &str) -> Option<Column> {
    let (name, field) = KEPT.iter().find(|(kept, _)| *kept == name)?;
    let mut column = Column { name: Some((*name).to_owned()), ..Column::field(heading(name), field.name()) };
    if let (CdrField::Talk, ColumnContent::Field { otherwise, .. }) = (field, &mut column.content) {
        // The duration of an unanswered call.
        *otherwise = Some("0".to_owned());
    }
    Some(column)
}

/// `Orig Call` for `orig_call_id`: words with capitals, without an `id` at the end.
fn heading(name: &str) -> String {
    if matches!(name, "id" | "uuid") {
        return name.to_ascii_uppercase();
    }
    let words = name.strip_suffix("_id").unwrap_or(name).split('_');
    let capital =
        |word: &str| word.get(..1).unwrap_or_default().to_ascii_uppercase() + word.get(1..).unwrap_or_default();
    words.map(capital).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use cdr_export::Layout;

    use super::{KEPT, column, heading};

    #[test]
    fn headings_are_those_of_the_original() {
        for (name, expected) in [
            ("id", "ID"),
            ("uuid", "UUID"),
            ("orig_call_id", "Orig Call"),
            ("customer_acc_id", "Customer Acc"),
            ("auth_orig_ip", "Auth Orig Ip"),
            ("lega_q850_cause", "Lega Q850 Cause"),
            ("is_last_cdr", "Is Last Cdr"),
        ] {
            assert_eq!(heading(name), expected);
        }
    }

    #[test]
    fn the_columns_of_customers_are_supported_and_match_their_layout() {
        let layout = Layout::named("yeti-customer", &[]).unwrap();
        for expected in &layout.sheets[0].columns {
            assert_eq!(column(expected.called()).as_ref(), Some(expected));
        }
        let mut all: Vec<String> = KEPT.iter().map(|(name, _)| heading(name)).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), KEPT.len(), "no two columns have the same heading");
    }
}
