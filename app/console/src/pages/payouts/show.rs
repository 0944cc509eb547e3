//! One payout: what is in it, what differs first.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::access::Permission;
use leptos::prelude::*;
use services::settlements::{DifferenceKind, LineKind, PayoutLine, PayoutPage, PayoutState};
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;

use super::{ADDRESS, difference, gateway_name, kind, state, status};
use crate::desk::{Desk, Frame, Section};
use crate::pages::account::{address, id_of};

/// `GET /console/conciliacion/{id}`
pub async fn show(State(services): State<Services>, desk: Desk, Path(id): Path<String>) -> Response {
    let result = page(&services, &desk, &id).await;
    desk.answer(result)
}

async fn page(services: &Services, desk: &Desk, id: &str) -> Result<Response, ServiceError> {
    let found = services.payout(desk.actor(), id_of::<Uuid>(id)?).await?;
    let page = desk.page(tr!(desk.lang(), "Depósito del proveedor", "Payout of the provider"));
    let desk = desk.clone();
    Ok(page.render(move || view! { <One desk found/> }))
}

#[component]
fn One(desk: Desk, found: PayoutPage) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let PayoutPage { payout, lines, gross, fees, open } = found;
    let title = trf!(
        lang,
        "Depósito de {0} del {1}",
        "Payout of {0} on {1}",
        gateway_name(&payout.gateway),
        format::date_short(payout.arrives_on, locale)
    );
    let crumbs = vec![Crumb::new(ADDRESS, Section::Payouts.label(lang)), Crumb::here(title.clone())];
    let (tone, says) = state(payout.state, lang);
    let whole: Vec<_> = open
        .iter()
        .filter(|(_, kind)| matches!(kind, DifferenceKind::Total | DifferenceKind::Returned))
        .map(|(_, kind)| {
            let (what, remedy) = difference(*kind, lang);
            view! { <Notice tone=Tone::Error title=what>{remedy}</Notice> }
        })
        .collect();
    let manual = (payout.state == PayoutState::Manual).then(|| view! {
        <Notice tone=Tone::Warn title=tr!(lang, "Este depósito se pidió a mano", "This payout was asked for by hand")>
            {tr!(
                lang,
                "De un depósito pedido a mano el proveedor no puede decir qué pagos contiene: no se puede comparar con el libro. Para que se pueda, deje que el proveedor deposite solo.",
                "Of a payout asked for by hand, the provider cannot say which payments are in it: it cannot be compared with the ledger. So that it can, let the provider pay out by itself.",
            )}
        </Notice>
    });
    let queue = (!open.is_empty() && desk.may(Permission::PaymentResolve)).then(|| {
        let links: Vec<_> = open
            .iter()
            .map(|(id, kind)| {
                let href = format!("{}/{id}", crate::pages::exceptions::ADDRESS);
                view! { <li><a href=href>{difference(*kind, lang).0}</a></li> }
            })
            .collect();
        view! {
            <Card title=tr!(lang, "Por explicar", "To be explained")>
                <ul class="plain-list">{links}</ul>
            </Card>
        }
    });
    let bank = match payout.bank_line {
        Some(line) if desk.may(Permission::PaymentResolve) => {
            let href = format!("{}/{line}", crate::pages::statements::ADDRESS);
            view! { <a href=href>{tr!(lang, "En el estado de cuenta", "On the statement")}</a> }.into_any()
        }
        Some(_) => tr!(lang, "En el estado de cuenta", "On the statement").into_any(),
        None => tr!(lang, "Todavía no está en un estado de cuenta", "On no bank statement yet").into_any(),
    };
    let none = lines.is_empty();
    let rows: Vec<_> = lines.into_iter().map(|line| row(&desk, line, lang, locale)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Movimiento", "Movement")),
        Column::new(tr!(lang, "Cuenta", "Account")),
        Column::number(tr!(lang, "Importe", "Amount")),
        Column::number(tr!(lang, "Cargo", "Charge")),
        Column::number(tr!(lang, "Neto", "Net")),
        Column::new(tr!(lang, "En el libro", "In the ledger")),
    ];
    let caption = tr!(lang, "Movimientos del depósito", "Movements of the payout");
    let sums = gross.zip(fees).map(|(gross, fees)| {
        view! {
            <Pair term=tr!(lang, "Movimientos", "Movements")>{format::money(&gross, locale)}</Pair>
            <Pair term=tr!(lang, "Cargos del proveedor", "Charges of the provider")>{format::money(&fees, locale)}</Pair>
        }
    });
    let checked = desk.time(payout.checked_at);
    view! {
        <Frame desk section=Section::Payouts title crumbs>
            {whole}
            {manual}
            <div class="split">
                <div>
                    {if none {
                        view! { <Card><EmptyState title=tr!(lang, "No hay movimientos que mostrar", "There are no movements to show") icon=Glyph::Landmark/></Card> }.into_any()
                    } else {
                        view! { <div class="card"><DataTable caption caption_hidden=true stacked=true columns>{rows}</DataTable></div> }.into_any()
                    }}
                </div>
                <aside aria-label=tr!(lang, "El depósito", "The payout")>
                    <Card>
                        <Amount money=payout.amount label=tr!(lang, "Al banco", "To the bank")/>
                        <p class="row"><Badge tone>{says}</Badge></p>
                        <KeyValue>
                            {sums}
                            <Pair term=tr!(lang, "Según el proveedor", "Says the provider")>{status(payout.status, lang)}</Pair>
                            <Pair term=tr!(lang, "Banco", "Bank")>{bank}</Pair>
                            <Pair term=tr!(lang, "Nombre allá", "Its name there")><span class="detail">{payout.reference}</span></Pair>
                            <Pair term=tr!(lang, "Mirado", "Looked at")>{checked}</Pair>
                        </KeyValue>
                    </Card>
                    {queue}
                </aside>
            </div>
        </Frame>
    }
}

