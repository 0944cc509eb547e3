//! Who sends a request.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::response::Response;
use domain::access::Actor;
use domain::party::DeviceKind;
use http::header::{ACCEPT_LANGUAGE, USER_AGENT};
use http::request::Parts;
use services::Services;
use services::debtors::DebtorSession;
use services::staff::StaffSession;
use ui::i18n::{Lang, Locale};

use crate::cookie::{DEBTOR_COOKIE, STAFF_COOKIE, cookie};
use crate::error::PageError;
use crate::page::{Surface, see_other};

/// Anybody: language, address, and the page asked for.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub locale: Locale,
    /// The peer's address, for rate limits.
    pub address: String,
    pub path: String,
    /// What they read with.
    pub device: DeviceKind,
}

impl Visitor {
    pub const fn lang(&self) -> Lang {
        self.locale.lang()
    }

    fn of(parts: &Parts) -> Self {
        let chosen = cookie(&parts.headers, "lang").and_then(|tag| Lang::from_tag(&tag));
        let accepted =
            || parts.headers.get(ACCEPT_LANGUAGE)?.to_str().ok().and_then(Lang::from_accept_language);
        let lang = chosen.or_else(accepted).unwrap_or_default();
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        let device = DeviceKind::of_user_agent(agent.unwrap_or_default());
        let address = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or_else(|| "unknown".to_owned(), |ConnectInfo(peer)| peer.ip().to_string());
        Self { locale: Locale::new(lang, "MX"), address, path: parts.uri.path().to_owned(), device }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

/// A signed-in member of staff; others are sent to the sign-in page.
#[derive(Clone, Debug)]
pub struct Staff {
    pub session: StaffSession,
    pub visitor: Visitor,
}

impl Staff {
    pub const fn actor(&self) -> &Actor {
        &self.session.actor
    }

    pub const fn lang(&self) -> Lang {
        self.visitor.lang()
    }

    /// The token of the session, to end it.
    pub fn token(headers: &http::HeaderMap) -> Option<String> {
        cookie(headers, STAFF_COOKIE)
    }
}

impl<S> FromRequestParts<S> for Staff
where
    S: Send + Sync,
    Services: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let mut visitor = Visitor::of(parts);
        let services = Services::from_ref(state);
        let Some(token) = cookie(&parts.headers, STAFF_COOKIE) else {
            return Err(see_other("/console/entrar"));
        };
        match services.staff_session(&token).await {
            Ok(Some(session)) => {
                let country = services.organization(session.actor.organization_id).await.map(|o| o.country);
                let lang = visitor.lang().for_staff();
                visitor.locale = Locale::new(lang, country.as_deref().unwrap_or("MX"));
                Ok(Self { session, visitor })
            }
            Ok(None) => Err(see_other("/console/entrar")),
            Err(error) => Err(PageError::new(error, Surface::Console, &visitor).into_page()),
        }
    }
}

/// A signed-in debtor; others are sent to the portal's first page.
#[derive(Clone, Debug)]
pub struct Debtor {
    pub session: DebtorSession,
    pub visitor: Visitor,
}

impl Debtor {
    pub const fn actor(&self) -> &Actor {
        &self.session.actor
    }

    pub const fn lang(&self) -> Lang {
        self.visitor.lang()
    }

    /// The token of the session, to end it.
    pub fn token(headers: &http::HeaderMap) -> Option<String> {
        cookie(headers, DEBTOR_COOKIE)
    }
}

impl<S> FromRequestParts<S> for Debtor
where
    S: Send + Sync,
    Services: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let mut visitor = Visitor::of(parts);
        let Some(token) = cookie(&parts.headers, DEBTOR_COOKIE) else { return Err(see_other("/?fin=1")) };
        match Services::from_ref(state).debtor_session(&token).await {
            Ok(Some(session)) => {
                visitor.locale = Locale::new(visitor.lang(), &session.party.country);
                Ok(Self { session, visitor })
            }
            Ok(None) => Err(see_other("/?fin=1")),
            Err(error) => Err(PageError::new(error, Surface::Portal, &visitor).into_page()),
        }
    }
}
