//! Totals over the rows of an answer.

use super::MODELS;
use crate::porta::service_stack::dto;

dto! {
    /// The start of a page.
    DateRange: "DateRange" in MODELS, {
        rank: "rank" Int,
        connect_time: "Connect_time" Date,
        connect_datetime: "connect_datetime" Text,
    } base {}
}

dto! {
    /// Call statistics of one account.
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
    /// The totals of a window.
    TotalUsage: "TotalUsage" in MODELS, {
        from_time: "FromTime" Date,
        totime: "Totime" Date,
        charged_minutes: "ChargedMinutes" Decimal,
        charged_cost: "ChargedCost" Decimal,
    } base {}
}
