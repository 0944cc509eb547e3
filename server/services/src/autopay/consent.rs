//! Switching automatic payment on and off.

use chrono::Duration;
use domain::access::{Actor, ActorKind, Permission};
use domain::arrangement::Arrangement;
use domain::ids::{ArrangementId, AutopayId, OrganizationId};
use domain::text::Say;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    Set,
};
use serde_json::json;
use store::entities::autopays;
use store::{Tx, arrangements};

use super::{AutopayStatus, locked, status_of};
use crate::debtors::{CodeAnswer, DebtorSession};
use crate::payments::{GatewayRef, Next, SavedCard, Setup, SetupState, no_gateway, outside};
use crate::{ServiceError, ServiceResult, Services};

/// Automatic payment as its debtor agrees to it.
#[derive(Clone, Debug)]
pub struct NewAutopay {
    /// Idempotency: the form carries it, so that sending it twice agrees once.
    pub id: AutopayId,
    pub arrangement_id: ArrangementId,
    /// The revision whose dates and amounts were shown.
    pub revision: u32,
    /// The version and the sentence that was agreed to.
    pub words: String,
    pub origin: Option<String>,
}

/// No page that saves a card stays open for longer.
const LONGEST_PAGE: Duration = Duration::hours(25);

impl Services {
    /// The debtor of a running agreement agrees to automatic payment, having proven that it is them;
    /// gives the address of the page that saves the card. It is on once the card is saved. Sent again
    /// while another card is charged, it changes the card.
    ///
    /// # Errors
    /// `NotFound`, also for agreements of others; `Invalid` for one that does not run or changed since
    /// it was shown, and at `code` without proof; `Outside` when the gateway does not answer.
    pub async fn start_autopay(
        &self,
        session: &DebtorSession,
        new: NewAutopay,
        answer: Option<CodeAnswer>,
    ) -> ServiceResult<String> {
        let (actor, org) = (&session.actor, session.actor.organization_id);
        let of = arrangements::find(self.db.read(), org, new.arrangement_id).await?;
        let of = of.filter(|of| of.debtor_id == session.party.id).ok_or(ServiceError::NotFound)?;
        let known = autopays::Entity::find_by_id((org.0, new.id.0)).one(self.db.read()).await?;
        let row = match known {
            Some(row) if row.party_id == session.party.id.0 => row,
            Some(_) => return Err(ServiceError::NotFound),
            None => self.agree(session, &of, new, answer.as_ref()).await?,
        };
        let page = format!("/acuerdos/{}/pago-automatico", of.id);
        if status_of(&row)? != AutopayStatus::Pending {
            return Ok(page);
        }
        let gateway = self.gateway(&row.gateway).await?.ok_or_else(no_gateway)?;
        let setup = Setup {
            id: AutopayId(row.id),
            organization_id: org,
            currency: of.agreed.debt.currency(),
            return_url: format!("{}{page}", self.public_url),
            language: session.party.language.clone(),
        };
        let Next::Redirect { url, reference } = gateway.start_setup(&setup).await.map_err(outside)?;
        let tx = self.begin().await?;
        let mut change = locked(&tx, org, AutopayId(row.id)).await?.into_active_model();
        change.setup_ref = Set(Some(reference.0));
        change.update(&tx).await?;
        tx.commit().await?;
        tracing::debug!(actor = actor.audit_name(), "a card is being saved");
        Ok(url)
    }

