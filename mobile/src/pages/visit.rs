//! The visit form: what came of it, a note, where, and cash if there was any.

use domain::field::{MAX_NOTE_CHARS, Position, VisitDisposition};
use domain::money::{Currency, DecimalMark, Money};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use replica::{NewEvent, NotSaved, StopView, What};
use ui::prelude::*;
use uuid::Uuid;
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement};

use crate::app::{SyncLine, use_shell};
use crate::pages::{find_stop, stop::GoneNotice, typed};
use crate::route::{self, Route};
use crate::{phone, words};

/// Names of the form's fields.
const RESULT: &str = "disposition";
const AMOUNT: &str = "amount";
const PAYER: &str = "payer_name";
const NOTE: &str = "note";

#[component]
pub fn VisitPage(id: Uuid, cash: bool) -> impl IntoView {
    let shell = use_shell();
    let lang = use_lang();
    // The form must not change under the typing thumb: it is made once, whatever arrives meanwhile.
    let stop = shell.view.with_untracked(|view| find_stop(view, id));
    let title = if cash {
        tr!(lang, "Recibir efectivo", "Take cash")
    } else {
        tr!(lang, "Registrar visita", "Record visit")
    };
    let saving = RwSignal::new(false);
    let position = RwSignal::new(None::<Position>);
    phone::locate(move |found| position.set(Some(found)));
    let action = move || {
        view! {
            <button type="submit" form="visit" class=ButtonKind::Primary.class() disabled=move || saving.get()>
                <Icon glyph=Glyph::Check/>
                <span>{move || if saving.get() { tr!(lang, "Guardando…", "Saving…") } else { tr!(lang, "Guardar", "Save") }}</span>
            </button>
        }
    };
    view! {
        <FieldLayout title=title back=Route::Stop(id).href() sync=|| view! { <SyncLine/> } action=action>
            {match stop {
                Some(stop) => view! { <VisitForm stop cash saving position/> }.into_any(),
                None => view! { <GoneNotice/> }.into_any(),
            }}
        </FieldLayout>
    }
}

#[component]
fn VisitForm(
    stop: StopView,
    cash: bool,
    saving: RwSignal<bool>,
    position: RwSignal<Option<Position>>,
) -> impl IntoView {
    let shell = use_shell();
    let lang = use_lang();
    let state = RwSignal::new(FormState::default());
    let kept = StoredValue::new(stop.clone());

    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(form) = form_of(&event) else { return };
        if saving.get_untracked() {
            return;
        }
        let stop = kept.get_value();
        let at = position
            .get_untracked()
            .unwrap_or(Position::None { reason: domain::field::NoFixReason::NotAsked });
        match read_form(&form, &stop, at, lang) {
            Err(refused) => {
                state.set(refused);
                phone::focus_error_summary();
            }
            Ok(items) => {
                saving.set(true);
                let typed_state = FormState::new(typed_values(&form));
                let back = Route::Stop(stop.stop.assignment_id);
                shell.engine().record(items, move |answer| {
                    saving.set(false);
                    match answer {
                        Ok(receipts) => saved(shell, receipts.first(), &back, lang),
                        Err(why) => {
                            state.set(typed_state.with_error("", not_saved(why, lang)));
                            phone::focus_error_summary();
                        }
                    }
                });
            }
        }
    };
    view! {
        <p class="between"><strong>{stop.stop.debtor_name.clone()}</strong><span>{words::money(stop.owed_minor, &stop.stop.currency, lang)}</span></p>
        <form id="visit" class="form" novalidate on:submit=on_submit>
            {move || {
                provide_context(state.get());
                view! { <VisitFields stop=kept.get_value() cash/> }
            }}
            <p class="field-hint" role="status">{move || words::position(position.get(), lang)}</p>
        </form>
    }
}

#[component]
fn VisitFields(stop: StopView, cash: bool) -> impl IntoView {
    let lang = use_lang();
    if cash {
        return view! { <ErrorSummary/> <CashFields stop/> }.into_any();
    }
    let results = VisitDisposition::ALL
        .into_iter()
        .filter(|d| *d != VisitDisposition::PaidCash)
        .map(|d| Choice::new(d.code(), labels::visit_disposition(d, lang)))
        .collect();
    let href = Route::Visit(stop.stop.assignment_id, true).href();
    view! {
        <ErrorSummary/>
        <p><a href=href>{tr!(lang, "¿Le pagó? Registre el efectivo", "Did they pay? Record the cash")}</a></p>
        <RadioGroup name=RESULT legend=tr!(lang, "¿Qué pasó en la visita?", "What came of the visit?") options=results/>
        <Textarea name=NOTE label=tr!(lang, "Nota", "Note") rows=3 required=false maxlength=2000/>
    }
    .into_any()
}

#[component]
fn CashFields(stop: StopView) -> impl IntoView {
    let lang = use_lang();
    let code = stop.stop.currency.clone();
    let owed = words::money(stop.owed_minor, &code, lang);
    view! {
        <input type="hidden" name=RESULT value=VisitDisposition::PaidCash.code()/>
        <Field name=AMOUNT label=tr!(lang, "Efectivo recibido", "Cash received") inputmode="decimal" short=true
            hint=trf!(lang, "Debe {}", "Owes {}", owed) autocomplete="off"
            prefix=format::symbol(&code).unwrap_or_default() suffix=code.clone()/>
        <Field name=PAYER label=tr!(lang, "Quién pagó", "Who paid") autocomplete="off" value=stop.stop.debtor_name.clone()/>
        <Textarea name=NOTE label=tr!(lang, "Nota", "Note") rows=3 required=false maxlength=2000/>
    }
}

