//! Telling a person something in their language, where they wish to be told.

use domain::ids::{OrganizationId, PartyId};
use domain::party::{ContactKind, ContactPoint};
use domain::text::Say;
use store::{Tx, parties, refusals};

use super::{NewMessage, Service};
use crate::{ServiceError, ServiceResult, Services};

/// What to tell. It names no debt: whoever reads it over a shoulder learns nothing.
pub(crate) struct Telling {
    pub(crate) subject: Say,
    pub(crate) body: Say,
    pub(crate) service: Service,
}

impl Telling {
    /// Somebody of staff answered; where to read it.
    pub(crate) fn answered(url: &str) -> Self {
        let with = |text: &str| format!("{text}\n{url}");
        Self {
            subject: Say::new("Te respondimos", "We answered you").pt("Respondemos você"),
            body: Say::new(
                with("Una persona revisó lo que nos dijiste y te respondió. Léelo aquí:"),
                with("A person looked at what you told us and answered you. Read it here:"),
            )
            .pt(with("Uma pessoa analisou o que você nos disse e respondeu. Leia aqui:")),
            service: Service::CaseAnswer,
        }
    }
}

const fn channel(kind: ContactKind) -> Option<&'static str> {
    match kind {
        ContactKind::Email => Some("email"),
        ContactKind::Phone => Some("sms"),
        ContactKind::Address => None,
    }
}

impl Services {
    /// Puts a message to a person into the outbox: to the point they chose, else e-mail before phone,
    /// and not where they refused as long as there is another. Where all are refused, the outbox keeps
    /// it as not sent. Nothing happens for somebody who cannot be reached.
    pub(crate) async fn tell(
        &self,
        tx: &Tx,
        org: OrganizationId,
        party: PartyId,
        telling: Telling,
    ) -> ServiceResult<()> {
        let person = parties::find_party(tx, org, party).await?.ok_or(ServiceError::NotFound)?;
        let preferred = self.preferred_point(tx, org, party).await?;
        let refused = refusals::of(tx, org, party).await?;
        let mut points: Vec<ContactPoint> = parties::contact_points(tx, org, party).await?;
        points.retain(|point| !point.is_suppressed && channel(point.kind).is_some());
        points.sort_by_key(|point| {
            let is_refused = refused.contains(&domain::text::compact(&point.value));
            (is_refused, Some(point.id) != preferred, point.kind != ContactKind::Email)
        });
        let Some(point) = points.into_iter().next() else { return Ok(()) };
        let Some(channel) = channel(point.kind) else { return Ok(()) };
        let message = NewMessage {
            organization_id: org,
            party_id: Some(party),
            channel,
            recipient: point.value,
            subject: Some(telling.subject.pick(&person.language).to_owned()),
            body: telling.body.pick(&person.language).to_owned(),
        };
        self.enqueue(tx, message, telling.service, None).await?;
        Ok(())
    }
}
