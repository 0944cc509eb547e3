//! Threads that wake each other with every statement stay on one core.
//!
//! The SQLite driver runs each connection on a thread of its own, and whoever writes waits for it
//! statement by statement. Across cores each waking is an interrupt to a core that sleeps: on a virtual
//! machine with two cores that was a third of the time of a posting (476 a second one by one, 725 with
//! the process on one core; 1,117 and 1,755 side by side). There is one writer, so nothing runs side by
//! side that would not otherwise. Elsewhere than on Linux nothing is done.

#[cfg(target_os = "linux")]
use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};

/// The core of one database's writer: that of whoever opened it, so that many databases spread.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    #[cfg(target_os = "linux")]
    core: Option<usize>,
}

impl Place {
    pub fn here() -> Self {
        Self {
            #[cfg(target_os = "linux")]
            core: Some(sched_getcpu()),
        }
    }

    /// Runs `work` there. Threads that are started meanwhile stay there.
    pub fn run<T>(self, work: impl FnOnce() -> T) -> T {
        #[cfg(target_os = "linux")]
        if let Some((core, before)) = self.core.zip(sched_getaffinity(None).ok()) {
            // What cannot be set, such as in a sandbox, is only slower.
            let mut one = CpuSet::new();
            one.set(core);
            sched_setaffinity(None, &one).ok();
            let done = work();
            sched_setaffinity(None, &before).ok();
            return done;
        }
        work()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::thread::sched_getaffinity;

    use super::Place;

    #[test]
    fn work_is_on_one_core_and_nothing_else_is() {
        let before = sched_getaffinity(None).unwrap();
        let (own, started) = Place::here().run(|| {
            let started = std::thread::spawn(|| sched_getaffinity(None).unwrap().count());
            (sched_getaffinity(None).unwrap().count(), started.join().unwrap())
        });
        assert_eq!((own, started), (1, 1));
        assert_eq!(sched_getaffinity(None).unwrap(), before);
        Place::default().run(|| assert_eq!(sched_getaffinity(None).unwrap(), before));
    }
}
