//! Drives the replica: feeds it what happens and does what it asks, one input at a time.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use leptos::prelude::*;
use replica::{Disk, Effect, Input, NewEvent, NotSaved, Replica, Reply, Request, Trouble, View};
use uuid::Uuid;
use wasm_bindgen_futures::spawn_local;

use crate::database::Db;
use crate::{http, phone};

const SYNC_LOCK: &str = "saldar-field-sync";
const WRITE_LOCK: &str = "saldar-field-write";

/// How the phone stands, beside what it shows.
#[allow(clippy::struct_excessive_bools, reason = "each is a separate fact that a screen shows")]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Status {
    /// The database was read; before that nothing is known.
    pub ready: bool,
    /// The database cannot be opened: nothing may be recorded.
    pub broken: bool,
    pub enrolled: bool,
    pub trouble: Option<Trouble>,
    pub syncing: bool,
    pub collector: String,
    pub organization: String,
    pub device_code: String,
    /// When the route was last fetched, by the phone's clock.
    pub pulled_ms: Option<i64>,
    /// The browser promised not to evict the database.
    pub persisted: Option<bool>,
}

/// What the screens read.
#[derive(Clone, Copy)]
pub struct Screens {
    pub view: RwSignal<View>,
    pub status: RwSignal<Status>,
}

type SaveAnswer = Result<Vec<String>, NotSaved>;
type EnrolAnswer = Result<(), Option<String>>;
/// Who waits for an answer.
type Waiting<T> = Box<dyn FnOnce(T)>;

struct Inner {
    db: Db,
    replica: RefCell<Replica>,
    inputs: RefCell<VecDeque<Input>>,
    running: Cell<bool>,
    /// Only one tab talks to the server: refresh tokens work once.
    leads: Cell<bool>,
    next_wake: Cell<Option<i64>>,
    saves: RefCell<HashMap<Uuid, Waiting<SaveAnswer>>>,
    enrolment: RefCell<Option<Waiting<EnrolAnswer>>>,
    persisted: Cell<Option<bool>>,
    ready: Cell<bool>,
    broken: Cell<bool>,
    screens: Screens,
}

/// A handle on the one engine of this tab.
#[derive(Clone)]
pub struct Engine(Rc<Inner>);

impl Engine {
    /// Starts: reads the disk, asks for the leading role and follows the phone's events.
    pub fn start(screens: Screens) -> Self {
        let engine = Self(Rc::new(Inner {
            db: Db::default(),
            replica: RefCell::new(Replica::new(Disk::default())),
            inputs: RefCell::default(),
            running: Cell::new(true),
            leads: Cell::new(false),
            next_wake: Cell::new(None),
            saves: RefCell::default(),
            enrolment: RefCell::default(),
            persisted: Cell::new(None),
            ready: Cell::new(false),
            broken: Cell::new(false),
            screens,
        }));
        let opening = engine.clone();
        spawn_local(async move {
            match opening.0.db.load().await {
                Some(disk) => *opening.0.replica.borrow_mut() = Replica::new(disk),
                None => opening.0.broken.set(true),
            }
            opening.0.ready.set(true);
            opening.0.running.set(false);
            opening.show();
            opening.run();
            opening.follow_events();
            opening.lead().await;
        });
        engine
    }

    async fn lead(&self) {
        let persisting = self.clone();
        spawn_local(async move {
            persisting.0.persisted.set(phone::persist_storage().await);
            persisting.show();
        });
        let guard = phone::lock(SYNC_LOCK).await;
        self.0.leads.set(true);
        self.look_again(false);
        // Held until the page goes away.
        std::mem::forget(guard);
    }

    fn follow_events(&self) {
        let engine = self.clone();
        phone::on_window("online", move || engine.look_again(true));
        let engine = self.clone();
        phone::on_document("visibilitychange", move || {
            if phone::is_visible() {
                engine.look_again(true);
            }
        });
    }

    /// Another tab may have written: read the disk, then sync. `now` ends any waiting.
    pub fn look_again(&self, now: bool) {
        let engine = self.clone();
        spawn_local(async move {
            let now_ms = phone::now_ms();
            if !engine.0.running.get()
                && let Some(disk) = engine.0.db.load().await
                && !engine.0.running.get()
            {
                engine.0.broken.set(false);
                engine.0.inputs.borrow_mut().push_back(Input::Reloaded { disk: Box::new(disk), now_ms });
            }
            if engine.0.leads.get() {
                let input = if now { Input::Online { now_ms } } else { Input::Wake { now_ms } };
                engine.0.inputs.borrow_mut().push_back(input);
            }
            engine.run();
        });
    }

    /// Records events; answers with their receipt numbers once they are on disk.
    pub fn record(&self, items: Vec<NewEvent>, answer: impl FnOnce(SaveAnswer) + 'static) {
        if let Some(first) = items.first() {
            self.0.saves.borrow_mut().insert(first.event_id, Box::new(answer));
        }
        self.feed(Input::Record { items, now_ms: phone::now_ms() });
    }

