//! The app's places. They live behind the `#`, so that one cached page serves them all without a network.

use uuid::Uuid;

/// A place in the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    Today,
    Stop(Uuid),
    /// The visit form; true when it opens for taking cash.
    Visit(Uuid, bool),
    Receipt(String),
    Cash,
    Phone,
}

impl Route {
    /// The place a fragment names. None for a fragment that is no place, such as a skip link's.
    pub fn parse(fragment: &str) -> Option<Self> {
        let path = fragment.strip_prefix("#/")?;
        let mut parts = path.split('/');
        let route = match (parts.next().unwrap_or(""), parts.next()) {
            ("stop", Some(id)) => Self::Stop(id.parse().ok()?),
            ("visit", Some(id)) => Self::Visit(id.parse().ok()?, false),
            ("cobro", Some(id)) => Self::Visit(id.parse().ok()?, true),
            ("receipt", Some(number)) => Self::Receipt(number.to_owned()),
            ("cash", None) => Self::Cash,
            ("phone", None) => Self::Phone,
            _ => Self::Today,
        };
        Some(route)
    }

    /// The place as a link.
    pub fn href(&self) -> String {
        match self {
            Self::Today => "#/".to_owned(),
            Self::Stop(id) => format!("#/stop/{id}"),
            Self::Visit(id, false) => format!("#/visit/{id}"),
            Self::Visit(id, true) => format!("#/cobro/{id}"),
            Self::Receipt(number) => format!("#/receipt/{number}"),
            Self::Cash => "#/cash".to_owned(),
            Self::Phone => "#/phone".to_owned(),
        }
    }
}

/// The address's fragment, with its `#`.
pub fn fragment() -> String {
    web_sys::window().and_then(|w| w.location().hash().ok()).unwrap_or_default()
}

/// Goes to a place.
pub fn go(route: &Route) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_hash(&route.href());
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// The code of an enrolment link, `#enrol=CODE`.
pub fn enrolment_code() -> Option<String> {
    let code = fragment().strip_prefix("#enrol=")?.to_owned();
    (!code.is_empty()).then_some(code)
}
