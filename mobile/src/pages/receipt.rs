//! A cash receipt to show, and its state in words.

use domain::field::{Body, CashReceived};
use leptos::prelude::*;
use replica::OwnEvent;
use ui::prelude::*;

use crate::app::{Done, SyncLine, use_shell};
use crate::route::Route;
use crate::words;

#[component]
pub fn ReceiptPage(number: String) -> impl IntoView {
    let shell = use_shell();
    let lang = use_lang();
    let title = trf!(lang, "Recibo {}", "Receipt {}", number);
    let found = Memo::new(move |_| {
        shell.view.with(|view| {
            view.own.iter().find_map(|event| match &event.body {
                Some(Body::Cash(cash)) if cash.receipt_no == number => Some((event.clone(), cash.clone())),
                _ => None,
            })
        })
    });
    let back = found
        .with_untracked(|found| found.as_ref().and_then(|(event, _)| event.envelope.assignment_id))
        .map_or(Route::Cash, Route::Stop);
    let action = move || {
        view! {
            <LinkButton href=Route::Today.href() icon=Glyph::Route>
                {tr!(lang, "Seguir con la ruta", "Continue the route")}
            </LinkButton>
        }
    };
    view! {
        <FieldLayout title back=back.href() sync=|| view! { <SyncLine/> } action=action>
            <Done/>
            {move || match found.get() {
                Some((event, cash)) => view! { <Receipt event cash/> }.into_any(),
                None => view! {
                    <EmptyState title=tr!(lang, "Ese recibo no está en este teléfono", "That receipt is not on this phone")/>
                }.into_any(),
            }}
        </FieldLayout>
    }
}

#[component]
fn Receipt(event: OwnEvent, cash: CashReceived) -> impl IntoView {
    let shell = use_shell();
    let locale = use_locale();
    let lang = locale.lang();
    let (tone, fate) = words::fate(&event, lang);
    let (collector, organization) = shell.status.with(|s| (s.collector.clone(), s.organization.clone()));
    // Names the event for anybody who compares the receipt with what arrived.
    let mark: String = event.envelope.event_id.simple().to_string().chars().rev().take(8).collect();
    view! {
        <Card>
            {words::headline(cash.amount_minor, &cash.currency)
                .map(|money| view! { <Amount money label=tr!(lang, "Recibimos en efectivo", "Received in cash")/> })}
            <p><Badge tone>{fate}</Badge></p>
            <KeyValue>
                <Pair term=tr!(lang, "Recibo", "Receipt") strong=true>{cash.receipt_no.clone()}</Pair>
                <Pair term=tr!(lang, "Pagó", "Paid by")>{cash.payer_name.clone()}</Pair>
                <Pair term=tr!(lang, "Hora", "Time")>{words::moment(event.envelope.wall_ms, locale)}</Pair>
                <Pair term=tr!(lang, "Recibió", "Received by")>{collector}</Pair>
                <Pair term=tr!(lang, "Por", "For")>{organization}</Pair>
                <Pair term=tr!(lang, "Clave", "Key")>{mark}</Pair>
            </KeyValue>
        </Card>
        <p>{tr!(
            lang,
            "Muestre esta pantalla a quien pagó, para que anote el número del recibo.",
            "Show this screen to the person who paid, so that they can note the receipt's number.",
        )}</p>
    }
}
