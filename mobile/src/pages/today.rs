//! The day's route.

use leptos::prelude::*;
use replica::StopView;
use ui::prelude::*;

use crate::app::{Done, SyncLine, Tabs, use_shell};
use crate::route::Route;
use crate::words;

#[component]
pub fn TodayPage() -> impl IntoView {
    let shell = use_shell();
    let locale = use_locale();
    let lang = locale.lang();
    let stops = Memo::new(move |_| shell.view.with(|view| view.stops.clone()));
    let day = Memo::new(move |_| shell.view.with(|view| view.day));
    view! {
        <FieldLayout title=tr!(lang, "Ruta de hoy", "Today's route") sync=|| view! { <SyncLine/> }>
            <UpdateOffer/>
            <Done/>
            {move || {
                let stops = stops.get();
                if stops.is_empty() { view! { <NoStops/> }.into_any() } else {
                    let done = stops.iter().filter(|s| s.visited).count();
                    let count = trf!(lang, "{0} de {1} visitas hechas", "{0} of {1} visits done", done, stops.len());
                    let date = day.get().map(|day| format::date_long(day, locale));
                    view! {
                        <p class="between"><span>{date}</span><strong>{count}</strong></p>
                        <ol class="stops">
                            {stops.into_iter().map(|stop| view! { <li><StopLink stop/></li> }).collect_view()}
                        </ol>
                    }.into_any()
                }
            }}
        </FieldLayout>
        <Tabs/>
    }
}

#[component]
fn StopLink(stop: StopView) -> impl IntoView {
    let lang = use_lang();
    let place = Route::Stop(stop.stop.assignment_id);
    let owed = words::money(stop.owed_minor, &stop.stop.currency, lang);
    let done = stop.visited.then_some(tr!(lang, " · visitado", " · visited"));
    view! {
        <a class=if stop.visited { "stop done" } else { "stop" } href=place.href()>
            <span class="stop-number">
                {if stop.visited {
                    view! { <Icon glyph=Glyph::Check label=tr!(lang, "Hecha", "Done")/> }.into_any()
                } else {
                    stop.stop.position.to_string().into_any()
                }}
            </span>
            <span>
                <strong>{stop.stop.debtor_name.clone()}</strong>
                <small>{stop.stop.address.clone()}", "{stop.stop.city.clone()}</small>
                <small>{owed}{done}</small>
            </span>
            <Icon glyph=Glyph::ChevronRight/>
        </a>
    }
}

#[component]
fn NoStops() -> impl IntoView {
    let shell = use_shell();
    let lang = use_lang();
    let fetched = shell.status.with(|status| status.pulled_ms.is_some());
    let title = if fetched {
        tr!(lang, "Hoy no tiene visitas asignadas", "You have no visits assigned today")
    } else {
        tr!(lang, "Aún no llega su ruta", "Your route has not arrived yet")
    };
    view! {
        <EmptyState title icon=Glyph::Route>
            <p>
                {if fetched {
                    tr!(lang, "Si esperaba una ruta, llame a su oficina.", "If you expected a route, call your office.")
                } else {
                    tr!(lang, "Se descarga en cuanto haya conexión.", "It downloads as soon as there is a connection.")
                }}
            </p>
            <button class=ButtonKind::Secondary.class() on:click=move |_| shell.engine().look_again(true)>
                {tr!(lang, "Buscar de nuevo", "Look again")}
            </button>
        </EmptyState>
    }
}

/// Offers a newer version; never swaps it under a running page.
#[component]
fn UpdateOffer() -> impl IntoView {
    let shell = use_shell();
    let lang = use_lang();
    move || {
        shell.update.get().then(|| {
            view! {
                <Notice title=tr!(lang, "Hay una versión nueva", "There is a new version")>
                    <button class=ButtonKind::Secondary.class() on:click=|_| crate::phone::announce("saldar:activate")>
                        {tr!(lang, "Actualizar", "Update")}
                    </button>
                </Notice>
            }
        })
    }
}
