//! Figures to look at: key-figure tiles, and a bar chart that is its own accessible table.
//!
//! ```
//! # use leptos::prelude::*;
//! # use ui::figures::*;
//! # let _owner = Owner::new();
//! let tiles = view! {
//!     <div class="tiles"><Tile label="Cobrado hoy" figure="$ 12,500.00 MXN" note="14 pagos"/></div>
//! };
//! let ageing = view! {
//!     <BarChart caption="Saldo por tramo" bars=vec![Bar::new("1–30 días", 450_000, "$ 4,500.00")]/>
//! };
//! ```
use leptos::prelude::*;

/// A key figure. Lay several out in an element of class `tiles`.
#[component]
pub fn Tile(
    #[prop(into)] label: String,
    #[prop(into)] figure: String,
    #[prop(optional, into)] note: Option<String>,
) -> impl IntoView {
    view! {
        <div class="tile">
            <p class="tile-label">{label}</p>
            <p class="tile-figure">{figure}</p>
            {note.map(|note| view! { <p class="tile-note">{note}</p> })}
        </div>
    }
    .into_any()
}

/// One bar: its name, its size (any unit, negative counts as nothing) and the figure people read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    pub label: String,
    pub size: i64,
    pub figure: String,
}

impl Bar {
    pub fn new(label: impl Into<String>, size: i64, figure: impl Into<String>) -> Self {
        Self { label: label.into(), size, figure: figure.into() }
    }
}

/// Lying bars, longest filling the width. Each row carries its figure, so nothing hangs on the picture.
#[component]
pub fn BarChart(#[prop(into)] caption: String, bars: Vec<Bar>) -> impl IntoView {
    let largest = bars.iter().map(|bar| bar.size).max().unwrap_or(0);
    let rows: Vec<_> = bars
        .into_iter()
        .map(|bar| {
            let width = per_mille(bar.size, largest);
            view! {
                <tr>
                    <th scope="row">{bar.label}</th>
                    <td class="bar">
                        <svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
                            <rect width=width height="10"></rect>
                        </svg>
                    </td>
                    <td class="num">{bar.figure}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <table class="bars">
            <caption>{caption}</caption>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// Share of the largest, 0 to 1000.
fn per_mille(size: i64, largest: i64) -> i64 {
    if largest <= 0 {
        return 0;
    }
    i64::try_from(i128::from(size.max(0)) * 1000 / i128::from(largest)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_drawn_against_the_largest() {
        assert_eq!(per_mille(50, 200), 250);
        assert_eq!(per_mille(i64::MAX, i64::MAX), 1000);
        assert_eq!(per_mille(-5, 200), 0);
        assert_eq!(per_mille(5, 0), 0);
    }
}
