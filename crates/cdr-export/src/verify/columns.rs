//! The columns of a sheet that its receipt has something to say about.

use cdr_model::{Anchor, CdrField, ConferenceField, Field, Zone};

use crate::cell_reader::CellReader;
use crate::layout::{Column, ColumnContent, DurationStyle, Layout, Sheet, SheetContent, TimeStyle};
use crate::receipt::SheetReceipt;
use crate::total::TotalKind;

/// A column with a control total.
pub(super) struct Totalled {
    /// Its place in the row.
    pub(super) at: usize,
    pub(super) heading: String,
    pub(super) kind: TotalKind,
    pub(super) times: TimeStyle,
    pub(super) durations: DurationStyle,
    pub(super) reader: CellReader,
}

/// A column with the same text in every row.
pub(super) struct Constant {
    pub(super) at: usize,
    pub(super) heading: String,
    pub(super) text: String,
}

/// Where a sheet shows what its receipt adds up.
pub(super) struct Columns {
    /// Whether cells may hold text as received.
    pub(super) verbatim: bool,
    pub(super) totalled: Vec<Totalled>,
    pub(super) constants: Vec<Constant>,
    /// Among the totalled columns.
    pub(super) talk: Option<usize>,
    /// Among the totalled columns.
    pub(super) price: Option<usize>,
    /// Its place in the row.
    pub(super) currency: Option<usize>,
    /// The instants of the anchor, among the totalled columns.
    pub(super) anchor: Option<usize>,
}

impl Columns {
    pub(super) fn of(layout: &Layout, sheet: &Sheet, receipt: &SheetReceipt, anchor: Anchor, zone: Zone) -> Columns {
        let mut columns = Columns {
            verbatim: layout.verbatim,
            totalled: Vec::new(),
            constants: Vec::new(),
            talk: None,
            price: None,
            currency: None,
            anchor: None,
        };
        let is_call = sheet.rows == SheetContent::Calls;
        let anchor = anchor_field(sheet.rows, anchor);
        for (at, column) in sheet.columns.iter().enumerate() {
            let heading = column.heading.clone();
            if let ColumnContent::Constant(text) = &column.content {
                columns.constants.push(Constant { at, heading, text: text.clone() });
                continue;
            }
            let field = only_field(column);
            // A row that was received as text may show another currency than the one of its price.
            if is_call && field == Some(CdrField::Currency.name()) && !layout.verbatim {
                columns.currency.get_or_insert(at);
            }
            let Some(kind) = kind_of(column, sheet.rows, receipt) else { continue };
            let index = columns.totalled.len();
            match field {
                Some(field) if is_call && field == CdrField::Talk.name() => columns.talk.get_or_insert(index),
                Some(field) if is_call && field == CdrField::Price.name() => columns.price.get_or_insert(index),
                Some(field) if Some(field) == anchor => columns.anchor.get_or_insert(index),
                _ => &mut 0,
            };
            let styles = layout.styles.with(column.style);
            let reader = CellReader::new(kind, styles, layout.verbatim, zone);
            let (times, durations) = (styles.times, styles.durations);
            columns.totalled.push(Totalled { at, heading, kind, times, durations, reader });
        }
        columns
    }
}

/// The field of a column that prints it and nothing else.
fn only_field(column: &Column) -> Option<&str> {
    match &column.content {
        ColumnContent::Field { field, or, otherwise: None } if or.is_empty() => Some(field),
        _ => None,
    }
}

/// What the cells of a column with a control total hold. The fields of custom records are not known here, so their
/// receipt is believed.
fn kind_of(column: &Column, rows: SheetContent, receipt: &SheetReceipt) -> Option<TotalKind> {
    match rows {
        SheetContent::Calls => column.fields::<CdrField>().ok().and_then(|fields| TotalKind::of(&fields)),
        SheetContent::Conferences => column.fields::<ConferenceField>().ok().and_then(|fields| TotalKind::of(&fields)),
        SheetContent::Records => receipt.totals.iter().find(|it| it.column == column.heading).map(|it| it.kind),
        SheetContent::Counts => None,
    }
}

/// The field that holds the anchor's instant.
fn anchor_field(rows: SheetContent, anchor: Anchor) -> Option<&'static str> {
    match (rows, anchor) {
        (SheetContent::Calls, Anchor::Start) => Some(CdrField::StartedAt.name()),
        (SheetContent::Calls, Anchor::Connect) => Some(CdrField::ConnectedAt.name()),
        (SheetContent::Calls, Anchor::End) => Some(CdrField::EndedAt.name()),
        (SheetContent::Calls, Anchor::Bill) => Some(CdrField::BilledAt.name()),
        (SheetContent::Conferences, Anchor::Start | Anchor::Connect) => Some(ConferenceField::StartedAt.name()),
        (SheetContent::Conferences, Anchor::End) => Some(ConferenceField::EndedAt.name()),
        // A conference is billed when it ends, or when it starts: no single column shows that.
        (SheetContent::Conferences, Anchor::Bill) | (SheetContent::Counts | SheetContent::Records, _) => None,
    }
}
