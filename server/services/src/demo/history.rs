//! What happened to an account since it was placed: payments, promises, activities, plans.

use chrono::{Duration, NaiveDate};
use domain::account::{ActivityChannel, Balance, Disposition, PromiseStatus};
use domain::ids::{ActivityId, EntryId, PaymentId, PlanId, PromiseId};
use domain::ledger::{AllocationOrder, EntryHead, EntryKind, PaymentMethod, payment_entry};
use domain::money::{Currency, Money};

use super::accounts::{Builder, Fresh};
use super::book::{DemoActivity, DemoPayment, DemoPaymentPlan, DemoPromise};
use super::dice::share;

/// How many payments an account has seen, in per cent of accounts.
const PAYMENT_COUNTS: [(i64, i64); 6] = [(57, 0), (21, 1), (10, 2), (6, 3), (4, 4), (2, 6)];

const METHODS: [(i64, Option<PaymentMethod>); 4] = [
    (46, Some(PaymentMethod::Gateway)),
    (34, Some(PaymentMethod::BankTransfer)),
    (12, Some(PaymentMethod::OfficeCash)),
    (8, Some(PaymentMethod::FieldCash)),
];

/// Channel, disposition and note of ordinary activities.
type Contact = Option<(ActivityChannel, Disposition, Option<&'static str>)>;

const CONTACTS: [(i64, Contact); 12] = [
    (28, Some((ActivityChannel::Call, Disposition::NoAnswer, None))),
    (
        9,
        Some((
            ActivityChannel::Call,
            Disposition::CallBack,
            Some("Pide que le llamen después de la quincena."),
        )),
    ),
    (6, Some((ActivityChannel::Call, Disposition::WrongNumber, None))),
    (
        8,
        Some((
            ActivityChannel::Call,
            Disposition::ThirdParty,
            Some("Contestó otra persona; no se dio información."),
        )),
    ),
    (
        6,
        Some((
            ActivityChannel::Call,
            Disposition::CannotPay,
            Some("Dice que se quedó sin empleo; pide alternativas."),
        )),
    ),
    (3, Some((ActivityChannel::Call, Disposition::RefusesToPay, None))),
    (
        2,
        Some((
            ActivityChannel::Call,
            Disposition::Disputes,
            Some("No reconoce un cargo; se le pide aclaración por escrito."),
        )),
    ),
    (16, Some((ActivityChannel::Sms, Disposition::Note, None))),
    (10, Some((ActivityChannel::Email, Disposition::Note, None))),
    (7, Some((ActivityChannel::Whatsapp, Disposition::Note, None))),
    (3, Some((ActivityChannel::Letter, Disposition::Note, None))),
    (
        2,
        Some((
            ActivityChannel::Internal,
            Disposition::Note,
            Some("Se actualizó el domicilio con el recibo de luz."),
        )),
    ),
];

impl Builder {
    /// Lives through the account's time with us; gives what is owed at the end.
    pub fn live(&mut self, fresh: &Fresh) -> Balance {
        let mut balance = fresh.balance;
        let count = self.dice.weighted(&PAYMENT_COUNTS);
        let days = self.payment_days(fresh, count);
        let settles = count > 0 && fresh.may_settle && self.dice.chance(11);
        for (n, day) in days.iter().enumerate() {
            let amount = if settles && n + 1 == days.len() {
                balance.total_minor()
            } else {
                self.instalment(&balance, fresh.step)
            };
            if amount > 0 {
                balance = self.pay(fresh, balance, *day, Money::from_minor(amount, balance.currency()));
            }
        }
        self.contacts(fresh);
        if balance.total_minor() > 0 {
            self.look_ahead(fresh, &balance, days.last().copied());
        }
        balance
    }

    /// Days between placement and the book's date, in order; that day itself is still to be lived.
    fn payment_days(&mut self, fresh: &Fresh, count: i64) -> Vec<NaiveDate> {
        let span = (self.plan.as_of - fresh.placed_on).num_days();
        let mut days: Vec<_> =
            (0..count).map(|_| fresh.placed_on + Duration::days(self.dice.range(1, span))).collect();
        days.sort_unstable();
        days.dedup();
        days.retain(|day| *day < self.plan.as_of);
        days
    }

    /// A round part of the debt, as people pay.
    fn instalment(&mut self, balance: &Balance, step: i64) -> i64 {
        let part = share(balance.total_minor(), self.dice.range(600, 4_200), step);
        let round = if balance.currency() == Currency::COP { 1_000_000 } else { 5_000 };
        if part > round { part / round * round } else { part }
    }

    fn pay(&mut self, fresh: &Fresh, owed: Balance, day: NaiveDate, amount: Money) -> Balance {
        let method = self.dice.weighted(&METHODS).unwrap_or(PaymentMethod::Gateway);
        let recorded_at = self.dice.working_hour(day);
        let id = PaymentId(self.dice.id(recorded_at));
        let head = EntryHead {
            id: EntryId(self.dice.id(recorded_at)),
            account_id: fresh.account.id,
            kind: EntryKind::Payment,
            source: format!("payment:{id}"),
            effective_on: day,
            recorded_at,
        };
        let country = if owed.currency() == Currency::COP { "CO" } else { "MX" };
        let order = AllocationOrder::for_country(country);
        let posted = payment_entry(head, amount, method, &owed, &order)
            .and_then(|(entry, _)| Ok((entry.apply(owed)?, entry)));
        // A refused payment leaves the story without it.
        let Ok((after, entry)) = posted else { return owed };
        let recorded_by = self.payment_actor(method);
        self.payments.push(DemoPayment {
            id,
            account_id: fresh.account.id,
            debtor_id: fresh.account.debtor_id,
            entry_id: entry.id,
            method,
            amount,
            received_on: day,
            recorded_at,
            recorded_by,
        });
        self.entries.push(entry);
        if self.dice.chance(38) {
            self.kept_promise(fresh, day, amount);
        }
        after
    }

    fn payment_actor(&mut self, method: PaymentMethod) -> String {
        match method {
            PaymentMethod::Gateway => "system:gateway".to_owned(),
            _ => self.agent(),
        }
    }

    /// Some agent, as the audit trail names actors.
    fn agent(&mut self) -> String {
        let index = self.dice.range(0, i64::try_from(self.agents.len()).unwrap_or(1) - 1);
        let agent = usize::try_from(index).ok().and_then(|index| self.agents.get(index));
        agent.map_or_else(|| "system:demo".to_owned(), |id| format!("staff:{id}"))
    }

    fn kept_promise(&mut self, fresh: &Fresh, paid_on: NaiveDate, amount: Money) {
        let taken_on = paid_on - Duration::days(self.dice.range(1, 9));
        if taken_on > fresh.placed_on {
            let due_on = paid_on + Duration::days(self.dice.range(0, 2));
            let status = if due_on < self.plan.as_of { PromiseStatus::Kept } else { PromiseStatus::Open };
            if status == PromiseStatus::Kept {
                self.promise(fresh, taken_on, due_on, amount, status);
            }
        }
    }

    fn promise(
        &mut self,
        fresh: &Fresh,
        taken_on: NaiveDate,
        due_on: NaiveDate,
        amount: Money,
        status: PromiseStatus,
    ) {
        let taken_at = self.dice.working_hour(taken_on);
        let taken_by = self.agent();
        self.promises.push(DemoPromise {
            id: PromiseId(self.dice.id(taken_at)),
            account_id: fresh.account.id,
            amount,
            due_on,
            status,
            taken_at,
            taken_by: taken_by.clone(),
        });
        self.activities.push(DemoActivity {
            id: ActivityId(self.dice.id(taken_at)),
            account_id: fresh.account.id,
            at: taken_at,
            actor: taken_by,
            channel: ActivityChannel::Call,
            disposition: Disposition::PromiseTaken,
            note: None,
        });
    }

    /// Ordinary activities of the last months.
    fn contacts(&mut self, fresh: &Fresh) {
        let span = (self.plan.as_of - fresh.placed_on).num_days().min(90);
        let count = self.dice.range(0, 2 + span / 25);
        for _ in 0..count {
            let day = self.plan.as_of - Duration::days(self.dice.range(1, span));
            if day <= fresh.placed_on {
                continue;
            }
            let Some((channel, disposition, note)) = self.dice.weighted(&CONTACTS) else { continue };
            let at = self.dice.working_hour(day);
            let actor = match channel {
                ActivityChannel::Call | ActivityChannel::Internal => self.agent(),
                _ => "system:messages".to_owned(),
            };
            let id = ActivityId(self.dice.id(at));
            self.activities.push(DemoActivity {
                id,
                account_id: fresh.account.id,
                at,
                actor,
                channel,
                disposition,
                note,
            });
        }
    }

    /// Open and broken promises, and plans, of a debt that is still there.
    fn look_ahead(&mut self, fresh: &Fresh, balance: &Balance, last_payment: Option<NaiveDate>) {
        let as_of = self.plan.as_of;
        let known_days = (as_of - fresh.placed_on).num_days();
        let amount = Money::from_minor(
            share(balance.total_minor(), self.dice.range(1_500, 10_000), fresh.step).max(1),
            balance.currency(),
        );
        match self.dice.range(1, 100) {
            1..=12 if known_days >= 3 => {
                let taken = as_of - Duration::days(self.dice.range(1, known_days.min(10) - 1));
                let due = as_of + Duration::days(self.dice.range(1, 14));
                self.promise(fresh, taken, due, amount, PromiseStatus::Open);
            }
            13..=22 if known_days >= 12 && last_payment.is_none() => {
                let due = as_of - Duration::days(self.dice.range(2, (known_days - 8).min(45)));
                let taken = due - Duration::days(self.dice.range(1, 5));
                self.promise(fresh, taken, due, amount, PromiseStatus::Broken);
            }
            23..=26 if known_days >= 5 => self.payment_plan(fresh, balance),
            _ => {}
        }
    }

    /// Equal monthly instalments; the last takes what is left over.
    fn payment_plan(&mut self, fresh: &Fresh, balance: &Balance) {
        let as_of = self.plan.as_of;
        let made_on = as_of - Duration::days(self.dice.range(1, 4));
        let created_at = self.dice.working_hour(made_on);
        let count = self.dice.pick(&[3, 4, 6, 9, 12]);
        let total = balance.total_minor();
        let each = total / count / fresh.step * fresh.step;
        let first = as_of + Duration::days(self.dice.range(3, 20));
        let installments = (0..count)
            .map(|n| {
                let minor = if n + 1 == count { total - each * (count - 1) } else { each };
                let months = chrono::Months::new(u32::try_from(n).unwrap_or(0));
                (first + months, Money::from_minor(minor, balance.currency()))
            })
            .collect();
        let created_by = self.agent();
        let id = PlanId(self.dice.id(created_at));
        self.plans.push(DemoPaymentPlan {
            id,
            account_id: fresh.account.id,
            created_at,
            created_by,
            installments,
        });
    }
}
