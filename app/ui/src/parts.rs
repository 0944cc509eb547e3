//! The small parts pages are made of.
//!
//! ```
//! # use leptos::prelude::*;
//! # use ui::parts::*;
//! # let _owner = Owner::new();
//! let page = view! {
//!     <Notice tone=Tone::Success title="Recibimos su pago">"Le enviamos el recibo por correo."</Notice>
//!     <Card title="Su plan">
//!         <KeyValue>
//!             <Pair term="Próxima cuota">"21 de noviembre de 2026"</Pair>
//!         </KeyValue>
//!     </Card>
//!     <Badge tone=Tone::Warn>"Mora temprana"</Badge>
//! };
//! ```
use domain::money::Money;
use leptos::prelude::*;

use crate::format;
use crate::i18n::{use_lang, use_locale};
use crate::icon::{Glyph, Icon};
use crate::tr;

/// What a part says by its colour, always together with words. A debt is never an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Neutral,
    Info,
    Success,
    Warn,
    Error,
}

impl Tone {
    /// The modifier class: `tone-info` and so on.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Neutral => "tone-neutral",
            Self::Info => "tone-info",
            Self::Success => "tone-success",
            Self::Warn => "tone-warn",
            Self::Error => "tone-error",
        }
    }

    const fn glyph(self) -> Glyph {
        match self {
            Self::Neutral | Self::Info => Glyph::Info,
            Self::Success => Glyph::CircleCheck,
            Self::Warn => Glyph::TriangleAlert,
            Self::Error => Glyph::CircleAlert,
        }
    }
}

/// A message within the page. Errors are announced at once, the rest politely.
#[component]
pub fn Notice(
    #[prop(default = Tone::Info)] tone: Tone,
    #[prop(optional, into)] title: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let role = if tone == Tone::Error { "alert" } else { "status" };
    view! {
        <div class=format!("notice {}", tone.class()) role=role>
            <Icon glyph=tone.glyph()/>
            <div class="notice-body">
                {title.map(|title| view! { <p class="notice-title">{title}</p> })}
                {children.map(|children| view! { <div>{children()}</div> })}
            </div>
        </div>
    }
    .into_any()
}

/// The amount a page is about: the largest thing on it.
#[component]
pub fn Amount(
    money: Money,
    #[prop(optional, into)] label: Option<String>,
    #[prop(optional)] small: bool,
) -> impl IntoView {
    let locale = use_locale();
    let text = format::money(&money, locale);
    // The code stays part of the text, only smaller: "$ 1,234.56" and "MXN".
    let (figure, code) = text
        .rsplit_once('\u{a0}')
        .map_or((text.clone(), String::new()), |(figure, code)| (figure.to_owned(), format!("\u{a0}{code}")));
    view! {
        <p class=if small { "amount amount-small" } else { "amount" }>
            {label.map(|label| view! { <span class="amount-label">{label}</span> })}
            <span class="amount-figure">{figure}<span class="amount-code">{code}</span></span>
        </p>
    }
    .into_any()
}

/// A pill that names a stage or status.
#[component]
pub fn Badge(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    view! { <span class=format!("badge {}", tone.class())>{children()}</span> }.into_any()
}

/// A bordered box with an optional heading (level 2). `actions` go beside the heading.
#[component]
pub fn Card(
    #[prop(optional, into)] title: Option<String>,
    #[prop(optional, into)] actions: Option<ViewFn>,
    #[prop(optional, into)] class: String,
    children: Children,
) -> impl IntoView {
    let head = (title.is_some() || actions.is_some()).then(|| {
        view! {
            <div class="card-head">
                {title.map(|title| view! { <h2>{title}</h2> })}
                {actions.map(|actions| view! { <div class="row">{actions.run()}</div> })}
            </div>
        }
    });
    view! { <section class=format!("card {class}")>{head}{children()}</section> }.into_any()
}

/// A list of terms and values; holds [`Pair`]s.
#[component]
pub fn KeyValue(#[prop(optional, into)] class: String, children: Children) -> impl IntoView {
    view! { <dl class=format!("kv {class}")>{children()}</dl> }.into_any()
}

/// One term with its value. `strong` for a total.
#[component]
pub fn Pair(#[prop(into)] term: String, #[prop(optional)] strong: bool, children: Children) -> impl IntoView {
    view! {
        <div class=if strong { "pair pair-strong" } else { "pair" }>
            <dt>{term}</dt>
            <dd>{children()}</dd>
        </div>
    }
    .into_any()
}

/// What to show when there is nothing yet: why, and the first step as children.
#[component]
pub fn EmptyState(
    #[prop(into)] title: String,
    #[prop(default = Glyph::Inbox)] icon: Glyph,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon glyph=icon/>
            <p class="empty-title">{title}</p>
            {children.map(|children| view! { <div class="stack">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// Says that nothing here moves real money. The layouts show it by themselves when the brand says so.
#[component]
pub fn SandboxBanner() -> impl IntoView {
    let lang = use_lang();
    view! {
        <aside class="sandbox-banner" aria-label=tr!(lang, "Aviso", "Notice", "Aviso")>
            {tr!(
                lang,
                "Demostración: datos ficticios, ningún pago es real.",
                "Demonstration: invented data, no payment is real.", "Demonstração: dados fictícios, nenhum pagamento é real.",
            )}
        </aside>
    }
    .into_any()
}
