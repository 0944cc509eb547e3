//! The pages, one question each.

pub mod cash;
pub mod enrol;
pub mod receipt;
pub mod settings;
pub mod stop;
pub mod today;
pub mod visit;

use replica::{StopView, View};
use uuid::Uuid;

/// The stop of an assignment.
fn find_stop(view: &View, id: Uuid) -> Option<StopView> {
    view.stops.iter().find(|s| s.stop.assignment_id == id).cloned()
}

/// What a form's field holds, trimmed.
fn typed(form: &web_sys::FormData, name: &str) -> String {
    let text = form.get(name).as_string().unwrap_or_default();
    domain::text::cover_cards(text.trim()).into_owned()
}
