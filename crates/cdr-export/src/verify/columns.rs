//! The columns of a sheet that its receipt has something to say about.

use cdr_model::{Anchor, CdrField, ConferenceField, Field, FieldKind, Zone};

use crate::cell_reader::CellReader;
use crate::format::{ReadRow, ReadValues, unguarded};
use crate::layout::{Column, ColumnContent, DurationStyle, Layout, Sheet, SheetContent, Summary, TimeStyle};
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
    /// The text in place of a missing value, which is no text that its total lacks.
    pub(super) otherwise: Option<String>,
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
    /// Whether text is guarded against being taken for a formula.
    pub(super) is_guarded: bool,
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
    /// The numbers of the records: the place in the row.
    pub(super) number: Option<usize>,
}

impl Columns {
    pub(super) fn of(layout: &Layout, sheet: &Sheet, receipt: &SheetReceipt, anchor: Anchor, zone: Zone) -> Columns {
        let mut columns = Columns {
            verbatim: layout.verbatim,
            is_guarded: false,
            totalled: Vec::new(),
            constants: Vec::new(),
            talk: None,
            price: None,
            currency: None,
            anchor: None,
            number: None,
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
            // A call without a talk time adds nothing to it, so a column that prints 0 for it has the same sum.
            let talk = field.or_else(|| or_zero(column)) == Some(CdrField::Talk.name());
            // A row that was received as text may show another currency than the one of its price.
            if is_call && field == Some(CdrField::Currency.name()) && !layout.verbatim {
                columns.currency.get_or_insert(at);
            }
            if is_numbered(sheet.rows) && field == Some(CdrField::Number.name()) && !layout.verbatim {
                columns.number.get_or_insert(at);
            }
            let Some(kind) = kind_of(column, sheet.rows, receipt) else { continue };
            let index = columns.totalled.len();
            match field {
                _ if is_call && talk => columns.talk.get_or_insert(index),
                Some(field) if is_call && field == CdrField::Price.name() => columns.price.get_or_insert(index),
                Some(field) if Some(field) == anchor => columns.anchor.get_or_insert(index),
                _ => &mut 0,
            };
            let styles = layout.styles.with(column.style);
            let reader = CellReader::new(kind, styles, layout.verbatim, zone);
            let (times, durations) = (styles.times, styles.durations);
            let otherwise = match &column.content {
                ColumnContent::Field { otherwise, .. } => otherwise.clone(),
                ColumnContent::Constant(_) | ColumnContent::Summary(_) => None,
            };
            columns.totalled.push(Totalled { at, heading, kind, times, durations, reader, otherwise });
        }
        columns
    }

    /// The text of a cell as it was before it was guarded; `None` if the row has no such cell, or if it is not UTF-8.
    pub(super) fn cell<'r>(&self, row: &'r ReadRow, at: usize) -> Option<&'r str> {
        row.cell(at).map(|text| if self.is_guarded { unguarded(text) } else { text })
    }
}

/// The field of a column that prints it and nothing else.
fn only_field(column: &Column) -> Option<&str> {
    match &column.content {
        ColumnContent::Field { field, or, otherwise: None } if or.is_empty() => Some(field),
        _ => None,
    }
}

/// The field of a column that prints it, or 0 if it has no value.
fn or_zero(column: &Column) -> Option<&str> {
    match &column.content {
        ColumnContent::Field { field, or, otherwise: Some(text) } if or.is_empty() && text == "0" => Some(field),
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

/// What the cells of a column are in a format that tells texts, numbers and booleans apart.
pub(super) fn values_of(column: &Column, rows: SheetContent, verbatim: bool) -> ReadValues {
    let texts = ReadValues { texts: true, ..ReadValues::NONE };
    let kinds: Option<Vec<FieldKind>> = match (&column.content, rows) {
        (ColumnContent::Constant(_), _) => return texts,
        (ColumnContent::Summary(Summary::Calls | Summary::Conferences), _) => {
            return ReadValues { numbers: true, ..ReadValues::NONE };
        }
        (ColumnContent::Summary(_), _) => return texts,
        (_, SheetContent::Calls) => {
            column.fields::<CdrField>().ok().map(|it| it.iter().map(|field| field.kind()).collect())
        }
        (_, SheetContent::Conferences) => {
            column.fields::<ConferenceField>().ok().map(|it| it.iter().map(|field| field.kind()).collect())
        }
        (_, SheetContent::Records | SheetContent::Counts) => None,
    };
    // The fields of custom records are not known here.
    let Some(kinds) = kinds else { return ReadValues::ANY };
    let has_text = matches!(&column.content, ColumnContent::Field { otherwise: Some(_), .. });
    let mut values = ReadValues { texts: verbatim || has_text, ..ReadValues::NONE };
    for kind in kinds {
        match kind {
            FieldKind::Integer | FieldKind::Duration => values.numbers = true,
            FieldKind::Boolean => values.booleans = true,
            FieldKind::Text | FieldKind::Time | FieldKind::Money | FieldKind::Uuid => values.texts = true,
        }
    }
    values
}

/// Whether the records of a sheet have the numbers that a watermark bounds.
pub(super) fn is_numbered(rows: SheetContent) -> bool {
    matches!(rows, SheetContent::Calls | SheetContent::Conferences)
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
