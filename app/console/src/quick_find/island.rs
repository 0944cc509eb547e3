//! The browser's half: the header's search box, with a list below it while one types.
//!
//! Without scripts it is a form that leads to the list of accounts.

use std::time::Duration;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::prelude::*;

use super::{FindError, Found, quick_find};

/// A pause in typing: asking for each letter would only load the server.
const PAUSE: Duration = Duration::from_millis(150);
/// One letter finds everybody.
const LETTERS: usize = 2;
const LIST: &str = "quick-find-list";

/// What the box shows below itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    Nothing,
    Lines(Vec<Found>),
    Failed(FindError),
}

/// The search box of the header. `action` is the list of accounts.
#[island]
pub fn QuickFind(locale: Locale, action: String) -> impl IntoView {
    let lang = locale.lang();
    let (shown, set_shown) = signal(Shown::Nothing);
    let (active, set_active) = signal(None::<usize>);
    // Only the browser's half makes it a combobox: without scripts it is a plain field.
    let (live, set_live) = signal(false);
    Effect::new(move |_| set_live.set(true));
    // Answers may overtake each other; only that to the latest question counts.
    let latest = StoredValue::new(0_u32);
    let close = move || {
        latest.update_value(|number| *number = number.wrapping_add(1));
        set_shown.set(Shown::Nothing);
        set_active.set(None);
    };
    let ask = move |text: String| {
        close();
        if text.trim().chars().count() < LETTERS {
            return;
        }
        let number = latest.get_value();
        let answer = move || {
            if latest.get_value() != number {
                return;
            }
            spawn_local(async move {
                let answer = quick_find(text).await;
                if latest.get_value() == number {
                    set_shown.set(answer.map_or_else(Shown::Failed, Shown::Lines));
                }
            });
        };
        set_timeout(answer, PAUSE);
    };
    let base = StoredValue::new(action.clone());
    let open = move |found: &Found| {
        let address = base.with_value(|base| format!("{base}/{}", found.id));
        // Nothing to tell if the browser refuses: the person stays where they are.
        let _ = window().location().set_href(&address);
    };
    let press = move |event: KeyboardEvent| {
        let Shown::Lines(lines) = shown.get() else { return };
        let chosen = match event.key().as_str() {
            "ArrowDown" => next(active.get(), lines.len()),
            "ArrowUp" => previous(active.get(), lines.len()),
            "Enter" => {
                let Some(found) = active.get().and_then(|at| lines.get(at)) else { return };
                event.prevent_default();
                return open(found);
            }
            "Escape" => {
                // Closes the list; pressed again, it leaves the field.
                event.prevent_default();
                event.stop_propagation();
                return close();
            }
            _ => return,
        };
        event.prevent_default();
        set_active.set(chosen);
    };
    let is_open = move || matches!(shown.get(), Shown::Lines(lines) if !lines.is_empty());
    let expanded = move || live.get().then(|| if is_open() { "true" } else { "false" });
    let descendant = move || active.get().map(option_id);
    let panel = move || match shown.get() {
        Shown::Nothing => ().into_any(),
        Shown::Failed(error) => message(failure(error, lang)),
        Shown::Lines(lines) if lines.is_empty() => {
            message(tr!(lang, "Ninguna cuenta coincide", "No account matches"))
        }
        Shown::Lines(lines) => {
            let options: Vec<_> = lines
                .into_iter()
                .enumerate()
                .map(|(at, found)| {
                    let selected = move || (active.get() == Some(at)).to_string();
                    let owed = format::money(&found.owed, locale);
                    let below = format!("{} · {}", found.external_id, found.creditor);
                    let debtor = found.debtor.clone();
                    view! {
                        <li
                            id=option_id(at) role="option" aria-selected=selected
                            on:mousedown=move |event| {
                                // The field keeps its focus, so that the list is still there.
                                event.prevent_default();
                                open(&found);
                            }
                        >
                            <span class="quick-name">{debtor}</span>
                            <span class="num">{owed}</span>
                            <span class="soft small">{below}</span>
                        </li>
                    }
                })
                .collect();
            let label = tr!(lang, "Cuentas encontradas", "Accounts found");
            view! { <ul id=LIST class="quick-list" role="listbox" aria-label=label>{options}</ul> }.into_any()
        }
    };
    let told = move || match shown.get() {
        Shown::Lines(lines) if !lines.is_empty() => {
            let count = lines.len();
            trf!(
                lang,
                "{} cuentas; flechas para elegir, Intro para abrir",
                "{} accounts; arrows to choose, Enter to open",
                count
            )
        }
        _ => String::new(),
    };
    view! {
        <form class="search quick-find" role="search" method="get" action=action>
            <label class="visually-hidden" for="q">{tr!(lang, "Buscar", "Search")}</label>
            <Icon glyph=Glyph::Search/>
            <input
                type="search" name="q" id="q" autocomplete="off" aria-keyshortcuts="/"
                placeholder=tr!(lang, "Nombre, documento o cuenta", "Name, document or account")
                role=move || live.get().then_some("combobox")
                aria-autocomplete=move || live.get().then_some("list")
                aria-expanded=expanded
                aria-controls=move || is_open().then_some(LIST)
                aria-activedescendant=descendant
                on:input:target=move |event| ask(event.target().value())
                on:keydown=press
                on:blur=move |_| close()
            />
            {panel}
            <p class="visually-hidden" role="status">{told}</p>
        </form>
    }
}

fn option_id(at: usize) -> String {
    format!("quick-find-{at}")
}

/// One further down; from the last, back to the field.
fn next(active: Option<usize>, count: usize) -> Option<usize> {
    let at = active.map_or(0, |at| at.saturating_add(1));
    (at < count).then_some(at)
}

/// One further up; from the field, to the last.
fn previous(active: Option<usize>, count: usize) -> Option<usize> {
    match active {
        Some(at) => at.checked_sub(1),
        None => count.checked_sub(1),
    }
}

const fn failure(error: FindError, lang: Lang) -> &'static str {
    match error {
        FindError::SignedOut => {
            tr!(lang, "La sesión terminó; entrar de nuevo", "The session has ended; sign in again")
        }
        FindError::Denied => tr!(lang, "Su función no ve cuentas", "Your role sees no accounts"),
        FindError::Failed => {
            tr!(lang, "No hay respuesta; Intro busca en la lista", "No answer; Enter searches the list")
        }
    }
}

fn message(text: &'static str) -> AnyView {
    view! { <p class="quick-list quick-none" role="status">{text}</p> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arrows_go_round_through_the_field() {
        assert_eq!(next(None, 2), Some(0));
        assert_eq!(next(Some(0), 2), Some(1));
        assert_eq!(next(Some(1), 2), None);
        assert_eq!(next(None, 0), None);
        assert_eq!(previous(None, 2), Some(1));
        assert_eq!(previous(Some(0), 2), None);
        assert_eq!(previous(None, 0), None);
    }
}
