//! Threads that wake each other with every statement stay on one core.
//!
//! The SQLite driver runs each connection on a thread of its own, and whoever writes waits for it
//! statement by statement. Across cores each waking is an interrupt to a core that sleeps: on a virtual
//! machine with two cores that was a third of the time of a posting (476 a second one by one, 725 on one
//! core; 1,117 and 1,755 side by side). There is one writer, so nothing runs side by side that would not
//! otherwise. Elsewhere than on Linux nothing is done.

/// Runs `work` on the core of the writer. Threads that are started meanwhile stay there.
pub fn by_the_writer<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{sched_getaffinity, sched_setaffinity};
        // What cannot be asked or set, such as in a sandbox, is only slower.
        let before = sched_getaffinity(None).ok();
        if let Some(core) = before.as_ref().and_then(last) {
            sched_setaffinity(None, &core).ok();
        }
        let done = work();
        if let Some(before) = before {
            sched_setaffinity(None, &before).ok();
        }
        done
    }
    #[cfg(not(target_os = "linux"))]
    work()
}

/// The last of the cores that the process may use: the first ones serve interrupts.
#[cfg(target_os = "linux")]
fn last(cores: &rustix::thread::CpuSet) -> Option<rustix::thread::CpuSet> {
    use rustix::thread::CpuSet;
    let core = (0..CpuSet::MAX_CPU).rev().find(|core| cores.is_set(*core))?;
    let mut one = CpuSet::new();
    one.set(core);
    Some(one)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::thread::sched_getaffinity;

    use super::by_the_writer;

    #[test]
    fn work_is_on_one_core_and_nothing_else_is() {
        let before = sched_getaffinity(None).unwrap();
        let (own, started) = by_the_writer(|| {
            let started = std::thread::spawn(|| sched_getaffinity(None).unwrap().count());
            (sched_getaffinity(None).unwrap().count(), started.join().unwrap())
        });
        assert_eq!((own, started), (1, 1));
        assert_eq!(sched_getaffinity(None).unwrap(), before);
    }
}
