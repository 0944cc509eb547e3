//! The frames of the surfaces. A page is one layout with its content; `title` becomes the heading and,
//! with the brand's name, the document's title.
//!
//! ```
//! # use leptos::prelude::*;
//! # use ui::layout::*;
//! # use ui::icon::Glyph;
//! # let _owner = Owner::new();
//! let debtor = view! { <PortalLayout title="Su cuenta" back="/" sign_out="/salir">"…"</PortalLayout> };
//! let agent = view! {
//!     <ConsoleLayout
//!         title="Cola de trabajo"
//!         nav=vec![NavLink::new("/console", "Inicio", Glyph::Home).current(true)]
//!         user="Ana Ruiz" sign_out="/console/sign-out" search="/console/search"
//!     >"…"</ConsoleLayout>
//! };
//! let sign_in = view! { <PlainLayout title="Iniciar sesión">"…"</PlainLayout> };
//! ```
use leptos::prelude::*;
use leptos_meta::{MetaContext, Title};

use crate::i18n::{Lang, use_lang};
use crate::icon::{Glyph, Icon};
use crate::nav::{Breadcrumbs, Crumb};
use crate::parts::SandboxBanner;
use crate::tr;

/// Who speaks on this page; the shell provides it in context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// The organization's name as its debtors know it.
    pub name: String,
    /// Whether nothing here is real (demo mode, sandbox gateway).
    pub sandbox: bool,
    /// A telephone number where people answer.
    pub phone: Option<String>,
    pub email: Option<String>,
}

impl Default for Brand {
    fn default() -> Self {
        Self { name: "Saldar".to_owned(), sandbox: false, phone: None, email: None }
    }
}

fn use_brand() -> Brand {
    use_context::<Brand>().unwrap_or_default()
}

/// The document's title, where the shell keeps one.
fn document_title(title: &str, brand: &Brand) -> impl IntoView + use<> {
    let text = format!("{title} · {}", brand.name);
    use_context::<MetaContext>().map(|_| view! { <Title text=text/> })
}

fn skip_link() -> impl IntoView {
    let lang = use_lang();
    view! { <a class="skip-link" href="#main">{tr!(lang, "Ir al contenido", "Skip to content", "Ir para o conteúdo")}</a> }
        .into_any()
}

fn banner(brand: &Brand) -> impl IntoView + use<> {
    brand.sandbox.then(|| view! { <SandboxBanner/> })
}

fn wordmark(name: String, href: &'static str) -> impl IntoView {
    view! {
        <a class="wordmark" href=href>
            <span class="mark" aria-hidden="true"></span>
            <span>{name}</span>
        </a>
    }
    .into_any()
}

/// Links to the same page in the other languages.
fn language_links(languages: &[Lang]) -> impl IntoView + use<> {
    let lang = use_lang();
    languages
        .iter()
        .filter(|other| **other != lang)
        .map(|other| {
            let href = format!("?lang={}", other.tag());
            view! { <a href=href lang=other.tag() hreflang=other.tag()>{other.name()}</a> }
        })
        .collect::<Vec<_>>()
}

fn sign_out_form(action: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <crate::forms::PostForm action=action class="inline">
            <button type="submit" class="btn btn-quiet">
                <Icon glyph=Glyph::LogOut/><span>{tr!(lang, "Salir", "Sign out", "Sair")}</span>
            </button>
        </crate::forms::PostForm>
    }
    .into_any()
}

/// The debtor's page: one column, one question. `back` leads to the page before; `lead` is the sentence
/// under the heading; `sign_out` is the address that ends the session, when there is one; `wide` is for
/// tables.
#[component]
pub fn PortalLayout(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: Option<String>,
    #[prop(optional, into)] back: Option<String>,
    #[prop(optional, into)] sign_out: Option<String>,
    #[prop(optional)] wide: bool,
    children: Children,
) -> impl IntoView {
    let lang = use_lang();
    let brand = use_brand();
    let back = back.map(|href| {
        view! { <a class="back" href=href><Icon glyph=Glyph::ChevronLeft/>{tr!(lang, "Volver", "Back", "Voltar")}</a> }
    });
    view! {
        {document_title(&title, &brand)}
        {skip_link()}
        {banner(&brand)}
        <header class="site-header">
            <div class="wrap between">
                {wordmark(brand.name.clone(), "/")}
                <div class="row">{language_links(&Lang::ALL)}{sign_out.map(sign_out_form)}</div>
            </div>
        </header>
        <main id="main" class=if wide { "wrap wrap-wide" } else { "wrap" }>
            {back}
            <h1>{title}</h1>
            {lead.map(|lead| view! { <p class="lead">{lead}</p> })}
            {children()}
        </main>
        {portal_footer(brand)}
    }
    .into_any()
}

fn portal_footer(brand: Brand) -> impl IntoView {
    let lang = use_lang();
    let contact = (brand.phone.is_some() || brand.email.is_some()).then(|| {
        let phone = brand.phone.map(|phone| {
            let href = format!("tel:{}", phone.replace(' ', ""));
            view! { <a href=href><Icon glyph=Glyph::Phone/>{phone}</a> }
        });
        let email = brand.email.map(|email| {
            let href = format!("mailto:{email}");
            view! { <a href=href><Icon glyph=Glyph::Mail/>{email}</a> }
        });
        view! {
            <p>{tr!(lang, "¿Necesitas ayuda? Te atiende una persona.", "Need help? A person will answer.", "Precisa de ajuda? Uma pessoa atende você.")}</p>
            <p class="row">{phone}{email}</p>
        }
    });
    view! {
        <footer class="site-footer">
            <div class="wrap">
                {contact}
                <p><a href="/ayuda">{tr!(lang, "Ayuda y privacidad", "Help and privacy", "Ajuda e privacidade")}</a></p>
                <p class="small">
                    <Icon glyph=Glyph::ShieldCheck/>
                    {tr!(
                        lang,
                        "Nunca te pediremos contraseñas ni claves de tu banco.",
                        "We will never ask for passwords or your bank codes.", "Nunca pediremos senhas nem códigos do seu banco.",
                    )}
                </p>
            </div>
        </footer>
    }
    .into_any()
}

