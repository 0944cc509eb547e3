//! This phone: for whom it is enrolled, how safe its data is, the language.

use leptos::prelude::*;
use ui::prelude::*;

use crate::app::{SyncLine, Tabs, use_shell};
use crate::words;

#[component]
pub fn PhonePage() -> impl IntoView {
    let shell = use_shell();
    let locale = use_locale();
    let lang = locale.lang();
    let status = move || shell.status.get();
    view! {
        <FieldLayout title=tr!(lang, "Este teléfono", "This phone") sync=|| view! { <SyncLine/> }>
            <Card>
                <KeyValue>
                    <Pair term=tr!(lang, "Gestor", "Collector")>{move || status().collector}</Pair>
                    <Pair term=tr!(lang, "Organización", "Organization")>{move || status().organization}</Pair>
                    <Pair term=tr!(lang, "Serie de recibos", "Receipt series")>{move || status().device_code}</Pair>
                    <Pair term=tr!(lang, "Por enviar", "To send")>{move || shell.view.with(|v| v.unsent)}</Pair>
                    <Pair term=tr!(lang, "Ruta actualizada", "Route updated")>
                        {move || status().pulled_ms.map_or_else(
                            || tr!(lang, "aún no", "not yet").to_owned(),
                            |ms| words::moment(ms, locale),
                        )}
                    </Pair>
                </KeyValue>
                <button class=ButtonKind::Secondary.class() on:click=move |_| shell.engine().look_again(true)>
                    <Icon glyph=Glyph::RefreshCw/>
                    <span>{move || if status().syncing { tr!(lang, "Enviando…", "Sending…") } else { tr!(lang, "Enviar ahora", "Send now") }}</span>
                </button>
            </Card>
            {move || (status().persisted == Some(false)).then(|| view! {
                <Notice tone=Tone::Warn title=tr!(lang, "Instale la aplicación", "Install the app")>
                    <p>{tr!(
                        lang,
                        "Agréguela a la pantalla de inicio: así el teléfono no borra lo que falta por enviar.",
                        "Add it to the home screen: then the phone will not erase what is still to be sent.",
                    )}</p>
                </Notice>
            })}
            <LanguageSwitch/>
        </FieldLayout>
        <Tabs/>
    }
}

/// Spanish or English.
#[component]
pub fn LanguageSwitch() -> impl IntoView {
    let shell = use_shell();
    let lang = use_lang();
    let other = if lang == Lang::Es { Lang::En } else { Lang::Es };
    view! {
        <p>
            <button class=ButtonKind::Quiet.class() lang=other.tag() on:click=move |_| shell.speak(other)>
                <Icon glyph=Glyph::Globe/><span>{other.name()}</span>
            </button>
        </p>
    }
}
