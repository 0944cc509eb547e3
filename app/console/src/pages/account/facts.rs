//! Who and what: contacts, breakdown, facts, other parties, documents.

use chrono::{DateTime, NaiveDate, Weekday};
use chrono_tz::Tz;
use domain::account::Balance;
use domain::ids::AccountId;
use domain::money::Money;
use domain::party::{ContactKind, ContactPoint, Party, PartyRole};
use domain::terms::LimitationState;
use leptos::prelude::*;
use services::accounts::{DebtSummary, DocumentLine};
use services::preferences::ContactWishes;
use ui::prelude::*;

#[component]
pub fn Contacts(
    debtor: Party,
    contacts: Vec<ContactPoint>,
    wishes: ContactWishes,
    /// Where it is told that an address may be used again; none for whoever may not.
    lift_at: Option<String>,
) -> impl IntoView {
    let lang = use_lang();
    let document = debtor.document.map(|number| {
        let kind = debtor.document_type.unwrap_or_else(|| tr!(lang, "Documento", "Document").to_owned());
        view! { <Pair term=kind><span class="nowrap">{number}</span></Pair> }
    });
    let none = contacts.is_empty();
    let gone: Vec<Choice> = contacts
        .iter()
        .filter(|point| wishes.undeliverable.contains(&point.id))
        .map(|point| Choice::new(point.id.to_string(), point.value.clone()))
        .collect();
    let lift = lift_at.filter(|_| !gone.is_empty()).map(|action| lift_form(action, gone, lang));
    let points: Vec<_> = contacts
        .into_iter()
        .map(|point| {
            let wish = if wishes.refused_points.contains(&point.id) {
                Some((Tone::Warn, tr!(lang, "No contactar aquí", "Do not contact here")))
            } else if wishes.undeliverable.contains(&point.id) {
                Some((Tone::Warn, tr!(lang, "No llega: lo enviado volvió", "Does not arrive: it came back")))
            } else if wishes.preferred == Some(point.id) {
                Some((Tone::Info, tr!(lang, "Prefiere este", "Prefers this one")))
            } else {
                None
            };
            let wish = wish.map(|(tone, says)| view! { " "<Badge tone>{says}</Badge> });
            contact(point, wish, lang)
        })
        .collect();
    let hours: Vec<_> = wishes
        .ruled
        .own_hours
        .into_iter()
        .flat_map(|own| own.slots)
        .map(|slot| {
            let days: Vec<_> = slot.days.iter().map(|day| weekday(*day, lang)).collect();
            view! { <Pair term=tr!(lang, "Horario que pide", "Hours asked for")>{format!("{} {}", days.join(" "), slot.open)}</Pair> }
        })
        .collect();
    view! {
        <Card title=tr!(lang, "Titular y contacto", "Debtor and contact")>
            <KeyValue>{document}{points}{hours}</KeyValue>
            {lift}
            {none.then(|| view! {
                <p class="soft small">{tr!(lang, "Sin teléfono, correo ni domicilio.", "No phone, e-mail or address.")}</p>
            })}
        </Card>
    }
    .into_any()
}

/// Uses an address again at which nothing arrived.
fn lift_form(action: String, gone: Vec<Choice>, lang: Lang) -> AnyView {
    let open = form_state().is_some_and(|state| state.error("lift_reason").is_some());
    view! {
        <details open=open>
            <summary>{tr!(lang, "Volver a usar una dirección", "Use an address again")}</summary>
            <PostForm action>
                <Select name="point" label=tr!(lang, "Dirección a la que nada llega", "Address at which nothing arrives") options=gone/>
                <Field name="lift_reason" label=tr!(lang, "Por qué", "Why") maxlength=200 hint=tr!(lang, "Por ejemplo: la confirmó por teléfono", "For example: confirmed by phone")/>
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Volver a usar", "Use again")}</Button>
            </PostForm>
        </details>
    }
    .into_any()
}

const fn weekday(day: Weekday, lang: Lang) -> &'static str {
    match day {
        Weekday::Mon => tr!(lang, "lun", "Mon"),
        Weekday::Tue => tr!(lang, "mar", "Tue"),
        Weekday::Wed => tr!(lang, "mié", "Wed"),
        Weekday::Thu => tr!(lang, "jue", "Thu"),
        Weekday::Fri => tr!(lang, "vie", "Fri"),
        Weekday::Sat => tr!(lang, "sáb", "Sat"),
        Weekday::Sun => tr!(lang, "dom", "Sun"),
    }
}

