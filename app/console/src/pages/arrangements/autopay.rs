//! Automatic payment of an arrangement, for staff: how it stands, what it charged, and switching it
//! off when the debtor asks for it.

use domain::access::Permission;
use leptos::prelude::*;
use services::autopay::{AUTHENTICATION, AutopayCharge, AutopayPage, AutopayStatus, AutopayView};
use ui::prelude::*;

use super::ADDRESS;
use crate::desk::Desk;

/// Nothing where it was never agreed to.
pub(super) fn card(page: AutopayPage, desk: &Desk) -> Option<AnyView> {
    let shown = page.current.as_ref().or(page.pending.as_ref()).or(page.past.first())?.clone();
    let may_stop = page.current.is_some() && desk.may(Permission::ArrangementOffer);
    let since = desk.time(shown.consented_at);
    let ended = shown.ended_at.map(|at| desk.time(at));
    Some(view! { <Automatic page shown since ended may_stop/> }.into_any())
}

#[component]
fn Automatic(
    page: AutopayPage,
    shown: AutopayView,
    since: String,
    ended: Option<String>,
    may_stop: bool,
) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let (tone, says) = status(shown.status, lang);
    let words = shown.evidence.as_ref().and_then(|kept| kept["words"].as_str().map(str::to_owned));
    let card = shown.card.clone().map(|card| {
        let text = format!("{} •••• {} ({:02}/{})", card.brand, card.last4, card.exp_month, card.exp_year);
        view! { <Pair term=tr!(lang, "Tarjeta", "Card")>{text}</Pair> }
    });
    let next = page.next.map(|next| {
        let text =
            format!("{}, {}", format::money(&next.amount, locale), format::date_short(next.due_on, locale));
        view! { <Pair term=tr!(lang, "Próximo cobro", "Next charge")>{text}</Pair> }
    });
    let held = (page.is_held && page.current.is_some()).then(|| {
        view! { <Notice title=tr!(lang, "Un caso detiene los cobros.", "A case holds the charges back.")/> }
    });
    let why = shown.end_reason.clone().map(|code| reason(&code, lang));
    let rows: Vec<_> = page.charges.iter().map(|charge| row(charge, lang, locale)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Cobro", "Charge")),
        Column::new(tr!(lang, "Vencía", "Due")),
        Column::number(tr!(lang, "Importe", "Amount")),
        Column::new(tr!(lang, "Cómo terminó", "How it ended")),
    ];
    let action = format!("{ADDRESS}/{}", page.arrangement.id);
    view! {
        <Card title=tr!(lang, "Pago automático", "Automatic payment")>
            <p><Badge tone>{says}</Badge></p>
            {held}
            <KeyValue>
                {card}
                {next}
                <Pair term=tr!(lang, "Autorizado", "Authorised")>{since}</Pair>
                {ended.map(|at| view! { <Pair term=tr!(lang, "Terminó", "Ended")>{at} {why.map(|why| format!(" · {why}"))}</Pair> })}
                {words.map(|words| view! { <Pair term=tr!(lang, "Lo que autorizó", "What was authorised")>{words}</Pair> })}
            </KeyValue>
            {(!rows.is_empty()).then(|| view! {
                <DataTable caption=tr!(lang, "Cobros automáticos", "Automatic charges") caption_hidden=true stacked=true columns>{rows}</DataTable>
            })}
            {may_stop.then(|| view! {
                <PostForm action>
                    <input type="hidden" name="act" value="stop_autopay"/>
                    <Button kind=ButtonKind::Secondary>{tr!(lang, "Apagar a pedido del deudor", "Switch off as the debtor asks")}</Button>
                </PostForm>
            })}
        </Card>
    }
    .into_any()
}

const fn status(status: AutopayStatus, lang: Lang) -> (Tone, &'static str) {
    match status {
        AutopayStatus::Pending => {
            (Tone::Neutral, tr!(lang, "Falta guardar la tarjeta", "The card is not saved yet"))
        }
        AutopayStatus::Active => (Tone::Success, tr!(lang, "Activado", "On")),
        AutopayStatus::Paused => (
            Tone::Warn,
            tr!(lang, "En pausa: el banco rechazó la tarjeta", "Paused: the bank declined the card"),
        ),
        AutopayStatus::Ended => (Tone::Neutral, tr!(lang, "Apagado", "Off")),
    }
}

fn reason(code: &str, lang: Lang) -> String {
    match code {
        "debtor" => tr!(lang, "lo apagó el deudor", "switched off by the debtor").to_owned(),
        "staff" => tr!(lang, "lo apagó el personal", "switched off by staff").to_owned(),
        "replaced" => tr!(lang, "se cambió la tarjeta", "another card took its place").to_owned(),
        "plan_ended" => tr!(lang, "terminó el convenio", "the arrangement ended").to_owned(),
        "left" => tr!(lang, "no se guardó la tarjeta", "no card was saved").to_owned(),
        other => other.to_owned(),
    }
}

fn row(charge: &AutopayCharge, lang: Lang, locale: Locale) -> AnyView {
    let (tone, says) = match charge.outcome.as_deref() {
        Some("paid") => (Tone::Success, tr!(lang, "Cobrado", "Charged")),
        Some(AUTHENTICATION) => (
            Tone::Info,
            tr!(lang, "El banco pide que confirme el titular", "The bank asks its holder to confirm"),
        ),
        Some("declined") => (Tone::Warn, tr!(lang, "Rechazado", "Declined")),
        Some(_) => (Tone::Neutral, tr!(lang, "No se cobró", "Not charged")),
        None => (Tone::Info, tr!(lang, "En curso", "On its way")),
    };
    let code = charge.failure.clone().map(|code| view! { <br/><small><code>{code}</code></small> });
    view! {
        <tr>
            <th scope="row" class="nowrap">{format::date_short(charge.made_on, locale)}</th>
            <td data-label=tr!(lang, "Vencía", "Due")>{format::date_short(charge.due_on, locale)}</td>
            <td class="num" data-label=tr!(lang, "Importe", "Amount")>{format::money(&charge.amount, locale)}</td>
            <td data-label=tr!(lang, "Cómo terminó", "How it ended")><Badge tone>{says}</Badge>{code}</td>
        </tr>
    }
    .into_any()
}
