//! A movement by hand: what it would change is shown before it is posted; and taking one back.

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDate;
use domain::access::{Denied, Permission};
use domain::account::{Account, Balance, Component};
use domain::ids::{AccountId, EntryId};
use domain::ledger::{Beneficiary, EntryKind, FactKind};
use domain::money::Money;
use leptos::prelude::*;
use services::ledger::{FactPreview, ManualFact};
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Form, form_state, see_other};

use super::journal::used;
use super::{account, address};
use crate::desk::{ACCOUNTS, Desk, Frame, Section};
use crate::pages::account::id_of;
use crate::typed::{self, keep};

const KINDS: [EntryKind; 3] = [EntryKind::Charge, EntryKind::Forgiveness, EntryKind::ChargeOff];

/// `GET /console/cuentas/{id}/libro/movimiento`
pub async fn ask(State(services): State<Services>, desk: Desk, Path(id): Path<String>) -> Response {
    let result = page(&services, &desk, &id, None, None).await;
    desk.answer(result)
}

/// `POST /console/cuentas/{id}/libro/movimiento`: shows what would change, then posts it.
pub async fn send(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let answer = match sent(&services, &desk, &id, &form).await {
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, desk.lang());
            let preview = preview_again(&services, &desk, &id, &form).await;
            page(&services, &desk, &id, Some(state), preview).await
        }
        other => other,
    };
    desk.answer(answer)
}

/// What would change, where only the reason was missing: it need not be asked for twice.
async fn preview_again(services: &Services, desk: &Desk, id: &str, form: &Form) -> Option<FactPreview> {
    let account = find(services, desk, id).await.ok()?;
    let new = read(desk, &account, form, || services.new_id()).ok()?;
    services.preview_fact(desk.actor(), &new).await.ok()
}

async fn sent(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<Response, ServiceError> {
    let account = find(services, desk, id).await?;
    let new = read(desk, &account, form, || services.new_id())?;
    if form.get("step") == "post" {
        services.post_fact(desk.actor(), new).await?;
        return Ok(see_other(&format!("{}?hecho=movimiento", account::address(account.id))));
    }
    let preview = services.preview_fact(desk.actor(), &new).await?;
    page(services, desk, id, Some(form_state(form, &[], desk.lang())), Some(preview)).await
}

async fn find(services: &Services, desk: &Desk, id: &str) -> Result<Account, ServiceError> {
    if !desk.may(Permission::FactPost) {
        return Err(Denied(Permission::FactPost).into());
    }
    Ok(services.account_view(desk.actor(), id_of(id)?).await?.summary.account)
}

fn read(
    desk: &Desk,
    account: &Account,
    form: &Form,
    fresh: impl FnOnce() -> Uuid,
) -> Result<ManualFact, ServiceError> {
    let mut issues = Vec::new();
    let kind: Option<EntryKind> = keep(&mut issues, typed::choice("kind", form.get("kind")));
    let effective_on = keep(&mut issues, typed::date("effective_on", form.get("effective_on")));
    let mut part = || {
        let component = keep(&mut issues, typed::choice::<Component>("component", form.get("component")));
        let amount = typed::amount("amount", form.get("amount"), account.currency, desk.locale());
        Some((component, keep(&mut issues, amount)))
            .and_then(|(component, amount)| Some((component?, amount?)))
    };
    let what = match kind {
        Some(EntryKind::Charge) => part().map(|(component, amount)| FactKind::Charge {
            component,
            amount,
            only_while_owed: false,
            beneficiary: if form.get("agency") == "1" { Beneficiary::Agency } else { Beneficiary::Creditor },
        }),
        Some(EntryKind::Forgiveness) => part().map(|part| FactKind::Forgiveness { parts: vec![part] }),
        Some(EntryKind::ChargeOff) => Some(FactKind::ChargeOff),
        _ => None,
    };
    match (what, effective_on) {
        (Some(what), Some(effective_on)) => Ok(ManualFact {
            account_id: account.id,
            what,
            effective_on,
            reason: form.get("reason").to_owned(),
            key: typed::key(form.get("key"), fresh),
        }),
        _ => Err(ServiceError::Invalid(issues)),
    }
}

async fn page(
    services: &Services,
    desk: &Desk,
    id: &str,
    form: Option<FormState>,
    preview: Option<FactPreview>,
) -> Result<Response, ServiceError> {
    let account = find(services, desk, id).await?;
    let (key, today) = (services.new_id(), services.today(desk.actor().organization_id).await?);
    let page = desk.page(title(desk.lang())).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <ManualPage desk account preview key today/> }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Movimiento manual", "Entry by hand")
}

