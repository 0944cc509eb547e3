//! Form fields: label, hint, error and control, joined for screen readers.
//!
//! Every field takes its typed value and its error by name from [`crate::forms::FormState`] in context;
//! `value` is what it shows on first sight.
//!
//! ```
//! # use leptos::prelude::*;
//! # use ui::fields::*;
//! # let _owner = Owner::new();
//! let email = view! { <Field name="email" label="Correo" kind="email" autocomplete="email" inputmode="email"/> };
//! let amount = view! { <Field name="amount" label="Importe" inputmode="decimal" prefix="$" suffix="MXN" short=true/> };
//! let ways = view! {
//!     <RadioGroup name="way" legend="¿Cómo quiere pagar?" options=vec![
//!         Choice::new("card", "Tarjeta"),
//!         Choice::new("cash", "Efectivo").hint("En cualquier tienda").detail("$ 500.00 MXN"),
//!     ]/>
//! };
//! ```
use leptos::prelude::*;

use crate::forms::form_state;
use crate::i18n::use_lang;
use crate::icon::{Glyph, Icon};
use crate::tr;

/// One option of a [`Select`] or [`RadioGroup`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub hint: Option<String>,
    /// Shown at the far end, in tabular figures: an amount or a date.
    pub detail: Option<String>,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), ..Self::default() }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// What a field shows after looking at the refused form, and the ids that tie its parts together.
struct Bound {
    id: String,
    value: Option<String>,
    error: Option<String>,
    described_by: Option<String>,
}

impl Bound {
    fn new(name: &str, id: Option<String>, default: Option<String>, has_hint: bool) -> Self {
        let state = form_state();
        let typed = state.as_ref().and_then(|state| state.value(name)).map(str::to_owned);
        let error = state.as_ref().and_then(|state| state.error(name)).map(str::to_owned);
        let id = id.unwrap_or_else(|| name.to_owned());
        let mut ids = Vec::with_capacity(2);
        if has_hint {
            ids.push(format!("{id}-hint"));
        }
        if error.is_some() {
            ids.push(format!("{id}-error"));
        }
        let described_by = (!ids.is_empty()).then(|| ids.join(" "));
        Self { id, value: typed.or(default), error, described_by }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }

    fn class(&self, base: &'static str) -> String {
        if self.error.is_some() { format!("{base} has-error") } else { base.to_owned() }
    }

    fn error_view(&self) -> impl IntoView + use<> {
        let lang = use_lang();
        let id = format!("{}-error", self.id);
        self.error.clone().map(|message| {
            view! {
                <p class="field-error" id=id>
                    <Icon glyph=Glyph::CircleAlert/>
                    <span><span class="visually-hidden">{tr!(lang, "Error: ", "Error: ", "Erro: ")}</span>{message}</span>
                </p>
            }
        })
    }
}

fn hint_view(id: &str, hint: Option<String>) -> impl IntoView + use<> {
    let id = format!("{id}-hint");
    hint.map(|hint| view! { <p class="field-hint" id=id>{hint}</p> })
}

fn label_view(label: String, required: bool) -> impl IntoView {
    let lang = use_lang();
    let mark = (!required).then(
        || view! { <span class="optional">{tr!(lang, " (opcional)", " (optional)", " (opcional)")}</span> },
    );
    view! { {label} {mark} }.into_any()
}

/// A single-line input. `kind` is the input's type (`text`, `email`, `tel`, `date`, `password`, `search`,
/// `file`, …); `short` narrows it for amounts, codes and dates; `prefix` and `suffix` name the unit.
/// `on_input` is for the browser-rendered surfaces.
#[component]
pub fn Field(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(optional, into)] prefix: Option<String>,
    #[prop(optional, into)] suffix: Option<String>,
    #[prop(optional, into)] min: Option<String>,
    #[prop(optional, into)] max: Option<String>,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional, into)] accept: Option<String>,
    #[prop(default = true)] required: bool,
    #[prop(optional)] short: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional)] on_input: Option<Callback<String>>,
) -> impl IntoView {
    let bound = Bound::new(&name, id, value, hint.is_some());
    // A secret or a file is never sent back to the page.
    let value = (!matches!(kind, "password" | "file")).then(|| bound.value.clone()).flatten();
    let affix = |text: String| view! { <span class="affix" aria-hidden="true">{text}</span> };
    view! {
        <div class=bound.class("field")>
            <label for=bound.id.clone()>{label_view(label, required)}</label>
            {hint_view(&bound.id, hint)}
            {bound.error_view()}
            <div class=if short { "control short" } else { "control" }>
                {prefix.map(affix)}
                <input
                    type=kind name=name id=bound.id.clone() value=value
                    autocomplete=autocomplete inputmode=inputmode min=min max=max maxlength=maxlength accept=accept
                    required=required autofocus=autofocus
                    aria-describedby=bound.described_by.clone() aria-invalid=bound.invalid()
                    on:input:target=move |event| {
                        if let Some(callback) = on_input {
                            callback.run(event.target().value());
                        }
                    }
                />
                {suffix.map(affix)}
            </div>
        </div>
    }
    .into_any()
}

