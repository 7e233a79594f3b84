//! The rows of an answer.

use super::MODELS;
use crate::porta::service_stack::dto;

dto! {
    /// A record booked on a customer itself: on a reseller, or on a customer rather than one of its accounts.
    PortaCustomerCdr: "PortaCustomerCDR" in MODELS, {
        id: "ID" Int,
        i_env: "IEnv" Int,
        cli: "CLI" Text,
        cld: "CLD" Text,
        connect_time: "Connect_time" Date,
        disconnect_time: "Disconnect_time" Date,
        bill_time: "Bill_time" Date,
        i_customer: "ICustomer" Int,
        i_dest: "IDest" Int,
        charged_quantity: "Charged_Quantity" Decimal,
        charged_amount: "Charged_Amount" Decimal,
        call_id: "CallId" Text,
        i_service: "IService" Int,
        bit_flags: "BitFlags" Int,
    } base {}
}

dto! {
    /// A record of an account.
    PortaAccountCdr: "PortaAccountCDR" in MODELS, {
        id: "ID" Int,
        i_env: "IEnv" Int,
        cli: "CLI" Text,
        cld: "CLD" Text,
        account_id: "AccountID" Text,
        connect_time: "Connect_time" Date,
        disconnect_time: "Disconnect_time" Date,
        bill_time: "Bill_time" Date,
        i_customer: "ICustomer" Int,
        i_dest: "IDest" Int,
        charged_quantity: "Charged_Quantity" Decimal,
        charged_amount: "Charged_Amount" Decimal,
        call_id: "CallId" Text,
        i_account: "IAccount" Int,
        i_service: "IService" Int,
        bit_flags: "BitFlags" Int,
        ratting_pattern: "Ratting_Pattern" Text,
        call_type: "CallType" Text,
        h323_conf_id: "h323_conf_id" Text,
        used_quantity: "Used_Quantity" Decimal,
        failed: "failed" Bool,
    } base {}
}

dto! {
    /// A record of a customer or of one of its accounts.
    PortaCustomerAccountCdr: "PortaCustomerAccountCDR" in MODELS, {
        rank: "Rank" Int,
        h323_conf_id: "h323_conf_id" Text,
        h323_incoming_conf_id: "h323_incoming_conf_id" Text,
        id: "ID" Int,
        i_env: "IEnv" Int,
        cli: "CLI" Text,
        cld: "CLD" Text,
        account_id: "AccountID" Text,
        connect_time: "Connect_time" Date,
        disconnect_time: "Disconnect_time" Date,
        connect_datetime: "connect_datetime" Text,
        disconnect_datetime: "disconnect_datetime" Text,
        bill_time: "Bill_time" Date,
        i_customer: "ICustomer" Int,
        i_dest: "IDest" Int,
        charged_quantity: "Charged_Quantity" Decimal,
        charged_amount: "Charged_Amount" Decimal,
        call_id: "CallId" Text,
        i_account: "IAccount" Int,
        service_name: "ServiceName" Text,
        bit_flags: "BitFlags" Int,
        disconnect_cause: "DisconnectCause" Int,
        service_flags: "ServiceFlags" Text,
        history: "History" Text,
        i_service: "IService" Int,
        call_type: "CallType" Text,
        rating_pattern: "RatingPattern" Text,
        used_quantity: "Used_Quantity" Decimal,
        hunt_group_name: "HuntGroupName" Text,
        agent_extension: "AgentExtension" Text,
        call_time: "CallTime" Int,
        hold_time: "HoldTime" Text,
    } base {}
}

