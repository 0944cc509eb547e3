//! What an arrangement says.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::account::{Balance, Component};
use crate::arrangement::schedule::{
    DownPayment, Frequency, PaymentRounding, PlanError, interest_free_plan, periods,
};
use crate::arrangement::{Concession, Discount, Settlement, SettlementError, settle};
use crate::money::{Decimal, Money, MoneyError, Rounding};
use crate::party::text_enum;

/// The whole debt by instalments, or less than the debt for the whole of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArrangementKind {
    Plan,
    Settlement,
}

text_enum!(ArrangementKind { Plan = "plan", Settlement = "settlement" });

/// When instalments fall due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleSpec {
    /// `count` equal instalments, the last absorbing the rest; one is a single payment.
    Regular { first_due_on: NaiveDate, every: Frequency, count: u32 },
    /// Dates and amounts as agreed; they come to what is to be paid after the down payment.
    Custom { installments: Vec<Due> },
}

/// So much, on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub due_on: NaiveDate,
    pub amount: Money,
}

/// What is paid before the instalments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownPaymentTerms {
    pub amount: DownPayment,
    pub due_on: NaiveDate,
}

/// When the discount reaches the books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenForgiven {
    /// When all is paid. The default: a broken settlement then needs no reversal, and until the
    /// money is there the creditor's claim stands whole in the books.
    #[default]
    OnCompletion,
    /// Payment by payment, in proportion; what was forgiven by a breach stays forgiven.
    Proportional,
    /// At acceptance; a breach takes it back.
    Upfront,
}

text_enum!(WhenForgiven { OnCompletion = "on_completion", Proportional = "proportional", Upfront = "upfront" });

/// The most the debtor pays in all, whatever the debt grows to meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cap {
    /// What the terms of the debt make grow is to be paid.
    #[default]
    Open,
    /// The price is fixed.
    Agreed,
    /// At most so many per cent above what was agreed.
    GrowthPercent(Decimal),
    Total(Money),
}

/// What happens when an instalment is missed beyond the grace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequence {
    /// Take back what was forgiven up front.
    pub reinstate: bool,
    pub charge: Option<BreachCharge>,
}

impl Default for Consequence {
    fn default() -> Self {
        Self { reinstate: true, charge: None }
    }
}

/// A charge for the breach, on the first debt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreachCharge {
    pub component: Component,
    pub amount: Money,
}

/// Where a payment in advance goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prepayment {
    /// It fills the next instalments.
    #[default]
    Next,
    /// It shortens the plan from its end.
    Last,
    /// It makes the instalments to come smaller.
    Reamortise,
}

text_enum!(Prepayment { Next = "next", Last = "last", Reamortise = "reamortise" });

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    #[default]
    OnAcceptance,
    /// Only when the down payment is there.
    OnDownPayment,
}

/// What both sides agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrangementTerms {
    pub kind: ArrangementKind,
    pub schedule: ScheduleSpec,
    pub down_payment: Option<DownPaymentTerms>,
    /// What is forgiven of each component; a component that is not named is forgiven nothing.
    #[serde(default)]
    pub concession: Vec<(Component, Discount)>,
    #[serde(default)]
    pub when_forgiven: WhenForgiven,
    #[serde(default)]
    pub cap: Cap,
    /// How many days an instalment may be late before the arrangement breaks.
    #[serde(default)]
    pub grace_days: u16,
    #[serde(default)]
    pub on_breach: Consequence,
    #[serde(default)]
    pub prepayment: Prepayment,
    #[serde(default)]
    pub activation: Activation,
    /// A change of the plan makes no instalment smaller than this; it drops the last ones.
    #[serde(default)]
    pub min_installment: Option<Money>,
}

/// The figures at the offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// What was owed on the day of the offer, by component, over all debts included.
    pub debt: Balance,
    pub forgiven: Vec<(Component, Money)>,
    pub to_pay: Money,
}

impl Agreed {
    /// What is forgiven in all.
    ///
    /// # Errors
    /// Overflow.
    pub fn forgiven_total(&self) -> Result<Money, MoneyError> {
        Money::sum(self.to_pay.currency(), self.forgiven.iter().map(|(_, part)| *part))
    }
}

