//! The filters of calls: their names, their fields, and their conditions.

use cdr_model::{Account, CdrField, Field, Value};
use cdr_query::{Condition, QueryError, Test};

use crate::yeti::fault::Problem;
use crate::yeti::filter::{Comparand, Filter, FilterType, Operator};
use crate::yeti::wire::Asked;

/// Their names without the operator, their types and their fields (yeti-web, `cdr_resource.rb`).
static FILTERS: &[(&str, FilterType, CdrField)] = &[
    ("id", FilterType::Number, CdrField::Id),
    ("duration", FilterType::Number, CdrField::Talk),
    ("destination_initial_rate", FilterType::Number, CdrField::InitialRate),
    ("destination_next_rate", FilterType::Number, CdrField::NextRate),
    ("destination_fee", FilterType::Number, CdrField::Fee),
    ("destination_initial_interval", FilterType::Number, CdrField::InitialInterval),
    ("destination_next_interval", FilterType::Number, CdrField::NextInterval),
    ("customer_acc_vat", FilterType::Number, CdrField::Vat),
    ("customer_price", FilterType::Number, CdrField::Price),
    ("customer_price_no_vat", FilterType::Number, CdrField::PriceNoVat),
    ("customer_duration", FilterType::Number, CdrField::Billed),
    ("lega_disconnect_code", FilterType::Number, CdrField::ReleaseCode),
    ("auth_orig_transport_protocol_id", FilterType::Number, CdrField::PeerTransport),
    ("auth_orig_port", FilterType::Number, CdrField::PeerPort),
    ("time_start", FilterType::Time, CdrField::StartedAt),
    ("time_connect", FilterType::Time, CdrField::ConnectedAt),
    ("time_end", FilterType::Time, CdrField::EndedAt),
    ("success", FilterType::Boolean, CdrField::Success),
    ("destination_reverse_billing", FilterType::Boolean, CdrField::ReverseBilling),
    ("destination_prefix", FilterType::Text, CdrField::RatePrefix),
    ("dst_prefix_in", FilterType::Text, CdrField::Called),
    ("src_prefix_in", FilterType::Text, CdrField::Calling),
    ("src_name_in", FilterType::Text, CdrField::CallingName),
    ("src_prefix_routing", FilterType::Text, CdrField::CallingRouted),
    ("dst_prefix_routing", FilterType::Text, CdrField::CalledRouted),
    ("diversion_in", FilterType::Text, CdrField::Diversion),
    ("orig_call_id", FilterType::Text, CdrField::CallId),
    ("local_tag", FilterType::Text, CdrField::LocalTag),
    ("lega_disconnect_reason", FilterType::Text, CdrField::ReleaseReason),
    ("lega_user_agent", FilterType::Text, CdrField::UserAgent),
    ("pai_in", FilterType::Text, CdrField::Pai),
    ("ppi_in", FilterType::Text, CdrField::Ppi),
    ("privacy_in", FilterType::Text, CdrField::Privacy),
    ("rpid_in", FilterType::Text, CdrField::Rpid),
    ("rpid_privacy_in", FilterType::Text, CdrField::RpidPrivacy),
    ("ruri_domain", FilterType::Text, CdrField::RuriDomain),
    ("to_domain", FilterType::Text, CdrField::ToDomain),
    ("from_domain", FilterType::Text, CdrField::FromDomain),
    ("auth_orig_ip", FilterType::Inet, CdrField::PeerIp),
    ("account_id", FilterType::Uuid, CdrField::AccountId),
];

/// The filters of a request for calls.
#[derive(Default)]
pub(super) struct Filters {
    pub(super) conditions: Vec<Condition>,
    /// Whether a filter bounds the start from below.
    pub(super) bound_start: bool,
}

impl Filters {
    /// Reads the filters of a request. `accounts` are those that the login may see. Columns in `hidden` cannot be
    /// filtered by.
    ///
    /// # Errors
    /// Codes 102 and 107, with all problems.
    pub(super) fn read(asked: &[Asked], accounts: &[Account], hidden: &[String]) -> Result<Filters, Vec<Problem>> {
        let visible = FILTERS.iter().filter(|(name, ..)| !hidden.iter().any(|hidden| hidden == name));
        let list: Vec<(&'static str, FilterType)> = visible.map(|(name, kind, _)| (*name, *kind)).collect();
        let (mut filters, mut problems) = (Filters::default(), Vec::new());
        for asked in asked {
            let plain = Filter::read_plain(asked, "id", FilterType::Number);
            match plain.unwrap_or_else(|| Filter::read(asked, &list)) {
                Err(problem) => problems.push(problem),
                Ok(None) => (),
                Ok(Some(filter)) => {
                    // A filter that cannot become a condition must not widen the list.
                    if filters.add(filter, accounts).is_err() {
                        problems.push(Problem::filter_not_allowed(&asked.name));
                    }
                }
            }
        }
        if problems.is_empty() { Ok(filters) } else { Err(problems) }
    }

    fn add(&mut self, mut filter: Filter, accounts: &[Account]) -> Result<(), QueryError> {
        use Operator::{Eq, Gt, Gteq};
        let found = FILTERS.iter().find(|(name, ..)| *name == filter.name);
        let field = found.map_or(CdrField::Id, |(_, _, field)| *field);
        self.bound_start |= field == CdrField::StartedAt && matches!(filter.operator, Eq | Gt | Gteq);
        filter.comparands.iter_mut().for_each(|comparand| number_account(comparand, accounts));
        let mut any_of = filter.tests(field.kind());
        // A call without a talk time has the duration 0.
        if field == CdrField::Talk && filter.holds(&Value::Duration(0)) {
            any_of.push(vec![Test::Missing]);
        }
        let tests = if any_of.len() == 1 { any_of.remove(0) } else { vec![Test::AnyOf(any_of)] };
        for test in tests {
            self.conditions.push(Condition::new(field, test)?);
        }
        Ok(())
    }
}

/// Replaces the UUID of an account by its number. An account that the login may not see is replaced by a number that no
/// account has.
fn number_account(comparand: &mut Comparand, accounts: &[Account]) {
    if let Comparand::Uuid(uuid) = comparand {
        let account = accounts.iter().find(|account| account.uuid == *uuid);
        *comparand = Comparand::Whole(account.map_or(i64::MIN, |account| account.id));
    }
}
