//! What a question about calls and one about conferences have in common.

/// Rows of a table that pass the filters, in the query's order.
macro_rules! select {
    ($table:ident, $row:ty, $query:expr, $filters:expr) => {{
        use cdr_query::{Order, OrderBy};
        let mut select = $table::table.select(<$row>::as_select()).into_boxed::<Db>();
        for filter in $filters {
            select = select.filter(filter);
        }
        let (number, instant) = ($table::table::number, || $table::table::instant($query.window.anchor));
        match $query.order {
            Order { by: OrderBy::Number, descending: false } => select.order(number().asc()),
            Order { by: OrderBy::Number, descending: true } => select.order(number().desc()),
            Order { by: OrderBy::Anchor, descending: false } => select.order((instant().asc(), number().asc())),
            Order { by: OrderBy::Anchor, descending: true } => select.order((instant().desc(), number().desc())),
        }
    }};
}

pub(super) use select;
