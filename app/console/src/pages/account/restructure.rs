//! Several debts become one: chosen, previewed, done.

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::NaiveDate;
use domain::access::{Denied, Permission};
use domain::account::{Account, Balance, Component};
use domain::ids::AccountId;
use domain::money::Money;
use leptos::prelude::*;
use services::ledger::{Restructure, RestructurePreview};
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Form, form_state, see_other};

use super::{address, id_of};
use crate::desk::{ACCOUNTS, Desk, Frame, Section};
use crate::typed::{self, keep};

/// `GET /console/cuentas/{id}/reestructura`
pub async fn ask(State(services): State<Services>, desk: Desk, Path(id): Path<String>) -> Response {
    let result = page(&services, &desk, &id, None, None).await;
    desk.answer(result)
}

/// `POST /console/cuentas/{id}/reestructura`: shows the new debt, then makes it.
pub async fn send(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let answer = match sent(&services, &desk, &id, &form).await {
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, desk.lang());
            // Where only the reason was missing, the new debt is still shown.
            let preview = match read(&form, || services.new_id()) {
                Ok(new) => services.preview_restructure(desk.actor(), &new).await.ok(),
                Err(_) => None,
            };
            page(&services, &desk, &id, Some((state, form)), preview).await
        }
        other => other,
    };
    desk.answer(answer)
}

