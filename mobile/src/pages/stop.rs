//! One stop: who, where, what is owed, what happened before.

use domain::field::OfferLine;
use leptos::prelude::*;
use replica::{OwnEvent, StopView};
use ui::prelude::*;
use uuid::Uuid;

use crate::app::{Done, SyncLine, use_shell};
use crate::pages::find_stop;
use crate::route::Route;
use crate::words;

#[component]
pub fn StopPage(id: Uuid) -> impl IntoView {
    let shell = use_shell();
    let lang = use_lang();
    let stop = Memo::new(move |_| shell.view.with(|view| find_stop(view, id)));
    let title = Signal::derive(move || {
        stop.get().map_or_else(|| tr!(lang, "Visita", "Visit").to_owned(), |s| s.stop.debtor_name)
    });
    let action = move || {
        view! {
            <LinkButton href=Route::Visit(id, false).href() kind=ButtonKind::Secondary icon=Glyph::MapPin>
                {tr!(lang, "Registrar visita", "Record visit")}
            </LinkButton>
            <LinkButton href=Route::Visit(id, true).href() icon=Glyph::Banknote>
                {tr!(lang, "Recibir efectivo", "Take cash")}
            </LinkButton>
        }
    };
    view! {
        <FieldLayout title back=Route::Today.href() sync=|| view! { <SyncLine/> } action=action>
            <Done/>
            {move || match stop.get() {
                Some(stop) => view! { <StopDetails stop/> }.into_any(),
                None => view! { <GoneNotice/> }.into_any(),
            }}
        </FieldLayout>
    }
}

#[component]
pub fn GoneNotice() -> impl IntoView {
    let lang = use_lang();
    view! {
        <Notice title=tr!(lang, "Esta visita ya no está en su ruta", "This stop is no longer on your route")>
            <p>{tr!(lang, "Lo que registró aquí sigue guardado.", "What you recorded here is still kept.")}</p>
        </Notice>
    }
}

#[component]
fn StopDetails(stop: StopView) -> impl IntoView {
    let locale = use_locale();
    let lang = locale.lang();
    let StopView { stop, owed_minor, own, .. } = stop;
    let code = stop.currency.clone();
    let where_to = match (stop.lat_e7, stop.lng_e7) {
        (Some(lat), Some(lng)) => {
            let degrees = |e7: i32| f64::from(e7) / 1e7;
            Some(format!("geo:{0},{1}?q={0},{1}", degrees(lat), degrees(lng)))
        }
        _ => None,
    };
    let place = format!("{}, {}", stop.address, stop.city);
    let address = match where_to {
        Some(href) => view! { <a href=href>{place}</a> }.into_any(),
        None => place.into_any(),
    };
    let debt = words::headline(owed_minor, &code);
    let lines: Vec<(String, String)> = stop
        .owed
        .iter()
        .map(|line| (words::component(&line.component, lang), words::money(line.amount_minor, &code, lang)))
        .collect();
    let offers =
        (!stop.offers.is_empty()).then(|| view! { <Offers offers=stop.offers.clone() code=code.clone()/> });
    let nothing_yet = own.is_empty() && stop.activities.is_empty();
    let own: Vec<_> = own.iter().map(|event| own_item(event, locale)).collect();
    let earlier: Vec<_> = stop
        .activities
        .into_iter()
        .map(|line| {
            let when = words::moment(line.at_ms, locale);
            let title = words::activity(&line.kind, lang);
            view! { <TimelineItem when title>{line.note}</TimelineItem> }
        })
        .collect();
    view! {
        <Card>
            {debt.map(|money| view! { <Amount money label=tr!(lang, "Debe hoy", "Owes today")/> })}
            <KeyValue>
                <Pair term=tr!(lang, "Atraso", "Past due")>{format::days(i64::from(stop.days_past_due.max(0)), locale)}</Pair>
                <Pair term=tr!(lang, "Acreedor", "Creditor")>{stop.creditor_name.clone()}</Pair>
                <Pair term=tr!(lang, "Cuenta", "Account")>{stop.external_id.clone()}</Pair>
                <Pair term=tr!(lang, "Domicilio", "Address")>{address}</Pair>
                {stop.phone.clone().map(|phone| view! {
                    <Pair term=tr!(lang, "Teléfono", "Phone")><a href=format!("tel:{phone}")>{phone.clone()}</a></Pair>
                })}
            </KeyValue>
        </Card>
        <details class="card">
            <summary>{tr!(lang, "Desglose de la deuda", "Breakdown of the debt")}</summary>
            <KeyValue>
                {lines.into_iter().map(|(term, amount)| view! { <Pair term>{amount}</Pair> }).collect_view()}
            </KeyValue>
        </details>
        {offers}
        <h2>{tr!(lang, "Lo último", "Latest")}</h2>
        <Timeline>
            {own}
            {earlier}
        </Timeline>
        {nothing_yet.then(|| view! {
            <p>{tr!(lang, "Aún no hay gestiones en esta cuenta.", "Nothing has been done on this account yet.")}</p>
        })}
    }
}