dto! {
    /// All fees of one name that a customer was charged, shown by the first of them.
    PortaResellerSubscription: "PortaResellerSubscription" in MODELS, {
        id: "ID" Int,
        i_env: "IEnv" Int,
        cli: "CLI" Text,
        cld: "CLD" Text,
        account_id: "AccountID" Text,
        connect_time: "Connect_time" Date,
        disconnect_time: "Disconnect_time" Date,
        bill_time: "Bill_time" Date,
        i_customer: "ICustomer" Int,
        i_dest: "IDest" Int,
        charged_quantity: "Charged_Quantity" Decimal,
        used_quantity: "Used_Quantity" Decimal,
        charged_amount: "Charged_Amount" Decimal,
        call_id: "CallId" Text,
        i_account: "IAccount" Int,
        service_name: "ServiceName" Text,
        bit_flags: "BitFlags" Int,
        disconnect_cause: "DisconnectCause" Int,
        service_flags: "ServiceFlags" Text,
        history: "History" Text,
        i_service: "IService" Int,
        count: "Count" Int,
        subscription_name: "SubscriptionName" Text,
        total_charged_amount: "TotalChargedAmount" Decimal,
        i_parent: "IParent" Int,
    } base {}
}

dto! {
    /// A leg of a call that has several.
    ConnectedCallDataRecord: "ConnectedCallDataRecord" in MODELS, {
        groupid: "groupid" Int,
        rank: "rank" Int,
        h323_conf_id: "h323_conf_id" Text,
        h323_incoming_conf_id: "h323_incoming_conf_id" Text,
        account_id: "AccountID" Text,
        cli: "CLI" Text,
        cld: "CLD" Text,
        call_id: "CallId" Text,
        call_id_1: "CallId_1" Text,
        bit_flags: "BitFlags" Int,
        connect_time: "Connect_time" Date,
        disconnect_time: "Disconnect_time" Date,
        bill_time: "bill_time" Date,
        service_name: "ServiceName" Text,
    } base {}
}

dto! {
    /// A call with its legs.
    ConnectedCall: "ConnectedCall" in MODELS, {
        group_id: "GroupID" Int,
        cdrs: "CDRS" List(ConnectedCallDataRecord),
    } base {}
}

dto! {
    /// A record as the billing system's own interface has it. `…Specified` states whether the member before it is set.
    XdrInfo: "XDRInfo" in MODELS, {
        i_xdr: "i_xdr" Int,
        i_xdr_specified: "i_xdrSpecified" Bool,
        i_service: "i_service" Int,
        i_service_specified: "i_serviceSpecified" Bool,
        i_dest: "i_dest" Int,
        i_dest_specified: "i_destSpecified" Bool,
        account_id: "account_id" Text,
        cli: "CLI" Text,
        cld: "CLD" Text,
        charged_amount: "charged_amount" Decimal,
        charged_amount_specified: "charged_amountSpecified" Bool,
        charged_quantity: "charged_quantity" Decimal,
        charged_quantity_specified: "charged_quantitySpecified" Bool,
        country: "country" Text,
        subdivision: "subdivision" Text,
        description: "description" Text,
        disconnect_cause: "disconnect_cause" Text,
        bill_status: "bill_status" Text,
        disconnect_reason: "disconnect_reason" Text,
        connect_time: "connect_time" Date,
        connect_time_specified: "connect_timeSpecified" Bool,
        unix_connect_time: "unix_connect_time" Int,
        unix_connect_time_specified: "unix_connect_timeSpecified" Bool,
        disconnect_time: "disconnect_time" Date,
        disconnect_time_specified: "disconnect_timeSpecified" Bool,
        unix_disconnect_time: "unix_disconnect_time" Int,
        unix_disconnect_time_specified: "unix_disconnect_timeSpecified" Bool,
        bill_time: "bill_time" Date,
        bill_time_specified: "bill_timeSpecified" Bool,
        bit_flags: "bit_flags" Int,
        bit_flags_specified: "bit_flagsSpecified" Bool,
        call_recording_url: "call_recording_url" Text,
        call_recording_server_url: "call_recording_server_url" Text,
        cr_download_links: "cr_download_links" Texts,
        h323_conf_id: "h323_conf_id" Text,
        h323_incoming_conf_id: "h323_incoming_conf_id" Text,
        xdr_type: "xdr_type" Text,
        service: "service" Text,
        destination: "destination" Text,
        iso_3166_1_a3: "iso_3166_1_a3" Text,
        i_rate: "i_rate" Int,
        i_rate_specified: "i_rateSpecified" Bool,
    } base {}
}