async fn sent(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<Response, ServiceError> {
    let new = read(form, || services.new_id())?;
    if form.get("step") == "post" {
        let made = services.restructure(desk.actor(), new).await?;
        return Ok(see_other(&format!("{}?hecho=reestructura", address(made))));
    }
    let preview = services.preview_restructure(desk.actor(), &new).await?;
    let state = form_state(form, &[], desk.lang());
    page(services, desk, id, Some((state, form.clone())), Some(preview)).await
}

fn read(form: &Form, fresh: impl FnOnce() -> Uuid) -> Result<Restructure, ServiceError> {
    let mut issues = Vec::new();
    let due_on = keep(&mut issues, typed::date("due_on", form.get("due_on")));
    let Some(due_on) = due_on else { return Err(ServiceError::Invalid(issues)) };
    Ok(Restructure {
        accounts: chosen(form).filter_map(|id| id.parse().ok()).collect(),
        external_id: form.get("external_id").to_owned(),
        due_on,
        capitalise: form.get("capitalise") == "1",
        written_pact: form.get("pact") == "1",
        reason: form.get("reason").to_owned(),
        key: typed::key(form.get("key"), fresh),
    })
}

fn chosen(form: &Form) -> impl Iterator<Item = &str> {
    form.0.iter().filter(|(name, _)| name == "accounts").map(|(_, value)| value.as_str())
}

async fn page(
    services: &Services,
    desk: &Desk,
    id: &str,
    typed: Option<(FormState, Form)>,
    preview: Option<RestructurePreview>,
) -> Result<Response, ServiceError> {
    if !desk.may(Permission::DebtRestructure) {
        return Err(Denied(Permission::DebtRestructure).into());
    }
    let id: AccountId = id_of(id)?;
    let account = services.account_view(desk.actor(), id).await?.summary.account;
    let debts = services.restructurable(desk.actor(), id).await?;
    let chosen: Vec<String> = match &typed {
        Some((_, form)) => chosen(form).map(str::to_owned).collect(),
        None => vec![id.to_string()],
    };
    let (key, today) = (services.new_id(), services.today(desk.actor().organization_id).await?);
    let page = desk.page(title(desk.lang())).form(typed.map(|(state, _)| state));
    let desk = desk.clone();
    Ok(page.render(move || view! { <RestructurePage desk account debts chosen preview key today/> }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Reestructurar", "Restructure")
}

#[component]
fn RestructurePage(
    desk: Desk,
    account: Account,
    debts: Vec<(Account, Balance)>,
    chosen: Vec<String>,
    preview: Option<RestructurePreview>,
    key: Uuid,
    today: NaiveDate,
) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let back = address(account.id);
    let crumbs = vec![
        Crumb::new(ACCOUNTS, tr!(lang, "Cuentas", "Accounts")),
        Crumb::new(back.clone(), account.external_id.clone()),
        Crumb::here(title(lang)),
    ];
    let action = format!("{back}/reestructura");
    let sent = ui::forms::form_state().and_then(|state| state.value("key").map(str::to_owned));
    let key = sent.unwrap_or_else(|| key.to_string());
    let boxes: Vec<_> = debts
        .into_iter()
        .map(|(debt, owed)| {
            let total = Money::from_minor(owed.total_minor(), debt.currency);
            let label = format!("{} · {}", debt.external_id, format::money(&total, locale));
            let value = debt.id.to_string();
            let checked = chosen.contains(&value);
            let id = format!("accounts-{value}");
            view! { <CheckBox name="accounts" id value checked label/> }
        })
        .collect();
    let shown = preview.is_some();
    view! {
        <Frame desk section=Section::Accounts title=title(lang) crumbs>
            <ErrorSummary/>
            <PostForm action class="card form">
                <p>{tr!(
                    lang,
                    "Las deudas elegidas se cierran y una nueva queda en su lugar. Sus promesas y ofertas terminan; lo que se pague a las anteriores cuenta para la nueva.",
                    "The debts chosen are closed, and a new one stands in their place. Their promises and offers end; what is paid to the old ones counts for the new one.",
                )}</p>
                {preview.map(|preview| view! { <NewDebt preview/> })}
                <input type="hidden" name="key" value=key/>
                <fieldset id="accounts">
                    <legend>{tr!(lang, "Deudas que se reemplazan", "Debts to replace")}</legend>
                    {boxes}
                </fieldset>
                <div class="grid">
                    <Field name="external_id" label=tr!(lang, "Número de la deuda nueva", "Number of the new debt") maxlength=80/>
                    <Field name="due_on" label=tr!(lang, "Vence el", "Due on") kind="date" min=today.to_string()/>
                </div>
                <CheckBox
                    name="capitalise" value="1" label=tr!(lang, "Capitalizar intereses y cargos", "Make interest and charges principal")
                    hint=tr!(lang, "Solo donde la ley lo permite; se comprueba por país.", "Only where the law allows; checked by country.")
                />
                <CheckBox name="pact" value="1" label=tr!(lang, "El deudor lo aceptó por escrito", "The debtor agreed in writing")/>
                <Textarea
                    name="reason" label=tr!(lang, "Motivo", "Reason") rows=3 maxlength=500
                    hint=tr!(lang, "Queda en la auditoría.", "It is kept for audit.")
                />
                <div class="row">
                    {shown.then(|| view! { <Button name="step" value="post">{tr!(lang, "Reestructurar", "Restructure")}</Button> })}
                    <Button kind=if shown { ButtonKind::Secondary } else { ButtonKind::Primary } name="step" value="preview">
                        {tr!(lang, "Ver la deuda nueva", "See the new debt")}
                    </Button>
                    <a class="btn btn-quiet" href=back>{tr!(lang, "Cancelar", "Cancel")}</a>
                </div>
            </PostForm>
        </Frame>
    }
}

/// The debts as they are, and the one in their place, part by part.
#[component]
fn NewDebt(preview: RestructurePreview) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let RestructurePreview { old, new } = preview;
    let currency = new.currency();
    let before = |component: Component| {
        old.iter().fold(0_i64, |sum, (_, owed)| sum.saturating_add(owed.of(component).minor()))
    };
    let rows: Vec<_> = Component::ALL
        .iter()
        .map(|part| (*part, before(*part), new.of(*part)))
        .filter(|(_, before, after)| *before != 0 || !after.is_zero())
        .map(|(part, before, after)| {
            view! {
                <tr>
                    <th scope="row">{labels::component(part, lang)}</th>
                    <td class="num">{format::money_bare(&Money::from_minor(before, currency), locale)}</td>
                    <td class="num strong">{format::money_bare(&after, locale)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Parte de la deuda", "Part of the debt")),
        Column::number(tr!(lang, "Hoy", "Today")),
        Column::number(tr!(lang, "En la nueva", "In the new")),
    ];
    let total = Money::from_minor(new.total_minor(), currency);
    let title = trf!(lang, "La deuda nueva ({})", "The new debt ({})", currency);
    view! {
        <section class="stack">
            <h2>{title.clone()}</h2>
            <DataTable caption=title caption_hidden=true columns>{rows}</DataTable>
            <p><strong>{trf!(lang, "En total: {}", "In all: {}", format::money(&total, locale))}</strong></p>
        </section>
    }
    .into_any()
}