    async fn agree(
        &self,
        session: &DebtorSession,
        of: &Arrangement,
        new: NewAutopay,
        answer: Option<&CodeAnswer>,
    ) -> ServiceResult<autopays::Model> {
        let (actor, org) = (&session.actor, session.actor.organization_id);
        let (gateway, _) = self.must_pay_by(org).await?;
        if !of.status.is_running() {
            return Err(ServiceError::told("", not_running()));
        }
        if of.revision != new.revision {
            return Err(ServiceError::told("", changed_meanwhile()));
        }
        let proven = self.prove_now(session, answer).await?;
        let today = self.today(org).await?;
        let books = self.arrangement_books(self.db.read(), actor, of, today).await?;
        let progress = of.progress(books.paid, today)?;
        let open: Vec<_> = progress.installments.iter().filter(|part| part.left.is_positive()).collect();
        if open.is_empty() {
            return Err(ServiceError::told("", not_running()));
        }
        let dues: Vec<_> =
            open.iter().map(|part| json!({ "due_on": part.due_on, "minor": part.left.minor() })).collect();
        let evidence = json!({
            "words": new.words,
            "origin": new.origin,
            "revision": of.revision,
            "currency": of.agreed.debt.currency(),
            "installments": dues,
            "proof": &proven.proof,
        });
        let now = self.now();
        let row = autopays::Model {
            organization_id: org.0,
            id: new.id.0,
            arrangement_id: of.id.0,
            party_id: session.party.id.0,
            gateway: (*gateway).to_owned(),
            status: AutopayStatus::Pending.as_str().to_owned(),
            evidence: evidence.to_string(),
            consented_at: now,
            setup_ref: None,
            customer_ref: None,
            method_ref: None,
            brand: None,
            last4: None,
            exp_month: None,
            exp_year: None,
            look_at: now,
            announced_on: None,
            started_at: None,
            ended_at: None,
            end_reason: None,
            forgotten_at: None,
            updated_at: now,
            livemode: self.livemode(),
        };
        let details = json!({ "autopay": new.id, "revision": of.revision, "proven": { "by": proven.proof.by, "channel": proven.proof.sent_to.channel } });
        let tx = self.begin().await?;
        arrangements::lock(&tx, org, of.id).await?;
        if let Some(known) = autopays::Entity::find_by_id((org.0, new.id.0)).one(&tx).await? {
            return Ok(known);
        }
        autopays::Entity::insert(row.clone().into_active_model().reset_all())
            .exec_without_returning(&tx)
            .await?;
        self.spend(&tx, proven).await?;
        self.audit(&tx, actor, "autopay.agreed", format!("arrangement:{}", of.id), details).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// The setup that a gateway calls so, if it is one of ours.
    pub(crate) async fn setup_by_reference(
        &self,
        gateway: &str,
        reference: &str,
    ) -> ServiceResult<Option<autopays::Model>> {
        Ok(autopays::Entity::find()
            .filter(autopays::Column::Gateway.eq(gateway))
            .filter(autopays::Column::SetupRef.eq(reference))
            .one(self.db.read())
            .await?)
    }

    /// Asks the gateway how the saving of a card went, and switches automatic payment on if it did.
    pub(crate) async fn sync_setup(&self, row: autopays::Model) -> ServiceResult<()> {
        if status_of(&row)? != AutopayStatus::Pending {
            return Ok(());
        }
        let actor = self.system(OrganizationId(row.organization_id), super::charge::WORKER);
        let lapsed = row.consented_at < self.now() - LONGEST_PAGE;
        let (Some(gateway), Some(reference)) = (self.gateway(&row.gateway).await?, &row.setup_ref) else {
            return if lapsed { self.end_pending(&actor, &row, "left").await } else { Ok(()) };
        };
        let snapshot = gateway.fetch_setup(&GatewayRef(reference.clone())).await.map_err(outside)?;
        if snapshot.livemode != self.livemode() {
            let cause = format!("livemode is {} and should be {}", snapshot.livemode, self.livemode());
            return Err(ServiceError::Outside { part: "gateway", cause });
        }
        match snapshot.state {
            SetupState::Saved(card) => self.switch_on(&actor, &row, card).await,
            SetupState::Gone => self.end_pending(&actor, &row, "left").await,
            SetupState::Open if lapsed => self.end_pending(&actor, &row, "left").await,
            SetupState::Open => Ok(()),
        }
    }

    async fn switch_on(&self, actor: &Actor, row: &autopays::Model, card: SavedCard) -> ServiceResult<()> {
        let (org, id) = (actor.organization_id, AutopayId(row.id));
        let today = self.today(org).await?;
        let tx = self.begin().await?;
        let of = arrangements::lock(&tx, org, ArrangementId(row.arrangement_id)).await?;
        let of = of.ok_or(ServiceError::NotFound)?;
        let row = locked(&tx, org, id).await?;
        if status_of(&row)? != AutopayStatus::Pending {
            return Ok(());
        }
        let now = self.now();
        let gateway = row.gateway.clone();
        let mut change = row.into_active_model();
        change.customer_ref = Set(Some(card.customer.clone()));
        change.method_ref = Set(Some(card.method.clone()));
        change.brand = Set(Some(card.brand.clone()));
        change.last4 = Set(Some(card.last4.clone()));
        change.exp_month = Set(Some(card.exp_month));
        change.exp_year = Set(Some(card.exp_year));
        change.look_at = Set(now);
        change.updated_at = Set(now);
        if !of.status.is_running() {
            change.status = Set(AutopayStatus::Ended.as_str().to_owned());
            change.ended_at = Set(Some(now));
            change.end_reason = Set(Some("plan_ended".to_owned()));
            change.update(&tx).await?;
            tx.commit().await?;
            return Ok(());
        }
        for other in live(&tx, org, of.id).await?.into_iter().filter(|other| other.id != id.0) {
            self.end(&tx, other, "replaced").await?;
        }
        change.status = Set(AutopayStatus::Active.as_str().to_owned());
        change.started_at = Set(Some(now));
        // The message of now says the next charge, too.
        let books = self.arrangement_books(&tx, actor, &of, today).await?;
        let next = of.progress(books.paid, today)?.next().copied();
        let soon = next.filter(|next| super::charge::is_soon(next.due_on, today));
        change.announced_on = Set(soon.map(|next| next.due_on));
        change.update(&tx).await?;
        let telling = self.told_on(&tx, org, &of, &card, next).await?;
        self.tell(&tx, org, of.debtor_id, telling).await?;
        let details = json!({ "autopay": id, "gateway": gateway, "brand": card.brand });
        self.audit(&tx, actor, "autopay.on", format!("arrangement:{}", of.id), details).await?;
        tx.commit().await?;
        metrics::counter!("saldar_autopays_on_total").increment(1);
        Ok(())
    }

    /// Switches automatic payment of an agreement off, at once; for its debtor, and for staff whom the
    /// debtor asked. Off already is no error.
    ///
    /// # Errors
    /// `Denied`; `NotFound`, also for agreements of others.
    pub async fn stop_autopay(&self, actor: &Actor, id: ArrangementId) -> ServiceResult<()> {
        let org = actor.organization_id;
        let of = arrangements::find(self.db.read(), org, id).await?.ok_or(ServiceError::NotFound)?;
        let reason = match actor.kind {
            ActorKind::Debtor { party_id } if party_id == of.debtor_id => "debtor",
            ActorKind::Debtor { .. } => return Err(ServiceError::NotFound),
            _ => {
                actor.require(Permission::ArrangementOffer)?;
                "staff"
            }
        };
        let tx = self.begin().await?;
        arrangements::lock(&tx, org, id).await?;
        let standing = live(&tx, org, id).await?;
        if standing.is_empty() {
            return Ok(());
        }
        let mut was_on = false;
        for row in standing {
            was_on |= status_of(&row)? != AutopayStatus::Pending;
            self.end(&tx, row, reason).await?;
        }
        if was_on {
            let telling = self.told_off(&of);
            self.tell(&tx, org, of.debtor_id, telling).await?;
        }
        self.audit(&tx, actor, "autopay.off", format!("arrangement:{id}"), json!({ "why": reason })).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn end_pending(&self, actor: &Actor, row: &autopays::Model, reason: &str) -> ServiceResult<()> {
        let tx = self.begin().await?;
        let row = locked(&tx, actor.organization_id, AutopayId(row.id)).await?;
        if status_of(&row)? == AutopayStatus::Pending {
            let subject = format!("arrangement:{}", ArrangementId(row.arrangement_id));
            self.end(&tx, row, reason).await?;
            self.audit(&tx, actor, "autopay.off", subject, json!({ "why": reason })).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn end(&self, tx: &Tx, row: autopays::Model, reason: &str) -> ServiceResult<()> {
        let now = self.now();
        let mut row = row.into_active_model();
        row.status = Set(AutopayStatus::Ended.as_str().to_owned());
        row.ended_at = Set(Some(now));
        row.updated_at = Set(now);
        row.end_reason = Set(Some(reason.to_owned()));
        row.update(tx).await?;
        Ok(())
    }
}

/// What of an agreement's automatic payment has not ended, the newest first.
pub(super) async fn live(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    of: ArrangementId,
) -> ServiceResult<Vec<autopays::Model>> {
    Ok(autopays::Entity::find()
        .filter(autopays::Column::OrganizationId.eq(org.0))
        .filter(autopays::Column::ArrangementId.eq(of.0))
        .filter(autopays::Column::Status.is_in(AutopayStatus::LIVE.map(AutopayStatus::as_str)))
        .order_by_desc(autopays::Column::ConsentedAt)
        .order_by_desc(autopays::Column::Id)
        .all(db)
        .await?)
}

fn not_running() -> Say {
    Say::new(
        "Este acuerdo ya no tiene pagos por cobrar, así que no hay nada que automatizar.",
        "This agreement has no payments left, so there is nothing to pay automatically.",
    )
    .pt("Este acordo não tem mais pagamentos, então não há nada para automatizar.")
}

fn changed_meanwhile() -> Say {
    Say::new(
        "Tu plan cambió mientras lo mirabas. Revisa las fechas de ahora y vuelve a aceptar.",
        "Your plan changed while you looked at it. Check the dates as they are now and agree again.",
    )
    .pt("Seu plano mudou enquanto você olhava. Confira as datas de agora e aceite de novo.")
}
