//! What portal and console share on the server: who visits and in which language, forms, the
//! page around a view, and errors as pages.
//!
//! A handler reads like this: extract the visitor, call one use case, render a component with
//! what came back. Pages hold no query and no rule.

mod cookie;
mod error;
mod form;
mod page;
mod upload;
mod visitor;

pub use cookie::{DEBTOR_COOKIE, STAFF_COOKIE, clear_cookie, session_cookie};
pub use error::PageError;
pub use form::{Form, form_state};
pub use page::{Page, Surface, see_other};
pub use upload::{SentFile, Upload, attachment};
pub use visitor::{Debtor, Staff, Visitor};
