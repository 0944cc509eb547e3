//! Cases of debtors: the queue by deadline, and one case with what can be done about it.

mod queue;
mod show;

pub use queue::list;
pub use show::{act, file, show};

pub const ADDRESS: &str = "/console/casos";
