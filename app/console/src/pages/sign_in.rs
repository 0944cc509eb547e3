//! Signing in and out.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::access::{Permission, Role};
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};
use leptos::prelude::*;
use services::{Mode, ServiceError, Services};
use ui::prelude::*;
use web::{
    Form, Page, PageError, STAFF_COOKIE, Staff, Surface, Visitor, clear_cookie, form_state, see_other,
    session_cookie,
};

use crate::desk::{ACCOUNTS, Desk, Frame, Section};

/// The sign-ins of the demo book, by role.
const DEMO_SIGN_INS: [(&str, Role); 5] = [
    ("agente", Role::Agent),
    ("supervisora", Role::Supervisor),
    ("gerente", Role::Manager),
    ("auditora", Role::Auditor),
    ("admin", Role::Admin),
];

/// `GET /console`: to the accounts, or what those read who have none.
pub async fn home(desk: Desk) -> Response {
    if desk.may(Permission::AccountRead) {
        return see_other(ACCOUNTS);
    }
    let title =
        tr!(desk.lang(), "El trabajo del día está en la app de campo", "The day's work is in the field app");
    desk.clone().page(title).render(move || view! { <FieldOnly desk title/> })
}

#[component]
fn FieldOnly(desk: Desk, title: &'static str) -> impl IntoView {
    let lang = use_lang();
    view! {
        <Frame desk section=Section::Other title>
            <Card>
                <p>{tr!(
                    lang,
                    "Con esta función no se abren cuentas desde la oficina. Las visitas del día están en el teléfono.",
                    "Your role opens no accounts from the office. The day's visits are on the phone.",
                )}</p>
                <p><LinkButton href="/field/" icon=Glyph::Route>{tr!(lang, "Abrir la app de campo", "Open the field app")}</LinkButton></p>
            </Card>
        </Frame>
    }
}

/// `GET /console/entrar`
pub async fn show(State(services): State<Services>, visitor: Visitor) -> Response {
    page(&services, &visitor, None)
}

fn page(services: &Services, visitor: &Visitor, form: Option<FormState>) -> Response {
    let demo = services.mode == Mode::Demo;
    let title = tr!(visitor.lang(), "Entrar a la consola", "Sign in to the console");
    let brand = Brand { sandbox: demo, ..Brand::default() };
    Page::new(Surface::Console, visitor, title)
        .brand(brand)
        .form(form)
        .render(move || view! { <SignIn title demo/> })
}

/// `POST /console/entrar`
pub async fn enter(State(services): State<Services>, visitor: Visitor, form: Form) -> Response {
    let lang = visitor.lang();
    match services.staff_sign_in(form.get("login"), form.get("password"), &visitor.address).await {
        Ok(token) => {
            let cookie = session_cookie(STAFF_COOKIE, &token);
            ([(SET_COOKIE, cookie)], see_other("/console")).into_response()
        }
        Err(ServiceError::Invalid(issues)) => {
            page(&services, &visitor, Some(form_state(&form, &issues, lang)))
        }
        Err(ServiceError::Throttled { retry_after_s }) => {
            let minutes = (retry_after_s + 59) / 60;
            let says = trf!(
                lang,
                "Demasiados intentos. Espere {} y entre de nuevo.",
                "Too many tries. Wait {} and sign in again.",
                minutes_text(minutes, lang),
            );
            let state = form_state(&form, &[], lang).with_error("login", says);
            let mut response = page(&services, &visitor, Some(state));
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            response
        }
        Err(error) => PageError::new(error, Surface::Console, &visitor).into_page(),
    }
}

fn minutes_text(minutes: i64, lang: Lang) -> String {
    match minutes {
        1 => tr!(lang, "1 minuto", "1 minute").to_owned(),
        more => trf!(lang, "{} minutos", "{} minutes", more),
    }
}

/// `POST /console/salir`
pub async fn leave(State(services): State<Services>, staff: Staff, headers: HeaderMap) -> Response {
    if let Some(token) = Staff::token(&headers)
        && let Err(error) = services.staff_sign_out(&token).await
    {
        return PageError::new(error, Surface::Console, &staff.visitor).into_page();
    }
    ([(SET_COOKIE, clear_cookie(STAFF_COOKIE))], see_other("/console/entrar")).into_response()
}

#[component]
fn SignIn(title: &'static str, demo: bool) -> impl IntoView {
    let lang = use_lang();
    view! {
        <PlainLayout title>
            <ErrorSummary/>
            <PostForm action="/console/entrar">
                <Field name="login" label=tr!(lang, "Usuario", "Login") autocomplete="username" autofocus=true/>
                <Field name="password" kind="password" label=tr!(lang, "Contraseña", "Password") autocomplete="current-password"/>
                <Button>{tr!(lang, "Entrar", "Sign in")}</Button>
            </PostForm>
            {demo.then(|| view! { <DemoSignIns/> })}
        </PlainLayout>
    }
}

#[component]
fn DemoSignIns() -> impl IntoView {
    let lang = use_lang();
    let rows: Vec<_> = DEMO_SIGN_INS
        .into_iter()
        .map(|(login, role)| view! { <Pair term=labels::role(role, lang)><code>{login}</code></Pair> })
        .collect();
    view! {
        <section class="stack">
            <h2>{tr!(lang, "Entradas de la demostración", "Demonstration sign-ins")}</h2>
            <KeyValue>{rows}</KeyValue>
            <p class="soft small">
                {tr!(lang, "La contraseña de todas es ", "The password of all is ")}
                <code>{services::demo::PASSWORD}</code>"."
            </p>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use services::demo::{DemoPlan, build};

    #[test]
    fn the_sign_ins_shown_are_those_of_the_book() {
        let book = build(DemoPlan { accounts: 1, seed: 1, as_of: "2026-11-21".parse().unwrap() });
        for (login, role) in DEMO_SIGN_INS {
            assert!(book.staff.iter().any(|user| user.login == login && user.role == role), "{login}");
        }
    }

    #[test]
    fn waiting_is_said_in_whole_minutes() {
        assert_eq!(minutes_text(1, Lang::Es), "1 minuto");
        assert_eq!(minutes_text(8, Lang::En), "8 minutes");
    }
}
