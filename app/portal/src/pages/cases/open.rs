//! "I do not agree" and "I need help": one question, one optional text, files.

use axum::extract::{Path, State};
use domain::cases::CaseKind;
use domain::ids::AccountId;
use domain::text::Say;
use leptos::prelude::*;
use services::accounts::AccountView;
use services::cases::{NewCase, TEXT_CHARS};
use services::{FieldIssue, ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Debtor, Upload, form_state, see_other};

use super::{ADDRESS, Files, Key, files_of, key_of};
use crate::pages::SIGN_OUT;
use crate::pages::debt::debt_name;
use crate::shell::{Answer, fail, id, own_page};

/// Which of the two pages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    Disagree,
    Help,
}

impl Door {
    const fn kinds(self) -> &'static [CaseKind] {
        match self {
            Self::Disagree => &CaseKind::DISAGREE,
            Self::Help => &CaseKind::HELP,
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Disagree => "no-estoy-de-acuerdo",
            Self::Help => "ayuda",
        }
    }

    const fn title(self, lang: Lang) -> &'static str {
        match self {
            Self::Disagree => tr!(lang, "No estoy de acuerdo", "I do not agree", "Não concordo"),
            Self::Help => tr!(lang, "Necesito ayuda", "I need help", "Preciso de ajuda"),
        }
    }

    const fn lead(self, lang: Lang) -> &'static str {
        match self {
            Self::Disagree => tr!(
                lang,
                "Dinos qué no está bien. Una persona lo revisa y te responde por escrito. No te compromete a nada.",
                "Tell us what is not right. A person looks into it and answers you in writing. It commits you to nothing.",
                "Diga o que não está certo. Uma pessoa analisa e responde por escrito. Isso não compromete você a nada."
            ),
            Self::Help => tr!(
                lang,
                "Cuéntanos solo lo que quieras. Con lo que elijas, dejamos de buscarte mientras una persona lo ve contigo.",
                "Tell us only what you wish. With what you choose, we stop contacting you while a person looks at it with you.",
                "Conte só o que quiser. Com o que você escolher, paramos de procurar você enquanto uma pessoa vê isso com você."
            ),
        }
    }
}

/// `GET /deudas/{id}/no-estoy-de-acuerdo`
pub async fn ask_disagree(
    State(services): State<Services>,
    debtor: Debtor,
    Path(account): Path<String>,
) -> Answer {
    ask(&services, &debtor, &account, Door::Disagree).await
}

/// `POST /deudas/{id}/no-estoy-de-acuerdo`
pub async fn send_disagree(
    State(services): State<Services>,
    debtor: Debtor,
    Path(account): Path<String>,
    upload: Upload,
) -> Answer {
    send(&services, &debtor, &account, Door::Disagree, upload).await
}

/// `GET /deudas/{id}/ayuda`
pub async fn ask_help(
    State(services): State<Services>,
    debtor: Debtor,
    Path(account): Path<String>,
) -> Answer {
    ask(&services, &debtor, &account, Door::Help).await
}

/// `POST /deudas/{id}/ayuda`
pub async fn send_help(
    State(services): State<Services>,
    debtor: Debtor,
    Path(account): Path<String>,
    upload: Upload,
) -> Answer {
    send(&services, &debtor, &account, Door::Help, upload).await
}

async fn ask(services: &Services, debtor: &Debtor, account: &str, door: Door) -> Answer {
    let account: AccountId = id(account, &debtor.visitor)?;
    page(services, debtor, account, (door, services.new_id()), None).await
}

async fn send(services: &Services, debtor: &Debtor, account: &str, door: Door, upload: Upload) -> Answer {
    let account: AccountId = id(account, &debtor.visitor)?;
    let form = upload.form.clone();
    let key = key_of(&form, services.new_id());
    let again = |issues: Vec<FieldIssue>| {
        let state = form_state(&form, &issues, debtor.lang());
        page(services, debtor, account, (door, key), Some(state))
    };
    let kind = form.get("kind").parse::<CaseKind>().ok().filter(|kind| door.kinds().contains(kind));
    let files = files_of(upload);
    let (kind, files) = match (kind, files) {
        (Some(kind), Ok(files)) => (kind, files),
        (kind, files) => {
            let says =
                Say::new("Elige lo que más se parece a tu caso", "Choose what is closest to your case");
            let says = says.pt("Escolha o que mais se parece com o seu caso");
            let unknown = kind.is_none().then_some(FieldIssue { field: "kind", says });
            return again(unknown.into_iter().chain(files.err()).collect()).await;
        }
    };
    let new = NewCase {
        key,
        account: Some(account),
        kind,
        says: form.get("says").to_owned(),
        call_hours: form.get("hours").to_owned(),
        files,
    };
    match services.open_case(debtor.actor(), new).await {
        Ok(case) => Ok(see_other(&format!("{ADDRESS}/{case}?hecho=abierto"))),
        Err(ServiceError::Invalid(issues)) => again(issues).await,
        Err(error) => Err(fail(error, &debtor.visitor)),
    }
}

async fn page(
    services: &Services,
    debtor: &Debtor,
    account: AccountId,
    (door, key): (Door, Uuid),
    form: Option<FormState>,
) -> Answer {
    let debt =
        services.my_debt(debtor.actor(), account).await.map_err(|error| fail(error, &debtor.visitor))?;
    let page = own_page(services, debtor, door.title(debtor.lang())).await?.form(form);
    Ok(page.render(move || view! { <Open debt door key/> }))
}

