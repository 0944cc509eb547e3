//! The WASM bundle: the islands of portal and console, nothing else.

// Linking the crate keeps its islands, which export themselves.
use app as _;

/// Called once by `boot.js` before it starts the islands of the page.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
