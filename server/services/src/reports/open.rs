//! The debtor's part: "I have paid".

use chrono::{Months, NaiveDate};
use domain::access::Actor;
use domain::account::Account;
use domain::ids::{AccountId, PartyId, ReportId};
use domain::money::Money;
use domain::reported::{ReportStatus, ReportWay};
use domain::text::Say;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::json;
use store::accounts;
use store::entities::{payment_report_files as files, payment_reports as rows};
use uuid::Uuid;

use super::{PLACE_CHARS, REFERENCE_CHARS};
use crate::accounts::debtor_of;
use crate::cases::{Kept, NewFile};
use crate::{FieldIssue, ServiceError, ServiceResult, Services};

/// Reports of one person that may wait at a time.
const WAITING: u64 = 20;
/// What is older than this is for a case, not for a look at the bank account.
const OLDEST_MONTHS: Months = Months::new(60);

/// A payment as its debtor tells it.
#[derive(Clone)]
pub struct NewReport {
    /// Made with the form: the same form sent twice is one report.
    pub key: Uuid,
    pub account: AccountId,
    pub amount: Money,
    pub paid_on: NaiveDate,
    pub way: ReportWay,
    /// Where: the bank, the shop, the person.
    pub place: String,
    /// What stands on the slip, if anything.
    pub reference: String,
    pub files: Vec<NewFile>,
}

fn issue(field: &'static str, es: &str, en: &str, pt: &str) -> FieldIssue {
    FieldIssue { field, says: Say::new(es, en).pt(pt) }
}

/// One line of text, cut to length.
fn one_line(typed: &str, chars: usize) -> String {
    let plain: String = typed.chars().map(|c| if c.is_control() { ' ' } else { c }).take(chars).collect();
    plain.trim().to_owned()
}

fn check(new: &NewReport, account: &Account, today: NaiveDate) -> ServiceResult<()> {
    let mut issues = Vec::new();
    if new.amount.currency() != account.currency || !new.amount.is_positive() {
        issues.push(issue(
            "amount",
            "Escribe cuánto pagaste, más que cero",
            "Write how much you paid, more than zero",
            "Escreva quanto você pagou, mais que zero",
        ));
    }
    if new.paid_on > today {
        issues.push(issue(
            "paid_on",
            "El día del pago no puede ser futuro",
            "The day of the payment cannot be in the future",
            "O dia do pagamento não pode ser futuro",
        ));
    } else if today.checked_sub_months(OLDEST_MONTHS).is_some_and(|oldest| new.paid_on < oldest) {
        issues.push(issue(
            "paid_on",
            "Ese pago es de hace más de 5 años; cuéntanoslo en «No estoy de acuerdo»",
            "That payment is more than 5 years old; tell us about it under “I do not agree”",
            "Esse pagamento tem mais de 5 anos; conte-nos em “Não concordo”",
        ));
    }
    if one_line(&new.place, PLACE_CHARS).is_empty() {
        issues.push(issue(
            "place",
            "Escribe dónde pagaste, por ejemplo el nombre del banco o de la tienda",
            "Write where you paid, for example the name of the bank or the shop",
            "Escreva onde você pagou, por exemplo o nome do banco ou da loja",
        ));
    }
    if issues.is_empty() { Ok(()) } else { Err(ServiceError::Invalid(issues)) }
}

impl Services {
    /// Keeps what the debtor says they paid on one of their own debts. Nothing of the debt changes.
    ///
    /// # Errors
    /// `NotSignedIn`, `NotFound` for debts of others, `Invalid`, or the database.
    pub async fn report_payment(&self, actor: &Actor, new: NewReport) -> ServiceResult<ReportId> {
        let party = debtor_of(actor)?;
        let org = actor.organization_id;
        let account = accounts::find(self.db.read(), org, new.account).await?;
        let account = account.filter(|account| account.debtor_id == party).ok_or(ServiceError::NotFound)?;
        let id = ReportId(new.key);
        if self.reported_before(actor, party, id).await? {
            return Ok(id);
        }
        check(&new, &account, self.today(org).await?)?;
        let kept = self.keep_files(actor, new.files.clone()).await?;
        match self.insert_report(actor, party, new, kept).await {
            // The other post of the same form was quicker.
            Err(ServiceError::Store(error)) if error.is_unique_violation() => {
                if self.reported_before(actor, party, id).await? {
                    Ok(id)
                } else {
                    Err(ServiceError::NotFound)
                }
            }
            other => other,
        }
    }

    /// Whether this form was sent before; the key of somebody else's report is not found.
    async fn reported_before(&self, actor: &Actor, party: PartyId, id: ReportId) -> ServiceResult<bool> {
        let found = rows::Entity::find_by_id((actor.organization_id.0, id.0)).one(self.db.read()).await?;
        match found {
            None => Ok(false),
            Some(row) if row.party_id == party.0 => Ok(true),
            Some(_) => Err(ServiceError::NotFound),
        }
    }

    async fn insert_report(
        &self,
        actor: &Actor,
        party: PartyId,
        new: NewReport,
        kept: Vec<Kept>,
    ) -> ServiceResult<ReportId> {
        let org = actor.organization_id.0;
        let tx = self.begin().await?;
        let waiting = rows::Entity::find()
            .filter(rows::Column::OrganizationId.eq(org))
            .filter(rows::Column::PartyId.eq(party.0))
            .filter(rows::Column::DecidedAt.is_null())
            .count(&tx)
            .await?;
        if waiting >= WAITING {
            return Err(ServiceError::Invalid(vec![issue(
                "",
                "Ya nos avisaste de muchos pagos que estamos buscando. Espera a que respondamos alguno.",
                "You have told us of many payments that we are looking for. Wait until we have answered one.",
                "Você já avisou de muitos pagamentos que estamos procurando. Espere até respondermos algum.",
            )]));
        }
        let id = ReportId(new.key);
        let reference = one_line(&new.reference, REFERENCE_CHARS);
        let row = rows::ActiveModel {
            organization_id: Set(org),
            id: Set(id.0),
            party_id: Set(party.0),
            account_id: Set(new.account.0),
            amount_minor: Set(new.amount.minor()),
            currency: Set(new.amount.currency().to_string()),
            paid_on: Set(new.paid_on),
            way: Set(new.way.as_str().to_owned()),
            place: Set(one_line(&new.place, PLACE_CHARS)),
            reference: Set((!reference.is_empty()).then_some(reference)),
            status: Set(ReportStatus::Received.as_str().to_owned()),
            reported_at: Set(self.now()),
            taken_by: Set(None),
            decided_by: Set(None),
            decided_at: Set(None),
            payment_id: Set(None),
            reason: Set(None),
        };
        rows::Entity::insert(row).exec_without_returning(&tx).await?;
        let count = kept.len();
        for file in kept {
            let row = files::ActiveModel {
                organization_id: Set(org),
                id: Set(self.new_id()),
                report_id: Set(id.0),
                name: Set(file.name),
                media_type: Set(file.media_type.to_owned()),
                bytes: Set(file.bytes),
                sha256: Set(file.sha256),
                at: Set(self.now()),
            };
            files::Entity::insert(row).exec_without_returning(&tx).await?;
        }
        let details = json!({
            "account": new.account, "minor": new.amount.minor(), "currency": new.amount.currency(),
            "paid_on": new.paid_on, "way": new.way, "files": count,
        });
        self.audit(&tx, actor, "payment.reported", format!("report:{id}"), details).await?;
        tx.commit().await?;
        metrics::counter!("saldar_payments_reported_total", "way" => new.way.as_str()).increment(1);
        Ok(id)
    }
}