/// Whether somebody above has to say yes, and who did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    #[default]
    NotNeeded,
    Needed {
        /// What is beyond the limits of whoever offered it.
        why: Vec<String>,
    },
    Given {
        by: String,
        at: DateTime<Utc>,
    },
}

/// Terms that make no arrangement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArrangementError {
    #[error("an arrangement needs at least one debt")]
    NoDebts,
    #[error("nothing is owed on the debts included; there is nothing to arrange")]
    NothingOwed,
    #[error("a plan forgives nothing; make it a settlement, or drop the discount")]
    PlanForgives,
    #[error("a settlement forgives something; give a discount, or make it a plan")]
    SettlementForgivesNothing,
    #[error("the discount leaves nothing to pay; forgive the debt instead of settling it")]
    NothingToPay,
    #[error("the first payment is due on {0}, before the offer on {1}; choose a later date")]
    DueBeforeOffer(NaiveDate, NaiveDate),
    #[error("the offer must be valid on the day it is made or longer; it would end on {0}")]
    ValidUntil(NaiveDate),
    #[error("the down payment is due on {down}, after the first instalment on {first}; put it before")]
    DownPaymentLate { down: NaiveDate, first: NaiveDate },
    #[error("an arrangement that starts with its down payment needs one")]
    NoDownPayment,
    #[error("the agreed instalments come to {found}, but {to_pay} is to be paid; correct one of them")]
    NotTheBalance { found: Money, to_pay: Money },
    #[error("the instalments must be positive and in the order of their dates; correct the one on {0}")]
    Disordered(NaiveDate),
    #[error("a grace of {0} days is too long; use at most {MAX_GRACE_DAYS}")]
    Grace(u16),
    #[error("the cap must not be below what is agreed, {0}")]
    Cap(Money),
    #[error("the charge for a breach must be positive")]
    Charge,
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Settlement(#[from] SettlementError),
    #[error(transparent)]
    Money(#[from] MoneyError),
}

const MAX_GRACE_DAYS: u16 = 366;
/// An offer is valid at most this long: nobody is held to a price for ever.
pub(super) const MAX_VALID_DAYS: u64 = 366;

impl ArrangementTerms {
    /// The figures for a debt.
    ///
    /// # Errors
    /// Nothing owed, or a discount that the debt does not bear.
    pub fn agree(&self, debt: &Balance) -> Result<Agreed, ArrangementError> {
        let owed = positive(debt)?;
        if !owed.total()?.is_positive() {
            return Err(ArrangementError::NothingOwed);
        }
        let settlement = self.settle(&owed)?;
        let forgiven: Vec<_> = settlement.forgiven.into_iter().filter(|(_, part)| !part.is_zero()).collect();
        match self.kind {
            ArrangementKind::Plan if !self.concession.is_empty() => {
                return Err(ArrangementError::PlanForgives);
            }
            ArrangementKind::Settlement if forgiven.is_empty() => {
                return Err(ArrangementError::SettlementForgivesNothing);
            }
            _ => {}
        }
        if !settlement.to_pay.is_positive() {
            return Err(ArrangementError::NothingToPay);
        }
        Ok(Agreed { debt: owed, forgiven, to_pay: settlement.to_pay })
    }

    pub(crate) fn settle(&self, debt: &Balance) -> Result<Settlement<Component>, SettlementError> {
        let concession = Concession::ByComponent(self.concession.clone());
        settle(debt.components().collect(), &concession, Rounding::HalfUp)
    }

    /// When `to_pay` falls due, for an offer made on `offered_on`.
    ///
    /// # Errors
    /// Dates or amounts that make no schedule.
    pub fn first_schedule(&self, to_pay: Money, offered_on: NaiveDate) -> Result<Vec<Due>, ArrangementError> {
        self.check(to_pay)?;
        let mut dues = Vec::new();
        let mut rest = to_pay;
        if let Some(down) = self.down_payment {
            let amount = down.amount.of(to_pay, &PaymentRounding::minor_unit(Rounding::HalfUp))?;
            rest = rest.sub(amount)?;
            if amount.is_positive() {
                dues.push(Due { due_on: down.due_on, amount });
            }
        }
        let installments = self.installments(rest)?;
        if let (Some(down), Some(first)) = (dues.first(), installments.first())
            && down.due_on > first.due_on
        {
            return Err(ArrangementError::DownPaymentLate { down: down.due_on, first: first.due_on });
        }
        for due in installments {
            // A down payment on the day of the first instalment is one payment.
            match dues.last_mut().filter(|last: &&mut Due| last.due_on == due.due_on) {
                Some(last) => last.amount = last.amount.add(due.amount)?,
                None => dues.push(due),
            }
        }
        match dues.first() {
            Some(first) if first.due_on < offered_on => {
                Err(ArrangementError::DueBeforeOffer(first.due_on, offered_on))
            }
            _ => Ok(dues),
        }
    }

    fn installments(&self, rest: Money) -> Result<Vec<Due>, ArrangementError> {
        match &self.schedule {
            ScheduleSpec::Regular { first_due_on, every, count } => {
                // Checked before anything is allocated for it.
                crate::arrangement::schedule::due_dates(*first_due_on, *every, *count, None)?;
                let dates: Vec<_> =
                    (0..*count).map(|number| every.after(*first_due_on, number)).collect::<Result<_, _>>()?;
                let before = first_due_on.pred_opt().ok_or(PlanError::BeyondCalendar)?;
                let plan = interest_free_plan(rest, &periods(before, &dates)?)?;
                let parts =
                    plan.installments.iter().map(|part| Due { due_on: part.due_on, amount: part.principal });
                Ok(parts.filter(|due| due.amount.is_positive()).collect())
            }
            ScheduleSpec::Custom { installments } => {
                let mut last = NaiveDate::MIN;
                for due in installments {
                    crate::calendar::check_date(due.due_on).map_err(PlanError::from)?;
                    if !due.amount.is_positive() || due.due_on <= last {
                        return Err(ArrangementError::Disordered(due.due_on));
                    }
                    last = due.due_on;
                }
                let found = Money::sum(rest.currency(), installments.iter().map(|due| due.amount))?;
                if found != rest {
                    return Err(ArrangementError::NotTheBalance { found, to_pay: rest });
                }
                Ok(installments.clone())
            }
        }
    }

    fn check(&self, to_pay: Money) -> Result<(), ArrangementError> {
        if self.grace_days > MAX_GRACE_DAYS {
            return Err(ArrangementError::Grace(self.grace_days));
        }
        if self.activation == Activation::OnDownPayment && self.down_payment.is_none() {
            return Err(ArrangementError::NoDownPayment);
        }
        if let Some(charge) = self.on_breach.charge
            && !charge.amount.is_positive()
        {
            return Err(ArrangementError::Charge);
        }
        if let Some(charge) = self.on_breach.charge {
            to_pay.add(charge.amount)?;
        }
        if self.cap.most(to_pay)?.is_some_and(|most| most < to_pay) {
            return Err(ArrangementError::Cap(to_pay));
        }
        Ok(())
    }

    /// How far instalments are apart, for one that has to be added.
    pub(crate) const fn frequency(&self) -> Frequency {
        match &self.schedule {
            ScheduleSpec::Regular { every, .. } => *every,
            ScheduleSpec::Custom { .. } => Frequency::MONTHLY,
        }
    }
}

impl Cap {
    /// The most to pay when `agreed` was agreed; none when it is open.
    ///
    /// # Errors
    /// Another currency, or overflow.
    pub fn most(&self, agreed: Money) -> Result<Option<Money>, MoneyError> {
        match self {
            Self::Open => Ok(None),
            Self::Agreed => Ok(Some(agreed)),
            Self::Total(total) => agreed.min(*total).map(|_| Some(*total)),
            Self::GrowthPercent(percent) => {
                let growth = Decimal::from_money(agreed).mul(*percent)?.div(Decimal::from(100))?;
                // Down: the cap is the most.
                Ok(Some(agreed.add(growth.to_money(agreed.currency(), Rounding::Down)?)?))
            }
        }
    }
}

/// A balance with what stands in the debtor's favour left out: that is not debt to arrange.
pub(crate) fn positive(balance: &Balance) -> Result<Balance, MoneyError> {
    balance
        .components()
        .filter(|(_, amount)| amount.is_negative())
        .try_fold(*balance, |sum, (component, _)| sum.with(component, Money::zero(balance.currency())))
}
