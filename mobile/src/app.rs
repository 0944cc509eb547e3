//! The app's frame: language, place, and which page is shown.

use leptos::prelude::*;
use replica::{Trouble, View};
use ui::prelude::*;

use crate::engine::{Engine, Screens, Status};
use crate::route::{self, Route};
use crate::{pages, phone, words};

const LANGUAGE_KEY: &str = "saldar-field-language";

/// What every page can reach.
#[derive(Clone, Copy)]
pub struct Shell {
    pub view: RwSignal<View>,
    pub status: RwSignal<Status>,
    pub route: RwSignal<Route>,
    pub locale: RwSignal<Locale>,
    /// A sentence about what was just done, shown once on the next page.
    pub notice: RwSignal<Option<String>>,
    /// The code of an enrolment link that was opened.
    pub link_code: RwSignal<Option<String>>,
    /// A newer version waits to be used.
    pub update: RwSignal<bool>,
    engine: StoredValue<Engine, LocalStorage>,
}

impl Shell {
    /// The tab's engine.
    pub fn engine(&self) -> Engine {
        self.engine.get_value()
    }

    /// The language switch.
    pub fn speak(&self, lang: Lang) {
        phone::remember(LANGUAGE_KEY, lang.tag());
        self.locale.set(Locale::new(lang, "MX"));
    }
}

/// The shell from context.
pub fn use_shell() -> Shell {
    expect_context::<Shell>()
}

#[derive(Clone, Copy, PartialEq)]
enum Gate {
    Loading,
    Broken,
    Enrol,
    Open,
}

#[component]
pub fn App() -> impl IntoView {
    let lang = phone::recall(LANGUAGE_KEY).and_then(|tag| Lang::from_tag(&tag)).unwrap_or_default();
    let screens = Screens { view: RwSignal::new(View::default()), status: RwSignal::new(Status::default()) };
    let shell = Shell {
        view: screens.view,
        status: screens.status,
        route: RwSignal::new(Route::parse(&route::fragment()).unwrap_or(Route::Today)),
        locale: RwSignal::new(Locale::new(lang, "MX")),
        notice: RwSignal::new(None),
        link_code: RwSignal::new(route::enrolment_code()),
        update: RwSignal::new(false),
        engine: StoredValue::new_local(Engine::start(screens)),
    };
    provide_context(shell);
    phone::on_window("hashchange", move || {
        if let Some(place) = Route::parse(&route::fragment()) {
            shell.route.set(place);
        }
        if let Some(code) = route::enrolment_code() {
            shell.link_code.set(Some(code));
        }
    });
    phone::on_window("saldar:update", move || shell.update.set(true));
    let gate = Memo::new(move |_| {
        let status = shell.status.get();
        if !status.ready {
            Gate::Loading
        } else if status.broken {
            Gate::Broken
        } else if !status.enrolled || status.trouble == Some(Trouble::Revoked) {
            Gate::Enrol
        } else {
            Gate::Open
        }
    });
    move || {
        let locale = shell.locale.get();
        provide_context(locale);
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("lang", locale.tag());
        }
        view! {
            {move || match gate.get() {
                Gate::Loading => ().into_any(),
                Gate::Broken => view! { <pages::enrol::BrokenPage/> }.into_any(),
                Gate::Enrol => view! { <pages::enrol::EnrolPage/> }.into_any(),
                Gate::Open => match shell.route.get() {
                    Route::Today => view! { <pages::today::TodayPage/> }.into_any(),
                    Route::Stop(id) => view! { <pages::stop::StopPage id/> }.into_any(),
                    Route::Visit(id, cash) => view! { <pages::visit::VisitPage id cash/> }.into_any(),
                    Route::Receipt(number) => view! { <pages::receipt::ReceiptPage number/> }.into_any(),
                    Route::Cash => view! { <pages::cash::CashPage/> }.into_any(),
                    Route::Phone => view! { <pages::settings::PhonePage/> }.into_any(),
                },
            }}
        }
    }
}

/// The state of sync in words; in the bar of every page.
#[component]
pub fn SyncLine() -> impl IntoView {
    let shell = use_shell();
    let line = move || {
        let unsent = shell.view.with(|view| view.unsent);
        shell.status.with(|status| words::sync_line(unsent, status, shell.locale.get()))
    };
    view! { <span data-unsent=move || shell.view.with(|view| view.unsent).to_string()>{line}</span> }
}

/// The sentence about what was just done, once.
#[component]
pub fn Done() -> impl IntoView {
    let shell = use_shell();
    let text = shell.notice.get_untracked();
    if text.is_some() {
        shell.notice.set(None);
    }
    text.map(|text| view! { <Notice tone=Tone::Success title=text/> })
}

/// The three places under the thumb.
#[component]
pub fn Tabs() -> impl IntoView {
    let shell = use_shell();
    let lang = use_lang();
    let tab = move |place: Route, glyph: Glyph, name: &'static str| {
        let here = (shell.route.get_untracked() == place).then_some("page");
        view! { <a href=place.href() aria-current=here><Icon glyph/><span>{name}</span></a> }
    };
    view! {
        <nav class="tab-bar" aria-label=tr!(lang, "Secciones", "Sections")>
            {tab(Route::Today, Glyph::Route, tr!(lang, "Ruta", "Route"))}
            {tab(Route::Cash, Glyph::Banknote, tr!(lang, "Efectivo", "Cash"))}
            {tab(Route::Phone, Glyph::Settings, tr!(lang, "Teléfono", "Phone"))}
        </nav>
    }
}