fn row(desk: &Desk, line: PayoutLine, lang: Lang, locale: Locale) -> AnyView {
    let account = match line.account {
        Some((id, number)) => view! { <a href=address(id)>{number}</a> }.into_any(),
        None => "–".into_any(),
    };
    let books = match (line.difference, line.expected) {
        (Some(kind), expected) => {
            let (what, remedy) = difference(kind, lang);
            let there = expected.map(|money| {
                let money = format::money(&money, locale);
                view! { <br/><small>{trf!(lang, "En el libro: {}.", "In the ledger: {}.", money)}</small> }
            });
            view! { <span><strong>{what}</strong>{there}<br/><small>{remedy}</small></span> }.into_any()
        }
        (None, _) if line.kind == LineKind::Payout => "–".into_any(),
        (None, _) => view! { <Badge tone=Tone::Success>{tr!(lang, "Igual", "Same")}</Badge> }.into_any(),
    };
    let when = desk.time(line.at);
    let other = (line.kind == LineKind::Other).then(|| format!(" ({})", line.category));
    view! {
        <tr>
            <th scope="row">{kind(line.kind, lang)}{other}<br/><small>{when}<br/><span class="detail">{line.id}</span></small></th>
            <td data-label=tr!(lang, "Cuenta", "Account")>{account}</td>
            <td class="num" data-label=tr!(lang, "Importe", "Amount")>{format::money_bare(&line.gross, locale)}</td>
            <td class="num" data-label=tr!(lang, "Cargo", "Charge")>{format::money_bare(&line.fee, locale)}</td>
            <td class="num" data-label=tr!(lang, "Neto", "Net")>{format::money_bare(&line.net, locale)}</td>
            <td data-label=tr!(lang, "En el libro", "In the ledger")>{books}</td>
        </tr>
    }
    .into_any()
}
