//! Field collectors, their phones, and codes that enrol one.

use axum::extract::State;
use axum::response::Response;
use domain::ids::UserId;
use fast_qr::QRBuilder;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::convert::{Builder, Shape};
use leptos::prelude::*;
use services::field::EnrolmentCode;
use services::roster::{CollectorLine, DeviceLine};
use services::{ServiceError, Services};
use ui::prelude::*;
use web::Form;

use super::account::id_of;
use crate::desk::{Desk, Frame, Section};

const ADDRESS: &str = "/console/campo";

/// A code just made, and for whom.
#[derive(Clone, Debug)]
struct Fresh {
    name: String,
    code: EnrolmentCode,
    until: String,
}

/// `GET /console/campo`
pub async fn show(State(services): State<Services>, desk: Desk) -> Response {
    let result = page(&services, &desk, None).await;
    desk.answer(result)
}

/// `POST /console/campo`: makes a code. It is kept as a hash only, so this answer is the one
/// place where it can be read; asking again makes another.
pub async fn make_code(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let result = made(&services, &desk, &form).await;
    desk.answer(result)
}

async fn made(services: &Services, desk: &Desk, form: &Form) -> Result<Response, ServiceError> {
    let user: UserId = id_of(form.get("collector"))?;
    let code = services.issue_enrolment(desk.actor(), user).await?;
    let until = desk.time(code.expires_at);
    page(services, desk, Some((user, code, until))).await
}

async fn page(
    services: &Services,
    desk: &Desk,
    fresh: Option<(UserId, EnrolmentCode, String)>,
) -> Result<Response, ServiceError> {
    let collectors = services.collectors(desk.actor()).await?;
    let fresh = fresh.map(|(user, code, until)| {
        let name = collectors.iter().find(|line| line.id == user).map(|line| line.name.clone());
        Fresh { name: name.unwrap_or_default(), code, until }
    });
    let page = desk.page(Section::Field.label(desk.lang()));
    let desk = desk.clone();
    Ok(page.render(move || view! { <FieldPage desk collectors fresh/> }))
}

#[component]
fn FieldPage(desk: Desk, collectors: Vec<CollectorLine>, fresh: Option<Fresh>) -> impl IntoView {
    let lang = use_lang();
    let none = collectors.is_empty();
    let cards: Vec<_> =
        collectors.into_iter().map(|line| view! { <Collector line desk=desk.clone()/> }).collect();
    view! {
        <Frame desk section=Section::Field title=Section::Field.label(lang)>
            {fresh.map(|fresh| view! { <FreshCode fresh/> })}
            {none.then(|| view! {
                <Card><EmptyState title=tr!(lang, "No hay gestores de campo", "There are no field collectors") icon=Glyph::Users>
                    <p>{tr!(lang, "Se dan de alta con la función de gestor de campo.", "They are added with the role of field collector.")}</p>
                </EmptyState></Card>
            })}
            <div class="grid">{cards}</div>
        </Frame>
    }
}

/// The code with its link and QR, shown once.
#[component]
fn FreshCode(fresh: Fresh) -> impl IntoView {
    let lang = use_lang();
    let Fresh { name, code, until } = fresh;
    let spaced = match code.code.split_at_checked(4) {
        Some((head, tail)) => format!("{head} {tail}"),
        None => code.code.clone(),
    };
    let label =
        trf!(lang, "Código QR para enrolar el teléfono de {}", "QR code to enrol the phone of {}", name);
    view! {
        <Card title=trf!(lang, "Código para {}", "Code for {}", name) class="enrolment">
            <div class="qr" role="img" aria-label=label inner_html=qr(&code.link).unwrap_or_default()></div>
            <div class="stack">
                <p>{tr!(
                    lang,
                    "Escanear con la cámara del teléfono, o abrir el enlace, o escribir el código en la app de campo.",
                    "Scan with the phone's camera, or open the link, or type the code into the field app.",
                )}</p>
                <p class="amount"><span class="amount-figure" data-testid="enrolment-code">{spaced}</span></p>
                <p><a href=code.link.clone()>{code.link.clone()}</a></p>
                <p class="soft small">{trf!(
                    lang,
                    "Sirve una vez, hasta el {}. No se vuelve a mostrar; si se pierde, crear otro.",
                    "Good once, until {}. It is not shown again; if it is lost, make another.",
                    until,
                )}</p>
            </div>
        </Card>
    }
}

#[component]
fn Collector(line: CollectorLine, desk: Desk) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let none = line.devices.is_empty();
    let devices: Vec<_> = line
        .devices
        .into_iter()
        .map(|device| {
            let since = desk.time(device.enrolled_at);
            device_line(device, since, locale)
        })
        .collect();
    view! {
        <Card title=line.name>
            {none.then(|| view! { <p class="soft">{tr!(lang, "Sin teléfono enrolado.", "No phone enrolled.")}</p> })}
            <ul class="plain-list stack">{devices}</ul>
            <PostForm action=ADDRESS>
                <input type="hidden" name="collector" value=line.id.to_string()/>
                <Button kind=ButtonKind::Secondary icon=Glyph::QrCode>{tr!(lang, "Crear código de enrolamiento", "Make an enrolment code")}</Button>
            </PostForm>
        </Card>
    }
    .into_any()
}

fn device_line(device: DeviceLine, since: String, locale: Locale) -> impl IntoView {
    let lang = locale.lang();
    let (status, tone) = match device.status.as_str() {
        "active" => (tr!(lang, "Activo", "Active").to_owned(), Tone::Success),
        "suspended" => (tr!(lang, "Suspendido", "Suspended").to_owned(), Tone::Warn),
        "revoked" => (tr!(lang, "Revocado", "Revoked").to_owned(), Tone::Warn),
        other => (other.to_owned(), Tone::Neutral),
    };
    let events = format::count(device.events, locale);
    view! {
        <li>
            <p class="row"><strong>{device.code}</strong><span>{device.label}</span><Badge tone>{status}</Badge></p>
            <p class="soft small">{trf!(lang, "Desde {0} · {1} hechos recibidos", "Since {0} · {1} events received", since, events)}</p>
        </li>
    }
    .into_any()
}

/// The link as an SVG picture; dark on light in every theme, so that cameras read it.
fn qr(link: &str) -> Option<String> {
    let code = QRBuilder::new(link).build().ok()?;
    Some(SvgBuilder::default().shape(Shape::Square).margin(2).to_str(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_becomes_a_picture() {
        let svg = qr("https://example.org/field/#enrol=ABCD2345").unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("viewBox"));
    }
}
