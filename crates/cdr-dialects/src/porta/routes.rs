//! The nineteen routes, in the order in which the original documents them.

use super::service_stack::Template;
use super::wire::PortaCdr;

/// The kinds of routes, with the numbers of the routes on the original's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// 1: records of a reseller.
    Reseller,
    /// 2: the same for one service.
    ResellerService,
    /// 3, 4, 5, 13: records of a customer.
    Customer,
    /// 6: the same by the bill instant.
    CustomerBilling,
    /// 7: the same for a reseller and the customers below it.
    ResellerBilling,
    /// 8: records of a customer, in pages.
    CustomerPages,
    /// 9: records of an account, in pages.
    AccountPages,
    /// 10: the voice calls of a customer.
    VoiceCalls,
    /// 11: call statistics per account.
    Statistics,
    /// 12: calls of several legs.
    Connected,
    /// 14: as 3, in a table.
    Table,
    /// 15, 16, 17: records of an account.
    Account,
    /// 18: records with links to recordings.
    Xdrs,
    /// 19: charges for numbers.
    DidCharges,
}

/// The routes and their paths.
pub(super) static TEMPLATES: [Template<Route>; 19] = [
    route(Route::Reseller, "/GetResellerCustomerCDRS/{License}/{ICustomer}/{FromDate}/{ToDate}/{IncludeSubcustomers}"),
    route(
        Route::ResellerService,
        "/GetResellerCustomerCDRS/{License}/{ICustomer}/{FromDate}/{ToDate}/{IncludeSubcustomers}/{IService}",
    ),
    route(
        Route::Customer,
        "/getCustomerAccountCDRS/{License}/{ICustomer}/{FromDate}/{ToDate}/{IService}/{IncludeAccounts}",
    ),
    Template {
        route: Route::Customer,
        path: "/getCustomerAccountCDRS/{License}/{ICustomer}/{FromDate}/{ToDate}/{IncludeAccounts}/{GetOutgoingCalls}",
        // This path has the same form as the previous one. The original always matched that one, and then failed to
        // read the word as a number.
        only_if: Some(("IncludeAccounts", is_word)),
    },
    route(Route::Customer, "/getCustomerAccountCDRS/{License}/{ICustomer}/{FromDate}/{ToDate}/{IncludeAccounts}"),
    route(
        Route::CustomerBilling,
        "/getCustomerAccountBillingTimeCDRS/{License}/{ICustomer}/{FromDate}/{ToDate}/{IncludeAccounts}/\
         {DisconnectTimeFilter}",
    ),
    route(
        Route::ResellerBilling,
        "/GetCustomerResellerBillingTimeCDRS/{License}/{ICustomer}/{FromDate}/{ToDate}/{IncludeAccounts}/\
         {DisconnectTimeResellerFilter}",
    ),
    route(
        Route::CustomerPages,
        "/getCustomerAccountCDRSWithOffset/{License}/{ICustomer}/{FromDate}/{ToDate}/{IncludeAccounts}/\
         {GetOutgoingCalls}/{FetchRecordsUsingOffset}/{Offset}/{GetHuntGroupReports}/{Customer_Timezone}/\
         {showcurrentperiod}",
    ),
    route(
        Route::AccountPages,
        "/getAccountCDRSWithOffset/{License}/{IAccount}/{FromDate}/{ToDate}/{IncludeAccounts}/{GetOutgoingCalls}/\
         {FetchRecordsUsingOffset}/{Offset}/{GetHuntGroupReports}/{Customer_Timezone}/{showcurrentperiod}",
    ),
    route(
        Route::VoiceCalls,
        "/getCustomerAccountVoiceCalls/{License}/{ICustomer}/{FromDate}/{ToDate}/{IncludeAccounts}/{GetOutgoingCalls}/\
         {GetAccountVoiceCalls}/{Customer_Timezone}",
    ),
    route(
        Route::Statistics,
        "/GetAccountCDRStatistics/{License}/{ICustomer}/{FromDate}/{ToDate}/{IncludeAccounts}/{GetOutgoingCalls}/\
         {GetAccountVoiceCalls}/{getAccountSummary}/{i_product}",
    ),
    route(
        Route::Connected,
        "/getCustomerAccountConnectedVoiceCalls/{License}/{ICustomer}/{FromDate}/{ToDate}/{IncludeAccounts}/\
         {GetOutgoingCalls}/{GetAccountVoiceCalls}/{Customer_Timezone}/{GetConnectedCalls}",
    ),
    route(Route::Customer, "/getCustomerCDRS/{License}/{ICustomer}/{FromDate}/{ToDate}/{IService}/{IncludeAccounts}"),
    route(
        Route::Table,
        "/getCustomerAccountCDRS/{License}/{ICustomer}/{FromDate}/{ToDate}/{IService}/{IncludeAccounts}/{Csv}",
    ),
    route(Route::Account, "/getCDRS/Account/{License}/{IAccount}/{FromDate}/{ToDate}/{IService}"),
    route(Route::Account, "/getCDRS/Account/{License}/{IAccount}/{FromDate}/{ToDate}"),
    route(Route::Account, "/getOutgoingCDRS/{License}/{IAccount}/{FromDate}/{ToDate}/{GetOutgoingCalls}"),
    route(Route::Xdrs, "/getcustomexdrdownloadlink/{License}/{ICustomer}/{FromDate}/{ToDate}/{RetailXDRInfo}"),
    route(Route::DidCharges, "/getcustomerdidcharges/{License}/{FromDate}/{ToDate}"),
];

