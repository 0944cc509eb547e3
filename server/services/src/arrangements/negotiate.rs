//! What a debtor is offered, what becomes of what the debtor proposes, and the offer made of it.
//!
//! Each answer is kept with the version of the policy that gave it. An offer that was told is an
//! offer: it can be taken until its day, also when the policy has changed since.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, ActorKind, Permission};
use domain::account::{Account, Balance};
use domain::arrangement::negotiation::{
    Affordability, Deal, Decision, Menu, Proposal, ProposalError, Reason, affordable, negotiate, offers,
};
use domain::arrangement::{Arrangement, ArrangementStatus, Offer, OfferPolicy, OfferSubject};
use domain::ids::{AccountId, ArrangementId, PartyId};
use domain::text::Say;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::entities::negotiations as rows;
use store::{StoreError, Tx, accounts, arrangements, negotiations};
use uuid::Uuid;

use super::offer::subject;
use super::policy::PolicyVersion;
use super::refusal::bad_terms;
use crate::{ServiceError, ServiceResult, Services};

/// What is asked for a debt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// A published offer as it is told, by its name.
    Offer(String),
    Proposal(Proposal),
    /// Whatever one can pay, from income and expenses of a month.
    Household {
        household: Affordability,
        first_on: NaiveDate,
    },
}

#[derive(Clone, Debug)]
pub struct NewNegotiation {
    /// Idempotency: a form carries it, so that sending it twice asks once.
    pub id: Uuid,
    pub account_id: AccountId,
    pub ask: Ask,
    /// `portal`, `console`, `field`. Recorded, and without influence on the answer.
    pub surface: &'static str,
}

/// What is offered before anybody asks.
#[derive(Clone, Debug)]
pub struct Offers {
    pub deals: Vec<Deal>,
    pub policy_version: i32,
    /// The rule that holds; none when a person has to decide.
    pub rule: Option<String>,
    /// An agreement that runs on this debt: there is nothing to negotiate beside it.
    pub running: Option<ArrangementId>,
    pub today: NaiveDate,
}

/// One question with its answer.
#[derive(Clone, Debug)]
pub struct Negotiation {
    pub id: Uuid,
    pub account_id: AccountId,
    pub debtor_id: PartyId,
    pub surface: String,
    pub asked_by: String,
    pub asked_at: DateTime<Utc>,
    pub on: NaiveDate,
    pub policy_version: i32,
    pub rule: String,
    pub debt: Balance,
    pub ask: Ask,
    pub decision: Decision,
    pub arrangement_id: Option<ArrangementId>,
    /// What a person answered, where one had to.
    pub answered: Option<Answered>,
}

/// A person's answer to a proposal.
#[derive(Clone, Debug)]
pub struct Answered {
    pub at: DateTime<Utc>,
    pub by: String,
    /// Why not; none when an offer was made of it.
    pub declined: Option<String>,
}

impl Negotiation {
    /// The deals that it can end in.
    pub fn deals(&self) -> &[Deal] {
        match &self.decision {
            Decision::Accepted { deal } => std::slice::from_ref(deal),
            Decision::Countered { deals, .. } => deals,
            Decision::Referred { .. } => &[],
        }
    }

    pub(super) fn read(row: rows::Model) -> ServiceResult<Self> {
        let bad = || StoreError::bad_row("negotiations", row.id);
        let answered = row.answered_at.zip(row.answered_by);
        Ok(Self {
            answered: answered.map(|(at, by)| Answered { at, by, declined: row.answer }),
            debt: serde_json::from_str(&row.debt).map_err(bad())?,
            ask: serde_json::from_str(&row.ask).map_err(bad())?,
            decision: serde_json::from_str(&row.decision).map_err(bad())?,
            id: row.id,
            account_id: AccountId(row.account_id),
            debtor_id: PartyId(row.debtor_id),
            surface: row.surface,
            asked_by: row.asked_by,
            asked_at: row.asked_at,
            on: row.on_date,
            policy_version: row.policy_version,
            rule: row.rule,
            arrangement_id: row.arrangement_id.map(ArrangementId),
        })
    }
}

/// The debt as the policy sees it today.
pub(super) struct Table {
    account: Account,
    debt: Balance,
    version: i32,
    rule: Option<String>,
    menu: Menu,
    today: NaiveDate,
}

/// Proposals of a debtor for one debt in one day that are answered by rule. After them a person helps
/// better; and whoever probes by machine gets tired of it.
pub const PROPOSALS_A_DAY: u64 = 10;

/// Lines of the list of negotiations.
const LIST: u64 = 200;

