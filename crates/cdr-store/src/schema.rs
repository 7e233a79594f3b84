//! The tables as Diesel sees them. A test compares them with the migrations.
//!
//! Integers are `BigInt` whatever their range, so that conditions can compare all of them with an `i64`. The row types
//! convert them to the narrower types of the records.

diesel::table! {
    use crate::types::columns::*;

    counters (name) {
        name -> Text,
        last -> BigInt,
    }
}

diesel::table! {
    use crate::types::columns::*;

    sources (id) {
        id -> BigInt,
        name -> Text,
        feed -> Text,
        settings -> Nullable<Json>,
    }
}

diesel::table! {
    use crate::types::columns::*;

    loads (id) {
        id -> BigInt,
        source -> Text,
        feed -> Text,
        file -> Text,
        loaded_by -> Text,
        begun_at -> Instant,
        ended_at -> Nullable<Instant>,
        state -> BigInt,
        reason -> Nullable<Text>,
        digest -> Nullable<Binary>,
        bytes -> Nullable<BigInt>,
        loaded -> BigInt,
        known -> BigInt,
        quarantined -> BigInt,
        earliest -> Nullable<Instant>,
        latest -> Nullable<Instant>,
        kind -> BigInt,
    }
}

diesel::table! {
    use crate::types::columns::*;

    line_contexts (id) {
        id -> BigInt,
        digest -> Binary,
        document -> Opaque,
    }
}

diesel::table! {
    use crate::types::columns::*;

    kept_lines (id) {
        id -> BigInt,
        source_id -> BigInt,
        load_id -> Nullable<BigInt>,
        feed -> Text,
        context_id -> Nullable<BigInt>,
        kept_at -> Instant,
        earliest -> Instant,
        lines -> BigInt,
        size -> BigInt,
        document -> Binary,
    }
}

diesel::table! {
    use crate::types::columns::*;

    load_ranges (load_id, sheet, first) {
        load_id -> BigInt,
        sheet -> BigInt,
        first -> BigInt,
        last -> BigInt,
    }
}

