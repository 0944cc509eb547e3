//! Bank statements: reading one, the lines that wait for a person, and where transfers go.

mod details;
mod line;
mod list;

use leptos::prelude::*;
use services::bank::LineStatus;
use ui::prelude::*;

pub use details::{show as show_details, write as write_details};
pub use line::{act, show as show_line};
pub use list::{list, send};

pub const ADDRESS: &str = "/console/estados-de-cuenta";
pub const DETAILS: &str = "/console/datos-bancarios";
/// The largest statement with its form.
pub const UPLOAD_BYTES: usize = 16 * 1024 * 1024;

const fn status_label(status: LineStatus, lang: Lang) -> &'static str {
    match status {
        LineStatus::Posted => tr!(lang, "Registrado", "Posted"),
        LineStatus::Waiting => tr!(lang, "Por asignar", "To be assigned"),
        LineStatus::NotOurs => tr!(lang, "No es nuestro", "Not ours"),
        LineStatus::SeenBefore => tr!(lang, "Ya estaba registrado", "Posted before"),
        LineStatus::Payout => tr!(lang, "Depósito del proveedor de pagos", "Payout of the payment provider"),
    }
}

const fn status_tone(status: LineStatus) -> Tone {
    match status {
        LineStatus::Posted | LineStatus::SeenBefore | LineStatus::Payout => Tone::Success,
        LineStatus::Waiting => Tone::Info,
        LineStatus::NotOurs => Tone::Neutral,
    }
}

/// What the bank wrote, in one cell.
fn said(description: String, reference: String) -> impl IntoView {
    let reference = (!reference.is_empty()).then(|| view! { <br/><small>{reference}</small> });
    view! { {description}{reference} }
}
