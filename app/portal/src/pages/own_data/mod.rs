//! "My data": what is held, who looked at it, where one is signed in; taking it along, and having it
//! put right.

mod correct;
mod export;
mod parts;
mod show;

pub use correct::{ask as ask_correction, send as send_correction};
pub use export::{download, print};
pub use parts::point_kind;
pub use show::{end_others, end_session, show};

pub const ADDRESS: &str = "/mis-datos";
