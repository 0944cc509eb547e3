//! What becomes of letters after printing: posted, left out, brought back.

use chrono::NaiveDate;
use domain::access::Actor;
use domain::calendar::business_date;
use domain::ids::{OrganizationId, PartyId};
use serde_json::json;
use store::outbox::{self, Ended, Row, status};
use store::{Tx, letters, parties};
use uuid::Uuid;

use super::may_act;
use crate::outbox::Delivery;
use crate::{ServiceError, ServiceResult, Services};

/// Why a letter was taken out of its batch.
pub(super) const LEFT_OUT: &str = "left_out";
/// What the post says of an address by bringing a letter back.
pub(in crate::outbox) const RETURNED: &str = "returned";

impl Services {
    /// Marks the letters of a batch as posted on a day: from it on they are contacts. A batch is posted
    /// once; the same again changes nothing.
    ///
    /// # Errors
    /// `Denied`, `NotFound`; `Invalid` for a day to come, one before the batch was made, or another day
    /// than was said before; the database.
    pub async fn letters_posted(&self, actor: &Actor, id: Uuid, on: NaiveDate) -> ServiceResult<()> {
        may_act(actor)?;
        let org = actor.organization_id;
        let zone = self.organization(org).await?.zone;
        let now = self.now();
        let tx = self.begin().await?;
        let batch = letters::lock_batch(&tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        match batch.posted_on {
            Some(before) if before == on => return Ok(()),
            Some(_) => {
                return Err(ServiceError::invalid(
                    "posted_on",
                    "Ya se dijo en qué día se enviaron; no se cambia",
                    "The day on which they were posted is known; it is not changed",
                ));
            }
            None => {}
        }
        if on > business_date(now, zone) {
            return Err(ServiceError::invalid(
                "posted_on",
                "Ese día todavía no llega; escriba el día en que los llevó al correo",
                "That day has not come; write the day on which you took them to the post",
            ));
        }
        if on < business_date(batch.made_at, zone) {
            return Err(ServiceError::invalid(
                "posted_on",
                "Ese día es anterior al lote; escriba el día en que los llevó al correo",
                "That day is before the batch was made; write the day on which you took them to the post",
            ));
        }
        // Of a day only the date is known: noon stands for it, between the making and now.
        let noon = on.and_hms_opt(12, 0, 0).and_then(|noon| noon.and_local_timezone(zone).earliest());
        let at = noon.map_or(now, |noon| noon.to_utc()).clamp(batch.made_at.min(now), now);
        let rows = letters::of_batch(&tx, org, id).await?;
        let on_paper: Vec<Row> =
            rows.into_iter().map(|(_, row)| row).filter(|row| row.status == status::SENDING).collect();
        for row in &on_paper {
            outbox::finish(&tx, row, Ended::Sent { at, provider_ref: None }).await?;
        }
        letters::note_posted(&tx, batch, (on, actor.audit_name())).await?;
        let details = json!({ "on": on, "letters": on_paper.len() });
        self.audit(&tx, actor, "letters.posted", format!("letter_batch:{id}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes a letter out of a batch that was not posted yet: it stays here.
    ///
    /// # Errors
    /// `Denied`, `NotFound` for what is not in the batch or was posted, or the database.
    pub async fn leave_letter_out(&self, actor: &Actor, id: Uuid, message: Uuid) -> ServiceResult<()> {
        may_act(actor)?;
        let org = actor.organization_id;
        let tx = self.begin().await?;
        letters::lock_batch(&tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        let rows = letters::of_batch(&tx, org, id).await?;
        let found = rows.into_iter().find(|(letter, _)| letter.message_id == message);
        let (_, row) = found.ok_or(ServiceError::NotFound)?;
        match row.status.as_str() {
            status::CANCELLED => return Ok(()),
            status::SENDING => {}
            _ => return Err(ServiceError::NotFound),
        }
        outbox::finish(&tx, &row, Ended::Dropped { failure: LEFT_OUT.to_owned() }).await?;
        let details = json!({ "batch": id });
        self.audit(&tx, actor, "letter.left_out", format!("message:{message}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The post brought a letter back, known by the number on it (`12-3`): nothing is posted there any
    /// more, and staff are asked for another way. Gives its batch. Twice changes nothing.
    ///
    /// # Errors
    /// `Denied`; `Invalid` for a number that no posted letter has; the database.
    pub async fn letter_came_back(&self, actor: &Actor, reference: &str) -> ServiceResult<Uuid> {
        may_act(actor)?;
        let org = actor.organization_id;
        let unknown = || {
            ServiceError::invalid(
                "reference",
                "Ninguna carta enviada lleva ese número; cópielo de la ventana del sobre, por ejemplo 12-3",
                "No posted letter has that number; copy it from the envelope's window, for example 12-3",
            )
        };
        let numbers = read_reference(reference).ok_or_else(unknown)?;
        let tx = self.begin().await?;
        let letter = letters::by_reference(&tx, org, numbers).await?.ok_or_else(unknown)?;
        let batch = letter.batch_id;
        if letter.came_back_at.is_some() {
            return Ok(batch);
        }
        let row = self.posted_letter(&tx, org, letter.message_id).await?.ok_or_else(unknown)?;
        let now = self.now();
        letters::note_came_back(&tx, letter, now).await?;
        self.ask_for_another_way(&tx, &row, RETURNED).await?;
        let (message, failure) = (row.id, Some(RETURNED.to_owned()));
        outbox::note_delivery(&tx, row, (Delivery::Undelivered.as_str(), now), failure).await?;
        let details = json!({ "batch": batch });
        self.audit(&tx, actor, "letter.came_back", format!("message:{message}"), details).await?;
        tx.commit().await?;
        Ok(batch)
    }

    /// A letter that was posted, held until the transaction ends, its person before it.
    async fn posted_letter(&self, tx: &Tx, org: OrganizationId, id: Uuid) -> ServiceResult<Option<Row>> {
        let Some(row) = outbox::find(tx, org, id).await? else { return Ok(None) };
        parties::lock(tx, org, row.party_id.map(PartyId)).await?;
        Ok(outbox::lock(tx, org, id).await?.filter(|row| row.status == status::SENT))
    }
}

/// `12-3`, however it is spaced.
fn read_reference(text: &str) -> Option<(i32, i32)> {
    let (number, place) = text.trim().split_once(['-', '–', ' '])?;
    Some((number.trim().parse().ok()?, place.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_from_the_window() {
        assert_eq!(read_reference(" 12-3 "), Some((12, 3)));
        assert_eq!(read_reference("12 – 3"), None);
        assert_eq!(read_reference("12 3"), Some((12, 3)));
        assert_eq!(read_reference("doce"), None);
    }
}
