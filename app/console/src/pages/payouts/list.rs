//! The list of payouts.

use axum::extract::{Query, State};
use axum::response::Response;
use domain::access::Permission;
use leptos::prelude::*;
use serde::Deserialize;
use services::settlements::{PayoutState, PayoutView};
use services::{FieldIssue, ServiceError, Services};
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::{ADDRESS, gateway_name, state};
use crate::desk::{Desk, Frame, Section};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /console/conciliacion`
pub async fn list(State(services): State<Services>, desk: Desk, Query(done): Query<Done>) -> Response {
    let result = page(&services, &desk, done.what == "mirado", None).await;
    desk.answer(result)
}

/// `POST /console/conciliacion`: asks the gateways now.
pub async fn reconcile(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let answer = match services.reconcile(desk.actor(), None).await {
        Ok(_) => Ok(see_other(&format!("{ADDRESS}?hecho=mirado"))),
        Err(error @ ServiceError::Outside { .. }) => {
            tracing::warn!(%error, "payouts were asked for");
            let says = domain::text::Say::new(
                "El proveedor de pagos no respondió. Lo que ya estaba sigue igual: intente dentro de unos minutos.",
                "The payment provider did not answer. What was there stays as it is: try again in a few minutes.",
            );
            let state = form_state(&form, &[FieldIssue { field: "", says }], desk.lang());
            page(&services, &desk, false, Some(state)).await
        }
        Err(error) => Err(error),
    };
    desk.answer(answer)
}

async fn page(
    services: &Services,
    desk: &Desk,
    looked: bool,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let payouts = services.payouts(desk.actor()).await?;
    let page = desk.page(Section::Payouts.label(desk.lang())).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <List desk payouts looked/> }))
}

#[component]
fn List(desk: Desk, payouts: Vec<PayoutView>, looked: bool) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let title = Section::Payouts.label(lang);
    let may = desk.may(Permission::RemittanceMake);
    let none = payouts.is_empty();
    let differ = payouts
        .iter()
        .filter(|one| matches!(one.state, PayoutState::Differs | PayoutState::Returned))
        .count();
    let rows: Vec<_> = payouts.into_iter().map(|one| row(one, lang, locale)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Llega al banco", "Reaches the bank")),
        Column::new(tr!(lang, "Proveedor", "Provider")),
        Column::number(tr!(lang, "Depósito", "Payout")),
        Column::number(tr!(lang, "Movimientos", "Movements")),
        Column::new(tr!(lang, "Estado", "State")),
        Column::new(tr!(lang, "En el banco", "At the bank")),
    ];
    let warn = (differ > 0).then(|| {
        let title = if differ == 1 {
            tr!(lang, "Un depósito no concuerda", "One payout does not match").to_owned()
        } else {
            trf!(lang, "{} depósitos no concuerdan", "{} payouts do not match", differ)
        };
        view! { <Notice tone=Tone::Error title/> }
    });
    let ask = may.then(|| {
        view! {
            <PostForm action=ADDRESS class="row">
                <Button kind=ButtonKind::Secondary icon=Glyph::RefreshCw>{tr!(lang, "Preguntar ahora al proveedor", "Ask the provider now")}</Button>
            </PostForm>
        }
    });
    view! {
        <Frame desk section=Section::Payouts title>
            <ErrorSummary/>
            {looked.then(|| view! { <Notice tone=Tone::Success title=tr!(lang, "Se preguntó al proveedor.", "The provider was asked.")/> })}
            <p class="lead">{tr!(
                lang,
                "Lo que el proveedor de pagos depositó en el banco, comparado movimiento por movimiento con el libro. Nada se corrige solo: cada diferencia queda en «Pagos por revisar».",
                "What the payment provider paid out to the bank, compared movement by movement with the ledger. Nothing is corrected by itself: each difference waits under “Payments to check”.",
            )}</p>
            {warn}
            {ask}
            {if none {
                view! {
                    <Card><EmptyState title=tr!(lang, "Todavía no hay depósitos", "There are no payouts yet") icon=Glyph::Landmark>
                        <p>{tr!(lang, "Aparecen cuando el proveedor manda dinero al banco. Se le pregunta cada día a las 7:00.", "They show once the provider sends money to the bank. It is asked every day at 7:00.")}</p>
                    </EmptyState></Card>
                }.into_any()
            } else {
                view! { <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div> }.into_any()
            }}
        </Frame>
    }
}

fn row(one: PayoutView, lang: Lang, locale: Locale) -> AnyView {
    let href = format!("{ADDRESS}/{}", one.id);
    let (tone, says) = state(one.state, lang);
    let count = if one.automatic { one.lines.to_string() } else { "–".to_owned() };
    let bank = match one.bank_line {
        Some(line) => {
            let href = format!("{}/{line}", crate::pages::statements::ADDRESS);
            view! { <a href=href>{tr!(lang, "En el estado de cuenta", "On the statement")}</a> }.into_any()
        }
        None => tr!(lang, "Sin línea del banco", "No line of the bank").into_any(),
    };
    view! {
        <tr>
            <th scope="row" class="nowrap"><a href=href data-row="">{format::date_short(one.arrives_on, locale)}</a></th>
            <td data-label=tr!(lang, "Proveedor", "Provider")>{gateway_name(&one.gateway)}</td>
            <td class="num" data-label=tr!(lang, "Depósito", "Payout")>{format::money(&one.amount, locale)}</td>
            <td class="num" data-label=tr!(lang, "Movimientos", "Movements")>{count}</td>
            <td data-label=tr!(lang, "Estado", "State")><Badge tone>{says}</Badge></td>
            <td data-label=tr!(lang, "En el banco", "At the bank")>{bank}</td>
        </tr>
    }
    .into_any()
}
