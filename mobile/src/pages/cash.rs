//! Cash in hand, and the receipts it comes from.

use domain::field::Body;
use leptos::prelude::*;
use ui::prelude::*;

use crate::app::{SyncLine, Tabs, use_shell};
use crate::pages::stop::own_item;
use crate::words;

#[component]
pub fn CashPage() -> impl IntoView {
    let shell = use_shell();
    let locale = use_locale();
    let lang = locale.lang();
    let view_now = Memo::new(move |_| shell.view.get());
    view! {
        <FieldLayout title=tr!(lang, "Efectivo en mano", "Cash in hand") sync=|| view! { <SyncLine/> }>
            {move || {
                let view = view_now.get();
                let amounts = view.cash_box.iter().filter(|(_, minor)| **minor != 0).map(|(code, minor)| words::headline(*minor, code).map(|money| view! { <Amount money/> })).collect_view();
                let receipts: Vec<_> =
                    view.own.iter().filter(|e| matches!(e.body, Some(Body::Cash(_)))).map(|e| own_item(e, locale)).collect();
                let count = receipts.len();
                if count == 0 && view.cash_box.values().all(|minor| *minor == 0) {
                    return view! {
                        <EmptyState title=tr!(lang, "No lleva efectivo", "You carry no cash") icon=Glyph::Banknote>
                            <p>{tr!(lang, "Los cobros en visita se suman aquí.", "Cash taken at visits adds up here.")}</p>
                        </EmptyState>
                    }.into_any();
                }
                view! {
                    <Card>{amounts}</Card>
                    <h2>{tr!(lang, "Recibos en este teléfono", "Receipts on this phone")}</h2>
                    <Timeline>{receipts}</Timeline>
                }.into_any()
            }}
        </FieldLayout>
        <Tabs/>
    }
}
