//! The part that queries of calls and of conferences share.

/// Rows of a table that pass the filters, in the query's order: by the terms of its keys, then by its instant or number.
macro_rules! select {
    ($table:ident, $row:expr, $query:expr, $filters:expr) => {
        select!($table, $row, $query, $filters, [])
    };
    ($table:ident, $row:expr, $query:expr, $filters:expr, []) => {
        select!(in_order $query, $table, select!(rows $table, $row, $filters))
    };
    ($table:ident, $row:expr, $query:expr, $filters:expr, $terms:expr) => {{
        let mut select = select!(rows $table, $row, $filters);
        for term in $terms {
            select = select.then_order_by(term);
        }
        select!(in_order $query, $table, select)
    }};
    (rows $table:ident, $row:expr, $filters:expr) => {{
        let mut select = $table::table.select($row).into_boxed::<Db>();
        for filter in $filters {
            select = select.filter(filter);
        }
        select
    }};
    (in_order $query:expr, $table:ident, $select:expr) => {{
        use cdr_query::SortBy;
        let (select, number) = ($select, $table::table::number);
        let instant = || $table::table::instant($query.window.anchor);
        match ($query.order.by, $query.order.descending) {
            (SortBy::Number, false) => select.then_order_by(number().asc()),
            (SortBy::Number, true) => select.then_order_by(number().desc()),
            (SortBy::Anchor, false) => select.then_order_by((instant().asc(), number().asc())),
            (SortBy::Anchor, true) => select.then_order_by((instant().desc(), number().desc())),
        }
    }};
}

pub(super) use select;
