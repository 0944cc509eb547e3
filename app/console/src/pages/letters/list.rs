//! Letters that wait, batches, the sender's address.

use domain::access::Permission;
use leptos::prelude::*;
use services::outbox::{BatchLine, LetterDesk, WaitingGroup, WaitingLetter};
use ui::prelude::*;
use uuid::Uuid;

use super::{ADDRESS, Done, batch_title, may_act};
use crate::desk::{ACCOUNTS, Desk, Frame, Section};

#[component]
pub fn ListPage(
    desk: Desk,
    found: LetterDesk,
    done: Done,
    /// One for each batch that may be made.
    keys: Vec<Uuid>,
) -> impl IntoView {
    let lang = use_lang();
    let title = Section::Letters.label(lang);
    let acts = may_act(&desk);
    let may_change = desk.may(Permission::StrategyWrite);
    let told = match done.what.as_str() {
        "remitente" => Some((
            Tone::Success,
            tr!(lang, "La dirección del remitente quedó guardada.", "The sender's address is saved.")
                .to_owned(),
        )),
        "ninguna" => Some((
            Tone::Warn,
            trf!(
                lang,
                "No hay ninguna carta que se pueda enviar ahora; {} se detuvieron, cada una con su motivo.",
                "No letter may go now; {} were stopped, each with its reason.",
                done.stopped
            ),
        )),
        _ => None,
    };
    let LetterDesk { sender, groups, batches } = found;
    let has_sender = !sender.is_empty();
    let none = groups.is_empty();
    let groups: Vec<_> = groups
        .into_iter()
        .zip(keys)
        .map(|(group, key)| waiting(&desk, group, acts && has_sender, key, lang))
        .collect();
    let missing = (!has_sender).then(|| {
        view! {
            <Notice tone=Tone::Warn title=tr!(lang, "Falta la dirección del remitente", "The sender's address is missing")>
                <p>{tr!(lang, "Sin ella no se hacen lotes: una carta que no se entrega no sabría a dónde volver.", "No batch is made without it: a letter that cannot be delivered would not know where to return.")}</p>
            </Notice>
        }
    });
    let back = (acts && !batches.is_empty()).then(|| {
        view! {
            <Card title=tr!(lang, "¿Volvió una carta?", "Did a letter come back?")>
                <PostForm action=ADDRESS>
                    <input type="hidden" name="step" value="came_back"/>
                    <Field
                        name="reference" label=tr!(lang, "Número en la ventana del sobre", "Number in the envelope's window") short=true
                        hint=tr!(lang, "Por ejemplo 12-3. A ese domicilio ya no se enviarán cartas.", "For example 12-3. No letter will be posted to that address any more.")
                    />
                    <Button kind=ButtonKind::Secondary>{tr!(lang, "Marcar como devuelta", "Mark as returned")}</Button>
                </PostForm>
            </Card>
        }
    });
    let batches = (!batches.is_empty()).then(|| made(&desk, batches, lang));
    view! {
        <Frame desk section=Section::Letters title>
            <ErrorSummary/>
            {told.map(|(tone, title)| view! { <Notice tone title/> })}
            {missing}
            {if none {
                view! {
                    <Card><EmptyState title=tr!(lang, "Ninguna carta espera", "No letter waits") icon=Glyph::Mail>
                        <p>{tr!(lang, "Un recorrido escribe una carta cuando su paso incluye el canal «Carta» y la persona tiene domicilio.", "A journey writes a letter when its step has the channel “Letter” and the person has a postal address.")}</p>
                    </EmptyState></Card>
                }.into_any()
            } else {
                view! { {groups} }.into_any()
            }}
            {batches}
            {back}
            <SenderCard sender may_change/>
        </Frame>
    }
}

fn waiting(desk: &Desk, group: WaitingGroup, acts: bool, key: Uuid, lang: Lang) -> AnyView {
    let WaitingGroup { creditor, creditor_name, letters, ready } = group;
    let count = letters.len();
    let rows: Vec<_> = letters.into_iter().map(|letter| waiting_row(desk, letter, lang)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Para", "To")),
        Column::new(tr!(lang, "Domicilio", "Address")),
        Column::new(tr!(lang, "Escrita", "Written")),
        Column::new(tr!(lang, "Estado", "Status")),
    ];
    let lead = trf!(lang, "{0} esperan; {1} pueden salir ahora.", "{0} wait; {1} may go now.", count, ready);
    let press = trf!(lang, "Hacer un lote de {}", "Make a batch for {}", creditor_name);
    let make = (acts && ready > 0).then(|| {
        view! {
            <PostForm action=ADDRESS>
                <input type="hidden" name="step" value="make"/>
                <input type="hidden" name="creditor" value=creditor.to_string()/>
                <input type="hidden" name="key" value=key.to_string()/>
                <Button icon=Glyph::Printer>{press}</Button>
            </PostForm>
            <p class="soft small">{tr!(
                lang,
                "Cada carta se decide otra vez: la que ya no debe salir se detiene con su motivo.",
                "Each letter is decided again: one that should not go any more is stopped with its reason.",
            )}</p>
        }
    });
    let caption = trf!(lang, "Cartas de {}", "Letters for {}", creditor_name);
    view! {
        <Card title=creditor_name>
            <p class="soft">{lead}</p>
            {make}
            <DataTable caption caption_hidden=true stacked=true columns>{rows}</DataTable>
        </Card>
    }
    .into_any()
}