/// A link of the console's main navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavLink {
    pub href: String,
    pub label: String,
    pub icon: Glyph,
    pub current: bool,
    /// How many things wait there.
    pub waiting: Option<String>,
}

impl NavLink {
    pub fn new(href: impl Into<String>, label: impl Into<String>, icon: Glyph) -> Self {
        Self { href: href.into(), label: label.into(), icon, current: false, waiting: None }
    }

    #[must_use]
    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }

    #[must_use]
    pub fn waiting(mut self, waiting: impl Into<String>) -> Self {
        self.waiting = Some(waiting.into());
        self
    }
}

/// The agent's page: navigation at the side, search on top, dense content. `search` is the address that a
/// GET with `q` goes to, `query` what was searched for; `finder` is a search box in its place; `actions` are
/// buttons beside the heading.
#[component]
pub fn ConsoleLayout(
    #[prop(into)] title: String,
    nav: Vec<NavLink>,
    #[prop(into)] user: String,
    #[prop(into)] sign_out: String,
    #[prop(optional, into)] search: Option<String>,
    #[prop(optional, into)] query: Option<String>,
    #[prop(optional, into)] finder: Option<ViewFn>,
    #[prop(optional)] crumbs: Vec<Crumb>,
    #[prop(optional, into)] actions: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let lang = use_lang();
    let brand = use_brand();
    let links: Vec<_> = nav.into_iter().map(nav_link).collect();
    view! {
        {document_title(&title, &brand)}
        {skip_link()}
        {banner(&brand)}
        <div class="console">
            <header class="top-bar">
                {wordmark(brand.name, "/console")}
                {search.map(|action| search_form(action, query))}
                {finder.map(|finder| finder.run())}
                <div class="row top-user">
                    {language_links(&Lang::STAFF)}
                    <span class="user-name"><Icon glyph=Glyph::User/>{user}</span>
                    {sign_out_form(sign_out)}
                </div>
            </header>
            <details class="nav-toggle">
                <summary><Icon glyph=Glyph::Menu/>{tr!(lang, "Menú", "Menu", "Menu")}</summary>
            </details>
            <nav class="side-nav" aria-label=tr!(lang, "Principal", "Main", "Principal")><ul>{links}</ul></nav>
            <main id="main">
                {(!crumbs.is_empty()).then(|| view! { <Breadcrumbs crumbs/> })}
                <div class="page-head">
                    <h1>{title}</h1>
                    {actions.map(|actions| view! { <div class="row">{actions.run()}</div> })}
                </div>
                {children()}
            </main>
        </div>
    }
    .into_any()
}

fn nav_link(link: NavLink) -> impl IntoView {
    let here = link.current.then_some("page");
    let waiting = link.waiting.map(|count| view! { <span class="count">{count}</span> });
    view! {
        <li><a href=link.href aria-current=here><Icon glyph=link.icon/><span>{link.label}</span>{waiting}</a></li>
    }
    .into_any()
}

fn search_form(action: String, query: Option<String>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <form class="search" role="search" method="get" action=action>
            <label class="visually-hidden" for="q">{tr!(lang, "Buscar", "Search", "Buscar")}</label>
            <Icon glyph=Glyph::Search/>
            <input
                type="search" name="q" id="q" value=query autocomplete="off"
                placeholder=tr!(lang, "Nombre, documento o cuenta", "Name, document or account", "Nome, documento ou conta")
            />
        </form>
    }
    .into_any()
}

/// A page with nothing but its question: sign-in, a public check, a fault. Uses the surface's sheet.
#[component]
pub fn PlainLayout(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: Option<String>,
    children: Children,
) -> impl IntoView {
    let brand = use_brand();
    view! {
        {document_title(&title, &brand)}
        {skip_link()}
        {banner(&brand)}
        <div class="plain">
            <header class="between">
                {wordmark(brand.name, "/")}
                <div class="row">{language_links(&Lang::ALL)}</div>
            </header>
            <main id="main" class="card">
                <h1>{title}</h1>
                {lead.map(|lead| view! { <p class="lead">{lead}</p> })}
                {children()}
            </main>
        </div>
    }
    .into_any()
}

/// The collector's page: title on top, state of sync always in words, the main action under the thumb.
/// `sync` renders within the bar at the top; `action` in the bar at the bottom.
#[component]
pub fn FieldLayout(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] back: Option<String>,
    #[prop(optional, into)] sync: Option<ViewFn>,
    #[prop(optional, into)] action: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let lang = use_lang();
    let back = back.map(|href| {
        view! { <a class="bar-back" href=href><Icon glyph=Glyph::ChevronLeft label=tr!(lang, "Volver", "Back", "Voltar")/></a> }
    });
    view! {
        {skip_link()}
        <header class="app-bar">
            <div class="row">{back}<h1>{move || title.get()}</h1></div>
            {sync.map(|sync| view! { <p class="sync" role="status">{sync.run()}</p> })}
        </header>
        <main id="main" class="wrap">{children()}</main>
        {action.map(|action| view! { <div class="action-bar">{action.run()}</div> })}
    }
    .into_any()
}
