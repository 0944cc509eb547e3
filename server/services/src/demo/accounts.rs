//! The portfolio: who owes what to whom, since when.

use std::collections::HashMap;

use chrono::{Duration, NaiveDate};
use domain::access::Role;
use domain::account::{Account, Balance, Component};
use domain::ids::{AccountId, CreditorId, EntryId, PartyId, UserId};
use domain::ledger::{Entry, EntryHead, EntryKind, opening_entry};
use domain::money::{Currency, Money};

use super::book::{
    DemoAccount, DemoActivity, DemoAssignment, DemoBook, DemoCreditor, DemoOrganization, DemoPayment,
    DemoPaymentPlan, DemoPlan, DemoPromise, DemoUser, KnownDebtor,
};
use super::creditors::{CREDITORS, CreditorPlan, Product};
use super::dice::{Dice, share};
use super::people::People;
use super::places::City;
use super::staff::with_role;

/// How late an account is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lateness {
    #[default]
    NotYetDue,
    Early,
    Late,
    Residual,
    ChargedOff,
}

/// How a portfolio handed to an agency is usually spread, in per cent.
const SPREAD: [(i64, Lateness); 5] = [
    (11, Lateness::NotYetDue),
    (31, Lateness::Early),
    (27, Lateness::Late),
    (20, Lateness::Residual),
    (11, Lateness::ChargedOff),
];

/// What is to be made: one account.
pub struct Draft<'a> {
    pub creditor: &'a CreditorPlan,
    pub creditor_id: CreditorId,
    pub product: Product,
    pub debtor: PartyId,
    pub lateness: Lateness,
    /// Principal in whole pesos, when it is not to be random.
    pub principal: Option<i64>,
}

/// An account just made, with what its history needs.
pub struct Fresh {
    pub account: Account,
    pub placed_on: NaiveDate,
    pub balance: Balance,
    /// Amounts are whole multiples of this many minor units.
    pub step: i64,
    /// Known debtors always owe something, to try paying with.
    pub may_settle: bool,
}

/// Gathers the book piece by piece.
pub struct Builder {
    pub plan: DemoPlan,
    pub dice: Dice,
    pub people: People,
    pub agents: Vec<UserId>,
    pub collectors: Vec<UserId>,
    creditor_ids: Vec<CreditorId>,
    /// Where each debtor lives.
    pub homes: HashMap<PartyId, &'static str>,
    pub accounts: Vec<DemoAccount>,
    pub entries: Vec<Entry>,
    pub payments: Vec<DemoPayment>,
    pub promises: Vec<DemoPromise>,
    pub plans: Vec<DemoPaymentPlan>,
    pub activities: Vec<DemoActivity>,
    pub assignments: Vec<DemoAssignment>,
    pub known: Vec<KnownDebtor>,
}

impl Builder {
    pub fn new(plan: DemoPlan, dice: Dice, creditors: &[DemoCreditor], staff: &[DemoUser]) -> Self {
        Self {
            plan,
            dice,
            people: People::new(plan.made_at()),
            agents: with_role(staff, Role::Agent),
            collectors: with_role(staff, Role::FieldCollector),
            creditor_ids: creditors.iter().map(|creditor| creditor.id).collect(),
            homes: HashMap::new(),
            accounts: Vec::new(),
            entries: Vec::new(),
            payments: Vec::new(),
            promises: Vec::new(),
            plans: Vec::new(),
            activities: Vec::new(),
            assignments: Vec::new(),
            known: Vec::new(),
        }
    }

    /// The creditor with its id, by its place in the list.
    pub fn creditor(&self, index: usize) -> Option<(&'static CreditorPlan, CreditorId)> {
        Some((CREDITORS.get(index)?, *self.creditor_ids.get(index)?))
    }

