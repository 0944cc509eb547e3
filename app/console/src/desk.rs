//! The desk of a signed-in member of staff: who sits there, in which zone, and the frame
//! around every page.

use axum::extract::{FromRef, FromRequestParts};
use axum::response::Response;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::access::{Actor, Permission, Role};
use http::request::Parts;
use leptos::prelude::*;
use services::{Mode, ServiceError, Services};
use ui::prelude::*;
use web::{Page, PageError, Staff, Surface};

use crate::islands::Keys;
use crate::quick_find::QuickFind;

pub const ACCOUNTS: &str = "/console/cuentas";

/// A signed-in member of staff with what every page shows of the organization.
#[derive(Clone, Debug)]
pub struct Desk {
    pub staff: Staff,
    /// The organization's zone: instants are shown in it.
    pub zone: Tz,
    pub country: String,
    brand: Brand,
    demo: bool,
}

impl<S> FromRequestParts<S> for Desk
where
    S: Send + Sync,
    Services: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let staff = Staff::from_request_parts(parts, state).await?;
        let services = Services::from_ref(state);
        let org = services
            .organization(staff.actor().organization_id)
            .await
            .map_err(|error| PageError::new(error, Surface::Console, &staff.visitor).into_page())?;
        let demo = services.mode == Mode::Demo;
        let brand = Brand { name: org.name, sandbox: demo, ..Brand::default() };
        Ok(Self { staff, zone: org.zone, country: org.country, brand, demo })
    }
}

impl Desk {
    pub const fn actor(&self) -> &Actor {
        self.staff.actor()
    }

    pub const fn lang(&self) -> Lang {
        self.staff.lang()
    }

    pub const fn locale(&self) -> Locale {
        self.staff.visitor.locale
    }

    pub const fn may(&self, permission: Permission) -> bool {
        self.staff.session.role.may(permission)
    }

    /// A page of the console, its brand set.
    pub fn page(&self, title: impl Into<String>) -> Page {
        Page::new(Surface::Console, &self.staff.visitor, title).brand(self.brand.clone())
    }

    /// The answer of a use case, or the page of its error.
    pub fn answer(&self, result: Result<Response, ServiceError>) -> Response {
        result
            .unwrap_or_else(|error| PageError::new(error, Surface::Console, &self.staff.visitor).into_page())
    }

    /// An instant in the organization's zone.
    pub fn time(&self, at: DateTime<Utc>) -> String {
        format::date_time(&at.with_timezone(&self.zone), self.locale())
    }

    fn user(&self) -> String {
        let session = &self.staff.session;
        format!("{} · {}", session.name, labels::role(session.role, self.lang()))
    }

    fn nav(&self, section: Section) -> Vec<NavLink> {
        let lang = self.lang();
        let mut links: Vec<_> = Section::ALL
            .into_iter()
            .filter(|item| item.permissions().iter().any(|permission| self.may(*permission)))
            .map(|item| {
                let (href, icon) = item.place();
                NavLink::new(href, item.label(lang), icon).current(item == section)
            })
            .collect();
        if self.demo || self.staff.session.role == Role::FieldCollector {
            links.push(NavLink::new("/field/", tr!(lang, "App de campo", "Field app"), Glyph::MapPin));
        }
        links
    }
}

/// A part of the console, as the navigation names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Accounts,
    Calls,
    Arrangements,
    Cases,
    Reports,
    Exceptions,
    Statements,
    Payouts,
    Remittances,
    Terms,
    Policy,
    Segments,
    Journeys,
    Templates,
    ContactRules,
    Jobs,
    Experiments,
    Import,
    Imports,
    Field,
    Messages,
    Letters,
    Gateway,
    Audit,
    /// None of the above: a page that the navigation does not lead to.
    Other,
}

