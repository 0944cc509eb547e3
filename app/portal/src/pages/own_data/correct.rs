//! "This is not right": a case of its kind, answered in the queue of cases.

use axum::extract::State;
use domain::cases::CaseKind;
use domain::text::Say;
use leptos::prelude::*;
use services::cases::{NewCase, TEXT_CHARS};
use services::{FieldIssue, ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Debtor, Upload, form_state, see_other};

use super::ADDRESS;
use crate::pages::SIGN_OUT;
use crate::pages::cases::{ADDRESS as CASES, Files, Key, files_of, key_of};
use crate::shell::{Answer, fail, own_page};

/// What can be wrong; the text names it to staff.
const WHAT: [&str; 6] = ["name", "document", "phone", "email", "address", "other"];

const fn what_label(what: usize, lang: Lang) -> &'static str {
    match what {
        0 => tr!(lang, "Mi nombre", "My name", "Meu nome"),
        1 => tr!(lang, "Mi documento", "My document", "Meu documento"),
        2 => tr!(lang, "Mi teléfono", "My phone", "Meu telefone"),
        3 => tr!(lang, "Mi correo", "My e-mail", "Meu e-mail"),
        4 => tr!(lang, "Mi domicilio", "My address", "Meu endereço"),
        _ => tr!(lang, "Otra cosa", "Something else", "Outra coisa"),
    }
}

/// `GET /mis-datos/corregir`
pub async fn ask(State(services): State<Services>, debtor: Debtor) -> Answer {
    page(&services, &debtor, services.new_id(), None).await
}

/// `POST /mis-datos/corregir`
pub async fn send(State(services): State<Services>, debtor: Debtor, upload: Upload) -> Answer {
    let form = upload.form.clone();
    let key = key_of(&form, services.new_id());
    let opened = match read(key, upload) {
        Ok(new) => services.open_case(debtor.actor(), new).await,
        Err(issues) => Err(ServiceError::Invalid(issues)),
    };
    match opened {
        Ok(case) => Ok(see_other(&format!("{CASES}/{case}?hecho=abierto"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, debtor.lang());
            page(&services, &debtor, key, Some(state)).await
        }
        Err(error) => Err(fail(error, &debtor.visitor)),
    }
}

fn read(key: Uuid, upload: Upload) -> Result<NewCase, Vec<FieldIssue>> {
    let form = upload.form.clone();
    let mut issues = Vec::new();
    let what = WHAT.iter().position(|what| *what == form.get("what"));
    if what.is_none() {
        let says = Say::new("Elige qué dato no está bien", "Choose what is not right");
        issues.push(FieldIssue { field: "what", says: says.pt("Escolha qual dado não está certo") });
    }
    let right = form.get("right");
    if right.is_empty() {
        let says = Say::new("Escribe cómo debe quedar", "Write what it should be");
        issues.push(FieldIssue { field: "right", says: says.pt("Escreva como deve ficar") });
    }
    let files = files_of(upload).map_err(|issue| issues.push(issue));
    match (what, files) {
        (Some(what), Ok(files)) if issues.is_empty() => Ok(NewCase {
            key,
            account: None,
            kind: CaseKind::DataCorrection,
            // Read by staff, who read Spanish first.
            says: format!("{}: {right}", what_label(what, Lang::Es)),
            call_hours: String::new(),
            files,
        }),
        _ => Err(issues),
    }
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Corregir un dato", "Put something right", "Corrigir um dado")
}

async fn page(services: &Services, debtor: &Debtor, key: Uuid, form: Option<FormState>) -> Answer {
    let page = own_page(services, debtor, title(debtor.lang())).await?.form(form);
    Ok(page.render(move || view! { <Correct key/> }))
}

#[component]
fn Correct(key: Uuid) -> impl IntoView {
    let lang = use_lang();
    let options: Vec<_> =
        WHAT.iter().enumerate().map(|(index, what)| Choice::new(*what, what_label(index, lang))).collect();
    let limit = u32::try_from(TEXT_CHARS / 2).unwrap_or(u32::MAX);
    view! {
        <PortalLayout
            title=title(lang) back=ADDRESS sign_out=SIGN_OUT
            lead=tr!(
                lang,
                "Dinos qué dato tuyo no está bien y cómo debe quedar. Una persona lo revisa y te responde por escrito.",
                "Tell us what about you is not right and what it should be. A person looks into it and answers you in writing.",
                "Diga qual dado seu não está certo e como deve ficar. Uma pessoa analisa e responde por escrito."
            )
        >
            <ErrorSummary/>
            <PostForm action=format!("{ADDRESS}/corregir") upload=true>
                <Key key/>
                <RadioGroup name="what" legend=tr!(lang, "¿Qué dato?", "What is it?", "Qual dado?") options/>
                <Textarea name="right" rows=3 maxlength=limit label=tr!(lang, "¿Cómo debe quedar?", "What should it be?", "Como deve ficar?")/>
                <Files/>
                <Button>{tr!(lang, "Enviar", "Send", "Enviar")}</Button>
            </PostForm>
        </PortalLayout>
    }
    .into_any()
}
