//! The objects on the wire, member by member. The names, their spelling and their order are the original's.
//!
//! Source: the metadata page of `PortaCDR` at 7el.co.

mod rows;
mod sums;

pub(super) use rows::{
    ConnectedCall, ConnectedCallDataRecord, PortaAccountCdr, PortaCustomerAccountCdr, PortaCustomerCdr,
    PortaResellerSubscription, XdrInfo,
};
pub(super) use sums::{AccountSummary, DateRange, TotalUsage};

use super::service_stack::{ResponseStatus, dto, request};

/// The namespace of the request and the answer.
const DTO: &str = "http://schemas.datacontract.org/2004/07/PortaPlus2.API.Web.Dto";
/// The namespace of the rows.
const MODELS: &str = "http://schemas.datacontract.org/2004/07/PortaPlus2.API.Data.Models.Porta";

request! {
    /// The request. The members that are set determine the rows.
    PortaCdr: "PortaCDR" in DTO, {
        from_date: "FromDate" Text,
        to_date: "ToDate" Text,
        i_customer: "ICustomer" Int,
        i_account: "IAccount" Int,
        i_service: "IService" Int,
        include_accounts: "IncludeAccounts" Bool,
        csv: "Csv" Bool,
        retail_xdr_info: "RetailXDRInfo" Bool,
        include_subcustomers: "IncludeSubcustomers" Bool,
        get_outgoing_calls: "GetOutgoingCalls" Bool,
        fetch_records_using_offset: "FetchRecordsUsingOffset" Bool,
        offset: "Offset" Int,
        get_account_voice_calls: "GetAccountVoiceCalls" Bool,
        get_hunt_group_reports: "GetHuntGroupReports" Bool,
        disconnect_time_filter: "DisconnectTimeFilter" Text,
        disconnect_time_reseller_filter: "DisconnectTimeResellerFilter" Text,
        customer_timezone: "Customer_Timezone" Text,
        show_current_period: "showcurrentperiod" Bool,
        get_connected_calls: "GetConnectedCalls" Bool,
        get_account_summary: "getAccountSummary" Bool,
        i_product: "i_product" Text,
    } base {
        license: "License" Text,
        content_id: "ContentId" Int,
        feature_name: "FeatureName" Text,
    }
}

dto! {
    /// The answer. Each route fills its own members.
    PortaCdrResponse: "PortaCDRResponse" in DTO, {
        total_calls: "TotalCalls" Int,
        next_offset: "NextOffset" Int,
        porta_customer_cdrs: "PortaCustomerCDRS" List(PortaCustomerCdr),
        porta_account_cdrs: "PortaAccountCDRS" List(PortaAccountCdr),
        lst_porta_customer_account_cdrs: "lstPortaCustomerAccountCDRS" List(PortaCustomerAccountCdr),
        lst_porta_reseller_subscriptions: "lstPortaResellerSubscriptions" List(PortaResellerSubscription),
        dict_porta_customer_account_cdrs: "DictPortaCustomerAccountCDRS" Dict(PortaCustomerAccountCdr),
        connected_call_data_records: "ConnectedCallDataRecords" Dict(ConnectedCallDataRecord),
        connected_calls_records: "ConnectedCallsRecords" Dict(ConnectedCall),
        xdrs_info: "XDRSInfo" List(XdrInfo),
        date_ranges: "DateRanges" List(DateRange),
        total_usage: "TotalUsage" Object(TotalUsage),
        account_statistics_summary: "AccountStatisticsSummary" Dict(AccountSummary),
        /// Not in the original, whose clients only got the status line.
        response_status: "ResponseStatus" Late(ResponseStatus),
    } base {
        license: "License" Text,
        content_id: "ContentId" Int,
        feature_name: "FeatureName" Text,
    }
}