impl Section {
    const ALL: [Self; 24] = [
        Self::Accounts,
        Self::Calls,
        Self::Arrangements,
        Self::Cases,
        Self::Reports,
        Self::Exceptions,
        Self::Statements,
        Self::Payouts,
        Self::Import,
        Self::Imports,
        Self::Remittances,
        Self::Terms,
        Self::Policy,
        Self::Segments,
        Self::Journeys,
        Self::Experiments,
        Self::Templates,
        Self::ContactRules,
        Self::Jobs,
        Self::Field,
        Self::Messages,
        Self::Letters,
        Self::Gateway,
        Self::Audit,
    ];

    /// Any of these opens it.
    const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Accounts | Self::Calls | Self::Arrangements | Self::Terms | Self::Other => {
                &[Permission::AccountRead]
            }
            Self::Cases | Self::Reports => &[Permission::CaseHandle],
            Self::Exceptions | Self::Statements => &[Permission::PaymentResolve],
            Self::Payouts | Self::Remittances => &[Permission::RemittanceRead],
            Self::Segments
            | Self::Journeys
            | Self::Templates
            | Self::ContactRules
            | Self::Jobs
            | Self::Experiments => &[Permission::StrategyRead],
            Self::Policy => &[Permission::ArrangementExceed, Permission::AuditRead],
            Self::Import => &[Permission::PortfolioImport],
            Self::Imports => &[Permission::ImportRead],
            Self::Field => &[Permission::DeviceEnrol],
            Self::Messages | Self::Letters => &[Permission::OutboxRead],
            Self::Gateway => &[Permission::StaffManage],
            Self::Audit => &[Permission::AuditRead],
        }
    }

    const fn place(self) -> (&'static str, Glyph) {
        match self {
            Self::Accounts | Self::Other => (ACCOUNTS, Glyph::Users),
            Self::Calls => (crate::pages::calls::ADDRESS, Glyph::Phone),
            Self::Arrangements => (crate::pages::arrangements::ADDRESS, Glyph::Handshake),
            Self::Cases => (crate::pages::cases::ADDRESS, Glyph::MessageCircle),
            Self::Reports => (crate::pages::reports::ADDRESS, Glyph::Receipt),
            Self::Exceptions => (crate::pages::exceptions::ADDRESS, Glyph::TriangleAlert),
            Self::Statements => (crate::pages::statements::ADDRESS, Glyph::Landmark),
            Self::Payouts => (crate::pages::payouts::ADDRESS, Glyph::RefreshCw),
            Self::Remittances => (crate::pages::remittances::ADDRESS, Glyph::Landmark),
            Self::Terms => (crate::pages::terms::ADDRESS, Glyph::Scale),
            Self::Policy => (crate::pages::policy::ADDRESS, Glyph::Wallet),
            Self::Segments => (crate::pages::segments::ADDRESS, Glyph::ListFilter),
            Self::Journeys => (crate::pages::journeys::ADDRESS, Glyph::ListChecks),
            Self::Templates => (crate::pages::templates::ADDRESS, Glyph::FileText),
            Self::ContactRules => (crate::pages::contact_rules::ADDRESS, Glyph::Scale),
            Self::Jobs => (crate::pages::jobs::ADDRESS, Glyph::Clock),
            Self::Experiments => (crate::pages::experiments::ADDRESS, Glyph::Chart),
            Self::Import => ("/console/importar", Glyph::Upload),
            Self::Imports => ("/console/importaciones", Glyph::History),
            Self::Field => ("/console/campo", Glyph::Route),
            Self::Messages => ("/console/mensajes", Glyph::Mail),
            Self::Letters => (crate::pages::letters::ADDRESS, Glyph::Printer),
            Self::Gateway => (crate::pages::gateway::ADDRESS, Glyph::CreditCard),
            Self::Audit => ("/console/auditoria", Glyph::ShieldCheck),
        }
    }

    pub const fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Accounts | Self::Other => tr!(lang, "Cuentas", "Accounts"),
            Self::Calls => tr!(lang, "Llamadas", "Calls"),
            Self::Arrangements => tr!(lang, "Convenios", "Arrangements"),
            Self::Cases => tr!(lang, "Casos", "Cases"),
            Self::Reports => tr!(lang, "Pagos reportados", "Reported payments"),
            Self::Exceptions => tr!(lang, "Pagos por revisar", "Payments to check"),
            Self::Statements => tr!(lang, "Estados de cuenta", "Bank statements"),
            Self::Payouts => tr!(lang, "Conciliación", "Reconciliation"),
            Self::Remittances => tr!(lang, "Rendiciones", "Remittances"),
            Self::Terms => tr!(lang, "Condiciones", "Terms"),
            Self::Policy => tr!(lang, "Política de ofertas", "Offer policy"),
            Self::Segments => tr!(lang, "Segmentos", "Segments"),
            Self::Journeys => tr!(lang, "Recorridos", "Journeys"),
            Self::Templates => tr!(lang, "Plantillas", "Templates"),
            Self::ContactRules => tr!(lang, "Reglas de contacto", "Contact rules"),
            Self::Jobs => tr!(lang, "Tareas diarias", "Daily work"),
            Self::Experiments => tr!(lang, "Experimentos", "Experiments"),
            Self::Import => tr!(lang, "Importar cartera", "Import portfolio"),
            Self::Imports => tr!(lang, "Importaciones", "Imports"),
            Self::Field => tr!(lang, "Campo", "Field"),
            Self::Messages => tr!(lang, "Mensajes", "Messages"),
            Self::Letters => tr!(lang, "Cartas", "Letters"),
            Self::Gateway => tr!(lang, "Pagos en línea", "Online payments"),
            Self::Audit => tr!(lang, "Auditoría", "Audit"),
        }
    }
}

