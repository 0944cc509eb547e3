//! What a debtor is told of automatic payment. No creditor and no debt is named.

use chrono::NaiveDate;
use domain::arrangement::{Arrangement, InstallmentStatus};
use domain::ids::{AccountId, ArrangementId, OrganizationId, PaymentId};
use domain::money::Money;
use domain::text::Say;
use store::{Tx, parties};

use crate::outbox::{Service, Telling};
use crate::payments::SavedCard;
use crate::strategy::template::amount as written;
use crate::{ServiceError, ServiceResult, Services};

/// How a charge ended, for its debtor.
pub(super) enum Ended {
    Paid(Option<PaymentId>),
    /// The bank wants its holder to confirm.
    NeedsHolder,
    /// With the day of the next try; none when there is none.
    Declined(Option<NaiveDate>),
}

impl Services {
    pub(super) async fn told_on(
        &self,
        tx: &Tx,
        org: OrganizationId,
        of: &Arrangement,
        card: &SavedCard,
        next: Option<InstallmentStatus>,
    ) -> ServiceResult<Telling> {
        let country = country(tx, org, of).await?;
        let at = self.page(of.id);
        let card = named(card);
        let (es, en, pt) = match next {
            Some(next) => {
                let (sum, day) = (written(next.left, &country), next.due_on);
                (
                    format!(" El próximo cobro es de {sum}, el {}.", plain(day)),
                    format!(" The next charge is {sum}, on {}.", english(day)),
                    format!(" A próxima cobrança é de {sum}, em {}.", plain(day)),
                )
            }
            None => Default::default(),
        };
        Ok(telling(
            Say::new("Tu pago automático quedó activado", "Your automatic payment is on")
                .pt("Seu pagamento automático está ativado"),
            Say::new(
                format!("Cobraremos cada pago de tu plan en su fecha, a tu {}.{es}\n\nTe avisaremos tres días antes de cada cobro. Para cambiar la tarjeta o detenerlo cuando quieras: {at}", card.0),
                format!("Each payment of your plan will be charged on its day, to your {}.{en}\n\nWe will tell you three days before each charge. To change the card, or to stop it whenever you like: {at}", card.1),
            )
            .pt(format!("Cobraremos cada pagamento do seu plano na data, no seu {}.{pt}\n\nAvisaremos três dias antes de cada cobrança. Para trocar o cartão ou parar quando quiser: {at}", card.2)),
        ))
    }

    pub(super) fn told_off(&self, of: &Arrangement) -> Telling {
        let at = self.page(of.id);
        telling(
            Say::new("Tu pago automático quedó apagado", "Your automatic payment is off")
                .pt("Seu pagamento automático está desativado"),
            Say::new(
                format!("Ya no cobraremos nada a tu tarjeta, y la borramos. Tu plan sigue igual: los pagos los haces tú. Verlo: {at}"),
                format!("We will charge nothing to your card any more, and we delete it. Your plan stays the same: you make the payments yourself. See it: {at}"),
            )
            .pt(format!("Não cobraremos mais nada no seu cartão, e ele será apagado. Seu plano continua igual: você faz os pagamentos. Ver: {at}")),
        )
    }

    pub(super) async fn told_before(
        &self,
        tx: &Tx,
        org: OrganizationId,
        of: &Arrangement,
        card: &SavedCard,
        next: &InstallmentStatus,
    ) -> ServiceResult<Telling> {
        let (sum, day) = (written(next.left, &country(tx, org, of).await?), next.due_on);
        let (at, card) = (self.page(of.id), named(card));
        Ok(telling(
            Say::new("Tu próximo cobro automático", "Your next automatic charge")
                .pt("Sua próxima cobrança automática"),
            Say::new(
                format!("El {} cobraremos {sum} a tu {}. No tienes que hacer nada.\n\nSi ese día no te conviene, puedes mover el pago, cambiar la tarjeta o detenerlo: {at}", plain(day), card.0),
                format!("On {} we will charge {sum} to your {}. You need not do anything.\n\nIf that day does not suit you, you can move the payment, change the card or stop it: {at}", english(day), card.1),
            )
            .pt(format!("Em {} cobraremos {sum} no seu {}. Você não precisa fazer nada.\n\nSe esse dia não for bom, você pode mudar o pagamento, trocar o cartão ou parar: {at}", plain(day), card.2)),
        ))
    }