/// What the debtor can agree to, the same as in the portal, and where.
#[component]
fn Offers(offers: Vec<OfferLine>, code: String) -> impl IntoView {
    let locale = use_locale();
    let lang = locale.lang();
    let offers: Vec<_> = offers
        .into_iter()
        .map(|offer| {
            let total = words::money(offer.to_pay_minor, &code, lang);
            let name = match offer.payments {
                1 => trf!(lang, "{} en un solo pago", "{} in one payment", total),
                several => trf!(lang, "{0} en {1} pagos", "{0} in {1} payments", total, several),
            };
            let when = match offer.payments {
                1 => trf!(
                    lang,
                    "A más tardar el {}.",
                    "By {} at the latest.",
                    format::date_long(offer.first_on, locale)
                ),
                _ => trf!(
                    lang,
                    "El primero, de {0}, el {1}; el último, el {2}.",
                    "The first one, of {0}, on {1}; the last one on {2}.",
                    words::money(offer.first_minor, &code, lang),
                    format::date_long(offer.first_on, locale),
                    format::date_long(offer.last_on, locale)
                ),
            };
            let off = (offer.forgiven_minor > 0).then(|| {
                let off = words::money(offer.forgiven_minor, &code, lang);
                view! { <p>{trf!(lang, "Se condonan {}.", "{} are forgiven.", off)}</p> }
            });
            let until = format::date_long(offer.valid_until, locale);
            view! {
                <li>
                    <strong>{name}</strong>
                    <p>{when}</p>
                    {off}
                    <p class="soft small">{trf!(lang, "Vigente hasta el {}.", "Good until {}.", until)}</p>
                </li>
            }
        })
        .collect();
    view! {
        <details class="card">
            <summary>{tr!(lang, "Qué se puede ofrecer", "What can be offered")}</summary>
            <ul class="plain-list stack">{offers}</ul>
            <p class="soft small">{tr!(
                lang,
                "Son las mismas ofertas que la persona ve en el portal. Las acepta ella misma ahí, con su teléfono: usted no acepta por nadie.",
                "These are the offers that the person sees in the portal. They accept there themselves, on their own phone: you accept for nobody."
            )}</p>
        </details>
    }
}

/// An own event as a line of the history.
pub fn own_item(event: &OwnEvent, locale: Locale) -> impl IntoView + use<> {
    use domain::field::Body;
    let lang = locale.lang();
    let when = words::moment(event.envelope.wall_ms, locale);
    let (tone, fate) = words::fate(event, lang);
    let (title, link) = match &event.body {
        Some(Body::Visit(visit)) => (labels::visit_disposition(visit.disposition, lang).to_owned(), None),
        Some(Body::Cash(cash)) => {
            let amount = words::money(cash.amount_minor, &cash.currency, lang);
            let number = cash.receipt_no.clone();
            (trf!(lang, "Efectivo: {}", "Cash: {}", amount), Some(number))
        }
        None => (tr!(lang, "Registro", "Record").to_owned(), None),
    };
    let note = match &event.body {
        Some(Body::Visit(visit)) if !visit.note.is_empty() => Some(visit.note.clone()),
        _ => None,
    };
    view! {
        <TimelineItem when title tone>
            <p>{fate}</p>
            {link.map(|number| {
                let href = Route::Receipt(number.clone()).href();
                view! { <p><a href=href>{tr!(lang, "Recibo ", "Receipt ")}{number}</a></p> }
            })}
            {note.map(|note| view! { <p>{note}</p> })}
        </TimelineItem>
    }
}
