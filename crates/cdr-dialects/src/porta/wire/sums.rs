//! What an answer says of its rows as a whole.

use super::MODELS;
use crate::porta::service_stack::dto;

dto! {
    /// Where a page begins.
    DateRange: "DateRange" in MODELS, {
        rank: "rank" Int,
        connect_time: "Connect_time" Date,
        connect_datetime: "connect_datetime" Text,
    } base {}
}

dto! {
    /// The calls of one account, counted.
    AccountSummary: "AccountSummary" in MODELS, {
        i_account: "i_account" Int,
        outgoing_count: "outgoing_count" Int,
        outgoing_duration: "outgoing_duration" Int,
        avgoutgoing_count: "avgoutgoing_count" Decimal,
        avgoutgoing_duration: "avgoutgoing_duration" Decimal,
        incoming_count: "incoming_count" Int,
        incoming_duration: "incoming_duration" Int,
        total_count: "total_count" Int,
        total_duration: "total_duration" Int,
        account_id: "AccountID" Text,
    } base {}
}

dto! {
    /// What a window comes to.
    TotalUsage: "TotalUsage" in MODELS, {
        from_time: "FromTime" Date,
        totime: "Totime" Date,
        charged_minutes: "ChargedMinutes" Decimal,
        charged_cost: "ChargedCost" Decimal,
    } base {}
}