const fn route(route: Route, path: &'static str) -> Template<Route> {
    Template { path, only_if: None, route }
}

fn is_word(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

impl Route {
    /// Whether its answers are in pages.
    pub(super) fn is_paged(self) -> bool {
        matches!(self, Route::CustomerPages | Route::AccountPages)
    }

    /// The route of a request without a path, chosen by the members that are set. The service of the original did not
    /// see the path either.
    pub(super) fn by_members(asked: &PortaCdr) -> Route {
        let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        let paged = asked.fetch_records_using_offset || asked.offset > 0;
        match asked {
            _ if asked.retail_xdr_info => Route::Xdrs,
            _ if asked.get_connected_calls => Route::Connected,
            _ if asked.get_account_summary => Route::Statistics,
            _ if asked.get_account_voice_calls => Route::VoiceCalls,
            _ if paged || asked.get_hunt_group_reports || asked.show_current_period => {
                if asked.i_account != 0 {
                    Route::AccountPages
                } else {
                    Route::CustomerPages
                }
            }
            _ if given(&asked.disconnect_time_reseller_filter) => Route::ResellerBilling,
            _ if given(&asked.disconnect_time_filter) => Route::CustomerBilling,
            _ if asked.include_subcustomers && asked.i_service != 0 => Route::ResellerService,
            _ if asked.include_subcustomers => Route::Reseller,
            _ if asked.i_account != 0 => Route::Account,
            _ if asked.i_customer != 0 && asked.csv => Route::Table,
            _ if asked.i_customer != 0 => Route::Customer,
            _ => Route::DidCharges,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PortaCdr, Route, TEMPLATES};
    use crate::porta::service_stack::Bound;

    #[test]
    fn a_request_without_a_path_is_routed_by_its_members() {
        for (members, route) in [
            ("", Route::DidCharges),
            ("ICustomer=7", Route::Customer),
            ("ICustomer=7 Csv=true", Route::Table),
            ("IAccount=7 ICustomer=7", Route::Account),
            ("ICustomer=7 IncludeSubcustomers=1", Route::Reseller),
            ("ICustomer=7 IncludeSubcustomers=1 IService=3", Route::ResellerService),
            ("ICustomer=7 DisconnectTimeFilter=true", Route::CustomerBilling),
            ("ICustomer=7 DisconnectTimeFilter=1 DisconnectTimeResellerFilter=1", Route::ResellerBilling),
            ("ICustomer=7 Offset=5", Route::CustomerPages),
            ("IAccount=7 showcurrentperiod=1", Route::AccountPages),
            ("ICustomer=7 GetHuntGroupReports=1", Route::CustomerPages),
            ("ICustomer=7 Offset=5 GetAccountVoiceCalls=1", Route::VoiceCalls),
            ("ICustomer=7 getAccountSummary=1 GetAccountVoiceCalls=1", Route::Statistics),
            ("ICustomer=7 GetConnectedCalls=1 getAccountSummary=1", Route::Connected),
            ("ICustomer=7 RetailXDRInfo=1 GetConnectedCalls=1", Route::Xdrs),
        ] {
            let mut asked = PortaCdr::default();
            for member in members.split(' ').filter(|member| !member.is_empty()) {
                let (name, text) = member.split_once('=').unwrap();
                asked.put(name, text).unwrap();
            }
            assert_eq!(Route::by_members(&asked), route, "{members}");
        }
    }

    #[test]
    fn every_route_has_a_licence() {
        assert!(TEMPLATES.iter().all(|template| template.path.contains("/{License}/")));
    }
}
