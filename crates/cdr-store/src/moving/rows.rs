//! Whole rows of every table, to be carried from one store to another as they are.

use diesel::prelude::*;

use crate::schema::*;
use crate::types::{At, DocumentText, HundredMillionths, JsonText, KeptUuid, OpaqueText};

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = cdrs, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct CallWhole {
    pub(super) number: i64,
    id: i64,
    replaced_by: Option<i64>,
    source_id: i64,
    account_id: i64,
    customer_id: i64,
    service_id: i64,
    pub(super) started_at: At,
    connected_at: Option<At>,
    ended_at: Option<At>,
    billed_at: At,
    assumed: i64,
    success: bool,
    last_attempt: bool,
    direction: i64,
    talk_us: Option<i64>,
    billed_us: Option<i64>,
    release_cause: Option<i64>,
    release_code: Option<i64>,
    price: Option<HundredMillionths>,
    price_text: Option<String>,
    calling: Option<String>,
    called: Option<String>,
    call_id: Option<String>,
    details: DocumentText,
    kind: i64,
    destination_id: Option<i64>,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = intake_keys, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct KeyWhole {
    source_id: i64,
    key: String,
    pub(super) number: i64,
    first_number: i64,
    account_id: i64,
    started_at: At,
    sheet: i64,
    digest: Vec<u8>,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = conferences, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct ConferenceWhole {
    number: i64,
    id: i64,
    replaced_by: Option<i64>,
    source_id: i64,
    uuid: Option<KeptUuid>,
    started_at: At,
    ended_at: Option<At>,
    kind: Option<String>,
    cluster: Option<String>,
    owner: Option<String>,
    room: Option<String>,
    participants: Option<i64>,
    service_class: Option<String>,
    user_data_a: Option<String>,
    user_data_b: Option<String>,
    user_data_c: Option<String>,
    max_resources: Option<String>,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = sources, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct SourceWhole {
    id: i64,
    name: String,
    feed: String,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = customers, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct CustomerWhole {
    id: i64,
    reseller_id: Option<i64>,
    name: String,
    external_id: Option<String>,
    currency: String,
    level: String,
    environment: i64,
    zone: Option<String>,
    billing_period: String,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct AccountWhole {
    id: i64,
    customer_id: i64,
    number: String,
    name: String,
    external_id: Option<String>,
    uuid: KeptUuid,
    balance: Option<String>,
    min_balance: Option<String>,
    max_balance: Option<String>,
    balance_low: Option<String>,
    balance_high: Option<String>,
    destination_rate_limit: Option<String>,
    max_call_duration: Option<i64>,
    origination_capacity: Option<i64>,
    termination_capacity: Option<i64>,
    total_capacity: Option<i64>,
    product_id: Option<i64>,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = services, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct ServiceWhole {
    id: i64,
    name: String,
    kind: i64,
    flags: Option<String>,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = products, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct ProductWhole {
    id: i64,
    name: String,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = destinations, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct DestinationWhole {
    id: i64,
    prefix: String,
    country: Option<String>,
    iso3: Option<String>,
    subdivision: Option<String>,
    description: Option<String>,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = quarantine, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct EntryWhole {
    id: i64,
    source_id: i64,
    feed: String,
    customer: Option<String>,
    reason: String,
    detail: String,
    position: String,
    received_at: At,
    raw: Vec<u8>,
    digest: Vec<u8>,
    key: Option<String>,
    version: Option<JsonText>,
    known_number: Option<i64>,
    known_digest: Option<Vec<u8>>,
    resolution: i64,
    resolved_at: Option<At>,
    resolved_number: Option<i64>,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = exports, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct ExportWhole {
    number: i64,
    id: KeptUuid,
    dialect: String,
    lane: Option<String>,
    caller: String,
    request: JsonText,
    memo: OpaqueText,
    created_at: At,
    attempts: i64,
    state: i64,
    token: Option<KeptUuid>,
    beats: i64,
    progress: Option<JsonText>,
    tag: Option<i64>,
    file: Option<String>,
    receipt: Option<JsonText>,
    reason: Option<String>,
    finished_at: Option<At>,
    account_id: Option<i64>,
    customer_id: Option<i64>,
    callback: Option<String>,
    callback_due: Option<At>,
    callback_attempts: i64,
    updated_at: At,
    rows: Option<i64>,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = lanes, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct LaneWhole {
    name: String,
    last_tag: i64,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = operators, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct OperatorWhole {
    name: String,
    password: String,
    roles: String,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = logins, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct LoginWhole {
    id: i64,
    login: String,
    password: String,
    customer_id: i64,
    accounts: String,
    allowed_ips: String,
    allow_recordings: bool,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = secrets, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct SecretWhole {
    name: String,
    secret: Vec<u8>,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = licences, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct LicenceWhole {
    id: i64,
    name: String,
    digest: Vec<u8>,
    environment: Option<i64>,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = licence_customers, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct LicenceCustomerWhole {
    licence_id: i64,
    customer_id: i64,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = counters, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
pub(super) struct CounterWhole {
    name: String,
    last: i64,
}