    pub(super) async fn told_ended(
        &self,
        tx: &Tx,
        org: OrganizationId,
        of: &Arrangement,
        card: &SavedCard,
        (account, amount): (AccountId, Money),
        ended: Ended,
    ) -> ServiceResult<Telling> {
        let sum = written(amount, &country(tx, org, of).await?);
        let (at, card) = (self.page(of.id), named(card));
        let pay = format!("{}/deudas/{account}/pagar?choice=next", self.public_url);
        Ok(match ended {
            Ended::Paid(payment) => {
                let receipt = payment.map_or_else(|| at.clone(), |id| format!("{}/recibos/{id}", self.public_url));
                telling(
                    Say::new("Recibimos tu pago automático", "We received your automatic payment")
                        .pt("Recebemos seu pagamento automático"),
                    Say::new(
                        format!("Cobramos {sum} a tu {}. Gracias. Tu recibo: {receipt}", card.0),
                        format!("We charged {sum} to your {}. Thank you. Your receipt: {receipt}", card.1),
                    )
                    .pt(format!("Cobramos {sum} no seu {}. Obrigado. Seu recibo: {receipt}", card.2)),
                )
            }
            Ended::NeedsHolder => telling(
                Say::new("Tu banco pide que confirmes el pago", "Your bank asks you to confirm the payment")
                    .pt("Seu banco pede que você confirme o pagamento"),
                Say::new(
                    format!("No pudimos cobrar {sum} a tu {}: tu banco quiere que lo confirmes tú. No es un rechazo, y tu plan sigue en pie. Págalo aquí, toma un minuto: {pay}", card.0),
                    format!("We could not charge {sum} to your {}: your bank wants you to confirm it yourself. It is no decline, and your plan stands. Pay it here, it takes a minute: {pay}", card.1),
                )
                .pt(format!("Não conseguimos cobrar {sum} no seu {}: seu banco quer que você confirme. Não é uma recusa, e seu plano continua de pé. Pague aqui, leva um minuto: {pay}", card.2)),
            ),
            Ended::Declined(Some(next)) => telling(
                Say::new("El cobro automático no pasó", "The automatic charge did not go through")
                    .pt("A cobrança automática não passou"),
                Say::new(
                    format!("Tu banco no aceptó el cobro de {sum} a tu {}. Lo intentaremos otra vez el {}. Si prefieres, paga ahora: {pay}\n\nPara cambiar la tarjeta o detenerlo: {at}", card.0, plain(next)),
                    format!("Your bank did not accept the charge of {sum} to your {}. We will try again on {}. If you prefer, pay now: {pay}\n\nTo change the card or stop it: {at}", card.1, english(next)),
                )
                .pt(format!("Seu banco não aceitou a cobrança de {sum} no seu {}. Tentaremos de novo em {}. Se preferir, pague agora: {pay}\n\nPara trocar o cartão ou parar: {at}", card.2, plain(next))),
            ),
            Ended::Declined(None) => telling(
                Say::new("Tu pago automático quedó en pausa", "Your automatic payment is paused")
                    .pt("Seu pagamento automático está em pausa"),
                Say::new(
                    format!("Tu banco no aceptó el cobro de {sum} a tu {}, y no lo intentaremos más con esta tarjeta. Tu pago sigue pendiente: págalo aquí {pay}\n\nPara poner otra tarjeta: {at}", card.0),
                    format!("Your bank did not accept the charge of {sum} to your {}, and we will not try this card again. Your payment is still open: pay it here {pay}\n\nTo use another card: {at}", card.1),
                )
                .pt(format!("Seu banco não aceitou a cobrança de {sum} no seu {}, e não tentaremos mais com este cartão. Seu pagamento continua em aberto: pague aqui {pay}\n\nPara usar outro cartão: {at}", card.2)),
            ),
        })
    }

    fn page(&self, of: ArrangementId) -> String {
        format!("{}/acuerdos/{of}/pago-automatico", self.public_url)
    }
}

const fn telling(subject: Say, body: Say) -> Telling {
    Telling { subject, body, service: Service::Autopay }
}

/// The card in the three languages.
fn named(card: &SavedCard) -> (String, String, String) {
    let end = &card.last4;
    (
        format!("tarjeta terminada en {end}"),
        format!("card ending in {end}"),
        format!("cartão com final {end}"),
    )
}

fn plain(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

fn english(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

async fn country(tx: &Tx, org: OrganizationId, of: &Arrangement) -> ServiceResult<String> {
    let party = parties::find_party(tx, org, of.debtor_id).await?;
    Ok(party.ok_or(ServiceError::NotFound)?.country)
}