fn form_of(event: &impl AsRef<web_sys::Event>) -> Option<FormData> {
    let form = event.as_ref().current_target()?.dyn_into::<HtmlFormElement>().ok()?;
    FormData::new_with_form(&form).ok()
}

fn typed_values(form: &FormData) -> Vec<(String, String)> {
    [RESULT, AMOUNT, PAYER, NOTE].map(|name| (name.to_owned(), typed(form, name))).into()
}

/// The events of a filled form, or the form with what must be mended.
fn read_form(
    form: &FormData,
    stop: &StopView,
    position: Position,
    lang: Lang,
) -> Result<Vec<NewEvent>, FormState> {
    let mut state = FormState::new(typed_values(form));
    let disposition = VisitDisposition::from_code(&typed(form, RESULT));
    if disposition.is_none() {
        state.add_error(RESULT, tr!(lang, "Elija qué pasó en la visita", "Choose what came of the visit"));
    }
    let note = typed(form, NOTE);
    if note.chars().count() > MAX_NOTE_CHARS {
        state.add_error(
            NOTE,
            tr!(lang, "Acorte la nota: hasta 2000 letras", "Shorten the note to 2000 letters"),
        );
    }
    let mut cash = None;
    if disposition == Some(VisitDisposition::PaidCash) {
        match read_amount(&typed(form, AMOUNT), &stop.stop.currency, lang) {
            Ok(amount_minor) => {
                let payer_name = typed(form, PAYER);
                if payer_name.is_empty() {
                    state.add_error(PAYER, tr!(lang, "Escriba quién pagó", "Write who paid"));
                }
                cash = Some(What::Cash {
                    amount_minor,
                    currency: stop.stop.currency.clone(),
                    payer_name,
                    note: String::new(),
                });
            }
            Err(message) => state.add_error(AMOUNT, message),
        }
    }
    let (true, Some(disposition)) = (state.is_valid(), disposition) else { return Err(state) };
    let whats = std::iter::once(What::Visit { disposition, note }).chain(cash);
    Ok(whats
        .map(|what| NewEvent {
            event_id: phone::new_id(),
            assignment_id: Some(stop.stop.assignment_id),
            account_id: Some(stop.stop.account_id),
            position,
            what,
        })
        .collect())
}

/// Reads an amount as people of the currency's country write it; never guesses at a digit.
fn read_amount(text: &str, code: &str, lang: Lang) -> Result<i64, String> {
    let unreadable = || {
        tr!(
            lang,
            "Escriba el importe en números, por ejemplo 500",
            "Write the amount in figures, such as 500"
        )
        .to_owned()
    };
    if text.is_empty() {
        return Err(tr!(lang, "Escriba cuánto recibió", "Write how much you received").to_owned());
    }
    let currency: Currency = code.parse().map_err(|_| unreadable())?;
    let (_, decimal) = words::locale_for(code, lang).separators();
    let mark = if decimal == ',' { DecimalMark::Comma } else { DecimalMark::Point };
    let money = Money::parse(text, currency, mark).map_err(|error| match error {
        domain::money::ParseMoneyError::TooManyDecimals { allowed: 0, .. } => {
            trf!(lang, "{} no lleva decimales", "{} has no decimals", code)
        }
        domain::money::ParseMoneyError::TooManyDecimals { allowed, .. } => {
            trf!(lang, "Use hasta {} decimales", "Use up to {} decimals", allowed)
        }
        _ => unreadable(),
    })?;
    if money.is_positive() {
        Ok(money.minor())
    } else {
        Err(tr!(lang, "El importe debe ser mayor que cero", "The amount must be more than zero").to_owned())
    }
}

fn saved(shell: crate::app::Shell, receipt: Option<&String>, back: &Route, lang: Lang) {
    if let Some(number) = receipt {
        let text = trf!(lang, "Recibo {} guardado en el teléfono", "Receipt {} saved on the phone", number);
        shell.notice.set(Some(text));
        route::go(&Route::Receipt(number.clone()));
    } else {
        let text = tr!(lang, "Visita guardada en el teléfono", "Visit saved on the phone");
        shell.notice.set(Some(text.to_owned()));
        route::go(back);
    }
}

fn not_saved(why: NotSaved, lang: Lang) -> &'static str {
    match why {
        NotSaved::Busy => tr!(
            lang,
            "Aún se guarda lo anterior. Espere un momento y guarde de nuevo.",
            "The last one is still being saved. Wait a moment and save again."
        ),
        NotSaved::NotEnrolled => {
            tr!(lang, "Este teléfono no está registrado.", "This phone is not registered.")
        }
        NotSaved::Disk => tr!(
            lang,
            "NO se guardó: el teléfono no pudo escribir. Libere espacio y guarde de nuevo.",
            "NOT saved: the phone could not write. Free some space and save again."
        ),
    }
}