fn crumbs(account: &Account, here: &str, lang: Lang) -> Vec<Crumb> {
    vec![
        Crumb::new(ACCOUNTS, tr!(lang, "Cuentas", "Accounts")),
        Crumb::new(account::address(account.id), account.external_id.clone()),
        Crumb::new(address(account.id), tr!(lang, "Libro", "Ledger")),
        Crumb::here(here),
    ]
}

#[component]
fn ManualPage(
    desk: Desk,
    account: Account,
    preview: Option<FactPreview>,
    key: Uuid,
    today: NaiveDate,
) -> impl IntoView {
    let lang = use_lang();
    let crumbs = crumbs(&account, title(lang), lang);
    let action = format!("{}/movimiento", address(account.id));
    let back = address(account.id);
    let sent = form_state_value("key").unwrap_or_else(|| key.to_string());
    let shown = preview.is_some();
    let kinds = KINDS.iter().map(|kind| {
        let hint = match kind {
            EntryKind::Charge => tr!(lang, "Se suma a lo que se debe.", "It is added to what is owed."),
            EntryKind::Forgiveness => {
                tr!(
                    lang,
                    "Se resta; nunca más de lo que se debía ese día.",
                    "It is taken off; never more than was owed on that day."
                )
            }
            _ => tr!(
                lang,
                "Pasa a cuentas de orden del acreedor y se sigue debiendo.",
                "It moves to the creditor's memorandum books and is still owed."
            ),
        };
        Choice::new(kind.as_str(), labels::entry_kind(*kind, lang)).hint(hint)
    });
    let kinds: Vec<_> = kinds.collect();
    let components: Vec<_> = Component::ALL
        .iter()
        .map(|part| Choice::new(part.as_str(), labels::component(*part, lang)))
        .collect();
    view! {
        <Frame desk section=Section::Accounts title=title(lang) crumbs>
            <ErrorSummary/>
            <PostForm action class="card form">
                {preview.map(|preview| view! { <Changes preview/> })}
                <input type="hidden" name="key" value=sent/>
                <RadioGroup name="kind" legend=tr!(lang, "Qué pasó", "What happened") options=kinds/>
                <div class="grid">
                    <Select
                        name="component" label=tr!(lang, "Parte de la deuda", "Part of the debt") required=false
                        blank=tr!(lang, "Elegir…", "Choose…") options=components
                        hint=tr!(lang, "Para cargo o quita", "For a charge or forgiveness")
                    />
                    <Field name="amount" label=trf!(lang, "Importe ({})", "Amount ({})", account.currency) inputmode="decimal" required=false/>
                    <Field name="effective_on" label=tr!(lang, "Fecha en que cuenta", "Day on which it counts") kind="date" value=today.to_string() max=today.to_string()/>
                </div>
                <CheckBox name="agency" value="1" label=tr!(lang, "El cargo es de la agencia, no del acreedor", "The charge is the agency's, not the creditor's")/>
                <Textarea
                    name="reason" label=tr!(lang, "Motivo", "Reason") rows=3 maxlength=500
                    hint=tr!(lang, "Queda en la auditoría.", "It is kept for audit.")
                />
                <div class="row">
                    {shown.then(|| view! { <Button name="step" value="post">{tr!(lang, "Asentar", "Post it")}</Button> })}
                    <Button kind=if shown { ButtonKind::Secondary } else { ButtonKind::Primary } name="step" value="preview">
                        {tr!(lang, "Ver qué cambiaría", "See what would change")}
                    </Button>
                    <a class="btn btn-quiet" href=back>{tr!(lang, "Cancelar", "Cancel")}</a>
                </div>
            </PostForm>
        </Frame>
    }
}

fn form_state_value(name: &str) -> Option<String> {
    ui::forms::form_state().and_then(|state| state.value(name).map(str::to_owned))
}