/// A multi-line input.
#[component]
pub fn Textarea(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(default = 4)] rows: u32,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(default = true)] required: bool,
) -> impl IntoView {
    let bound = Bound::new(&name, id, value, hint.is_some());
    view! {
        <div class=bound.class("field")>
            <label for=bound.id.clone()>{label_view(label, required)}</label>
            {hint_view(&bound.id, hint)}
            {bound.error_view()}
            <textarea
                name=name id=bound.id.clone() rows=rows maxlength=maxlength required=required
                aria-describedby=bound.described_by.clone() aria-invalid=bound.invalid()
            >{bound.value.clone().unwrap_or_default()}</textarea>
        </div>
    }
    .into_any()
}

/// A drop-down for long lists; prefer [`RadioGroup`] for up to about seven. `blank` adds an empty first
/// option with that text.
#[component]
pub fn Select(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    options: Vec<Choice>,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] blank: Option<String>,
    #[prop(default = true)] required: bool,
    #[prop(optional)] short: bool,
) -> impl IntoView {
    let bound = Bound::new(&name, id, value, hint.is_some());
    let chosen = bound.value.clone().unwrap_or_default();
    let blank = blank.map(|text| view! { <option value="">{text}</option> });
    let options: Vec<_> = options
        .into_iter()
        .map(|choice| {
            let selected = choice.value == chosen;
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect();
    view! {
        <div class=bound.class("field")>
            <label for=bound.id.clone()>{label_view(label, required)}</label>
            {hint_view(&bound.id, hint)}
            {bound.error_view()}
            <div class=if short { "control short" } else { "control" }>
                <select
                    name=name id=bound.id.clone() required=required
                    aria-describedby=bound.described_by.clone() aria-invalid=bound.invalid()
                >
                    {blank}
                    {options}
                </select>
            </div>
        </div>
    }
    .into_any()
}

/// One choice out of a few, each with room for an explanation.
#[component]
pub fn RadioGroup(
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    options: Vec<Choice>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] hint: Option<String>,
    /// The legend is the page's heading already: keep it for screen readers only.
    #[prop(optional)]
    legend_hidden: bool,
) -> impl IntoView {
    let bound = Bound::new(&name, None, value, hint.is_some());
    let chosen = bound.value.clone();
    let base = bound.id.clone();
    let options: Vec<_> = options
        .into_iter()
        .enumerate()
        .map(|(index, choice)| {
            // The first one has the field's own id, so that the error summary's link reaches it.
            let id = if index == 0 { base.clone() } else { format!("{base}-{index}") };
            let checked = chosen.as_deref() == Some(choice.value.as_str());
            choice_view("radio", name.clone(), id, checked, choice)
        })
        .collect();
    view! {
        <fieldset class=bound.class("field choices") aria-describedby=bound.described_by.clone()>
            <legend class=legend_hidden.then_some("visually-hidden")>{legend}</legend>
            {hint_view(&bound.id, hint)}
            {bound.error_view()}
            {options}
        </fieldset>
    }
    .into_any()
}

/// A single check box; sends `value` when ticked.
#[component]
pub fn CheckBox(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(default = "true".to_owned(), into)] value: String,
    #[prop(optional)] checked: bool,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] id: Option<String>,
) -> impl IntoView {
    let bound = Bound::new(&name, id, None, false);
    let checked = form_state().map_or(checked, |state| state.has(&name, &value));
    let choice = Choice { value, label, hint, detail: None };
    view! {
        <div class=bound.class("field choices")>
            {bound.error_view()}
            {choice_view("checkbox", name, bound.id.clone(), checked, choice)}
        </div>
    }
    .into_any()
}

fn choice_view(kind: &'static str, name: String, id: String, checked: bool, choice: Choice) -> impl IntoView {
    let hint_id = choice.hint.is_some().then(|| format!("{id}-hint"));
    let hint = choice.hint.map(|hint| {
        let id = hint_id.clone();
        view! { <span class="choice-hint" id=id>{hint}</span> }
    });
    let detail = choice.detail.map(|detail| view! { <span class="choice-detail">{detail}</span> });
    view! {
        <div class="choice">
            <input type=kind name=name id=id.clone() value=choice.value checked=checked aria-describedby=hint_id.clone()/>
            <label for=id>
                <span class="choice-label">{choice.label}</span>
                {detail}
                {hint}
            </label>
        </div>
    }
    .into_any()
}
