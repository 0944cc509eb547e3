//! Enrolment: one code from the office, typed or scanned.

use domain::field::error_code;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use ui::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement};

use crate::app::use_shell;
use crate::pages::{settings::LanguageSwitch, typed};
use crate::phone;
use crate::route::{self, Route};

const CODE: &str = "code";

#[component]
pub fn EnrolPage() -> impl IntoView {
    let shell = use_shell();
    let lang = use_lang();
    let busy = RwSignal::new(false);
    let state = RwSignal::new(FormState::default());
    let enrol = move |code: String| {
        if code.is_empty() {
            let message =
                tr!(lang, "Escriba el código que le dio su oficina", "Write the code your office gave you");
            state.set(FormState::default().with_error(CODE, message));
            phone::focus_error_summary();
            return;
        }
        busy.set(true);
        let label = window().navigator().user_agent().unwrap_or_default().chars().take(120).collect();
        shell.engine().enrol(code.clone(), label, move |answer| {
            busy.set(false);
            match answer {
                // Also takes the code out of the address.
                Ok(()) => {
                    route::go(&Route::Today);
                    shell.route.set(Route::Today);
                }
                Err(refusal) => {
                    let typed = FormState::new([(CODE.to_owned(), code)]);
                    state.set(typed.with_error(CODE, refused(refusal.as_deref(), lang)));
                    phone::focus_error_summary();
                }
            }
        });
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let form = event.current_target().and_then(|t| t.dyn_into::<HtmlFormElement>().ok());
        if let Some(form) = form.and_then(|form| FormData::new_with_form(&form).ok()) {
            enrol(typed(&form, CODE));
        }
    };
    let action = move || {
        view! {
            <button type="submit" form="enrol" class=ButtonKind::Primary.class() disabled=move || busy.get()>
                {move || if busy.get() { tr!(lang, "Registrando…", "Registering…") } else { tr!(lang, "Registrar este teléfono", "Register this phone") }}
            </button>
        }
    };
    let kept = move || shell.view.with(|view| view.unsent);
    view! {
        <FieldLayout title="Saldar" action=action>
            <h2>{tr!(lang, "Registre este teléfono", "Register this phone")}</h2>
            <p>{tr!(
                lang,
                "Su oficina le da un código o un enlace. Se usa una sola vez y necesita conexión.",
                "Your office gives you a code or a link. It works once and needs a connection.",
            )}</p>
            {move || (kept() > 0).then(|| view! {
                <Notice title=tr!(lang, "Nada se ha perdido", "Nothing is lost")>
                    <p>{trf!(
                        lang,
                        "{} registros siguen guardados en el teléfono y se envían al registrarlo de nuevo.",
                        "{} records are still saved on the phone and are sent once it is registered again.",
                        kept()
                    )}</p>
                </Notice>
            })}
            <form id="enrol" class="form" novalidate on:submit=on_submit>
                {move || {
                    provide_context(state.get());
                    let first = shell.link_code.get().unwrap_or_default();
                    view! {
                        <ErrorSummary/>
                        <Field name=CODE label=tr!(lang, "Código", "Code") autocomplete="one-time-code" short=true value=first/>
                    }
                }}
            </form>
            <LanguageSwitch/>
        </FieldLayout>
    }
}

fn refused(code: Option<&str>, lang: Lang) -> &'static str {
    match code {
        Some(error_code::BAD_CODE) => tr!(
            lang,
            "Ese código no sirve o ya se usó. Pida uno nuevo a su oficina.",
            "That code does not work or was used. Ask your office for a new one.",
        ),
        Some(error_code::OTHER_COLLECTOR) => tr!(
            lang,
            "Este teléfono guarda registros de otra persona que faltan por enviar. Llévelo a la oficina.",
            "This phone keeps unsent records of another person. Take it to the office.",
        ),
        Some(error_code::SUSPENDED) => tr!(
            lang,
            "Este teléfono está suspendido. Llévelo a la oficina.",
            "This phone is suspended. Take it to the office.",
        ),
        Some(_) => tr!(
            lang,
            "La oficina no pudo registrarlo. Intente de nuevo en un minuto.",
            "The office could not register it. Try again in a minute."
        ),
        None => tr!(
            lang,
            "No hay conexión. Búsquela e intente de nuevo.",
            "There is no connection. Find one and try again."
        ),
    }
}

/// The database cannot be opened: better to say so than to take money without a trace.
#[component]
pub fn BrokenPage() -> impl IntoView {
    let lang = use_lang();
    view! {
        <FieldLayout title="Saldar">
            <Notice tone=Tone::Error title=tr!(lang, "El teléfono no puede guardar", "The phone cannot save")>
                <p>{tr!(
                    lang,
                    "No reciba dinero con él. Cierre la ventana privada o libere espacio, y abra de nuevo.",
                    "Do not take money with it. Close the private window or free some space, and open again.",
                )}</p>
                <button class=ButtonKind::Secondary.class() on:click=|_| { let _ = window().location().reload(); }>
                    {tr!(lang, "Abrir de nuevo", "Open again")}
                </button>
            </Notice>
        </FieldLayout>
    }
}