/// What is owed today, part by part, before and after.
#[component]
fn Changes(preview: FactPreview) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let FactPreview { before, after, posted } = preview;
    let rows: Vec<_> = used([before, after].into_iter())
        .into_iter()
        .map(|part| change(labels::component(part, lang), before.of(part), after.of(part), locale))
        .collect();
    let total = |balance: Balance| Money::from_minor(balance.total_minor(), balance.currency());
    let foot = move || change("Total", total(before), total(after), locale);
    let columns = vec![
        Column::new(tr!(lang, "Parte de la deuda", "Part of the debt")),
        Column::number(tr!(lang, "Hoy", "Today")),
        Column::number(tr!(lang, "Quedaría", "After")),
    ];
    let title = trf!(lang, "Qué cambiaría ({})", "What would change ({})", before.currency());
    let entries =
        trf!(lang, "Asientos que se harían: {}.", "Entries that would be posted: {}.", posted.len());
    view! {
        <section class="stack">
            <h2>{title.clone()}</h2>
            <DataTable caption=title caption_hidden=true columns foot>{rows}</DataTable>
            <p class="soft small">{entries}</p>
        </section>
    }
    .into_any()
}

fn change(term: &'static str, before: Money, after: Money, locale: Locale) -> AnyView {
    let mark = if before == after { "num soft" } else { "num strong" };
    view! {
        <tr>
            <th scope="row">{term}</th>
            <td class="num">{format::money_bare(&before, locale)}</td>
            <td class=mark>{format::money_bare(&after, locale)}</td>
        </tr>
    }
    .into_any()
}

/// `GET /console/cuentas/{id}/libro/anular/{entry}`
pub async fn ask_back(
    State(services): State<Services>,
    desk: Desk,
    Path((id, entry)): Path<(String, String)>,
) -> Response {
    let result = back_page(&services, &desk, &id, &entry, None).await;
    desk.answer(result)
}

/// `POST /console/cuentas/{id}/libro/anular/{entry}`
pub async fn take_back(
    State(services): State<Services>,
    desk: Desk,
    Path((id, entry)): Path<(String, String)>,
    form: Form,
) -> Response {
    let answer = match taken_back(&services, &desk, &id, &entry, &form).await {
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, desk.lang());
            back_page(&services, &desk, &id, &entry, Some(state)).await
        }
        other => other,
    };
    desk.answer(answer)
}

async fn taken_back(
    services: &Services,
    desk: &Desk,
    id: &str,
    entry: &str,
    form: &Form,
) -> Result<Response, ServiceError> {
    let id: AccountId = id_of(id)?;
    services.take_back_fact(desk.actor(), id, id_of(entry)?, form.get("reason")).await?;
    Ok(see_other(&format!("{}?hecho=anulado", account::address(id))))
}

async fn back_page(
    services: &Services,
    desk: &Desk,
    id: &str,
    entry: &str,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let account = find(services, desk, id).await?;
    let entry: EntryId = id_of(entry)?;
    let preview = services.preview_taking_back(desk.actor(), account.id, entry).await?;
    let title = tr!(desk.lang(), "Anular un movimiento", "Take an entry back");
    let page = desk.page(title).form(form);
    let desk = desk.clone();
    Ok(page.render(move || {
        let lang = use_lang();
        let crumbs = crumbs(&account, title, lang);
        let action = format!("{}/anular/{entry}", address(account.id));
        let back = address(account.id);
        view! {
            <Frame desk section=Section::Accounts title crumbs>
                <ErrorSummary/>
                <PostForm action class="card form">
                    <Changes preview/>
                    <Textarea
                        name="reason" label=tr!(lang, "Motivo", "Reason") rows=3 maxlength=500
                        hint=tr!(lang, "Queda en la auditoría.", "It is kept for audit.")
                    />
                    <div class="row">
                        <Button kind=ButtonKind::Danger>{tr!(lang, "Anular movimiento", "Take it back")}</Button>
                        <a class="btn btn-quiet" href=back>{tr!(lang, "Cancelar", "Cancel")}</a>
                    </div>
                </PostForm>
            </Frame>
        }
    }))
}