impl Services {
    /// What is offered for a debt, to its debtor and to staff who may offer: the same to both.
    ///
    /// # Errors
    /// `Denied`; `NotFound`, also for debts of others.
    pub async fn offers_for(&self, actor: &Actor, id: AccountId) -> ServiceResult<Offers> {
        let db = self.db.read();
        let table = self.table(db, actor, id).await?;
        let running = self.running(db, actor, id).await?;
        let owes = table.debt.total_minor() > 0;
        let deals = if owes && running.is_none() { table.deals()? } else { Vec::new() };
        Ok(Offers { deals, policy_version: table.version, rule: table.rule, running, today: table.today })
    }

    /// Answers, and keeps question and answer.
    ///
    /// # Errors
    /// `Denied`; `NotFound`, also for debts of others; `Invalid` for what makes no sense, and when an
    /// agreement runs already.
    pub async fn negotiate(&self, actor: &Actor, new: NewNegotiation) -> ServiceResult<Negotiation> {
        let org = actor.organization_id;
        let tx = self.begin().await?;
        arrangements::lock_debts(&tx, org, &[new.account_id]).await?;
        if let Some(known) = negotiations::find(&tx, org, new.id).await? {
            return readable(actor, known);
        }
        let table = self.table(&tx, actor, new.account_id).await?;
        self.refuse_second(&tx, actor, &[new.account_id], ArrangementId(new.id)).await?;
        let mut decision = table.answer(&new.ask)?;
        if let Some(often) = self.too_often(&tx, actor, &new, table.today).await? {
            match often {
                Often::Told(known) => return Negotiation::read(known),
                Often::Now => decision = Decision::Referred { reasons: vec![Reason::Often] },
            }
        }
        let outcome = match &decision {
            Decision::Accepted { .. } => "accepted",
            Decision::Countered { .. } => "countered",
            Decision::Referred { .. } => "referred",
        };
        let text = |value: serde_json::Result<String>| {
            value.map_err(|error| ServiceError::Outside { part: "negotiation", cause: error.to_string() })
        };
        let row = rows::Model {
            organization_id: org.0,
            id: new.id,
            debtor_id: table.account.debtor_id.0,
            account_id: new.account_id.0,
            surface: new.surface.to_owned(),
            asked_by: actor.audit_name(),
            asked_at: self.now(),
            on_date: table.today,
            policy_version: table.version,
            rule: table.rule.unwrap_or_default(),
            debt: text(serde_json::to_string(&table.debt))?,
            ask: text(serde_json::to_string(&new.ask))?,
            outcome: outcome.to_owned(),
            decision: text(serde_json::to_string(&decision))?,
            arrangement_id: None,
            answered_at: None,
            answered_by: None,
            answer: None,
        };
        negotiations::insert(&tx, row.clone()).await?;
        let details = json!({ "negotiation": new.id, "outcome": outcome, "policy": table.version });
        self.audit(&tx, actor, "negotiation.answered", format!("account:{}", new.account_id), details)
            .await?;
        tx.commit().await?;
        Negotiation::read(row)
    }

    /// A question with its answer, for its debtor and for staff.
    ///
    /// # Errors
    /// `Denied`; `NotFound`, also for those of others.
    pub async fn negotiation(&self, actor: &Actor, id: Uuid) -> ServiceResult<Negotiation> {
        let row = negotiations::find(self.db.read(), actor.organization_id, id).await?;
        readable(actor, row.ok_or(ServiceError::NotFound)?)
    }

