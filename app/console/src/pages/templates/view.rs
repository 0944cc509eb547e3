//! The pages of templates.

use domain::access::Permission;
use leptos::prelude::*;
use services::strategy::{DETAILED, NEUTRAL, Standing, TemplateLine, TemplateVersion, sample_of};
use ui::prelude::*;

use super::ADDRESS;
use super::form::{Draft, LANGUAGES, Names};
use crate::desk::{Desk, Frame, Section};

fn standing(of: Standing, lang: Lang) -> (Tone, &'static str) {
    match of {
        Standing::Draft => (Tone::Warn, tr!(lang, "Espera aprobación", "Waits for approval")),
        Standing::Approved => (Tone::Success, tr!(lang, "Aprobada", "Approved")),
        Standing::Rejected => (Tone::Neutral, tr!(lang, "Rechazada", "Rejected")),
    }
}

fn language(tag: &str, lang: Lang) -> &'static str {
    match tag {
        "en" => tr!(lang, "Inglés", "English"),
        "pt" => tr!(lang, "Portugués", "Portuguese"),
        _ => tr!(lang, "Español", "Spanish"),
    }
}

#[component]
pub fn ListPage(desk: Desk, templates: Vec<TemplateLine>, added: bool) -> impl IntoView {
    let lang = use_lang();
    let may_write = desk.may(Permission::StrategyWrite);
    let title = Section::Templates.label(lang);
    let none = templates.is_empty();
    let rows: Vec<_> = templates
        .into_iter()
        .filter_map(|line| {
            let newest = line.newest()?;
            let href = format!("{ADDRESS}/{}", line.id);
            let (tone, says) = standing(newest.standing, lang);
            let used = line.in_use().map_or_else(
                || tr!(lang, "ninguna", "none").to_owned(),
                |version| version.version.to_string(),
            );
            Some(view! {
                <tr>
                    <th scope="row"><a href=href data-row="">{newest.name.clone()}</a></th>
                    <td data-label=tr!(lang, "La más nueva", "The newest")><Badge tone>{says}</Badge></td>
                    <td class="num" data-label=tr!(lang, "Versión en uso", "Version in use")>{used}</td>
                </tr>
            })
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Plantilla", "Template")),
        Column::new(tr!(lang, "La más nueva", "The newest")),
        Column::number(tr!(lang, "Versión en uso", "Version in use")),
    ];
    let new = move || {
        may_write.then(|| {
            view! { <LinkButton href=format!("{ADDRESS}/nueva") icon=Glyph::Plus>{tr!(lang, "Nueva plantilla", "New template")}</LinkButton> }
        })
    };
    let standard = may_write.then(|| {
        view! {
            <PostForm action=ADDRESS>
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Agregar los textos de ejemplo", "Add the sample texts")}</Button>
            </PostForm>
        }
    });
    view! {
        <Frame desk section=Section::Templates title actions=new>
            {added.then(|| view! { <Notice tone=Tone::Success title=tr!(lang, "Los textos de ejemplo están como borradores. Otra persona debe aprobarlos.", "The sample texts are there as drafts. Somebody else must approve them.")/> })}
            {if none {
                view! {
                    <Card><EmptyState title=tr!(lang, "Todavía no hay plantillas", "There are no templates yet") icon=Glyph::FileText>
                        <p>{tr!(lang, "Una plantilla es lo que dicen los mensajes de un recorrido, en cada idioma.", "A template is what the messages of a journey say, in each language.")}</p>
                        {standard}
                    </EmptyState></Card>
                }.into_any()
            } else {
                view! { <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div> }.into_any()
            }}
        </Frame>
    }
}

#[component]
pub fn TemplatePage(desk: Desk, found: TemplateLine, done: String) -> impl IntoView {
    let lang = use_lang();
    let newest_name = found.newest().map(|newest| newest.name.clone()).unwrap_or_default();
    let crumbs = vec![Crumb::new(ADDRESS, Section::Templates.label(lang)), Crumb::here(newest_name.clone())];
    let may_write = desk.may(Permission::StrategyWrite);
    let here = format!("{ADDRESS}/{}", found.id);
    let edit = format!("{here}/editar");
    let change = move || {
        let href = edit.clone();
        may_write.then(|| view! { <LinkButton href kind=ButtonKind::Secondary>{tr!(lang, "Cambiar los textos", "Change the texts")}</LinkButton> })
    };
    let told = match done.as_str() {
        "guardada" => Some(tr!(
            lang,
            "La versión quedó guardada. Otra persona debe aprobarla antes de que se use.",
            "The version is saved. Somebody else must approve it before it is used."
        )),
        "aprobada" => {
            Some(tr!(lang, "La versión está aprobada y en uso.", "The version is approved and in use."))
        }
        "rechazada" => Some(tr!(lang, "La versión quedó rechazada.", "The version is rejected.")),
        _ => None,
    };
    let refused = form_state().and_then(|state| state.error("version").map(str::to_owned));
    let refused = refused.map(|title| view! { <Notice tone=Tone::Error title/> });
    let in_use = found.in_use().map(|version| version.version);
    let actor = desk.actor().audit_name();
    let versions: Vec<_> = found
        .versions
        .iter()
        .map(|version| {
            let is_used = in_use == Some(version.version);
            let may_decide = may_write && version.standing == Standing::Draft;
            let is_own = version.saved_by == actor;
            let number = version.version.to_string();
            let decide = may_decide.then(|| {
                if is_own {
                    view! { <p class="soft small">{tr!(lang, "Usted la escribió: otra persona debe aprobarla.", "You wrote it: somebody else must approve it.")}</p> }.into_any()
                } else {
                    view! {
                        <PostForm action=here.clone() class="row">
                            <input type="hidden" name="version" value=number/>
                            <Button name="act" value="approve">{tr!(lang, "Aprobar", "Approve")}</Button>
                            <Button kind=ButtonKind::Secondary name="act" value="reject">{tr!(lang, "Rechazar", "Reject")}</Button>
                        </PostForm>
                    }.into_any()
                }
            });
            version_card(&desk, version, is_used, decide, lang)
        })
        .collect();
    view! {
        <Frame desk section=Section::Templates title=newest_name crumbs actions=change>
            {told.map(|title| view! { <Notice tone=Tone::Success title/> })}
            {refused}
            {versions}
        </Frame>
    }
}

fn version_card(
    desk: &Desk,
    version: &TemplateVersion,
    is_used: bool,
    decide: Option<AnyView>,
    lang: Lang,
) -> AnyView {
    let (tone, says) = standing(version.standing, lang);
    let saved = trf!(lang, "Guardada {}", "Saved {}", desk.time(version.saved_at));
    let decided = version.decided.as_ref().map(|(at, _)| format!(" · {says} {}", desk.time(*at)));
    let used = is_used.then(|| view! { <Badge tone=Tone::Info>{tr!(lang, "En uso", "In use")}</Badge> });
    let wordings: Vec<_> = LANGUAGES
        .iter()
        .filter_map(|names| Some((names.language, version.texts.languages.get(names.language)?)))
        .map(|(tag, wording)| {
            let sample = sample_of(wording);
            let detailed = sample.detailed.map(|text| view! {
                <Pair term=tr!(lang, "Correo a una dirección comprobada", "E-mail to a proven address")><span class="message-body">{text}</span></Pair>
            });
            let letter = sample.letter.map(|text| view! {
                <Pair term=tr!(lang, "Carta", "Letter")><span class="message-body">{text}</span></Pair>
            });
            view! {
                <details>
                    <summary>{language(tag, lang)}</summary>
                    <KeyValue>
                        <Pair term=tr!(lang, "Asunto", "Subject")>{sample.subject}</Pair>
                        <Pair term=tr!(lang, "Correo", "E-mail")><span class="message-body">{sample.body}</span></Pair>
                        {detailed}
                        <Pair term=tr!(lang, "SMS y WhatsApp", "SMS and WhatsApp")><span class="message-body">{sample.short}</span></Pair>
                        {letter}
                    </KeyValue>
                </details>
            }
        })
        .collect();
    let whatsapp = version.texts.whatsapp.as_ref().map(|known| {
        view! { <p class="small">{tr!(lang, "Nombre en WhatsApp: ", "Name at WhatsApp: ")}{format!("{} ({})", known.name, known.params.join(", "))}</p> }
    });
    let title = trf!(lang, "Versión {}", "Version {}", version.version);
    view! {
        <Card title>
            <p class="row"><Badge tone>{says}</Badge>{used}<span class="soft small">{saved}{decided}</span></p>
            {decide}
            <p class="soft small">{tr!(lang, "Así se leen con datos de ejemplo:", "This is how they read with sample data:")}</p>
            {wordings}
            {whatsapp}
        </Card>
    }
    .into_any()
}

#[component]
pub fn EditPage(desk: Desk, draft: Draft) -> impl IntoView {
    let lang = use_lang();
    let title = if draft.based_on == 0 {
        tr!(lang, "Nueva plantilla", "New template")
    } else {
        tr!(lang, "Cambiar plantilla", "Change template")
    };
    let crumbs = vec![Crumb::new(ADDRESS, Section::Templates.label(lang)), Crumb::here(title)];
    let braces =
        |names: &[&str]| names.iter().map(|name| format!("{{{{ {name} }}}}")).collect::<Vec<_>>().join(", ");
    let (neutral, detailed) = (braces(&NEUTRAL), braces(&DETAILED));
    let wordings: Vec<_> = LANGUAGES.iter().map(|names| wording_fields(names, lang)).collect();
    view! {
        <Frame desk section=Section::Templates title crumbs>
            <ErrorSummary/>
            <PostForm action=format!("{ADDRESS}/nueva")>
                <input type="hidden" name="id" value=draft.id.to_string()/>
                <input type="hidden" name="based_on" value=draft.based_on.to_string()/>
                <Field name="name" label=tr!(lang, "Nombre", "Name") maxlength=120/>
                <Notice title=tr!(lang, "Qué puede decir cada texto", "What each text may say")>
                    <p>{tr!(lang, "Cualquiera puede leer el asunto, el correo y el SMS: no nombran la deuda. Pueden usar ", "Anybody may read the subject, the e-mail and the SMS: they name no debt. They may use ")}<code>{neutral}</code>"."</p>
                    <p>{tr!(lang, "El correo a una dirección comprobada (la persona entró con un código enviado allí) puede usar también ", "The e-mail to a proven address (the person signed in with a code sent there) may also use ")}<code>{detailed}</code>"."</p>
                    <p>{tr!(lang, "La carta va en sobre cerrado a nombre de la persona y puede usar lo mismo. Vacía: no se envían cartas con esta plantilla.", "The letter goes in a closed envelope in the person's name and may use the same. Empty: no letters go with this template.")}</p>
                    <p>{tr!(lang, "Saldar agrega lo que la ley del país exige decir y cómo no recibir más mensajes.", "Saldar adds what the country's law wants said, and how to get no more messages.")}</p>
                </Notice>
                {wordings}
                <fieldset>
                    <legend>"WhatsApp"</legend>
                    <div class="grid">
                        <Field name="whatsapp_name" label=tr!(lang, "Nombre de la plantilla aprobada", "Name of the approved template") hint=tr!(lang, "Vacío: no se envía por WhatsApp", "Empty: it does not go by WhatsApp") required=false/>
                        <Field name="whatsapp_params" label=tr!(lang, "Sus datos, en orden", "Its values, in order") hint="name, agency, link" required=false/>
                    </div>
                </fieldset>
                <div class="row">
                    <Button>{tr!(lang, "Guardar", "Save")}</Button>
                    <a class="btn btn-quiet" href=ADDRESS>{tr!(lang, "Cancelar", "Cancel")}</a>
                </div>
            </PostForm>
        </Frame>
    }
}

fn wording_fields(names: &'static Names, lang: Lang) -> AnyView {
    let is_first = names.language == "es";
    let open = is_first
        || form_state().is_some_and(|state| {
            [names.subject, names.body, names.detailed, names.short, names.letter]
                .iter()
                .any(|name| state.value(name).is_some_and(|text| !text.is_empty()))
        });
    let title = language(names.language, lang);
    view! {
        <details open=open>
            <summary>{title}{(!is_first).then(|| tr!(lang, " (opcional)", " (optional)"))}</summary>
            <fieldset>
                <legend class="visually-hidden">{title}</legend>
                <Field name=names.subject label=tr!(lang, "Asunto del correo", "Subject of the e-mail") maxlength=150 required=is_first/>
                <Textarea name=names.body label=tr!(lang, "Correo que cualquiera puede leer", "E-mail that anybody may read") required=is_first/>
                <Textarea name=names.detailed label=tr!(lang, "Correo a una dirección comprobada", "E-mail to a proven address") rows=6 required=false/>
                <Textarea name=names.short label=tr!(lang, "SMS y WhatsApp", "SMS and WhatsApp") rows=3 required=is_first/>
                <Textarea name=names.letter label=tr!(lang, "Carta", "Letter") rows=6 required=false maxlength=5000/>
            </fieldset>
        </details>
    }
    .into_any()
}