    /// Random accounts until there are as many as planned.
    pub fn fill(&mut self) {
        let shares: Vec<(i64, usize)> = CREDITORS.iter().map(|c| c.share).zip(0..).collect();
        let mut last: Option<(PartyId, &'static str)> = None;
        while self.accounts.len() < usize::try_from(self.plan.accounts).unwrap_or(usize::MAX) {
            let index = self.dice.weighted(&shares);
            let Some((creditor, creditor_id)) = self.creditor(index) else { break };
            // Some debtors owe more than once.
            let again = last.filter(|(_, country)| *country == creditor.country && self.dice.chance(14));
            let debtor = match again {
                Some((debtor, _)) => debtor,
                None => self.new_debtor(creditor),
            };
            last = Some((debtor, creditor.country));
            let product = self.dice.weighted(creditor.products);
            let lateness = self.dice.weighted(&SPREAD);
            let draft = Draft { creditor, creditor_id, product, debtor, lateness, principal: None };
            self.add(draft);
        }
    }

    fn new_debtor(&mut self, creditor: &CreditorPlan) -> PartyId {
        let city: City = self.dice.weighted(creditor.cities);
        let debtor = self.people.debtor(&mut self.dice, &city);
        self.homes.insert(debtor, city.name);
        debtor
    }

    /// Makes an account with its history.
    pub fn add(&mut self, draft: Draft<'_>) {
        if let Some(fresh) = self.open(&draft) {
            let guarantor = self.guarantor(&draft);
            let consent_channels =
                self.dice.pick(&["email sms", "email whatsapp call", "sms call", "email", ""]);
            let rate = (draft.product.rate > 0).then(|| draft.product.rate.to_string());
            let balance = self.live(&fresh);
            self.accounts.push(DemoAccount {
                account: fresh.account,
                balance,
                annual_rate_pct: rate,
                guarantor,
                consent_channels,
            });
        }
    }

    fn guarantor(&mut self, draft: &Draft<'_>) -> Option<PartyId> {
        if draft.product.installments < 12 || !self.dice.chance(9) {
            return None;
        }
        let city: City = self.dice.weighted(draft.creditor.cities);
        Some(self.people.guarantor(&mut self.dice, &city))
    }

    /// The account and its opening entry.
    fn open(&mut self, draft: &Draft<'_>) -> Option<Fresh> {
        let as_of = self.plan.as_of;
        let days = self.days_past_due(draft.lateness);
        let due_on = as_of - Duration::days(days);
        let placed_on = as_of - Duration::days(self.dice.range(1, (days - 2).clamp(2, 240)));
        let placed_at = self.dice.working_hour(placed_on);
        let off_after = self.dice.range(150, 200);
        let charged_off_on =
            (draft.lateness == Lateness::ChargedOff).then(|| due_on + Duration::days(off_after));
        let number = self.accounts.len() + 1;
        let id = AccountId(self.dice.id(placed_at));
        let total = draft.product.installments;
        let unpaid = self.dice.range(1, (days / 30 + 1).clamp(1, total.max(1)));
        let count = |n: i64| (total > 0).then(|| i32::try_from(n).unwrap_or(1));
        let account = Account {
            id,
            creditor_id: draft.creditor_id,
            debtor_id: draft.debtor,
            external_id: format!("{}-{:07}", draft.creditor.prefix, 4_000_000 + number),
            currency: draft.creditor.currency.parse().ok()?,
            product: Some(draft.product.name.to_owned()),
            credit_type: Some(draft.product.credit_type.to_owned()),
            opened_on: Some(due_on - Duration::days(self.dice.range(90, 1_400))),
            due_on,
            charged_off_on,
            installments_total: count(total),
            installments_unpaid: count(unpaid),
        };
        // Colombian creditors bill whole pesos.
        let step = if account.currency == Currency::COP { 100 } else { 1 };
        let balance = self.opening(draft, account.currency, days, step)?;
        let head = EntryHead {
            id: EntryId(self.dice.id(placed_at)),
            account_id: id,
            kind: EntryKind::Opening,
            source: format!("import:{}:{}", draft.creditor.code, account.external_id),
            effective_on: placed_on,
            recorded_at: placed_at,
        };
        self.entries.push(opening_entry(head, &balance).ok()?);
        let may_settle = draft.principal.is_none();
        Some(Fresh { account, placed_on, balance, step, may_settle })
    }

    fn days_past_due(&mut self, lateness: Lateness) -> i64 {
        match lateness {
            Lateness::NotYetDue => -self.dice.range(1, 20),
            Lateness::Early => self.dice.range(1, 30),
            Lateness::Late => self.dice.range(31, 90),
            // Most are young: two draws, the smaller counts.
            Lateness::Residual => self.dice.range(91, 420).min(self.dice.range(91, 420)),
            Lateness::ChargedOff => self.dice.range(201, 1_500).min(self.dice.range(201, 1_500)),
        }
    }

    /// What is owed when the account is placed, component by component.
    fn opening(&mut self, draft: &Draft<'_>, currency: Currency, days: i64, step: i64) -> Option<Balance> {
        let Product { low, high, rate, late_charge, taxed, .. } = draft.product;
        let cents = currency.minor_per_major();
        // Two draws, the smaller counts: small debts are more frequent than large ones.
        let random =
            self.dice.range(low * cents, high * cents).min(self.dice.range(low * cents, high * cents));
        let principal = draft.principal.map_or(random / step * step, |pesos| pesos * cents);
        let late = days.clamp(0, 720);
        let interest = share(principal, rate * (30 + late.min(90)) * 100 / 360, step);
        let default_interest = share(principal, rate * 15 / 10 * late * 100 / 360 / 2, step);
        let charges = if late > 0 { late_charge * cents * (late / 30 + 1).min(6) } else { 0 };
        let costs = if late > 90 { share(principal, 400, step) } else { 0 };
        let tax = if taxed { share(interest + default_interest, 1_600, step) } else { 0 };
        let parts = [
            (Component::Principal, principal),
            (Component::Interest, interest),
            (Component::DefaultInterest, default_interest),
            (Component::LateCharge, charges),
            (Component::CollectionCost, costs),
            (Component::Tax, tax),
        ];
        parts.into_iter().try_fold(Balance::zero(currency), |balance, (component, minor)| {
            balance.with(component, Money::from_minor(minor, currency)).ok()
        })
    }

    pub fn finish(
        self,
        organization: DemoOrganization,
        creditors: Vec<DemoCreditor>,
        staff: Vec<DemoUser>,
    ) -> DemoBook {
        DemoBook {
            made_at: self.plan.made_at(),
            as_of: self.plan.as_of,
            organization,
            creditors,
            staff,
            parties: self.people.parties,
            contact_points: self.people.contact_points,
            accounts: self.accounts,
            entries: self.entries,
            payments: self.payments,
            promises: self.promises,
            plans: self.plans,
            activities: self.activities,
            assignments: self.assignments,
            known_debtors: self.known,
        }
    }
}
