//! Finding one's way: breadcrumbs, pages of a list, steps of a task, what happened when.
//!
//! ```
//! # use leptos::prelude::*;
//! # use ui::nav::*;
//! # let _owner = Owner::new();
//! let way = view! {
//!     <Breadcrumbs crumbs=vec![Crumb::new("/console", "Inicio"), Crumb::here("Cuenta A-1")]/>
//!     <Steps labels=vec!["Importe".to_owned(), "Fecha".to_owned()] current=1/>
//!     <Timeline>
//!         <TimelineItem when="21 nov 2026" title="Pago recibido">"$ 500.00 MXN"</TimelineItem>
//!     </Timeline>
//!     <Pager summary="1 a 50 de 312" next=Some("?after=50".to_owned())/>
//! };
//! ```
use leptos::prelude::*;

use crate::i18n::use_lang;
use crate::icon::{Glyph, Icon};
use crate::parts::Tone;
use crate::tr;

/// One level of a breadcrumb trail; the last has no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    pub href: Option<String>,
    pub label: String,
}

impl Crumb {
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { href: Some(href.into()), label: label.into() }
    }

    /// The page the reader is on.
    pub fn here(label: impl Into<String>) -> Self {
        Self { href: None, label: label.into() }
    }
}

/// The trail from the start to this page.
#[component]
pub fn Breadcrumbs(crumbs: Vec<Crumb>) -> impl IntoView {
    let lang = use_lang();
    let items: Vec<_> = crumbs
        .into_iter()
        .map(|crumb| match crumb.href {
            Some(href) => view! { <li><a href=href>{crumb.label}</a></li> }.into_any(),
            None => view! { <li aria-current="page">{crumb.label}</li> }.into_any(),
        })
        .collect();
    view! {
        <nav class="breadcrumbs" aria-label=tr!(lang, "Ruta de páginas", "Breadcrumb", "Caminho das páginas")>
            <ol>{items}</ol>
        </nav>
    }
    .into_any()
}

/// Links to the pages before and after in a list, with what is shown now.
#[component]
pub fn Pager(
    #[prop(optional, into)] summary: Option<String>,
    #[prop(optional_no_strip, into)] previous: Option<String>,
    #[prop(optional_no_strip, into)] next: Option<String>,
) -> impl IntoView {
    let lang = use_lang();
    let previous = previous.map(|href| {
        view! {
            <a class="btn btn-secondary" rel="prev" href=href>
                <Icon glyph=Glyph::ChevronLeft/><span>{tr!(lang, "Anteriores", "Previous", "Anteriores")}</span>
            </a>
        }
    });
    let next = next.map(|href| {
        view! {
            <a class="btn btn-secondary" rel="next" href=href>
                <span>{tr!(lang, "Siguientes", "Next", "Próximas")}</span><Icon glyph=Glyph::ChevronRight/>
            </a>
        }
    });
    view! {
        <nav class="pager" aria-label=tr!(lang, "Páginas", "Pages", "Páginas")>
            <p class="soft">{summary}</p>
            <div class="row">{previous}{next}</div>
        </nav>
    }
    .into_any()
}

/// The steps of a task; `current` counts from 0.
#[component]
pub fn Steps(labels: Vec<String>, current: usize) -> impl IntoView {
    let lang = use_lang();
    let items: Vec<_> = labels
        .into_iter()
        .enumerate()
        .map(|(index, label)| {
            let class = if index < current { "step done" } else { "step" };
            let here = (index == current).then_some("step");
            view! { <li class=class aria-current=here><span>{label}</span></li> }
        })
        .collect();
    view! { <ol class="steps" aria-label=tr!(lang, "Pasos", "Steps", "Passos")>{items}</ol> }.into_any()
}

/// A list of [`Way`]s onward, each a whole line to press.
#[component]
pub fn Ways(children: Children) -> impl IntoView {
    view! { <ul class="ways">{children()}</ul> }.into_any()
}

/// One way onward: where it leads, and in a few words what happens there.
#[component]
pub fn Way(
    #[prop(into)] href: String,
    icon: Glyph,
    #[prop(into)] title: String,
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    view! {
        <li>
            <a class="way" href=href>
                <Icon glyph=icon/>
                <span>
                    <strong>{title}</strong>
                    {hint.map(|hint| view! { <small>{hint}</small> })}
                </span>
                <Icon glyph=Glyph::ChevronRight/>
            </a>
        </li>
    }
    .into_any()
}

/// What happened, newest first; holds [`TimelineItem`]s.
#[component]
pub fn Timeline(children: Children) -> impl IntoView {
    view! { <ol class="timeline">{children()}</ol> }.into_any()
}

/// One event of a [`Timeline`].
#[component]
pub fn TimelineItem(
    #[prop(into)] when: String,
    #[prop(into)] title: String,
    #[prop(optional)] tone: Tone,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <li class=tone.class()>
            <p class="timeline-title">{title}</p>
            <p class="timeline-when">{when}</p>
            {children.map(|children| view! { <div class="timeline-body">{children()}</div> })}
        </li>
    }
    .into_any()
}