diesel::table! {
    use crate::types::columns::*;

    customers (id) {
        id -> BigInt,
        reseller_id -> Nullable<BigInt>,
        name -> Text,
        external_id -> Nullable<Text>,
        currency -> Text,
        level -> Text,
        environment -> BigInt,
        zone -> Nullable<Text>,
        billing_period -> Text,
        email -> Nullable<Text>,
        contact -> Nullable<Text>,
        address -> Nullable<Text>,
        created_at -> Nullable<Instant>,
        balance -> Nullable<Text>,
        credit_limit -> Nullable<Text>,
        closed_at -> Nullable<Instant>,
        earlier -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::types::columns::*;

    accounts (id) {
        id -> BigInt,
        customer_id -> BigInt,
        number -> Text,
        name -> Text,
        external_id -> Nullable<Text>,
        uuid -> Uuid,
        balance -> Nullable<Text>,
        min_balance -> Nullable<Text>,
        max_balance -> Nullable<Text>,
        balance_low -> Nullable<Text>,
        balance_high -> Nullable<Text>,
        destination_rate_limit -> Nullable<Text>,
        max_call_duration -> Nullable<BigInt>,
        origination_capacity -> Nullable<BigInt>,
        termination_capacity -> Nullable<BigInt>,
        total_capacity -> Nullable<BigInt>,
        product_id -> Nullable<BigInt>,
        email -> Nullable<Text>,
        contact -> Nullable<Text>,
        address -> Nullable<Text>,
        created_at -> Nullable<Instant>,
        closed_at -> Nullable<Instant>,
        balance_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::types::columns::*;

    services (id) {
        id -> BigInt,
        name -> Text,
        kind -> BigInt,
        flags -> Nullable<Text>,
        closed_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::types::columns::*;

    products (id) {
        id -> BigInt,
        name -> Text,
        closed_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::types::columns::*;

    destinations (id) {
        id -> BigInt,
        prefix -> Text,
        country -> Nullable<Text>,
        iso3 -> Nullable<Text>,
        subdivision -> Nullable<Text>,
        description -> Nullable<Text>,
        closed_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::types::columns::*;

    intake_keys (key_digest) {
        number -> BigInt,
        key_digest -> Uuid,
        source_id -> BigInt,
        key -> Text,
        first_number -> BigInt,
        account_id -> BigInt,
        started_at -> Instant,
        sheet -> BigInt,
        digest -> Binary,
        form -> Nullable<BigInt>,
    }
}

diesel::table! {
    use crate::types::columns::*;

    quarantine (id) {
        id -> BigInt,
        source_id -> BigInt,
        feed -> Text,
        customer -> Nullable<Text>,
        reason -> Text,
        detail -> Text,
        position -> Text,
        received_at -> Instant,
        raw -> Binary,
        digest -> Binary,
        key -> Nullable<Text>,
        version -> Nullable<Json>,
        known_number -> Nullable<BigInt>,
        known_digest -> Nullable<Binary>,
        resolution -> BigInt,
        resolved_at -> Nullable<Instant>,
        resolved_number -> Nullable<BigInt>,
        document_version -> Nullable<BigInt>,
        context_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    use crate::types::columns::*;

    cdrs (account_id, started_at, number) {
        number -> BigInt,
        id -> BigInt,
        replaced_by -> Nullable<BigInt>,
        source_id -> BigInt,
        account_id -> BigInt,
        customer_id -> BigInt,
        service_id -> BigInt,
        started_at -> Instant,
        connected_at -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
        billed_at -> Instant,
        assumed -> BigInt,
        success -> Bool,
        last_attempt -> Bool,
        direction -> BigInt,
        talk_us -> Nullable<BigInt>,
        billed_us -> Nullable<BigInt>,
        release_cause -> Nullable<BigInt>,
        release_code -> Nullable<BigInt>,
        price -> Nullable<Amount>,
        price_text -> Nullable<Text>,
        calling -> Nullable<Text>,
        called -> Nullable<Text>,
        call_id -> Nullable<Text>,
        details -> Document,
        kind -> BigInt,
        destination_id -> Nullable<BigInt>,
        // Computed by the database.
        leg_group -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::types::columns::*;

    conferences (number) {
        number -> BigInt,
        id -> BigInt,
        replaced_by -> Nullable<BigInt>,
        source_id -> BigInt,
        uuid -> Nullable<Uuid>,
        started_at -> Instant,
        ended_at -> Nullable<Instant>,
        kind -> Nullable<Text>,
        cluster -> Nullable<Text>,
        owner -> Nullable<Text>,
        room -> Nullable<Text>,
        participants -> Nullable<BigInt>,
        service_class -> Nullable<Text>,
        user_data_a -> Nullable<Text>,
        user_data_b -> Nullable<Text>,
        user_data_c -> Nullable<Text>,
        max_resources -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::types::columns::*;

    exports (number) {
        number -> BigInt,
        id -> Uuid,
        dialect -> Text,
        lane -> Nullable<Text>,
        caller -> Text,
        request -> Json,
        memo -> Opaque,
        created_at -> Instant,
        attempts -> BigInt,
        state -> BigInt,
        token -> Nullable<Uuid>,
        beats -> BigInt,
        progress -> Nullable<Json>,
        tag -> Nullable<BigInt>,
        file -> Nullable<Text>,
        receipt -> Nullable<Json>,
        reason -> Nullable<Text>,
        finished_at -> Nullable<Instant>,
        account_id -> Nullable<BigInt>,
        customer_id -> Nullable<BigInt>,
        callback -> Nullable<Text>,
        callback_due -> Nullable<Instant>,
        callback_attempts -> BigInt,
        updated_at -> Instant,
        rows -> Nullable<BigInt>,
        request_version -> Nullable<BigInt>,
        memo_version -> Nullable<BigInt>,
        receipt_version -> Nullable<BigInt>,
        bytes -> Nullable<BigInt>,
        not_before -> Nullable<Instant>,
        postponed -> BigInt,
    }
}

diesel::table! {
    use crate::types::columns::*;

    lanes (name) {
        name -> Text,
        last_tag -> BigInt,
    }
}

diesel::table! {
    use crate::types::columns::*;

    operators (name) {
        name -> Text,
        password -> Text,
        roles -> Text,
    }
}

diesel::table! {
    use crate::types::columns::*;

    logins (id) {
        id -> BigInt,
        login -> Text,
        password -> Text,
        customer_id -> BigInt,
        accounts -> Text,
        allowed_ips -> Text,
        allow_recordings -> Bool,
        closed_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::types::columns::*;

    secrets (name) {
        name -> Text,
        secret -> Binary,
    }
}

diesel::table! {
    use crate::types::columns::*;

    licences (id) {
        id -> BigInt,
        name -> Text,
        digest -> Binary,
        environment -> Nullable<BigInt>,
    }
}

diesel::table! {
    use crate::types::columns::*;

    licence_customers (licence_id, customer_id) {
        licence_id -> BigInt,
        customer_id -> BigInt,
    }
}

diesel::table! {
    use crate::types::columns::*;

    walks (number) {
        number -> BigInt,
        owner -> Text,
        question -> Binary,
        expires_at -> Instant,
        given -> Nullable<BigInt>,
        bytes -> BigInt,
        document -> Opaque,
    }
}

diesel::table! {
    use crate::types::columns::*;

    transactions (number) {
        number -> BigInt,
        key_digest -> Uuid,
        digest -> Binary,
        source_id -> BigInt,
        at -> Instant,
        received_at -> Instant,
        state -> BigInt,
        load_id -> Nullable<BigInt>,
        position -> Text,
        raw -> Binary,
        document -> Opaque,
        document_version -> BigInt,
    }
}

diesel::table! {
    use crate::types::columns::*;

    watched_files (number) {
        number -> BigInt,
        source -> Text,
        seen_at -> Instant,
        document -> Opaque,
    }
}

diesel::table! {
    use crate::types::columns::*;

    source_hours (source_id, hour) {
        source_id -> BigInt,
        hour -> BigInt,
        loaded -> BigInt,
        known -> BigInt,
        quarantined -> BigInt,
        received_at -> Instant,
        latest -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::types::columns::*;

    part_versions (account_id, part) {
        account_id -> BigInt,
        part -> BigInt,
        touched_by -> BigInt,
        mark -> BigInt,
        earliest -> BigInt,
        latest -> BigInt,
    }
}

diesel::table! {
    use crate::types::columns::*;

    hourly_counts (account_id, hour, customer_id, kind, service_id, last_attempt) {
        account_id -> BigInt,
        hour -> BigInt,
        customer_id -> BigInt,
        kind -> BigInt,
        service_id -> BigInt,
        last_attempt -> Bool,
        starts -> BigInt,
        connects -> BigInt,
        ends -> BigInt,
        bills -> BigInt,
    }
}

diesel::joinable!(accounts -> customers (customer_id));
diesel::joinable!(quarantine -> sources (source_id));
diesel::joinable!(source_hours -> sources (source_id));
diesel::allow_tables_to_appear_in_same_query!(accounts, customers);
diesel::joinable!(quarantine -> line_contexts (context_id));
diesel::joinable!(kept_lines -> line_contexts (context_id));
diesel::allow_tables_to_appear_in_same_query!(quarantine, sources, line_contexts);
diesel::allow_tables_to_appear_in_same_query!(kept_lines, line_contexts);
diesel::allow_tables_to_appear_in_same_query!(source_hours, sources);
