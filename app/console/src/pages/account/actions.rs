//! What can be done about an account, by permission: each form opens on demand.

use domain::access::Permission;
use domain::account::{ActivityChannel, Component, Disposition, PromiseTerms};
use domain::money::Money;
use leptos::prelude::*;
use services::accounts::AccountView;
use services::roster::CollectorLine;
use ui::prelude::*;
use uuid::Uuid;

use super::{OFFICE_METHODS, address};
use crate::desk::Desk;

#[component]
pub fn Actions(
    desk: Desk,
    account: AccountView,
    keys: (Uuid, Uuid),
    collectors: Vec<CollectorLine>,
    /// Parts of the debt that a payer may put first.
    choices: Vec<Component>,
) -> impl IntoView {
    let lang = use_lang();
    let owed = Money::from_minor(account.summary.balance.total_minor(), account.summary.account.currency);
    let base = address(account.summary.account.id);
    let today = account.today;
    let (activity_key, pay_key) = keys;
    let activity = desk.may(Permission::ActivityRecord).then(|| {
        let action = format!("{base}/gestiones");
        view! {
            <Action key="g" title=tr!(lang, "Registrar gestión", "Record activity") icon=Glyph::Phone fields=&["channel", "disposition", "note"]>
                <ActivityForm action key=activity_key/>
            </Action>
        }
    });
    let promise = (desk.may(Permission::PromiseTake) && owed.is_positive()).then(|| {
        let action = format!("{base}/promesas");
        view! {
            <Action key="p" title=tr!(lang, "Tomar promesa de pago", "Take a promise to pay") icon=Glyph::CalendarCheck fields=&["promise_amount", "promise_due_on"]>
                <PromiseForm action owed today/>
            </Action>
        }
    });
    let payment = desk.may(Permission::PaymentPost).then(|| {
        let action = format!("{base}/pagos");
        view! {
            <Action key="c" title=tr!(lang, "Registrar pago", "Post a payment") icon=Glyph::Banknote fields=&["pay_amount", "pay_method", "received_on", "reference", "designated"]>
                <PaymentForm action key=pay_key owed today choices/>
            </Action>
        }
    });
    let visit = (!collectors.is_empty()).then(|| {
        let action = format!("{base}/visitas");
        view! {
            <Action key="v" title=tr!(lang, "Programar visita", "Plan a visit") icon=Glyph::MapPin fields=&["collector", "visit_on"]>
                <VisitForm action collectors today/>
            </Action>
        }
    });
    let any = activity.is_some() || promise.is_some() || payment.is_some() || visit.is_some();
    any.then(|| {
        view! {
            <section class="card actions" aria-label=tr!(lang, "Acciones", "Actions")>
                {activity}{promise}{payment}{visit}
            </section>
        }
    })
}

/// A form behind its name; open when one of its fields was refused.
#[component]
fn Action(
    key: &'static str,
    title: &'static str,
    icon: Glyph,
    fields: &'static [&'static str],
    children: Children,
) -> impl IntoView {
    let refused =
        form_state().is_some_and(|state| state.errors.iter().any(|e| fields.contains(&e.field.as_str())));
    view! {
        <details name="action" open=refused>
            <summary data-key=key aria-keyshortcuts=key><Icon glyph=icon/><span>{title}</span><kbd class="push" aria-hidden="true">{key}</kbd></summary>
            {children()}
        </details>
    }
    .into_any()
}

/// The key of the form as it was sent, so that mending an error does not do the thing twice.
pub(crate) fn hidden_key(name: &'static str, fresh: Uuid) -> impl IntoView {
    let sent = form_state().and_then(|state| state.value(name).map(str::to_owned));
    view! { <input type="hidden" name=name value=sent.unwrap_or_else(|| fresh.to_string())/> }
}

