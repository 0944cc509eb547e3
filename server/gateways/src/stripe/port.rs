//! Stripe as the product's payment port sees it.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use services::payments::{
    Attempt, Delivery, GatewayError, GatewayRef, Headers, ListedEvent, Next, PaymentGateway, RefundRequest,
    SavedCard, SavedCharge, Setup, SetupSnapshot, Snapshot,
};
use services::settlements::{Payout, Settlement};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ExpireCheckoutSession, ListCheckoutSession, ProductData,
    RetrieveCheckoutSession,
};
use stripe_checkout::{CheckoutSessionLocale, CheckoutSessionMode};
use stripe_core::dispute::ListDispute;
use stripe_core::payment_intent::RetrievePaymentIntent;
use stripe_core::refund::{CreateRefund, ListRefund};

use super::amount::to_stripe;
use super::answer::{Disputes, Done, Intent, Refund, Refunds, Session, SessionLine, Sessions, Started};
use super::{ATTEMPT, NAME, REFUND, Stripe, notice, read};
use crate::signature;

/// What Stripe lists at once; no payment has as many refunds or disputes.
const MOST: i64 = 100;

#[async_trait]
impl PaymentGateway for Stripe {
    fn name(&self) -> &'static str {
        NAME
    }

    fn pages(&self) -> Vec<String> {
        vec![self.page.clone()]
    }

    async fn start(&self, attempt: &Attempt) -> Result<Next, GatewayError> {
        let request = checkout(attempt)?;
        let session: Started = self.ask(&request, Some(&format!("attempt-{}", attempt.id))).await?;
        let no_page = || GatewayError::Refused("Stripe opened no page for the payment".to_owned());
        let url = session.url.ok_or_else(no_page)?;
        Ok(Next::Redirect { url, reference: GatewayRef(session.id) })
    }

    async fn fetch(&self, reference: &GatewayRef) -> Result<Snapshot, GatewayError> {
        if reference.0.starts_with("cs_") {
            let request = RetrieveCheckoutSession::new(reference.0.as_str())
                .expand(vec!["payment_intent.latest_charge.balance_transaction".to_owned()]);
            let session: Session = self.ask(&request, None).await?;
            let Session { id, livemode, status, payment_status, metadata, payment_intent } = session;
            let line = SessionLine { status, payment_status, metadata };
            return match payment_intent {
                Some(intent) => self.read(&intent, Some(&line)).await,
                None => read::unpaid(&id, livemode, &line),
            };
        }
        let request = RetrievePaymentIntent::new(reference.0.as_str())
            .expand(vec!["latest_charge.balance_transaction".to_owned()]);
        let intent: Intent = self.ask(&request, None).await?;
        let session = if read::needs_session(&intent) { self.session_of(&intent).await? } else { None };
        self.read(&intent, session.as_ref()).await
    }

    async fn cancel(&self, reference: &GatewayRef) -> Result<(), GatewayError> {
        let request = ExpireCheckoutSession::new(reference.0.as_str());
        match self.ask::<Done>(&request, None).await {
            // It is paid or gone already: Stripe expires open sessions only.
            Ok(Done {}) | Err(GatewayError::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn refund(&self, request: &RefundRequest) -> Result<GatewayRef, GatewayError> {
        let create = CreateRefund::new()
            .payment_intent(request.payment.0.as_str())
            .amount(to_stripe(request.amount)?)
            .metadata(HashMap::from([(REFUND.to_owned(), request.id.to_string())]));
        let refund: Refund = self.ask(&create, Some(&format!("refund-{}", request.id))).await?;
        Ok(GatewayRef(refund.id))
    }

    async fn start_setup(&self, setup: &Setup) -> Result<Next, GatewayError> {
        self.open_setup(setup).await
    }

    async fn fetch_setup(&self, reference: &GatewayRef) -> Result<SetupSnapshot, GatewayError> {
        self.read_setup(reference).await
    }

    async fn charge_saved(&self, charge: &SavedCharge) -> Result<Snapshot, GatewayError> {
        self.charge(charge).await
    }

    async fn withdraw_charge(&self, charge: &SavedCharge) -> Result<Snapshot, GatewayError> {
        self.withdraw(charge).await
    }

    async fn forget(&self, card: &SavedCard) -> Result<(), GatewayError> {
        self.forget_customer(&card.customer).await
    }

    async fn payouts(&self, since: DateTime<Utc>) -> Result<Vec<Payout>, GatewayError> {
        self.list_payouts(since).await
    }

    async fn settlement(&self, payout: &GatewayRef) -> Result<Settlement, GatewayError> {
        self.read_settlement(payout).await
    }

    async fn events(&self, since: DateTime<Utc>) -> Result<Vec<ListedEvent>, GatewayError> {
        self.list_events(since).await
    }

    fn verify_webhook(
        &self,
        headers: Headers<'_>,
        raw: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Delivery, GatewayError> {
        let by_old_secret = signature::check(NAME, headers(notice::HEADER), raw, &self.secrets, now)?;
        Ok(Delivery { notices: notice::read(raw)?, by_old_secret })
    }
}

impl Stripe {
    /// The intent with what went back of it.
    async fn read(&self, intent: &Intent, session: Option<&SessionLine>) -> Result<Snapshot, GatewayError> {
        let charge = intent.latest_charge.as_ref();
        let mut refunds = Vec::new();
        // Also one that failed: it is not in the charge's sum, but was once.
        if charge.is_some_and(|charge| charge.paid) {
            let request = ListRefund::new().payment_intent(intent.id.as_str()).limit(MOST);
            refunds = self.ask::<Refunds>(&request, None).await?.data;
        }
        let mut disputes = Vec::new();
        if charge.is_some_and(|charge| charge.disputed) {
            let request = ListDispute::new().payment_intent(intent.id.as_str()).limit(MOST);
            disputes = self.ask::<Disputes>(&request, None).await?.data;
        }
        read::paid(intent, session, &refunds, &disputes)
    }

    async fn session_of(&self, intent: &Intent) -> Result<Option<SessionLine>, GatewayError> {
        let request = ListCheckoutSession::new().payment_intent(intent.id.as_str()).limit(1_i64);
        Ok(self.ask::<Sessions>(&request, None).await?.data.into_iter().next())
    }
}

fn checkout(attempt: &Attempt) -> Result<CreateCheckoutSession, GatewayError> {
    let price = CreateCheckoutSessionLineItemsPriceData {
        product_data: Some(ProductData::new(attempt.description.as_str())),
        unit_amount: Some(to_stripe(attempt.amount)?),
        ..CreateCheckoutSessionLineItemsPriceData::new(currency(attempt.amount.currency()))
    };
    let line = CreateCheckoutSessionLineItems {
        price_data: Some(price),
        quantity: Some(1),
        ..CreateCheckoutSessionLineItems::new()
    };
    let metadata = HashMap::from([(ATTEMPT.to_owned(), attempt.id.to_string())]);
    let intent = CreateCheckoutSessionPaymentIntentData {
        metadata: Some(metadata.clone()),
        description: Some(attempt.description.clone()),
        ..CreateCheckoutSessionPaymentIntentData::new()
    };
    Ok(CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .line_items(vec![line])
        .payment_intent_data(intent)
        .metadata(metadata)
        .client_reference_id(attempt.id.to_string())
        .success_url(attempt.return_url.as_str())
        .cancel_url(attempt.return_url.as_str())
        .locale(locale(&attempt.language)))
}

pub(super) fn locale(language: &str) -> CheckoutSessionLocale {
    match language.get(..2) {
        Some("en") => CheckoutSessionLocale::En,
        Some("pt") => CheckoutSessionLocale::PtMinusBr,
        _ => CheckoutSessionLocale::EsMinus419,
    }
}

pub(super) fn currency(of: domain::money::Currency) -> stripe_types::Currency {
    let code = of.code().to_ascii_lowercase();
    code.parse().unwrap_or_else(|_| stripe_types::Currency::Unknown(code.clone()))
}
