//! The page itself, and ending sessions from it.

use axum::extract::{Path, Query, State};
use chrono_tz::Tz;
use leptos::prelude::*;
use serde::Deserialize;
use services::Services;
use services::own_data::{CONTACTS_SHOWN, OwnData};
use ui::prelude::*;
use uuid::Uuid;
use web::{Debtor, see_other};

use super::ADDRESS;
use super::parts::{Contacts, Decisions, Files, Held, Opened, Refusals, Sessions};
use crate::pages::SIGN_OUT;
use crate::shell::{Answer, fail, id, own_page};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /mis-datos`
pub async fn show(State(services): State<Services>, debtor: Debtor, Query(done): Query<Done>) -> Answer {
    let no = |error| fail(error, &debtor.visitor);
    let data = services.own_data(debtor.actor()).await.map_err(no)?;
    let zone = services.organization(debtor.actor().organization_id).await.map_err(no)?.zone;
    let this = debtor.session.id;
    let page = own_page(&services, &debtor, title(debtor.lang())).await?;
    let ended = done.what == "cerrada";
    Ok(page.render(move || view! { <Own data zone this ended/> }))
}

/// `POST /mis-datos/sesiones/{id}/cerrar`
pub async fn end_session(
    State(services): State<Services>,
    debtor: Debtor,
    Path(session): Path<String>,
) -> Answer {
    let session: Uuid = id(&session, &debtor.visitor)?;
    let ended = services.end_my_session(debtor.actor(), session).await;
    ended.map_err(|error| fail(error, &debtor.visitor))?;
    Ok(see_other(&format!("{ADDRESS}?hecho=cerrada#sesiones")))
}

/// `POST /mis-datos/sesiones/cerrar-otras`
pub async fn end_others(State(services): State<Services>, debtor: Debtor) -> Answer {
    let ended = services.end_my_other_sessions(debtor.actor(), debtor.session.id).await;
    ended.map_err(|error| fail(error, &debtor.visitor))?;
    Ok(see_other(&format!("{ADDRESS}?hecho=cerrada#sesiones")))
}

pub const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Mis datos", "My data", "Meus dados")
}

#[component]
fn Own(data: OwnData, zone: Tz, this: Option<Uuid>, ended: bool) -> impl IntoView {
    let lang = use_lang();
    let mut contacts = data.contacts;
    let more = contacts.len().saturating_sub(CONTACTS_SHOWN);
    contacts.truncate(CONTACTS_SHOWN);
    view! {
        <PortalLayout
            title=title(lang) back="/deudas" sign_out=SIGN_OUT
            lead=tr!(
                lang,
                "Lo que guardamos de ti, quién lo vio y qué nos hemos escrito.",
                "What we hold about you, who has seen it and what we have written to each other.",
                "O que guardamos sobre você, quem viu e o que escrevemos um ao outro."
            )
        >
            {ended.then(|| view! {
                <Notice tone=Tone::Success title=tr!(lang, "La sesión quedó cerrada", "The session has ended", "A sessão foi encerrada")/>
            })}
            <Held person=data.person points=data.points debts=data.debts/>
            <Ways>
                <Way
                    href=format!("{ADDRESS}/corregir") icon=Glyph::FileText
                    title=tr!(lang, "Corregir un dato", "Put something right", "Corrigir um dado")
                    hint=tr!(lang, "Una persona lo revisa y te responde por escrito", "A person looks into it and answers you in writing", "Uma pessoa analisa e responde por escrito")
                />
                <Way
                    href="/mis-preferencias" icon=Glyph::Settings
                    title=tr!(lang, "Cómo y cuándo contactarme", "How and when to contact me", "Como e quando falar comigo")
                />
                <Way
                    href=format!("{ADDRESS}/exportar") icon=Glyph::Download
                    title=tr!(lang, "Llevarme mis datos", "Take my data with me", "Levar meus dados")
                    hint=tr!(lang, "Para imprimir o como archivo", "To print or as a file", "Para imprimir ou como arquivo")
                />
            </Ways>
            <Opened opened=data.opened zone/>
            <Contacts contacts zone more/>
            <Refusals refused=data.refused zone/>
            <Sessions sessions=data.sessions zone this/>
            <Decisions decisions=data.decisions zone/>
            <Files cases=data.cases reports=data.reports files=data.files zone/>
        </PortalLayout>
    }
    .into_any()
}