    /// The newest negotiations in which a person has to take over.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn referred_negotiations(&self, actor: &Actor) -> ServiceResult<Vec<Negotiation>> {
        actor.require(Permission::ArrangementOffer)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let rows = negotiations::unanswered(db, org, "referred", LIST).await?;
        rows.into_iter().map(Negotiation::read).collect()
    }

    /// Makes an offer of one of the deals, for the debtor to accept. Taking twice is taking once.
    ///
    /// # Errors
    /// `Denied`; `NotFound`, also for those of others; `Invalid` for a deal that was not told, is past
    /// its day, or has nothing left to pay.
    pub async fn take_deal(&self, actor: &Actor, id: Uuid, deal: usize) -> ServiceResult<ArrangementId> {
        let org = actor.organization_id;
        let today = self.today(org).await?;
        let found = self.negotiation(actor, id).await?;
        let tx = self.begin().await?;
        arrangements::lock_debts(&tx, org, &[found.account_id]).await?;
        let row = negotiations::find(&tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        if let Some(made) = row.arrangement_id {
            return Ok(ArrangementId(made));
        }
        self.refuse_second(&tx, actor, &[found.account_id], ArrangementId(id)).await?;
        let deal = found.deals().get(deal).ok_or_else(|| {
            told(
                "deal",
                "Elige una de las opciones.",
                "Choose one of the options.",
                "Escolha uma das opções.",
            )
        })?;
        let first = deal.schedule.first().map(|due| due.due_on);
        if deal.valid_until < today || first.is_none_or(|first| first < today) {
            return Err(told(
                "deal",
                "Esta oferta ya pasó de fecha. Vuelve a las ofertas de tu deuda para ver las de hoy.",
                "This offer is past its day. Go back to the offers for your debt to see today's.",
                "Esta oferta já passou da data. Volte às ofertas da sua dívida para ver as de hoje.",
            ));
        }
        let table = self.table(&tx, actor, found.account_id).await?;
        if table.debt.total_minor() <= 0 {
            return Err(bad_proposal(&ProposalError::NothingOwed, "deal"));
        }
        let offer = Offer {
            id: ArrangementId(self.new_id()),
            debtor_id: found.debtor_id,
            debts: vec![(found.account_id, found.debt)],
            offered_on: found.on,
            offered_by: actor.audit_name(),
            valid_until: Some(deal.valid_until),
        };
        let offer = Arrangement::offer(offer, deal.terms.clone()).map_err(bad_terms)?;
        arrangements::insert(&tx, org, &offer, self.now()).await?;
        negotiations::set_arrangement(&tx, org, id, offer.id).await?;
        let details = json!({
            "kind": offer.terms.kind,
            "debts": [found.account_id],
            "to_pay": offer.agreed.to_pay.minor(),
            "currency": offer.agreed.to_pay.currency(),
            "negotiation": id,
            "policy": found.policy_version,
        });
        self.audit(&tx, actor, "arrangement.offered", format!("arrangement:{}", offer.id), details).await?;
        tx.commit().await?;
        Ok(offer.id)
    }

    /// Has the debtor proposed so often today that a person takes over? Published offers can always be
    /// chosen, and what the same form asked before keeps its answer.
    async fn too_often(
        &self,
        tx: &Tx,
        actor: &Actor,
        new: &NewNegotiation,
        today: NaiveDate,
    ) -> ServiceResult<Option<Often>> {
        let is_debtor = matches!(actor.kind, ActorKind::Debtor { .. });
        if !is_debtor || matches!(new.ask, Ask::Offer(_)) {
            return Ok(None);
        }
        let (org, account, by) = (actor.organization_id, new.account_id, actor.audit_name());
        if negotiations::asked_on(tx, org, account, &by, today).await? < PROPOSALS_A_DAY {
            return Ok(None);
        }
        // One line a day waits for a person, however often a machine asks.
        let referred = negotiations::referred_on(tx, org, account, &by, today).await?;
        let told = referred.into_iter().find(|row| row.decision.contains("\"often\""));
        Ok(Some(told.map_or(Often::Now, Often::Told)))
    }

    async fn table(&self, db: &impl ConnectionTrait, actor: &Actor, id: AccountId) -> ServiceResult<Table> {
        let org = actor.organization_id;
        let account = accounts::find(db, org, id).await?.ok_or(ServiceError::NotFound)?;
        may_negotiate(actor, account.debtor_id)?;
        let today = self.today(org).await?;
        let owed = self.owed_on(db, actor, &[id], today).await?;
        let debt = owed.first().map(|(_, debt)| *debt).ok_or(ServiceError::NotFound)?;
        let saved = self.offer_policy_in(db, actor).await?;
        let subject = subject(&owed, debt.total()?, today);
        Ok(Table::of(account, debt, &saved.policy, saved.version, &subject, today))
    }

    /// What [`Services::offers_for`] tells, within the caller's transaction.
    pub(crate) async fn deals_for(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
        id: AccountId,
    ) -> ServiceResult<Vec<Deal>> {
        let table = self.table(db, actor, id).await?;
        let is_free = table.debt.total_minor() > 0 && self.running(db, actor, id).await?.is_none();
        if is_free { table.deals() } else { Ok(Vec::new()) }
    }

    /// The same for a debt and a policy that were read already.
    pub(crate) async fn deals_under(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
        policy: &PolicyVersion,
        (account, debt): (Account, Balance),
        today: NaiveDate,
    ) -> ServiceResult<Vec<Deal>> {
        if debt.total_minor() <= 0 || self.running(db, actor, account.id).await?.is_some() {
            return Ok(Vec::new());
        }
        let owed = [(account, debt)];
        let subject = subject(&owed, debt.total()?, today);
        let [(account, _)] = owed;
        Table::of(account, debt, &policy.policy, policy.version, &subject, today).deals()
    }

    async fn running(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
        id: AccountId,
    ) -> ServiceResult<Option<ArrangementId>> {
        let statuses = [ArrangementStatus::Accepted, ArrangementStatus::Active];
        let found = arrangements::of_account(db, actor.organization_id, id, &statuses).await?;
        Ok(found.first().copied())
    }
}

