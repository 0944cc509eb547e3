//! Taking one's data along: a page to print, and a file.

use axum::extract::State;
use chrono::NaiveDate;
use chrono_tz::Tz;
use leptos::prelude::*;
use services::Services;
use services::own_data::OwnData;
use ui::prelude::*;
use web::{Debtor, attachment};

use super::ADDRESS;
use super::parts::{Contacts, Decisions, Files, Held, Opened, Refusals};
use crate::pages::SIGN_OUT;
use crate::shell::{Answer, fail, own_page};

/// `GET /mis-datos/exportar`: everything on one page, to print or to keep as PDF.
pub async fn print(State(services): State<Services>, debtor: Debtor) -> Answer {
    let no = |error| fail(error, &debtor.visitor);
    let data = services.own_data(debtor.actor()).await.map_err(no)?;
    let zone = services.organization(debtor.actor().organization_id).await.map_err(no)?.zone;
    let page = own_page(&services, &debtor, title(debtor.lang())).await?;
    Ok(page.render(move || view! { <Paper data zone/> }))
}

/// `POST /mis-datos/exportar`: the file. Taking it is kept in the audit trail.
pub async fn download(State(services): State<Services>, debtor: Debtor) -> Answer {
    let export = services.export_own_data(debtor.actor()).await;
    let export = export.map_err(|error| fail(error, &debtor.visitor))?;
    Ok(attachment(export.json, "application/json", &export.file_name))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Todos mis datos", "All my data", "Todos os meus dados")
}

#[component]
fn Paper(data: OwnData, zone: Tz) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let today: NaiveDate = data.today;
    view! {
        <PortalLayout
            title=title(lang) back=ADDRESS sign_out=SIGN_OUT
            lead=trf!(lang, "Lo que guardamos de ti al {}.", "What we hold about you on {}.", "O que guardamos sobre você em {}.", format::date_long(today, locale))
        >
            <div class="no-print">
                <p>{tr!(
                    lang,
                    "Para guardarla como PDF, usa «Imprimir» de tu navegador y elige «Guardar como PDF».",
                    "To keep it as PDF, use “Print” of your browser and choose “Save as PDF”.",
                    "Para guardar como PDF, use “Imprimir” do navegador e escolha “Salvar como PDF”."
                )}</p>
                <PostForm action=format!("{ADDRESS}/exportar")>
                    <Button kind=ButtonKind::Secondary icon=Glyph::Download>{tr!(lang, "Descargar como archivo (JSON)", "Download as a file (JSON)", "Baixar como arquivo (JSON)")}</Button>
                </PostForm>
            </div>
            <Held person=data.person points=data.points debts=data.debts/>
            <Opened opened=data.opened zone/>
            <Contacts contacts=data.contacts zone/>
            <Refusals refused=data.refused zone/>
            <Decisions decisions=data.decisions zone/>
            <Files cases=data.cases reports=data.reports files=data.files zone/>
        </PortalLayout>
    }
    .into_any()
}
