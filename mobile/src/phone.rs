//! What the browser offers: time, randomness, locks, position, storage.

use std::cell::RefCell;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use domain::field::{NoFixReason, Position};
use js_sys::{Function, Promise, Reflect};
use uuid::Uuid;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// `navigator.locks.request`; throws where there are no locks.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = request)]
    fn request_lock(name: &str, callback: &JsValue) -> Result<Promise, JsValue>;
}

/// The phone's clock, Unix milliseconds.
#[allow(clippy::cast_possible_truncation, reason = "milliseconds are far below the limit")]
pub fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// The time of day and date of a moment in the phone's own zone: year, month (1 to 12), day, hour, minute.
pub fn local_parts(ms: i64) -> (i32, u32, u32, u32, u32) {
    #[allow(clippy::cast_precision_loss, reason = "milliseconds are far below the limit")]
    let date = js_sys::Date::new(&JsValue::from_f64(ms as f64));
    let year = i32::try_from(date.get_full_year()).unwrap_or(1970);
    (year, date.get_month().saturating_add(1), date.get_date(), date.get_hours(), date.get_minutes())
}

/// A new id, from the phone's clock and its random source.
pub fn new_id() -> Uuid {
    let mut random = [0_u8; 10];
    if let Some(crypto) = web_sys::window().and_then(|w| w.crypto().ok()) {
        // Without it the id still holds the clock; the browser always has it on a secure page.
        let _ = crypto.get_random_values_with_u8_array(&mut random);
    }
    let at = DateTime::<Utc>::from_timestamp_millis(now_ms()).unwrap_or_default();
    domain::ids::uuid_v7(at, random)
}

/// Held until dropped.
pub struct LockGuard {
    release: Option<Function>,
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

/// Waits for a lock that all tabs share. Where the browser has no locks the caller goes on without: the
/// database compares the chain's head by itself.
pub async fn lock(name: &str) -> LockGuard {
    let mut failed = false;
    let granted = Promise::new(&mut |granted, _| {
        let on_grant = Closure::once_into_js(move || {
            Promise::new(&mut |release, _| {
                let _ = granted.call1(&JsValue::NULL, &release);
            })
        });
        failed = request_lock(name, &on_grant).is_err();
    });
    if failed {
        return LockGuard { release: None };
    }
    let release = JsFuture::from(granted).await.ok().and_then(|value| value.dyn_into().ok());
    LockGuard { release }
}

/// Asks the browser not to evict the database; says whether it agreed.
pub async fn persist_storage() -> Option<bool> {
    let storage = web_sys::window()?.navigator().storage();
    if JsFuture::from(storage.persisted().ok()?).await.ok()?.as_bool() == Some(true) {
        return Some(true);
    }
    JsFuture::from(storage.persist().ok()?).await.ok()?.as_bool()
}

/// Whether the browser believes it has a network.
pub fn is_online() -> bool {
    web_sys::window().is_none_or(|w| w.navigator().on_line())
}

fn number(object: &JsValue, key: &str) -> Option<f64> {
    Reflect::get(object, &JsValue::from_str(key)).ok()?.as_f64()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "degrees and metres are small")]
fn fix_of(position: &JsValue) -> Option<Position> {
    let coords = Reflect::get(position, &JsValue::from_str("coords")).ok()?;
    Some(Position::Fix {
        lat_e7: (number(&coords, "latitude")? * 1e7).round() as i32,
        lng_e7: (number(&coords, "longitude")? * 1e7).round() as i32,
        accuracy_m: number(&coords, "accuracy")?.ceil() as u32,
        fix_ms: number(position, "timestamp")? as i64,
    })
}

fn reason_of(error: &JsValue) -> NoFixReason {
    match number(error, "code") {
        Some(1.0) => NoFixReason::Denied,
        Some(3.0) => NoFixReason::Timeout,
        _ => NoFixReason::Unavailable,
    }
}

/// Asks for a position and tells it once, or why there is none.
pub fn locate(tell: impl Fn(Position) + 'static) {
    let none = |reason| Position::None { reason };
    let Some(geolocation) = web_sys::window().and_then(|w| w.navigator().geolocation().ok()) else {
        return tell(none(NoFixReason::Unsupported));
    };
    let options = web_sys::PositionOptions::new();
    options.set_enable_high_accuracy(true);
    options.set_timeout(20_000);
    options.set_maximum_age(30_000);
    let tell = Rc::new(RefCell::new(Some(tell)));
    let told = Rc::clone(&tell);
    let on_fix = Closure::once_into_js(move |position: JsValue| {
        if let Some(tell) = tell.borrow_mut().take() {
            tell(fix_of(&position).unwrap_or(Position::None { reason: NoFixReason::Unavailable }));
        }
    });
    let on_error = Closure::once_into_js(move |error: JsValue| {
        if let Some(tell) = told.borrow_mut().take() {
            tell(Position::None { reason: reason_of(&error) });
        }
    });
    let _ = geolocation.get_current_position_with_error_callback_and_options(
        on_fix.unchecked_ref(),
        Some(on_error.unchecked_ref()),
        &options,
    );
}

/// Calls back once, after a time.
pub fn after_ms(ms: i64, callback: impl FnOnce() + 'static) {
    let callback = Closure::once_into_js(callback);
    let ms = i32::try_from(ms.clamp(0, 86_400_000)).unwrap_or(0);
    if let Some(window) = web_sys::window() {
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(callback.unchecked_ref(), ms);
    }
}

/// Calls back on every event of a name on the window; lives as long as the page.
pub fn on_window(name: &str, callback: impl FnMut() + 'static) {
    let callback = Closure::<dyn FnMut()>::new(callback);
    if let Some(window) = web_sys::window() {
        let _ = window.add_event_listener_with_callback(name, callback.as_ref().unchecked_ref());
    }
    callback.forget();
}

/// The same for the document.
pub fn on_document(name: &str, callback: impl FnMut() + 'static) {
    let callback = Closure::<dyn FnMut()>::new(callback);
    if let Some(document) = web_sys::window().and_then(|w| w.document()) {
        let _ = document.add_event_listener_with_callback(name, callback.as_ref().unchecked_ref());
    }
    callback.forget();
}

/// Whether the page can be seen.
pub fn is_visible() -> bool {
    web_sys::window()
        .and_then(|w| w.document())
        .is_none_or(|d| d.visibility_state() == web_sys::VisibilityState::Visible)
}

/// Sends a plain event to the page's scripts.
pub fn announce(name: &str) {
    if let (Some(window), Ok(event)) = (web_sys::window(), web_sys::Event::new(name)) {
        let _ = window.dispatch_event(&event);
    }
}

/// A small setting that may be lost without harm, such as the language.
pub fn remember(key: &str, value: &str) {
    if let Some(storage) = web_sys::window().and_then(|w| w.local_storage().ok().flatten()) {
        let _ = storage.set_item(key, value);
    }
}

/// Reads a small setting back.
pub fn recall(key: &str) -> Option<String> {
    web_sys::window()?.local_storage().ok()??.get_item(key).ok()?
}

/// Moves focus to the summary of what must be mended, once it is on the page.
pub fn focus_error_summary() {
    after_ms(0, || {
        let summary = web_sys::window()
            .and_then(|w| w.document())
            .and_then(|d| d.query_selector(".error-summary").ok().flatten())
            .and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(summary) = summary {
            let _ = summary.focus();
        }
        // The bar at the top would hide what the browser scrolls to.
        if let Some(window) = web_sys::window() {
            window.scroll_to_with_x_and_y(0.0, 0.0);
        }
    });
}
