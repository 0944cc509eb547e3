//! The organization's own account at the payment provider: opened, its key and webhook secrets replaced,
//! closed. What is secret is typed once and never shown again.

use axum::extract::{Query, State};
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;
use services::gateway_accounts::{AccountState, GatewayAccountView, GatewaysView, NewGatewayAccount};
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Form, form_state, see_other};

use super::account::id_of;
use crate::desk::{Desk, Frame, Section};

pub const ADDRESS: &str = "/console/pasarela";

/// Never given back to the browser.
fn without_secrets(form: &Form) -> Form {
    let open = |name: &str| name != "key" && name != "webhook_secret";
    Form(form.0.iter().filter(|(name, _)| open(name)).cloned().collect())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /console/pasarela`
pub async fn show(State(services): State<Services>, desk: Desk, Query(done): Query<Done>) -> Response {
    let result = page(&services, &desk, done.what, None).await;
    desk.answer(result)
}

/// `POST /console/pasarela`: the step that the pressed button names.
pub async fn act(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let answer = match done(&services, &desk, &form).await {
        Ok(what) => Ok(see_other(&format!("{ADDRESS}?hecho={what}"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&without_secrets(&form), &issues, desk.lang());
            page(&services, &desk, String::new(), Some(state)).await
        }
        Err(error) => Err(error),
    };
    desk.answer(answer)
}

async fn done(services: &Services, desk: &Desk, form: &Form) -> Result<&'static str, ServiceError> {
    let actor = desk.actor();
    let id: Uuid = id_of(form.get("account"))?;
    match form.get("step") {
        "open" => {
            let new = NewGatewayAccount {
                id,
                key: form.get("key").to_owned(),
                webhook_secret: form.get("webhook_secret").to_owned(),
            };
            services.open_gateway_account(actor, new).await.map(|()| "abierta")
        }
        "key" => services.replace_gateway_key(actor, id, form.get("key")).await.map(|()| "clave"),
        "add" => services.add_webhook_secret(actor, id, form.get("webhook_secret")).await.map(|()| "secreto"),
        "end" => {
            services.end_webhook_secret(actor, id, id_of(form.get("secret"))?).await.map(|()| "terminado")
        }
        "close" => services.close_gateway_account(actor, id).await.map(|()| "cerrada"),
        _ => Err(ServiceError::NotFound),
    }
}

async fn page(
    services: &Services,
    desk: &Desk,
    told: String,
    refused: Option<FormState>,
) -> Result<Response, ServiceError> {
    let value =
        |name: &str| refused.as_ref().and_then(|form| form.value(name)).unwrap_or_default().to_owned();
    let step = value("step");
    let again = if step == "open" { value("account").parse().ok() } else { None };
    let view = services.gateway_accounts(desk.actor(), again).await?;
    let page = desk.page(Section::Gateway.label(desk.lang())).form(refused);
    let desk = desk.clone();
    Ok(page.render(move || view! { <GatewayPage desk view told step/> }))
}

fn told_words(what: &str, lang: Lang) -> Option<&'static str> {
    Some(match what {
        "abierta" => tr!(
            lang,
            "La cuenta quedó guardada: los pagos nuevos llegan a ella.",
            "The account is kept: new payments come to it."
        ),
        "clave" => tr!(lang, "La clave quedó cambiada.", "The key is replaced."),
        "secreto" => tr!(lang, "El secreto quedó agregado.", "The secret is added."),
        "terminado" => tr!(lang, "El secreto dejó de valer.", "The secret is ended."),
        "cerrada" => {
            tr!(lang, "La cuenta ya no recibe pagos nuevos.", "The account takes no new payments any more.")
        }
        _ => return None,
    })
}

#[component]
fn GatewayPage(desk: Desk, view: GatewaysView, told: String, step: String) -> impl IntoView {
    let lang = use_lang();
    let title = Section::Gateway.label(lang);
    let told = told_words(&told, lang).map(|title| view! { <Notice tone=Tone::Success title/> });
    let active = view.accounts.iter().any(|one| one.state == AccountState::Active);
    let deployment = view.deployment.clone().filter(|_| !active);
    let by = match (&deployment, active) {
        (_, true) => tr!(
            lang,
            "Los pagos en línea llegan a la cuenta de esta organización.",
            "Online payments come to this organization's account."
        ),
        (Some(_), _) => tr!(
            lang,
            "Los pagos en línea llegan a la cuenta de la instalación, hasta que se guarde una propia.",
            "Online payments come to the installation's account until one of your own is kept."
        ),
        (None, _) => tr!(
            lang,
            "No se reciben pagos en línea: no hay ninguna cuenta.",
            "No online payments are taken: there is no account."
        ),
    };
    let old = deployment.and_then(|(_, at)| at).map(|at| old_secret(&desk, at, lang));
    let accounts: Vec<_> = view
        .accounts
        .iter()
        .map(|one| view! { <Account desk=desk.clone() one=one.clone() step=step.clone()/> })
        .collect();
    let new = if active {
        ().into_any()
    } else if view.can_open {
        let (id, url) = (view.new_id.to_string(), view.new_webhook_url.clone());
        view! { <NewAccount id url/> }.into_any()
    } else {
        view! {
            <Notice tone=Tone::Warn title=tr!(lang, "Aquí no se pueden guardar cuentas propias", "Own accounts cannot be kept here")>
                {tr!(
                    lang,
                    "Falta la llave con que se cifran las claves. Quien instala el sistema debe poner SALDAR_SECRETS_KEY y reiniciar.",
                    "The key that secrets are sealed with is missing. Whoever runs the system must set SALDAR_SECRETS_KEY and restart.",
                )}
            </Notice>
        }
        .into_any()
    };
    view! {
        <Frame desk section=Section::Gateway title>
            <ErrorSummary/>
            {told}
            <p class="lead">{by}</p>
            {old}
            {accounts}
            {new}
        </Frame>
    }
}

fn old_secret(desk: &Desk, at: chrono::DateTime<chrono::Utc>, lang: Lang) -> AnyView {
    let at = desk.time(at);
    view! {
        <Notice tone=Tone::Warn title=tr!(lang, "Llegan avisos firmados con un secreto anterior", "Notices come signed with an old secret")>
            {trf!(
                lang,
                "El último, el {}. En Stripe, revise que el endpoint use el secreto nuevo antes de terminar el anterior: sin eso los avisos se perderían.",
                "The last one on {}. At Stripe, check that the endpoint uses the new secret before the old one is ended: notices would be lost otherwise.",
                at
            )}
        </Notice>
    }
    .into_any()
}

#[component]
fn Account(desk: Desk, one: GatewayAccountView, step: String) -> impl IntoView {
    let lang = use_lang();
    let active = one.state == AccountState::Active;
    let id = one.id.to_string();
    let (tone, says) = if active {
        (Tone::Success, tr!(lang, "Recibe pagos", "Takes payments"))
    } else {
        (Tone::Neutral, tr!(lang, "Cerrada", "Closed"))
    };
    let old = one.old_secret_at.map(|at| old_secret(&desk, at, lang));
    let several = active && one.secrets.len() > 1;
    let secrets: Vec<_> = one
        .secrets
        .into_iter()
        .enumerate()
        .map(|(place, secret)| {
            let since = desk.time(secret.added_at);
            let newest = (place == 0 && several).then(|| view! { " "<Badge tone=Tone::Info>{tr!(lang, "El más nuevo", "The newest")}</Badge> });
            let (account, which, last4) = (id.clone(), secret.id.to_string(), secret.last4.clone());
            let end = several.then(|| view! {
                <PostForm action=ADDRESS>
                    <input type="hidden" name="step" value="end"/>
                    <input type="hidden" name="account" value=account/>
                    <input type="hidden" name="secret" value=which/>
                    <Button kind=ButtonKind::Secondary>{trf!(lang, "Terminar el que acaba en {}", "End the one that ends in {}", last4)}</Button>
                </PostForm>
            });
            view! { <li>"whsec_…"{secret.last4}{newest}<br/><small>{trf!(lang, "Desde el {}", "Since {}", since)}</small>{end}</li> }
        })
        .collect();
    let forms = active.then(|| {
        let (key, add, close) = (id.clone(), id.clone(), id.clone());
        view! {
            <details open=step == "key">
                <summary>{tr!(lang, "Cambiar la clave", "Replace the key")}</summary>
                <PostForm action=ADDRESS>
                    <input type="hidden" name="step" value="key"/>
                    <input type="hidden" name="account" value=key/>
                    <Field name="key" kind="password" autocomplete="off" label=tr!(lang, "Clave nueva de la misma cuenta", "New key of the same account")
                        hint=tr!(lang, "No se vuelve a mostrar.", "It is not shown again.")/>
                    <Button kind=ButtonKind::Secondary>{tr!(lang, "Cambiar la clave", "Replace the key")}</Button>
                </PostForm>
            </details>
            <details open=step == "add">
                <summary>{tr!(lang, "Agregar un secreto de avisos", "Add a webhook secret")}</summary>
                <PostForm action=ADDRESS>
                    <input type="hidden" name="step" value="add"/>
                    <input type="hidden" name="account" value=add/>
                    <Field name="webhook_secret" kind="password" autocomplete="off" label=tr!(lang, "Secreto nuevo", "New secret")
                        hint=tr!(lang, "El anterior sigue valiendo hasta que lo termine.", "The old one counts until you end it.")/>
                    <Button kind=ButtonKind::Secondary>{tr!(lang, "Agregar", "Add")}</Button>
                </PostForm>
            </details>
            <details>
                    <summary>{tr!(lang, "Dejar de recibir pagos en ella", "Stop taking payments by it")}</summary>
                    <p>{tr!(lang, "Lo que ya se empezó termina en ella, también devoluciones y depósitos.", "What was begun ends there, refunds and payouts too.")}</p>
                    <PostForm action=ADDRESS>
                        <input type="hidden" name="step" value="close"/>
                        <input type="hidden" name="account" value=close/>
                        <Button kind=ButtonKind::Secondary>{tr!(lang, "Cerrar la cuenta", "Close the account")}</Button>
                    </PostForm>
            </details>
        }
    });
    let since = desk.time(one.created_at);
    let title = format!("Stripe …{}", one.last4);
    view! {
        <Card title>
            <p class="row"><Badge tone>{says}</Badge></p>
            {old}
            <KeyValue>
                <Pair term=tr!(lang, "Clave", "Key")>"…"{one.last4}</Pair>
                <Pair term=tr!(lang, "Guardada", "Kept since")>{since}</Pair>
                <Pair term=tr!(lang, "Dirección para los avisos", "Address for webhooks")>{one.webhook_url}</Pair>
            </KeyValue>
            <h3>{tr!(lang, "Secretos de los avisos", "Webhook secrets")}</h3>
            <ul class="plain-list">{secrets}</ul>
            {forms}
        </Card>
    }
    .into_any()
}

#[component]
fn NewAccount(id: String, url: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <Card title=tr!(lang, "Guardar una cuenta de Stripe", "Keep a Stripe account")>
            <ol>
                <li>{tr!(lang, "En Stripe, cree una clave restringida (rk_…) con permiso para cobros, devoluciones, disputas, depósitos y eventos.", "At Stripe, make a restricted key (rk_…) that may use payments, refunds, disputes, payouts and events.")}</li>
                <li>{tr!(lang, "Cree un endpoint de avisos con esta dirección y copie su secreto:", "Make a webhook endpoint with this address and copy its secret:")}<br/><code>{url}</code></li>
                <li>{tr!(lang, "Péguelos aquí. Se guardan cifrados y no se vuelven a mostrar.", "Paste them here. They are kept sealed and are not shown again.")}</li>
            </ol>
            <PostForm action=ADDRESS>
                <input type="hidden" name="step" value="open"/>
                <input type="hidden" name="account" value=id/>
                <Field name="key" kind="password" autocomplete="off" label=tr!(lang, "Clave", "Key") hint="rk_…"/>
                <Field name="webhook_secret" kind="password" autocomplete="off" label=tr!(lang, "Secreto de los avisos", "Webhook secret") hint="whsec_…"/>
                <Button icon=Glyph::Lock>{tr!(lang, "Guardar", "Keep")}</Button>
            </PostForm>
        </Card>
    }
    .into_any()
}
