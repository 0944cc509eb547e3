//! Changing a plan that is kept: the next payment on another day, left for the end, or in two parts.

use axum::extract::{Path, State};
use chrono::NaiveDate;
use domain::arrangement::{ChangeKind, ChangeOptions, PlanChange};
use domain::ids::ArrangementId;
use leptos::prelude::*;
use services::arrangements::{ChangePlan, PlanOptions};
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Debtor, Form, form_state, see_other};

use super::agreement;
use super::returned::LeftOpen;
use crate::shell::{Answer, fail, id};

/// Which sentence was agreed to: changes whenever it does.
const CONSENT: &str = "portal-change-2026-11";

/// `POST /acuerdos/{id}/cambiar`
pub async fn change(
    State(services): State<Services>,
    debtor: Debtor,
    Path(which): Path<String>,
    form: Form,
) -> Answer {
    let which: ArrangementId = id(&which, &debtor.visitor)?;
    let lang = debtor.lang();
    let day = |field: &'static str| NaiveDate::parse_from_str(form.get(field), "%Y-%m-%d");
    let wish = match form.get("change") {
        "move" => day("to").map(|to| PlanChange::Move { to }).map_err(|_| "to"),
        "split" => day("second_on").map(|second_on| PlanChange::Split { second_on }).map_err(|_| "second_on"),
        _ => Ok(PlanChange::Skip),
    };
    let change = match wish {
        Ok(change) => change,
        Err(field) => {
            let says = tr!(
                lang,
                "Elige una fecha; sin calendario, escríbela como 2026-11-30.",
                "Choose a date; without a calendar, write it like 2026-11-30.",
                "Escolha uma data; sem calendário, escreva como 2026-11-30."
            );
            let state = form_state(&form, &[], lang).with_error(field, says);
            return agreement::page(&services, &debtor, which, None, Some(state)).await;
        }
    };
    let new = ChangePlan {
        id: form.get("id").parse().unwrap_or_else(|_| services.new_id()),
        arrangement_id: which,
        revision: form.get("revision").parse().unwrap_or(0),
        change,
        words: format!("{CONSENT}: {}", button(change.kind(), lang)),
        origin: Some(debtor.visitor.address.clone()),
    };
    match services.change_plan(debtor.actor(), new).await {
        Ok(()) => Ok(see_other(&format!("/acuerdos/{which}"))),
        Err(ServiceError::Invalid(mut issues)) => {
            if matches!(change, PlanChange::Split { .. }) {
                for issue in issues.iter_mut().filter(|issue| issue.field == "to") {
                    issue.field = "second_on";
                }
            }
            let state = form_state(&form, &issues, lang);
            agreement::page(&services, &debtor, which, None, Some(state)).await
        }
        Err(error) => Err(fail(error, &debtor.visitor)),
    }
}

const fn button(kind: ChangeKind, lang: Lang) -> &'static str {
    match kind {
        ChangeKind::Move => tr!(lang, "Mover el pago", "Move the payment", "Mudar o pagamento"),
        ChangeKind::Skip => tr!(lang, "Dejarlo para el final", "Leave it for the end", "Deixar para o final"),
        ChangeKind::Split => tr!(lang, "Dividir el pago", "Split the payment", "Dividir o pagamento"),
    }
}

