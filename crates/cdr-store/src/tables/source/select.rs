//! The part that queries of calls and of conferences share.

/// Rows of a table that pass the filters, in the query's order.
macro_rules! select {
    ($table:ident, $row:ty, $query:expr, $filters:expr) => {{
        use cdr_query::SortBy;
        let mut select = $table::table.select(<$row>::as_select()).into_boxed::<Db>();
        for filter in $filters {
            select = select.filter(filter);
        }
        let (number, instant) = ($table::table::number, || $table::table::instant($query.window.anchor));
        match ($query.order.by, $query.order.descending) {
            (SortBy::Number, false) => select.order(number().asc()),
            (SortBy::Number, true) => select.order(number().desc()),
            (SortBy::Anchor, false) => select.order((instant().asc(), number().asc())),
            (SortBy::Anchor, true) => select.order((instant().desc(), number().desc())),
        }
    }};
}

pub(super) use select;
