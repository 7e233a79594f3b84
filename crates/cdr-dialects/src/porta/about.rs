//! What the page for people says about an answer: what was asked, of whom, for which time.

use cdr_model::{Anchor, Directory};

use super::from_wire::{Question, local};
use super::options::PortaOptions;
use super::routes::Route;
use super::service_stack::{Arrangement, Facts, Next, plain};
use super::wire::PortaCdr;

/// Columns that people look for come first. Members that only programs need are left out.
static ARRANGEMENT: Arrangement = Arrangement {
    first: &[
        "Rank",
        "groupid",
        "rank",
        "AccountID",
        "account_id",
        "Connect_time",
        "connect_time",
        "Disconnect_time",
        "disconnect_time",
        "CLI",
        "CLD",
        "SubscriptionName",
        "Count",
        "TotalChargedAmount",
        "Charged_Amount",
        "charged_amount",
        "Charged_Quantity",
        "charged_quantity",
        "Used_Quantity",
        "ServiceName",
        "service",
        "CallType",
        "description",
        "country",
    ],
    left_out: |name| name.ends_with("Specified") || matches!(name, "ContentId" | "ConnectedCallsRecords"),
    in_one: &["AccountStatisticsSummary"],
};

/// The facts about an answer. `has_next` states whether another page follows.
pub(super) fn facts(
    asked: &PortaCdr,
    question: &Question,
    directory: &Directory,
    options: &PortaOptions,
    has_next: bool,
) -> Facts {
    let mut lines = vec![("Question", sentence(asked, question.route))];
    if let Some(customer) = question.customer.and_then(|id| directory.customers.get(&id)) {
        lines.push(("Customer", format!("{} ({})", customer.name, customer.id)));
    }
    if matches!(question.route, Route::Account | Route::AccountPages)
        && let Some(account) = directory.accounts.get(&asked.i_account)
    {
        lines.push(("Account", format!("{} ({})", account.number, account.id)));
    }
    lines.push(("Window", window(asked, question, options)));
    let (zone, clocks) = (options.zone.to_string(), question.clocks.present.to_string());
    lines.push(("Zone", if zone == clocks { zone } else { format!("{zone}; connect_datetime in {clocks}") }));
    let next = has_next.then_some(Next { member: "NextOffset", asked: "Offset" });
    Facts { lines, next, arrangement: &ARRANGEMENT }
}

fn sentence(asked: &PortaCdr, route: Route) -> String {
    let accounts = if asked.include_accounts { "a customer and its accounts" } else { "a customer itself" };
    let mut text = match route {
        Route::Reseller | Route::ResellerService if asked.include_subcustomers => {
            "charges of a reseller and its customers".to_owned()
        }
        Route::Reseller | Route::ResellerService => "charges of a reseller".to_owned(),
        Route::Customer | Route::CustomerBilling | Route::Table => format!("records of {accounts}"),
        Route::ResellerBilling => format!("records of {accounts}, and of the customers below it"),
        Route::CustomerPages => format!("records of {accounts}, in pages"),
        Route::AccountPages => "records of an account, in pages".to_owned(),
        Route::Statistics if asked.get_account_summary => "statistics of the accounts of a customer".to_owned(),
        Route::Connected if asked.get_connected_calls => "calls of several legs".to_owned(),
        Route::VoiceCalls | Route::Statistics | Route::Connected => "voice calls of a customer".to_owned(),
        Route::Account => "records of an account".to_owned(),
        Route::Xdrs if asked.retail_xdr_info => "records of a customer and its accounts, with recordings".to_owned(),
        Route::Xdrs => "records of a customer itself, with recordings".to_owned(),
        Route::DidCharges => "charges for numbers".to_owned(),
    };
    if asked.i_service != 0 && !matches!(route, Route::VoiceCalls | Route::Statistics | Route::Connected) {
        text.push_str(&format!("; service {}", asked.i_service));
    }
    if asked.get_outgoing_calls {
        text.push_str("; outgoing calls only");
    }
    if asked.get_hunt_group_reports && route.is_paged() {
        text.push_str("; calls of hunt groups only");
    }
    text
}

fn window(asked: &PortaCdr, question: &Question, options: &PortaOptions) -> String {
    let window = question.query.window;
    let shown = |at| local(at, &options.zone).map(|local| plain(&local)).unwrap_or_default();
    let instant = match window.anchor {
        Anchor::Start => "start",
        Anchor::Connect => "connect",
        Anchor::End => "disconnect",
        Anchor::Bill => "bill",
    };
    let is_period = asked.show_current_period && question.route.is_paged();
    let name = if is_period { "the current billing period, " } else { "" };
    format!("{name}{} to {} by {instant} time", shown(window.from), shown(window.until))
}