/// What can be changed in the plan, each with its form.
#[component]
pub fn ChangeCard(
    options: PlanOptions,
    key: Uuid,
    plan: ArrangementId,
    revision: u32,
    action: String,
) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let action = format!("{action}/cambiar");
    let Ok(can) = options.options else { return ().into_any() };
    if options.is_paying {
        let says = tr!(
            lang,
            "Tienes un pago en curso: cuando termine podrás cambiar tu plan.",
            "A payment of yours is on its way: when it is done you can change your plan.",
            "Você tem um pagamento em andamento: quando terminar, poderá mudar seu plano."
        );
        // With its remedy, where it is the debtor's own.
        let attempts = options.left;
        return view! { <Notice title=says/><LeftOpen attempts plan/> }.into_any();
    }
    if can.move_to.is_none() && can.skip_to.is_none() && can.split.is_none() {
        return ().into_any();
    }
    let next = trf!(
        lang,
        "Tu próximo pago es de {0}, el {1}. El total no cambia, y el cambio vale al momento.",
        "Your next payment is {0}, on {1}. The total stays the same, and the change holds at once.",
        "Seu próximo pagamento é de {0}, em {1}. O total não muda, e a mudança vale na hora.",
        format::money(&can.next.left, locale),
        format::date_long(can.next.due_on, locale)
    );
    let hidden = move |kind: ChangeKind| {
        view! {
            <input type="hidden" name="id" value=key.to_string()/>
            <input type="hidden" name="revision" value=revision.to_string()/>
            <input type="hidden" name="change" value=kind.as_str()/>
        }
    };
    // Open again where something is to be mended.
    let asked = ui::forms::form_state()
        .and_then(|state| state.value("change").map(str::to_owned))
        .unwrap_or_default();
    let kinds = [ChangeKind::Move, ChangeKind::Skip, ChangeKind::Split];
    let [move_open, skip_open, split_open] = kinds.map(|kind| asked == kind.as_str());
    let [moves_left, skips_left, splits_left] = kinds.map(|kind| times(&can, kind, lang));
    let moves = can.move_to.map(|(from, to)| {
        view! {
            <details open=move_open>
                <summary>{tr!(lang, "Pagar otro día", "Pay on another day", "Pagar em outro dia")}</summary>
                <PostForm action=action.clone() class="form">
                    {hidden(ChangeKind::Move)}
                    <Field name="to" kind="date" label=tr!(lang, "Nueva fecha", "New date", "Nova data") hint=range(from, to, locale) min=from.to_string() max=to.to_string() short=true/>
                    <p class="soft small">{moves_left}</p>
                    <Button kind=ButtonKind::Secondary>{button(ChangeKind::Move, lang)}</Button>
                </PostForm>
            </details>
        }
    });
    let skips = can.skip_to.map(|on| {
        let says = trf!(
            lang,
            "Este pago pasa al final, al {}. Los demás quedan igual.",
            "This payment goes to the end, to {}. The others stay as they are.",
            "Este pagamento vai para o final, para {}. Os outros ficam iguais.",
            format::date_long(on, locale)
        );
        view! {
            <details open=skip_open>
                <summary>{tr!(lang, "Saltar este pago", "Skip this payment", "Pular este pagamento")}</summary>
                <PostForm action=action.clone() class="form">
                    {hidden(ChangeKind::Skip)}
                    <p>{says}</p>
                    <p class="soft small">{skips_left}</p>
                    <Button kind=ButtonKind::Secondary>{button(ChangeKind::Skip, lang)}</Button>
                </PostForm>
            </details>
        }
    });
    let splits = can.split.map(|(first, second, from, to)| {
        let says = trf!(
            lang,
            "Pagas {0} en la fecha de siempre y {1} el día que elijas.",
            "You pay {0} on the day as it is, and {1} on the day you choose.",
            "Você paga {0} na data de sempre e {1} no dia que escolher.",
            format::money(&first, locale),
            format::money(&second, locale)
        );
        view! {
            <details open=split_open>
                <summary>{tr!(lang, "Pagar en dos partes", "Pay in two parts", "Pagar em duas partes")}</summary>
                <PostForm action=action.clone() class="form">
                    {hidden(ChangeKind::Split)}
                    <p>{says}</p>
                    <Field name="second_on" kind="date" label=tr!(lang, "Fecha de la segunda parte", "Date of the second part", "Data da segunda parte") hint=range(from, to, locale) min=from.to_string() max=to.to_string() short=true/>
                    <p class="soft small">{splits_left}</p>
                    <Button kind=ButtonKind::Secondary>{button(ChangeKind::Split, lang)}</Button>
                </PostForm>
            </details>
        }
    });
    view! {
        <Card title=tr!(lang, "¿Necesitas cambiar algo?", "Do you need to change something?", "Precisa mudar algo?")>
            <p>{next}</p>
            {moves}
            {skips}
            {splits}
        </Card>
    }
    .into_any()
}

fn range(from: NaiveDate, to: NaiveDate, locale: Locale) -> String {
    trf!(
        locale.lang(),
        "Del {0} al {1}.",
        "From {0} to {1}.",
        "De {0} a {1}.",
        format::date_long(from, locale),
        format::date_long(to, locale)
    )
}

fn times(can: &ChangeOptions, kind: ChangeKind, lang: Lang) -> String {
    match can.left.iter().find(|(own, _)| *own == kind).map_or(0, |(_, times)| *times) {
        1 => tr!(
            lang,
            "Puedes hacerlo una vez más en este acuerdo.",
            "You can do this once more in this agreement.",
            "Você pode fazer isto mais uma vez neste acordo."
        )
        .to_owned(),
        more => trf!(
            lang,
            "Puedes hacerlo {} veces más en este acuerdo.",
            "You can do this {} more times in this agreement.",
            "Você pode fazer isto mais {} vezes neste acordo.",
            more
        ),
    }
}
