//! Saved cards: Checkout in setup mode, and charges while the holder is not there.
//!
//! A charge has two recovery points: the intent is made, then confirmed. One that is found again, by
//! key or, when Stripe has forgotten the key, in its customer's list, is confirmed only if nothing
//! has been charged on it yet.

use std::collections::HashMap;

use services::payments::{
    GatewayError, GatewayRef, Next, PaymentGateway, SavedCard, SavedCharge, Setup, SetupSnapshot, SetupState,
    Snapshot, SnapshotStatus,
};
use stripe_checkout::CheckoutSessionMode;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionCustomerCreation, RetrieveCheckoutSession,
};
use stripe_core::customer::DeleteCustomer;
use stripe_core::payment_intent::{
    CancelPaymentIntent, ConfirmPaymentIntent, ConfirmPaymentIntentOffSession, CreatePaymentIntent,
    CreatePaymentIntentAutomaticPaymentMethods, CreatePaymentIntentAutomaticPaymentMethodsAllowRedirects,
    ListPaymentIntent,
};

use super::amount::to_stripe;
use super::answer::{Done, IntentLine, Intents, SetupSession, Started};
use super::port::{currency, locale};
use super::{ATTEMPT, AUTOPAY, Stripe};

/// More charges than a plan's customer ever has.
const MOST: i64 = 100;

impl Stripe {
    pub(super) async fn open_setup(&self, setup: &Setup) -> Result<Next, GatewayError> {
        let request = CreateCheckoutSession::new()
            .mode(CheckoutSessionMode::Setup)
            .currency(currency(setup.currency))
            .customer_creation(CreateCheckoutSessionCustomerCreation::Always)
            .client_reference_id(setup.id.to_string())
            .metadata(HashMap::from([(AUTOPAY.to_owned(), setup.id.to_string())]))
            .success_url(setup.return_url.as_str())
            .cancel_url(setup.return_url.as_str())
            .locale(locale(&setup.language));
        let session: Started = self.ask(&request, Some(&format!("setup-{}", setup.id))).await?;
        let no_page = || GatewayError::Refused("Stripe opened no page to save a card".to_owned());
        let url = session.url.ok_or_else(no_page)?;
        Ok(Next::Redirect { url, reference: GatewayRef(session.id) })
    }

    pub(super) async fn read_setup(&self, reference: &GatewayRef) -> Result<SetupSnapshot, GatewayError> {
        let request = RetrieveCheckoutSession::new(reference.0.as_str())
            .expand(vec!["setup_intent.payment_method".to_owned()]);
        let session: SetupSession = self.ask(&request, None).await?;
        let intent = session.setup_intent.filter(|intent| intent.status == "succeeded");
        let method = intent.and_then(|intent| intent.payment_method);
        let state = match (session.status.as_deref(), session.customer, method) {
            (Some("complete"), Some(customer), Some(method)) => {
                let (kind, card) = (method.kind, method.card);
                SetupState::Saved(SavedCard {
                    customer,
                    method: method.id,
                    brand: card.as_ref().map_or(kind, |card| card.brand.clone()),
                    last4: card.as_ref().map(|card| card.last4.clone()).unwrap_or_default(),
                    exp_month: card.as_ref().map_or(0, |card| card.exp_month),
                    exp_year: card.as_ref().map_or(0, |card| card.exp_year),
                })
            }
            (Some("expired"), ..) => SetupState::Gone,
            _ => SetupState::Open,
        };
        Ok(SetupSnapshot { state, livemode: session.livemode })
    }

    pub(super) async fn charge(&self, charge: &SavedCharge) -> Result<Snapshot, GatewayError> {
        let made = match self.known(charge).await? {
            Some(made) => made,
            None => self.make(charge).await?,
        };
        if may_confirm(&made) {
            let confirm = ConfirmPaymentIntent::new(made.id.as_str())
                .payment_method(charge.method.as_str())
                .off_session(ConfirmPaymentIntentOffSession::Bool(true));
            match self.ask::<Done>(&confirm, Some(&format!("confirm-{}", charge.attempt.id))).await {
                Ok(Done {}) => {}
                // A decline is told by the intent itself; anything else will not get better.
                Err(GatewayError::Refused(cause)) => {
                    let snapshot = self.withdraw(charge).await?;
                    let declined = snapshot.status != SnapshotStatus::Canceled;
                    return if declined { Ok(snapshot) } else { Err(GatewayError::Refused(cause)) };
                }
                Err(error) => return Err(error),
            }
        }
        self.fetch(&GatewayRef(made.id)).await
    }

    pub(super) async fn withdraw(&self, charge: &SavedCharge) -> Result<Snapshot, GatewayError> {
        let made = self.known(charge).await?.ok_or(GatewayError::Unknown)?;
        if may_confirm(&made) {
            match self.ask::<Done>(&CancelPaymentIntent::new(made.id.as_str()), None).await {
                Ok(Done {}) | Err(GatewayError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        self.fetch(&GatewayRef(made.id)).await
    }

    /// With its customer goes every card of it.
    pub(super) async fn forget_customer(&self, customer: &str) -> Result<(), GatewayError> {
        match self.ask::<Done>(&DeleteCustomer::new(customer), None).await {
            Ok(Done {}) | Err(GatewayError::Unknown) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The charge as it was begun before. Keys are forgotten after a day; the list is not.
    async fn known(&self, charge: &SavedCharge) -> Result<Option<IntentLine>, GatewayError> {
        let request = ListPaymentIntent::new().customer(charge.customer.as_str()).limit(MOST);
        let id = charge.attempt.id.to_string();
        let found = self.ask::<Intents>(&request, None).await?.data;
        Ok(found.into_iter().find(|one| one.metadata.get(ATTEMPT) == Some(&id)))
    }

    async fn make(&self, charge: &SavedCharge) -> Result<IntentLine, GatewayError> {
        let attempt = &charge.attempt;
        let methods = CreatePaymentIntentAutomaticPaymentMethods {
            allow_redirects: Some(CreatePaymentIntentAutomaticPaymentMethodsAllowRedirects::Never),
            ..CreatePaymentIntentAutomaticPaymentMethods::new(true)
        };
        let create =
            CreatePaymentIntent::new(to_stripe(attempt.amount)?, currency(attempt.amount.currency()))
                .automatic_payment_methods(methods)
                .customer(charge.customer.as_str())
                .payment_method(charge.method.as_str())
                .description(attempt.description.as_str())
                .metadata(HashMap::from([
                    (ATTEMPT.to_owned(), attempt.id.to_string()),
                    (AUTOPAY.to_owned(), "1".to_owned()),
                ]));
        self.ask(&create, Some(&format!("charge-{}", attempt.id))).await
    }
}

/// Nothing was charged on it yet, and it can be.
fn may_confirm(intent: &IntentLine) -> bool {
    intent.latest_charge.is_none() && intent.status == "requires_confirmation"
}