/// The frame of a console page: navigation by permission, search, and the keys. The list
/// brings a search of its own (`own_search`).
#[component]
pub fn Frame(
    desk: Desk,
    section: Section,
    #[prop(into)] title: String,
    #[prop(optional)] crumbs: Vec<Crumb>,
    #[prop(optional)] own_search: bool,
    #[prop(optional, into)] actions: ViewFn,
    children: Children,
) -> impl IntoView {
    let nav = desk.nav(section);
    let user = desk.user();
    let sign_out = "/console/salir";
    let content = move || {
        view! {
            {children()}
            <KeyHelp/>
            <Keys/>
        }
        .into_any()
    };
    if own_search || !desk.may(Permission::AccountRead) {
        view! { <ConsoleLayout title nav user sign_out crumbs actions>{content()}</ConsoleLayout> }.into_any()
    } else {
        let locale = desk.locale();
        let finder = move || view! { <QuickFind locale action=ACCOUNTS.to_owned()/> };
        view! { <ConsoleLayout title nav user sign_out crumbs actions finder>{content()}</ConsoleLayout> }
            .into_any()
    }
}

/// The list of keys, shown by `?` or by its button.
#[component]
fn KeyHelp() -> impl IntoView {
    let lang = use_lang();
    let key = |key: &'static str, does: &'static str| view! { <Pair term=does><kbd>{key}</kbd></Pair> };
    view! {
        <p class="key-help no-print">
            <button type="button" class="btn btn-quiet" popovertarget="keys" data-key="?">
                {tr!(lang, "Atajos de teclado", "Keyboard shortcuts")}" "<kbd>"?"</kbd>
            </button>
        </p>
        <div id="keys" popover="auto" class="card">
            <h2>{tr!(lang, "Atajos de teclado", "Keyboard shortcuts")}</h2>
            <KeyValue>
                {key("/", tr!(lang, "Buscar", "Search"))}
                {key("j", tr!(lang, "Fila siguiente", "Next row"))}
                {key("k", tr!(lang, "Fila anterior", "Previous row"))}
                {key("Enter", tr!(lang, "Abrir la fila", "Open the row"))}
                {key("g", tr!(lang, "Registrar gestión", "Record activity"))}
                {key("p", tr!(lang, "Tomar promesa", "Take a promise"))}
                {key("c", tr!(lang, "Registrar pago", "Post a payment"))}
                {key("v", tr!(lang, "Programar visita", "Plan a visit"))}
                {key("Esc", tr!(lang, "Salir del campo o cerrar", "Leave the field or close"))}
            </KeyValue>
        </div>
    }
    .into_any()
}
