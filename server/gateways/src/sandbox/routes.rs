//! The hosted page's two requests: show it, and take what the payer pressed.

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::page::{self, Lang};
use super::payment::{Decision, Decline, Status};
use super::{CardStatus, LONGEST_DELAY, LaterKind, Sandbox, SandboxError};

#[derive(Deserialize)]
struct Choice {
    lang: Option<String>,
}

#[derive(Deserialize)]
struct Pressed {
    decision: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    seconds: String,
}

impl Pressed {
    /// What was pressed; `None` if the form does not say it in a way the page offers.
    fn decision(&self) -> Option<Decision> {
        match self.decision.as_str() {
            "approve" => Some(Decision::Approve),
            "cancel" => Some(Decision::Cancel),
            "decline" => Decline::from_code(&self.reason).map(Decision::Decline),
            "delay" => {
                let seconds = self.seconds.trim().parse().ok().filter(|n| (1..=LONGEST_DELAY).contains(n));
                seconds.map(Decision::Delay)
            }
            _ => None,
        }
    }
}

impl Sandbox {
    /// The hosted pages: `/sandbox/pay/{reference}`, and `/sandbox/card/{reference}` to save a card.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/sandbox/pay/{reference}", get(show).post(press))
            .route("/sandbox/card/{reference}", get(show_card).post(save_card))
            .with_state(self.clone())
    }
}

async fn show_card(
    State(sandbox): State<Sandbox>,
    Path(reference): Path<String>,
    Query(choice): Query<Choice>,
) -> Result<Html<String>, Problem> {
    let card = sandbox.card(&reference).await?;
    Ok(Html(page::card(&card, Lang::choose(choice.lang.as_deref()), false)))
}

async fn save_card(
    State(sandbox): State<Sandbox>,
    Path(reference): Path<String>,
    Query(choice): Query<Choice>,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    let status = CardStatus::from_code(&pressed.decision).filter(|status| *status != CardStatus::Open);
    let Some(status) = status else {
        let card = sandbox.card(&reference).await?;
        let page = Html(page::card(&card, Lang::choose(choice.lang.as_deref()), true));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    // Only a page that is open: what was saved is forgotten elsewhere.
    let card = sandbox.card(&reference).await?;
    let card =
        if card.status == CardStatus::Open { sandbox.move_card(&reference, status).await? } else { card };
    Ok(Redirect::to(&card.return_url).into_response())
}

async fn show(
    State(sandbox): State<Sandbox>,
    Path(reference): Path<String>,
    Query(choice): Query<Choice>,
) -> Result<Html<String>, Problem> {
    let payment = sandbox.find(&reference).await?;
    let lang = Lang::choose(choice.lang.as_deref());
    Ok(Html(page::payment(&payment, lang, false)))
}

async fn press(
    State(sandbox): State<Sandbox>,
    Path(reference): Path<String>,
    Query(choice): Query<Choice>,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    let at_the_bank = match pressed.decision.as_str() {
        "dispute" => Some(LaterKind::Disputed),
        "reinstate" => Some(LaterKind::Reinstated),
        _ => None,
    };
    if let Some(what) = at_the_bank {
        match sandbox.dispute(&reference, what).await {
            // Pressed twice: it has happened.
            Ok(()) | Err(SandboxError::Nothing(_)) => sandbox.deliver_soon().await,
            Err(error) => return Err(error.into()),
        }
        let lang = Lang::choose(choice.lang.as_deref()).tag();
        return Ok(Redirect::to(&format!("/sandbox/pay/{reference}?lang={lang}")).into_response());
    }
    let Some(decision) = pressed.decision() else {
        let payment = sandbox.find(&reference).await?;
        let lang = Lang::choose(choice.lang.as_deref());
        let page = Html(page::payment(&payment, lang, true));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let payment = match sandbox.decide(&reference, decision).await {
        Ok(payment) => payment,
        // A second press of the same button: the first decision stands, and its payer goes on.
        Err(SandboxError::Decided(_)) => sandbox.find(&reference).await?,
        Err(error) => return Err(error.into()),
    };
    if payment.status != Status::Processing {
        sandbox.deliver_soon().await;
    }
    Ok(Redirect::to(&payment.return_url).into_response())
}

/// An error as its reader sees it.
struct Problem(SandboxError);

impl From<SandboxError> for Problem {
    fn from(error: SandboxError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = match self.0 {
            SandboxError::Unknown(_) => StatusCode::NOT_FOUND,
            ref error => {
                tracing::error!(%error, "the sandbox's page failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        (status, Html(page::problem(status == StatusCode::NOT_FOUND))).into_response()
    }
}