#[component]
fn Open(debt: AccountView, door: Door, key: Uuid) -> impl IntoView {
    let lang = use_lang();
    let account = debt.summary.account.id;
    let name = format!("{} · {}", debt.summary.creditor.name, debt_name(&debt, lang));
    let choice =
        |kind: &CaseKind| Choice::new(kind.as_str(), labels::case_kind(*kind, lang)).hint(hint(*kind, lang));
    let options: Vec<_> = door.kinds().iter().map(choice).collect();
    let limit = u32::try_from(TEXT_CHARS).unwrap_or(u32::MAX);
    let hours = (door == Door::Help).then(|| view! {
        <Field
            name="hours" maxlength=120 required=false
            label=tr!(lang, "Si quieres que te llamemos, ¿a qué hora?", "If you want a call, at what time?", "Se quer que liguemos, a que horas?")
            hint=tr!(lang, "Por ejemplo: por la tarde, de 4 a 6", "For example: in the afternoon, from 4 to 6", "Por exemplo: à tarde, das 4 às 6")
        />
    });
    view! {
        <PortalLayout title=door.title(lang) lead=door.lead(lang) back=format!("/deudas/{account}") sign_out=SIGN_OUT>
            <ErrorSummary/>
            <p class="soft small">{name}</p>
            <PostForm action=format!("/deudas/{account}/{}", door.path()) upload=true>
                <Key key/>
                <RadioGroup name="kind" legend=tr!(lang, "¿Qué pasa?", "What is the matter?", "O que acontece?") options/>
                {hours}
                <Textarea
                    name="says" required=false maxlength=limit
                    label=tr!(lang, "Cuéntanos más", "Tell us more", "Conte mais")
                    hint=tr!(lang, "Con tus palabras. Lo lee una persona.", "In your own words. A person reads it.", "Com suas palavras. Uma pessoa lê.")
                />
                <Files/>
                <Button>{tr!(lang, "Enviar", "Send", "Enviar")}</Button>
            </PostForm>
        </PortalLayout>
    }
    .into_any()
}

/// What choosing it does, so that nobody fears to.
const fn hint(kind: CaseKind, lang: Lang) -> &'static str {
    match kind {
        CaseKind::Dispute => tr!(
            lang,
            "Falta un pago, hay un cargo de más o la fecha está mal. Detenemos el cobro mientras revisamos.",
            "A payment is missing, a charge is too much or the date is wrong. We stop collecting while we check.",
            "Falta um pagamento, há um encargo a mais ou a data está errada. Paramos a cobrança enquanto analisamos."
        ),
        CaseKind::DebtDenial => tr!(
            lang,
            "No la pediste o es de otra persona. Detenemos el cobro mientras revisamos.",
            "You did not ask for it or it is somebody else's. We stop collecting while we check.",
            "Você não a pediu ou é de outra pessoa. Paramos a cobrança enquanto analisamos."
        ),
        CaseKind::Complaint => tr!(
            lang,
            "Alguien te trató mal, te llamó de más o habló con otras personas.",
            "Somebody treated you badly, called too often or spoke to other people.",
            "Alguém tratou você mal, ligou demais ou falou com outras pessoas."
        ),
        CaseKind::DataCorrection => tr!(
            lang,
            "Tu nombre, teléfono, correo o domicilio no es correcto.",
            "Your name, phone, e-mail or address is not right.",
            "Seu nome, telefone, e-mail ou endereço não está certo."
        ),
        CaseKind::Hardship => tr!(
            lang,
            "Perdiste el trabajo o tus gastos subieron. Dejamos de buscarte mientras lo vemos.",
            "You lost your job or your costs went up. We stop contacting you while we look at it.",
            "Você perdeu o trabalho ou os gastos subiram. Paramos de procurar você enquanto analisamos."
        ),
        CaseKind::Vulnerability => tr!(
            lang,
            "Tú o alguien a tu cargo está enfermo o pasa por algo grave. Dejamos de buscarte.",
            "You or somebody in your care is ill or going through something serious. We stop contacting you.",
            "Você ou alguém sob seus cuidados está doente ou passa por algo grave. Paramos de procurar você."
        ),
        CaseKind::Bereavement => tr!(
            lang,
            "Lo sentimos mucho. Dejamos de buscarte; no hace falta enviar nada ahora.",
            "We are very sorry. We stop contacting you; nothing needs to be sent now.",
            "Sentimos muito. Paramos de procurar você; não é preciso enviar nada agora."
        ),
        CaseKind::Insolvency => tr!(
            lang,
            "Hay un procedimiento ante un juez o autoridad. Dejamos de buscarte.",
            "There is a procedure before a court or authority. We stop contacting you.",
            "Há um processo perante um juiz ou autoridade. Paramos de procurar você."
        ),
        CaseKind::LegalRepresentation => tr!(
            lang,
            "Escribe cómo comunicarnos con tu abogado. Dejamos de buscarte a ti.",
            "Write how to reach your lawyer. We stop contacting you.",
            "Escreva como falar com seu advogado. Paramos de procurar você."
        ),
        CaseKind::CallRequest => tr!(
            lang,
            "Una persona te llama a la hora que digas.",
            "A person calls you at the time you say.",
            "Uma pessoa liga na hora que você disser."
        ),
    }
}