/// One point, with what the person wishes about it.
fn contact(point: ContactPoint, wish: Option<impl IntoView + 'static>, lang: Lang) -> AnyView {
    if point.is_suppressed {
        let term = if point.kind == ContactKind::Email {
            tr!(lang, "Correo", "E-mail")
        } else {
            tr!(lang, "Teléfono", "Phone")
        };
        return view! {
            <Pair term>
                <s>{point.value}</s>" "
                <Badge tone=Tone::Warn>{tr!(lang, "No es del titular", "Not the debtor's")}</Badge>
            </Pair>
        }
        .into_any();
    }
    match point.kind {
        ContactKind::Phone => {
            let href = format!("tel:{}", point.value.replace(' ', ""));
            view! { <Pair term=tr!(lang, "Teléfono", "Phone")><a class="nowrap" href=href>{point.value}</a>{wish}</Pair> }.into_any()
        }
        ContactKind::Email => {
            let href = format!("mailto:{}", point.value);
            view! { <Pair term=tr!(lang, "Correo", "E-mail")><a href=href>{point.value}</a>{wish}</Pair> }
                .into_any()
        }
        ContactKind::Address => {
            let place =
                [point.city, point.region, point.postal_code].into_iter().flatten().collect::<Vec<_>>();
            let text = std::iter::once(point.value).chain(place).collect::<Vec<_>>().join(", ");
            view! { <Pair term=tr!(lang, "Domicilio", "Address")>{text}{wish}</Pair> }.into_any()
        }
    }
}

#[component]
pub fn Breakdown(balance: Balance) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let total = Money::from_minor(balance.total_minor(), balance.currency());
    let parts: Vec<_> = balance
        .components()
        .filter(|(_, amount)| !amount.is_zero())
        .map(|(part, amount)| {
            view! { <Pair term=labels::component(part, lang)>{format::money_bare(&amount, locale)}</Pair> }
        })
        .collect();
    view! {
        <Card title=tr!(lang, "Lo que se debe", "What is owed")>
            <KeyValue>
                {parts}
                <Pair term="Total" strong=true>{format::money(&total, locale)}</Pair>
            </KeyValue>
        </Card>
    }
    .into_any()
}

#[component]
pub fn Facts(
    summary: DebtSummary,
    limitation: Option<LimitationState>,
    reference: Option<String>,
    today: NaiveDate,
) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let account = summary.account;
    let barred = limitation.map(|state| {
        let is_barred = state.barred_from <= today;
        let day = format::date_short(state.barred_from, locale);
        let tag = is_barred.then(|| view! { " "<Badge tone=Tone::Warn>{tr!(lang, "Prescrita", "Barred")}</Badge> });
        let left = is_barred && state.stops_contact;
        let left = left.then(|| view! { <br/><span class="small">{tr!(lang, "No se contacta por ella.", "No contact about it.")}</span> });
        view! {
            <Pair term=tr!(lang, "Prescribe el", "Barred from")>
                <span class="nowrap">{day}</span>{tag}<br/><span class="soft small">{state.norm}</span>{left}
            </Pair>
        }
    });
    let text = |term: &'static str, value: Option<String>| {
        value.map(|value| view! { <Pair term=term>{value}</Pair> })
    };
    let date = move |on: Option<chrono::NaiveDate>| on.map(|on| format::date_short(on, locale));
    let installments = account
        .installments_unpaid
        .zip(account.installments_total)
        .map(|(unpaid, all)| trf!(lang, "{0} de {1} sin pagar", "{0} of {1} unpaid", unpaid, all));
    view! {
        <Card title=tr!(lang, "Cuenta", "Account")>
            <KeyValue>
                {text(tr!(lang, "Número", "Number"), Some(account.external_id))}
                {text(tr!(lang, "Acreedor", "Creditor"), Some(summary.creditor.name))}
                {text(tr!(lang, "Producto", "Product"), account.product)}
                {text(tr!(lang, "Abierta el", "Opened on"), date(account.opened_on))}
                {text(tr!(lang, "Venció o vence el", "Due on"), date(Some(account.due_on)))}
                {barred}
                {text(tr!(lang, "Castigada el", "Charged off on"), date(account.charged_off_on))}
                {text(tr!(lang, "Cuotas", "Instalments"), installments)}
                {text(tr!(lang, "Referencia de transferencia", "Transfer reference"), reference)}
            </KeyValue>
        </Card>
    }
    .into_any()
}

#[component]
pub fn Others(others: Vec<(PartyRole, Party)>) -> impl IntoView {
    let lang = use_lang();
    let pairs: Vec<_> = others
        .into_iter()
        .map(|(role, party)| view! { <Pair term=labels::party_role(role, lang)>{party.name}</Pair> })
        .collect();
    view! {
        <Card title=tr!(lang, "Otras personas", "Other parties")><KeyValue>{pairs}</KeyValue></Card>
    }
    .into_any()
}

#[component]
pub fn Documents(
    account: AccountId,
    today: NaiveDate,
    documents: Vec<(DateTime<Tz>, DocumentLine)>,
) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let pairs: Vec<_> = documents
        .into_iter()
        .map(|(at, line)| {
            let title = match line.payment_id {
                Some(payment) => {
                    let href = format!("/console/recibos/{payment}");
                    view! { <a href=href>{line.title}</a> }.into_any()
                }
                None => line.title.into_any(),
            };
            view! { <Pair term=format::date_short(at.date_naive(), locale)>{title}</Pair> }
        })
        .collect();
    view! {
        <Card title=tr!(lang, "Documentos", "Documents")>
            <KeyValue>
                <Pair term=format::date_short(today, locale)>
                    <a href=format!("/console/cuentas/{account}/estado-de-cuenta/pdf")>
                        {tr!(lang, "Estado de cuenta (PDF)", "Account statement (PDF)")}
                    </a>
                </Pair>
                {pairs}
            </KeyValue>
        </Card>
    }
    .into_any()
}
