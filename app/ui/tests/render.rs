//! What the components say to a browser without scripts and to a screen reader.

use leptos::prelude::*;
use ui::prelude::*;

/// Renders under a fresh owner, with the comment marks that the framework leaves taken out.
fn html(provide: impl FnOnce(), view: impl FnOnce() -> AnyView) -> String {
    let owner = Owner::new();
    owner.with(|| {
        provide();
        view().to_html().replace("<!>", "")
    })
}

fn refused() {
    provide_context(
        FormState::new([
            ("amount".to_owned(), "12,".to_owned()),
            ("password".to_owned(), "secret".to_owned()),
        ])
        .with_error("amount", "Escriba un importe")
        .with_error("", "El saldo cambió"),
    );
}

#[test]
fn a_refused_field_keeps_its_value_and_is_tied_to_its_error() {
    let page = html(refused, || {
        view! { <Field name="amount" label="Importe" hint="En pesos" value="99"/> }.into_any()
    });
    assert!(page.contains(r#"value="12,""#), "{page}");
    assert!(page.contains(r#"aria-invalid="true""#), "{page}");
    assert!(page.contains(r#"aria-describedby="amount-hint amount-error""#), "{page}");
    assert!(page.contains(r#"id="amount-error""#) && page.contains("Escriba un importe"), "{page}");
    assert!(page.contains(r#"<label for="amount">"#), "{page}");
}

#[test]
fn a_secret_never_comes_back() {
    let page = html(refused, || view! { <Field name="password" kind="password" label="Clave"/> }.into_any());
    assert!(!page.contains("secret"), "{page}");
}

#[test]
fn the_summary_takes_focus_and_links_to_the_field() {
    let page = html(refused, || view! { <ErrorSummary/> }.into_any());
    assert!(page.contains(r#"role="alert""#) && page.contains("autofocus"), "{page}");
    assert!(page.contains(r##"href="#amount""##), "{page}");
    assert!(page.contains("<li>El saldo cambió</li>"), "{page}");
    let clean = html(|| (), || view! { <ErrorSummary/> }.into_any());
    assert!(!clean.contains("alert"), "{clean}");
}

#[test]
fn the_first_choice_carries_the_fields_id_and_the_sent_one_is_checked() {
    let page = html(
        || provide_context(FormState::new([("way".to_owned(), "cash".to_owned())])),
        || {
            let options = vec![Choice::new("card", "Tarjeta"), Choice::new("cash", "Efectivo")];
            view! { <RadioGroup name="way" legend="¿Cómo?" options value="card"/> }.into_any()
        },
    );
    assert!(page.contains(r#"id="way""#), "{page}");
    assert_eq!(page.matches("checked").count(), 1, "{page}");
    let cash = page.split("<input").find(|part| part.contains(r#"value="cash""#)).unwrap();
    assert!(cash.contains("checked"), "{page}");
}

#[test]
fn a_form_carries_its_token() {
    let page = html(
        || provide_context(CsrfToken("t0k".to_owned())),
        || view! { <PostForm action="/x">"…"</PostForm> }.into_any(),
    );
    assert!(page.contains(r#"method="post""#) && page.contains("novalidate"), "{page}");
    assert!(page.contains(r#"name="csrf" value="t0k""#), "{page}");
}

#[test]
fn text_from_people_cannot_become_markup() {
    let page = html(|| (), || view! { <Notice title="<script>alert(1)</script>"/> }.into_any());
    assert!(!page.contains("<script>"), "{page}");
}

#[test]
fn pages_speak_the_readers_language() {
    let spanish = html(|| (), || view! { <PortalLayout title="Su cuenta">"…"</PortalLayout> }.into_any());
    assert!(spanish.contains("Ir al contenido") && spanish.contains(r#"href="?lang=en""#), "{spanish}");
    let english = html(
        || provide_context(Locale::En),
        || view! { <PortalLayout title="Account">"…"</PortalLayout> }.into_any(),
    );
    assert!(english.contains("Skip to content") && english.contains(r#"href="?lang=es""#), "{english}");
    assert_eq!(english.matches("<h1>").count(), 1, "{english}");
}
