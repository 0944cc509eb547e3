//! The offline core of the field app, without any input or output of its own.
//!
//! A [`Replica`] is fed [`Input`]s and answers with [`Effect`]s. Whoever drives it (the browser, or a simulator)
//! writes to disk, talks to the server and tells the time. What the replica holds in memory follows the disk: it
//! changes only after a write was committed.

mod disk;
mod record;
mod replica;
#[cfg(test)]
mod sim;
mod sync;
mod view;

pub use disk::{Disk, DiskError, Feed, KeptEvent, Record, Session, Store, Write, WriteSet};
pub use record::{NewEvent, What};
pub use replica::{Effect, Input, NotCommitted, NotSaved, Replica, Reply, Request, Trouble};
pub use view::{OwnEvent, StopView, View};
