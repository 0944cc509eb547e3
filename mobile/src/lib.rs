//! The field app: works all day without network and loses nothing.
//!
//! The rules of what is recorded and sent are in `replica`; here are the screens, the phone's database and the
//! requests.
#![recursion_limit = "256"]

mod app;
mod database;
mod engine;
mod http;
mod pages;
mod phone;
mod route;
mod words;

use wasm_bindgen::prelude::wasm_bindgen;

/// Starts the app in the page's body.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
