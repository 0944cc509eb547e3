//! Data tables: a caption, a head that stays in sight, figures to the right.
//!
//! ```
//! # use leptos::prelude::*;
//! # use ui::table::*;
//! # let _owner = Owner::new();
//! let table = view! {
//!     <DataTable caption="Cuentas" columns=vec![
//!         Column::new("Cuenta"),
//!         Column::number("Saldo").sort(Sort { href: "?sort=-balance".into(), ascending: Some(true) }),
//!     ]>
//!         <tr>
//!             <th scope="row"><a href="/console/accounts/1">"A-1"</a></th>
//!             <td class="num">"1,234.56"</td>
//!         </tr>
//!     </DataTable>
//! };
//! ```
use leptos::prelude::*;

use crate::icon::{Glyph, Icon};

/// A link that sorts by a column, and how the column is sorted now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    pub href: String,
    /// `Some` when the table is sorted by this column.
    pub ascending: Option<bool>,
}

/// A column's heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    pub label: String,
    /// Figures: set to the right. Give the cells the class `num` too.
    pub numeric: bool,
    pub sort: Option<Sort>,
    /// Only for screen readers: a column of buttons or icons.
    pub hidden: bool,
}

impl Column {
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    pub fn number(label: impl Into<String>) -> Self {
        Self { numeric: true, ..Self::new(label) }
    }

    pub fn hidden(label: impl Into<String>) -> Self {
        Self { hidden: true, ..Self::new(label) }
    }

    #[must_use]
    pub fn sort(mut self, sort: Sort) -> Self {
        self.sort = Some(sort);
        self
    }
}

/// A table whose children are its `<tr>` rows. It scrolls sideways within itself on narrow screens;
/// `stacked` turns each row into a block there instead, with `data-label` on each cell as its heading.
#[component]
pub fn DataTable(
    #[prop(into)] caption: String,
    columns: Vec<Column>,
    /// Keep the caption for screen readers, when a heading above says the same.
    #[prop(optional)]
    caption_hidden: bool,
    #[prop(optional)] stacked: bool,
    /// Rows of totals, in the table's foot.
    #[prop(optional, into)]
    foot: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let head: Vec<_> = columns.into_iter().map(head_cell).collect();
    let class = if stacked { "table-wrap stacked" } else { "table-wrap" };
    let label = caption.clone();
    view! {
        <div class=class role="region" tabindex="0" aria-label=label>
            <table>
                <caption class=caption_hidden.then_some("visually-hidden")>{caption}</caption>
                <thead><tr>{head}</tr></thead>
                <tbody>{children()}</tbody>
                {foot.map(|foot| view! { <tfoot>{foot.run()}</tfoot> })}
            </table>
        </div>
    }
    .into_any()
}

fn head_cell(column: Column) -> impl IntoView {
    let Column { label, numeric, sort, hidden } = column;
    let sorted = sort.as_ref().and_then(|sort| sort.ascending);
    let aria = sorted.map(|up| if up { "ascending" } else { "descending" });
    let content = match sort {
        Some(sort) => view! {
            <a href=sort.href class=sort_class(sorted)>{label}<Icon glyph=Glyph::ChevronDown/></a>
        }
        .into_any(),
        None if hidden => view! { <span class="visually-hidden">{label}</span> }.into_any(),
        None => label.into_any(),
    };
    view! { <th scope="col" class=numeric.then_some("num") aria-sort=aria>{content}</th> }.into_any()
}

const fn sort_class(ascending: Option<bool>) -> &'static str {
    match ascending {
        Some(true) => "sort sort-up",
        Some(false) => "sort sort-down",
        None => "sort",
    }
}