#[component]
fn ActivityForm(action: String, key: Uuid) -> impl IntoView {
    let lang = use_lang();
    let channels = ActivityChannel::ALL
        .iter()
        .filter(|channel| **channel != ActivityChannel::Portal)
        .map(|channel| Choice::new(channel.as_str(), labels::channel(*channel, lang)))
        .collect();
    let dispositions =
        Disposition::ALL.iter().map(|d| Choice::new(d.as_str(), labels::disposition(*d, lang))).collect();
    view! {
        <PostForm action>
            {hidden_key("activity_key", key)}
            <div class="grid">
                <Select name="channel" label=tr!(lang, "Canal", "Channel") options=channels value=ActivityChannel::Call.as_str()/>
                <Select name="disposition" label=tr!(lang, "Resultado", "Result") options=dispositions blank=tr!(lang, "Elegir…", "Choose…")/>
            </div>
            <Textarea
                name="note" label=tr!(lang, "Nota", "Note") rows=3 required=false maxlength=2000
                hint=tr!(lang, "Solo hechos. Sin datos de salud ni opiniones sobre la persona.", "Facts only. No health data, no opinions about the person.")
            />
            <Button>{tr!(lang, "Guardar gestión", "Save activity")}</Button>
        </PostForm>
    }
    .into_any()
}

#[component]
fn PromiseForm(action: String, owed: Money, today: chrono::NaiveDate) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let last = today + chrono::Duration::days(PromiseTerms::HORIZON_DAYS);
    view! {
        <PostForm action>
            <div class="grid">
                <Field
                    name="promise_amount" label=tr!(lang, "Importe prometido", "Amount promised") inputmode="decimal"
                    suffix=owed.currency().code() hint=trf!(lang, "Hasta {}", "Up to {}", format::money_bare(&owed, locale))
                />
                <Field
                    name="promise_due_on" kind="date" label=tr!(lang, "Fecha prometida", "Date promised")
                    min=today.to_string() max=last.to_string()
                    hint=trf!(lang, "Hasta el {}", "Up to {}", format::date_short(last, locale))
                />
            </div>
            <Button>{tr!(lang, "Guardar promesa", "Save promise")}</Button>
        </PostForm>
    }
    .into_any()
}

#[component]
fn VisitForm(action: String, collectors: Vec<CollectorLine>, today: chrono::NaiveDate) -> impl IntoView {
    let lang = use_lang();
    let people = collectors.into_iter().map(|line| Choice::new(line.id.to_string(), line.name)).collect();
    view! {
        <PostForm action>
            <div class="grid">
                <Select name="collector" label=tr!(lang, "Cobrador", "Collector") options=people blank=tr!(lang, "Elegir…", "Choose…")/>
                <Field name="visit_on" kind="date" label=tr!(lang, "Día de la visita", "Day of the visit") value=today.to_string() min=today.to_string()/>
            </div>
            <Button>{tr!(lang, "Guardar visita", "Save visit")}</Button>
        </PostForm>
    }
    .into_any()
}

#[component]
fn PaymentForm(
    action: String,
    key: Uuid,
    owed: Money,
    today: chrono::NaiveDate,
    choices: Vec<Component>,
) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let methods = OFFICE_METHODS
        .iter()
        .map(|method| Choice::new(method.as_str(), labels::payment_method(*method, lang)))
        .collect();
    let choices: Vec<_> =
        choices.into_iter().map(|part| Choice::new(part.as_str(), labels::component(part, lang))).collect();
    let designated = (!choices.is_empty()).then(|| {
        view! {
            <Select
                name="designated" label=tr!(lang, "Se paga primero, a elección de quien paga", "Paid first, by the payer's choice")
                options=choices required=false blank=tr!(lang, "El orden habitual", "The usual order")
                hint=tr!(lang, "El capital no va antes que los intereses, aunque se pida", "Principal does not go before interest, even when asked for")
            />
        }
    });
    view! {
        <PostForm action>
            {hidden_key("pay_key", key)}
            <div class="grid">
                <Field
                    name="pay_amount" label=tr!(lang, "Importe recibido", "Amount received") inputmode="decimal"
                    suffix=owed.currency().code()
                    hint=trf!(lang, "Se deben {}; lo que sobre queda a favor", "{} is owed; what exceeds it stays in the debtor's favour", format::money_bare(&owed, locale))
                />
                <Field name="received_on" kind="date" label=tr!(lang, "Fecha de recepción", "Received on") value=today.to_string() max=today.to_string()/>
                <Select name="pay_method" label=tr!(lang, "Forma de pago", "Method") options=methods/>
                <Field
                    name="reference" label=tr!(lang, "Referencia", "Reference") required=false maxlength=80
                    hint=tr!(lang, "Número de transferencia o de caja", "Number of the transfer or till")
                />
                {designated}
            </div>
            <Button>{tr!(lang, "Aplicar pago", "Post payment")}</Button>
        </PostForm>
    }
    .into_any()
}