enum Often {
    /// It was told today already.
    Told(rows::Model),
    Now,
}

impl Table {
    /// The one way from a policy to what is offered: for the portal, for staff, and for trying a policy.
    pub(super) fn of(
        account: Account,
        debt: Balance,
        policy: &OfferPolicy,
        version: i32,
        subject: &OfferSubject,
        today: NaiveDate,
    ) -> Self {
        let rule = policy.rule(subject);
        let menu = rule.map(|rule| rule.published.clone()).unwrap_or_default();
        Self { account, debt, version, rule: rule.map(|rule| rule.name.clone()), menu, today }
    }

    /// What is told before anybody proposes anything.
    pub(super) fn deals(&self) -> ServiceResult<Vec<Deal>> {
        offers(&self.menu, &self.debt, self.today).map_err(|error| bad_proposal(&error, ""))
    }

    fn answer(&self, ask: &Ask) -> ServiceResult<Decision> {
        let Self { menu, debt, today, .. } = self;
        match ask {
            Ask::Proposal(proposal) => {
                negotiate(menu, debt, proposal, *today).map_err(|error| bad_proposal(&error, "total"))
            }
            Ask::Household { household, first_on } => affordable(menu, debt, household, *first_on, *today)
                .map_err(|error| bad_proposal(&error, "income")),
            Ask::Offer(name) => {
                let deals = offers(menu, debt, *today).map_err(|error| bad_proposal(&error, "offer"))?;
                let deal = deals.into_iter().find(|deal| deal.offer == *name);
                Ok(deal.map_or_else(
                    || Decision::Referred { reasons: vec![Reason::NoOffers] },
                    |deal| Decision::Accepted { deal },
                ))
            }
        }
    }
}

fn readable(actor: &Actor, row: rows::Model) -> ServiceResult<Negotiation> {
    may_negotiate(actor, PartyId(row.debtor_id))?;
    Negotiation::read(row)
}

fn may_negotiate(actor: &Actor, debtor: PartyId) -> ServiceResult<()> {
    match actor.kind {
        ActorKind::Debtor { party_id } if party_id == debtor => Ok(()),
        ActorKind::Debtor { .. } => Err(ServiceError::NotFound),
        _ => Ok(actor.require(Permission::ArrangementOffer)?),
    }
}

fn told(field: &'static str, es: &'static str, en: &'static str, pt: &'static str) -> ServiceError {
    ServiceError::told(field, Say::new(es, en).pt(pt))
}

/// What to change, at the field that it is about; `amounts` is that of the amounts.
fn bad_proposal(error: &ProposalError, amounts: &'static str) -> ServiceError {
    use ProposalError as E;
    match error {
        E::Amount(_) => told(
            amounts,
            "Escribe importes mayores que cero, en la moneda de la deuda.",
            "Write amounts of more than zero, in the debt's currency.",
            "Escreva valores maiores que zero, na moeda da dívida.",
        ),
        E::FirstAboveTotal { .. } => told(
            "first",
            "El primer pago es mayor que el total; escribe menos.",
            "The first payment is more than the total; write less.",
            "O primeiro pagamento é maior que o total; escreva menos.",
        ),
        E::Payments(_) => told(
            "payments",
            "Escribe cuántos pagos quieres hacer, por ejemplo 6.",
            "Write how many payments you want to make, for example 6.",
            "Escreva quantos pagamentos você quer fazer, por exemplo 6.",
        ),
        E::Past { .. } => told(
            "first_on",
            "Elige hoy o un día que no haya pasado.",
            "Choose today or a day to come.",
            "Escolha hoje ou um dia que ainda não passou.",
        ),
        E::NothingOwed => told(
            "",
            "En esta deuda no debes nada: no hay qué acordar.",
            "You owe nothing on this debt: there is nothing to agree.",
            "Você não deve nada nesta dívida: não há o que combinar.",
        ),
        E::Plan(_) => told(
            "first_on",
            "Con esa fecha y ese número de pagos no sale un plan; elige otra fecha o menos pagos.",
            "That date and number of payments make no plan; choose another date or fewer payments.",
            "Com essa data e esse número de pagamentos não sai um plano; escolha outra data ou menos pagamentos.",
        ),
        E::Money(_) => told(
            amounts,
            "El importe es demasiado grande; revisa las cifras.",
            "The amount is too large; check the digits.",
            "O valor é grande demais; confira os números.",
        ),
    }
}
