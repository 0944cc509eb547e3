//! What the browser adds: the keyboard. Everything it does can be done without it.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

/// Keys of the console: `/` goes to the search, `j` and `k` walk the rows of a table (Enter
/// opens, since a row's focus is its link), and a letter presses the element whose `data-key`
/// it is.
#[island]
pub fn Keys() -> impl IntoView {
    Effect::new(|_| {
        let handle = window_event_listener(ev::keydown, |event| {
            if press(&event).is_some() {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Does what the key stands for; `None` leaves the key to the browser.
fn press(event: &KeyboardEvent) -> Option<()> {
    let key = event.key();
    let palette = (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("k");
    if palette {
        return search();
    }
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    let typing =
        event.target().and_then(|target| target.dyn_into::<Element>().ok()).is_some_and(|e| writes(&e));
    if typing {
        return if key == "Escape" { leave() } else { None };
    }
    match key.as_str() {
        "/" => search(),
        "j" => walk(Element::next_element_sibling, "tbody tr a[data-row]"),
        "k" => walk(Element::previous_element_sibling, "tbody tr:last-child a[data-row]"),
        key if key.chars().count() == 1 => shortcut(key),
        _ => None,
    }
}

fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}

/// Whether keys typed here are text.
fn writes(element: &Element) -> bool {
    let quiet = ["checkbox", "radio", "submit", "button", "file"];
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => !element.get_attribute("type").is_some_and(|kind| quiet.contains(&kind.as_str())),
        _ => false,
    }
}

fn search() -> Option<()> {
    let field = find("#q")?.dyn_into::<HtmlInputElement>().ok()?;
    field.focus().ok()?;
    field.select();
    Some(())
}

fn leave() -> Option<()> {
    document().active_element()?.dyn_into::<HtmlElement>().ok()?.blur().ok()
}

/// Focuses the link of the row beside the focused one, or of the first of all.
fn walk(step: fn(&Element) -> Option<Element>, first: &str) -> Option<()> {
    let here = document().active_element().and_then(|element| element.closest("tbody tr").ok().flatten());
    let link = match here {
        Some(row) => step(&row)?.query_selector("a[data-row]").ok()??.dyn_into::<HtmlElement>().ok()?,
        None => find(first)?,
    };
    link.focus().ok()
}

/// Presses the element with this `data-key`; opening a `<details>` goes on to its first field.
fn shortcut(key: &str) -> Option<()> {
    if !key.chars().all(|c| c.is_ascii_lowercase() || c == '?') {
        return None;
    }
    let target = find(&format!("[data-key=\"{key}\"]"))?;
    let details = target.closest("details").ok().flatten().filter(|_| target.tag_name() == "SUMMARY");
    let Some(details) = details else {
        target.click();
        return Some(());
    };
    if !details.has_attribute("open") {
        target.click();
    }
    let field = details.query_selector("select, input:not([type=hidden]), textarea").ok()??;
    field.dyn_into::<HtmlElement>().ok()?.focus().ok()
}
