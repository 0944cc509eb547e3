//! The design system of Saldar: components, layouts, formatters and translations.
//!
//! Everything renders to plain HTML on the server and needs no script. Pages take what they need from
//! [`prelude`]:
//!
//! ```
//! use leptos::prelude::*;
//! use ui::prelude::*;
//!
//! #[component]
//! fn PromisePage() -> impl IntoView {
//!     let lang = use_lang();
//!     view! {
//!         <PortalLayout title=tr!(lang, "¿Cuándo puede pagar?", "When can you pay?") back="/">
//!             <ErrorSummary/>
//!             <PostForm action="/promesa">
//!                 <Field name="due_on" kind="date" label=tr!(lang, "Fecha", "Date")/>
//!                 <Button>{tr!(lang, "Continuar", "Continue")}</Button>
//!             </PostForm>
//!         </PortalLayout>
//!     }
//! }
//! ```
//!
//! Context that the app shell provides, all optional: [`i18n::Locale`], [`layout::Brand`],
//! [`forms::FormState`] (after a refused POST) and [`forms::CsrfToken`].
//!
//! Classes that need no component, for elements a page writes itself: `stack` (one below the other), `row`,
//! `between`, `grid` (as many columns as fit), `push` (to the far end), `soft` and `small` (text), `num`
//! (table figures), `nowrap`, `plain-list`, `no-print`, `visually-hidden`; in the console `tiles`, `filters`
//! (a form in one line) and `split` (facts, and an `aside` beside them); in the field app `stops`, `stop`,
//! `tab-bar`.
#![recursion_limit = "256"]

pub mod agreement;
pub mod fields;
pub mod figures;
pub mod format;
pub mod forms;
pub mod i18n;
pub mod icon;
pub mod labels;
pub mod layout;
pub mod nav;
pub mod parts;
pub mod table;

/// What a page imports.
pub mod prelude {
    pub use crate::fields::{CheckBox, Choice, Field, RadioGroup, Select, Textarea};
    pub use crate::figures::{Bar, BarChart, Tile};
    pub use crate::format;
    pub use crate::forms::{
        Button, ButtonKind, CsrfToken, ErrorSummary, FieldError, FormState, LinkButton, PostForm, form_state,
    };
    pub use crate::i18n::{Lang, Locale, use_lang, use_locale};
    pub use crate::icon::{Glyph, Icon};
    pub use crate::labels::{self, StageBadge};
    pub use crate::layout::{Brand, ConsoleLayout, FieldLayout, NavLink, PlainLayout, PortalLayout};
    pub use crate::nav::{Breadcrumbs, Crumb, Pager, Steps, Timeline, TimelineItem, Way, Ways};
    pub use crate::parts::{Amount, Badge, Card, EmptyState, KeyValue, Notice, Pair, SandboxBanner, Tone};
    pub use crate::table::{Column, DataTable, Sort};
    pub use crate::{tr, trf};
}