    /// Enrols this phone; answers with nothing, or the code of the refusal.
    pub fn enrol(&self, code: String, label: String, answer: impl FnOnce(EnrolAnswer) + 'static) {
        *self.0.enrolment.borrow_mut() = Some(Box::new(answer));
        self.feed(Input::Enrol { code, label, proposed_device: phone::new_id(), now_ms: phone::now_ms() });
    }

    fn feed(&self, input: Input) {
        self.0.inputs.borrow_mut().push_back(input);
        self.run();
    }

    fn run(&self) {
        if self.0.running.replace(true) {
            return;
        }
        let engine = self.clone();
        spawn_local(async move {
            loop {
                let input = engine.0.inputs.borrow_mut().pop_front();
                let Some(input) = input else { break };
                let effects = engine.0.replica.borrow_mut().step(input);
                for effect in effects {
                    engine.perform(effect).await;
                }
                engine.show();
            }
            engine.0.running.set(false);
        });
    }

    async fn perform(&self, effect: Effect) {
        match effect {
            Effect::Commit { ticket, set } => {
                let guard =
                    if set.expect_head.is_some() { Some(phone::lock(WRITE_LOCK).await) } else { None };
                let done = self.0.db.commit(&set).await;
                drop(guard);
                let now_ms = phone::now_ms();
                self.0.inputs.borrow_mut().push_back(match done {
                    Ok(()) => Input::Committed { ticket, now_ms },
                    Err(why) => Input::NotCommitted { ticket, why, now_ms },
                });
            }
            Effect::Reload => {
                // If the disk cannot be read now, the next try to write will tell.
                let known = self.0.db.load().await;
                let disk = Box::new(known.unwrap_or_else(|| self.0.replica.borrow().disk().clone()));
                self.0.inputs.borrow_mut().push_back(Input::Reloaded { disk, now_ms: phone::now_ms() });
            }
            Effect::Send { req, request } => self.send(req, request),
            Effect::WakeAt(at_ms) => self.wake_at(at_ms),
            Effect::Saved { event_ids, receipts } => self.answer_save(&event_ids, Ok(receipts)),
            Effect::NotSaved { event_ids, why } => self.answer_save(&event_ids, Err(why)),
            Effect::Enrolled => self.answer_enrolment(Ok(())),
            Effect::NotEnrolled { code } => self.answer_enrolment(Err(code)),
        }
    }

    fn send(&self, req: u64, request: Request) {
        // A tab that does not lead may still enrol; everything else waits for the one that does.
        if !self.0.leads.get() && !matches!(request, Request::Enrol(_)) {
            return;
        }
        let engine = self.clone();
        spawn_local(async move {
            let reply: Reply = http::send(&request).await;
            engine.feed(Input::Reply { req, reply, now_ms: phone::now_ms() });
        });
    }

    fn wake_at(&self, at_ms: i64) {
        if self.0.next_wake.get().is_some_and(|planned| planned <= at_ms) {
            return;
        }
        self.0.next_wake.set(Some(at_ms));
        let engine = self.clone();
        phone::after_ms(at_ms.saturating_sub(phone::now_ms()), move || {
            if engine.0.next_wake.get() == Some(at_ms) {
                engine.0.next_wake.set(None);
                engine.look_again(false);
            }
        });
    }

    fn answer_save(&self, event_ids: &[Uuid], answer: SaveAnswer) {
        let waiting = event_ids.first().and_then(|id| self.0.saves.borrow_mut().remove(id));
        // The screen must already see what it is told about.
        self.show();
        if let Some(tell) = waiting {
            tell(answer);
        }
    }

    fn answer_enrolment(&self, answer: EnrolAnswer) {
        let waiting = self.0.enrolment.borrow_mut().take();
        self.show();
        if let Some(tell) = waiting {
            tell(answer);
        }
    }

    fn show(&self) {
        let replica = self.0.replica.borrow();
        let disk = replica.disk();
        let session = disk.session.as_ref();
        let status = Status {
            ready: self.0.ready.get(),
            broken: self.0.broken.get(),
            enrolled: session.is_some(),
            trouble: replica.trouble(),
            syncing: self.0.leads.get() && replica.is_syncing(),
            collector: session.map(|s| s.collector_name.clone()).unwrap_or_default(),
            organization: session.map(|s| s.organization_name.clone()).unwrap_or_default(),
            device_code: session.map(|s| s.device_code.clone()).unwrap_or_default(),
            pulled_ms: disk.feed.pulled_ms,
            persisted: self.0.persisted.get(),
        };
        let view = View::of(disk);
        drop(replica);
        let screens = self.0.screens;
        if screens.status.with_untracked(|old| *old != status) {
            screens.status.set(status);
        }
        if screens.view.with_untracked(|old| *old != view) {
            screens.view.set(view);
        }
    }
}
