//! Files between check and confirmation. They wait in memory, so that what is written is to
//! the byte what was checked; a restart forgets them and the person chooses the file again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use domain::ids::UserId;

/// How long a check may wait for its confirmation.
const MINUTES: i64 = 30;
/// What all waiting files together may hold.
const BYTES: usize = 256 * 1024 * 1024;

/// A file as it was sent, with all that is needed to import it.
#[derive(Clone, Debug)]
pub struct Upload {
    pub by: UserId,
    pub creditor_code: String,
    pub file_name: String,
    pub bytes: Vec<u8>,
    pub mapping: Option<String>,
}

impl Upload {
    pub const fn of(by: UserId) -> Self {
        Self { by, creditor_code: String::new(), file_name: String::new(), bytes: Vec::new(), mapping: None }
    }
}

#[derive(Debug)]
struct Waiting {
    token: String,
    since: DateTime<Utc>,
    upload: Arc<Upload>,
}

/// The waiting files of this process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Uploads(Arc<Mutex<VecDeque<Waiting>>>);

impl Uploads {
    /// Keeps a file under `token`; the oldest make room.
    pub fn keep(&self, token: &str, upload: Upload, now: DateTime<Utc>) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push_back(Waiting { token: token.to_owned(), since: now, upload: Arc::new(upload) });
        forget_old(&mut waiting, now);
    }

    /// The file under `token`, for whoever sent it. It stays, so that a double click confirms
    /// the same import twice instead of failing.
    pub fn find(&self, token: &str, by: UserId, now: DateTime<Utc>) -> Option<Arc<Upload>> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        forget_old(&mut waiting, now);
        let found = waiting.iter().find(|item| item.token == token && item.upload.by == by)?;
        Some(Arc::clone(&found.upload))
    }
}

fn forget_old(waiting: &mut VecDeque<Waiting>, now: DateTime<Utc>) {
    waiting.retain(|item| now - item.since < Duration::minutes(MINUTES));
    while waiting.len() > 1 && waiting.iter().map(|item| item.upload.bytes.len()).sum::<usize>() > BYTES {
        waiting.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn upload(by: u128, size: usize) -> Upload {
        Upload { bytes: vec![0; size], ..Upload::of(UserId(Uuid::from_u128(by))) }
    }

    #[test]
    fn a_file_waits_for_its_sender_only_and_not_for_ever() {
        let uploads = Uploads::default();
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let (me, other) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        uploads.keep("a", upload(1, 3), now);
        assert!(uploads.find("a", me, now).is_some());
        assert!(uploads.find("a", other, now).is_none());
        assert!(uploads.find("b", me, now).is_none());
        assert!(uploads.find("a", me, now + Duration::minutes(MINUTES)).is_none());
    }

    #[test]
    fn the_oldest_make_room() {
        let uploads = Uploads::default();
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let me = UserId(Uuid::from_u128(1));
        uploads.keep("old", upload(1, BYTES / 2 + 1), now);
        uploads.keep("new", upload(1, BYTES / 2 + 1), now);
        assert!(uploads.find("old", me, now).is_none());
        assert!(uploads.find("new", me, now).is_some());
    }
}