fn waiting_row(desk: &Desk, letter: WaitingLetter, lang: Lang) -> AnyView {
    let href = format!("{ACCOUNTS}/{}", letter.account);
    let why = letter.why.map(|why| why.pick(lang.tag()).to_owned());
    let (tone, says) = match letter.from {
        Some(from) => (Tone::Warn, trf!(lang, "Desde {}", "From {}", desk.time(from))),
        None => (Tone::Info, tr!(lang, "Puede salir", "May go").to_owned()),
    };
    view! {
        <tr>
            <th scope="row"><a href=href data-row="">{letter.name}</a></th>
            <td data-label=tr!(lang, "Domicilio", "Address")>{letter.address}</td>
            <td class="nowrap" data-label=tr!(lang, "Escrita", "Written")>{desk.time(letter.written_at)}</td>
            <td data-label=tr!(lang, "Estado", "Status")><Badge tone>{says}</Badge>{why.map(|why| view! { <p class="soft small">{why}</p> })}</td>
        </tr>
    }
    .into_any()
}

fn made(desk: &Desk, batches: Vec<BatchLine>, lang: Lang) -> AnyView {
    let locale = desk.locale();
    let rows: Vec<_> = batches
        .into_iter()
        .map(|batch| {
            let href = format!("{ADDRESS}/{}", batch.id);
            let (tone, says) = match batch.posted_on {
                Some(on) => (
                    Tone::Success,
                    trf!(lang, "Enviado el {}", "Posted on {}", format::date_short(on, locale)),
                ),
                None => (Tone::Warn, tr!(lang, "Por enviar", "To be posted").to_owned()),
            };
            view! {
                <tr>
                    <th scope="row"><a href=href data-row="">{batch_title(batch.number, lang)}</a></th>
                    <td data-label=tr!(lang, "Acreedor", "Creditor")>{batch.creditor_name}</td>
                    <td class="num" data-label=tr!(lang, "Cartas", "Letters")>{batch.letters}</td>
                    <td class="nowrap" data-label=tr!(lang, "Hecho", "Made")>{desk.time(batch.made_at)}</td>
                    <td data-label=tr!(lang, "Estado", "Status")><Badge tone>{says}</Badge></td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Lote", "Batch")),
        Column::new(tr!(lang, "Acreedor", "Creditor")),
        Column::number(tr!(lang, "Cartas", "Letters")),
        Column::new(tr!(lang, "Hecho", "Made")),
        Column::new(tr!(lang, "Estado", "Status")),
    ];
    let title = tr!(lang, "Lotes", "Batches");
    view! { <Card title><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></Card> }
        .into_any()
}

#[component]
fn SenderCard(sender: Vec<String>, may_change: bool) -> impl IntoView {
    let lang = use_lang();
    let shown = sender.join("\n");
    view! {
        <Card title=tr!(lang, "Remitente", "Sender")>
            <p class="soft">{tr!(
                lang,
                "Lo que se ve por la ventana del sobre no nombra ninguna deuda: si el nombre de la organización habla de cobranza, ahí va solo la dirección.",
                "What shows through the envelope's window names no debt: where the organization's name speaks of collecting, the address stands there alone.",
            )}</p>
            {if may_change {
                view! {
                    <PostForm action=ADDRESS>
                        <input type="hidden" name="step" value="sender"/>
                        <Textarea
                            name="sender" label=tr!(lang, "Dirección postal de la organización", "Postal address of the organization") rows=4 value=shown
                            hint=tr!(lang, "De 2 a 4 líneas, sin el nombre", "2 to 4 lines, without the name")
                        />
                        <Button kind=ButtonKind::Secondary>{tr!(lang, "Guardar la dirección", "Save the address")}</Button>
                    </PostForm>
                }.into_any()
            } else {
                view! { <p class="message-body">{shown}</p> }.into_any()
            }}
        </Card>
    }
    .into_any()
}
