//! Plans and settlements: propose one for a debtor's debts, follow it, list them.

mod autopay;
mod build;
mod builder;
mod changes;
mod list;
mod show;
mod view;
mod words;

pub use build::{propose, show_builder};
pub use list::list;
pub use show::{act, show};

/// Where they are listed; each has its page below.
pub const ADDRESS: &str = "/console/convenios";
