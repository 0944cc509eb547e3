//! The same as a file: JSON that another system can read.

use domain::access::Actor;
use domain::money::Money;
use serde_json::{Value, json};

use super::{ContactMade, ContactWhat, OwnData};
use crate::{ServiceResult, Services};

/// What the person takes along.
#[derive(Clone, Debug)]
pub struct Export {
    /// Says nothing of the person, since it stays in lists of downloads.
    pub file_name: String,
    pub json: Vec<u8>,
}

fn money(amount: Money) -> Value {
    json!({ "amount_minor": amount.minor(), "currency": amount.currency() })
}

fn contact(made: &ContactMade) -> Value {
    match &made.what {
        ContactWhat::Activity { account, channel, disposition } => json!({
            "at": made.at, "kind": "activity", "account": account, "channel": channel, "result": disposition,
        }),
        ContactWhat::Message { channel, recipient, subject, status } => json!({
            "at": made.at, "kind": "message", "channel": channel, "recipient": recipient,
            "subject": subject, "status": status,
        }),
        ContactWhat::Received { channel, sender, body } => json!({
            "at": made.at, "kind": "received", "channel": channel, "sender": sender, "body": body,
        }),
    }
}

fn list<T>(items: &[T], one: impl Fn(&T) -> Value) -> Value {
    items.iter().map(one).collect()
}

impl Services {
    /// All that is held about the signed-in debtor, as JSON, with the payments of each debt. Taking it
    /// is kept in the audit trail.
    ///
    /// # Errors
    /// `NotSignedIn` for anybody else, or the database.
    pub async fn export_own_data(&self, actor: &Actor) -> ServiceResult<Export> {
        let data = self.own_data(actor).await?;
        let mut debts = Vec::with_capacity(data.debts.len());
        for debt in &data.debts {
            let view = self.my_debt(actor, debt.account.id).await?;
            debts.push(json!({
                "account": debt.account.external_id,
                "creditor": { "name": debt.creditor.name, "country": debt.creditor.country },
                "product": debt.account.product,
                "opened_on": debt.account.opened_on,
                "due_on": debt.account.due_on,
                "owed": money(debt.balance.total()?),
                "payments": list(&view.payments, |payment| json!({
                    "receipt": payment.receipt_no, "amount": money(payment.amount), "method": payment.method,
                    "received_on": payment.received_on, "status": payment.status,
                })),
                "promises": list(&view.promises, |promise| json!({
                    "amount": money(promise.amount), "due_on": promise.due_on, "status": promise.status,
                })),
            }));
        }
        let OwnData {
            person,
            points,
            contacts,
            refused,
            opened,
            sessions,
            decisions,
            cases,
            reports,
            files,
            today,
            ..
        } = data;
        let whole = json!({
            "exported_at": self.now(),
            "organization": self.organization(actor.organization_id).await?.name,
            "person": {
                "kind": person.kind, "name": person.name, "document_type": person.document_type,
                "document": person.document, "language": person.language, "country": person.country,
                "time_zone": person.time_zone,
            },
            "contact_points": list(&points, |point| json!({
                "kind": point.kind, "value": point.value, "city": point.city, "region": point.region,
                "postal_code": point.postal_code, "latitude": point.latitude, "longitude": point.longitude,
                "not_used_wrong_person": point.is_suppressed,
            })),
            "debts": debts,
            "contacts": list(&contacts, contact),
            "refused": list(&refused, |refused| json!({
                "channel": refused.channel, "point": refused.point, "since": refused.since,
            })),
            "file_opened": list(&opened, |look| json!({
                "at": look.at, "account": look.account, "role": look.role, "by_system": look.machine,
                "audit_row": look.seq,
            })),
            "sessions": list(&sessions, |session| json!({
                "device": session.device, "since": session.since, "until": session.until,
            })),
            "decisions": list(&decisions, |decided| json!({
                "at": decided.at, "account": decided.account, "outcome": decided.outcome,
                "policy_version": decided.policy_version,
            })),
            "cases": list(&cases, |case| json!({
                "kind": case.kind, "status": case.progress.status, "outcome": case.progress.outcome,
                "account": case.account, "opened_at": case.opened_at, "answer_by": case.due_on,
            })),
            "reported_payments": list(&reports, |report| json!({
                "account": report.account, "amount": money(report.amount), "paid_on": report.paid_on,
                "way": report.way, "place": report.place, "reference": report.reference,
                "status": report.status, "reason": report.reason, "reported_at": report.reported_at,
            })),
            "files": list(&files, |file| json!({
                "name": file.name, "media_type": file.media_type, "bytes": file.bytes, "at": file.at,
            })),
        });
        let tx = self.begin().await?;
        let subject = format!("party:{}", person.id);
        self.audit(&tx, actor, "own_data.exported", subject, json!({})).await?;
        tx.commit().await?;
        let json = serde_json::to_vec_pretty(&whole)
            .map_err(|error| crate::ServiceError::Outside { part: "export", cause: error.to_string() })?;
        Ok(Export { file_name: format!("mis-datos-{today}.json"), json })
    }
}
