//! One batch: its file, its letters, and what the post did with them.

use chrono::NaiveDate;
use leptos::prelude::*;
use services::outbox::{BatchView, LetterLine, LetterState};
use ui::prelude::*;

use super::{ADDRESS, Done, batch_title, may_act, state_words};
use crate::desk::{ACCOUNTS, Desk, Frame, Section};

#[component]
pub fn BatchPage(desk: Desk, found: BatchView, done: Done, today: NaiveDate) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let BatchView { line, letters } = found;
    let title = batch_title(line.number, lang);
    let crumbs = vec![Crumb::new(ADDRESS, Section::Letters.label(lang)), Crumb::here(title.clone())];
    let here = format!("{ADDRESS}/{}", line.id);
    let acts = may_act(&desk);
    let told = match done.what.as_str() {
        "lote" if done.stopped > 0 => Some(trf!(
            lang,
            "El lote está hecho. {} cartas no pueden salir: cada cuenta dice por qué.",
            "The batch is made. {} letters may not go: each account says why.",
            done.stopped
        )),
        "lote" => Some(
            tr!(
                lang,
                "El lote está hecho. Descárguelo e imprímalo.",
                "The batch is made. Download and print it."
            )
            .to_owned(),
        ),
        "enviadas" => Some(
            tr!(
                lang,
                "Las cartas cuentan como enviadas desde ese día.",
                "The letters count as posted from that day."
            )
            .to_owned(),
        ),
        "fuera" => Some(
            tr!(
                lang,
                "La carta salió del lote: no la ponga en el sobre.",
                "The letter is out of the batch: do not put it into an envelope."
            )
            .to_owned(),
        ),
        "volvio" => Some(
            tr!(
                lang,
                "Quedó anotado: a ese domicilio ya no se envían cartas, y la cuenta tiene una nota.",
                "It is noted: no letter is posted to that address any more, and the account has a note."
            )
            .to_owned(),
        ),
        _ => None,
    };
    let is_posted = line.posted_on.is_some();
    let has_stop = !is_posted && letters.iter().any(|letter| letter.stop.is_some());
    let rows: Vec<_> =
        letters.into_iter().map(|letter| row(&desk, letter, &here, acts && !is_posted, lang)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Número", "Number")),
        Column::new(tr!(lang, "Destinatario", "Recipient")),
        Column::new(tr!(lang, "Estado", "Status")),
    ];
    let download = acts.then(|| {
        let href = format!("{here}/pdf");
        view! {
            <p><LinkButton href icon=Glyph::Download kind=ButtonKind::Secondary download=true>{tr!(lang, "Descargar para imprimir (PDF)", "Download to print (PDF)")}</LinkButton></p>
            <p class="soft small">{tr!(
                lang,
                "Imprima a tamaño real y doble para sobre con ventana a la izquierda. Por la ventana se ven el destinatario, el remitente y el número.",
                "Print at actual size and fold for envelopes with a window on the left. The window shows recipient, sender and number.",
            )}</p>
        }
    });
    let post = (acts && !is_posted).then(|| {
        let made_on = line.made_at.with_timezone(&desk.zone).date_naive();
        view! {
            <PostForm action=here.clone()>
                <input type="hidden" name="step" value="posted"/>
                <Field
                    name="posted_on" kind="date" label=tr!(lang, "Día en que se llevaron al correo", "Day on which they were taken to the post")
                    value=today.to_string() min=made_on.to_string() max=today.to_string() short=true
                />
                <Button>{tr!(lang, "Marcar como enviadas", "Mark as posted")}</Button>
            </PostForm>
        }
    });
    let facts = match line.posted_on {
        Some(on) => trf!(lang, "Enviado el {}", "Posted on {}", format::date_short(on, locale)),
        None => tr!(lang, "Por enviar", "To be posted").to_owned(),
    };
    let lead = format!("{} · {} · {facts}", line.creditor_name, desk.time(line.made_at));
    view! {
        <Frame desk section=Section::Letters title crumbs>
            <ErrorSummary/>
            {told.map(|title| view! { <Notice tone=Tone::Success title/> })}
            {has_stop.then(|| view! {
                <Notice tone=Tone::Warn title=tr!(lang, "Algo cambió desde que se hizo el lote", "Something changed since the batch was made")>
                    <p>{tr!(lang, "Saque del lote las cartas marcadas: no deben salir.", "Take the marked letters out of the batch: they should not go.")}</p>
                </Notice>
            })}
            <Card>
                <p>{lead}</p>
                {download}
                {post}
            </Card>
            <Card title=tr!(lang, "Cartas", "Letters")>
                <DataTable caption=tr!(lang, "Cartas del lote", "Letters of the batch") caption_hidden=true stacked=true columns>{rows}</DataTable>
            </Card>
        </Frame>
    }
}

fn row(desk: &Desk, letter: LetterLine, here: &str, may_leave_out: bool, lang: Lang) -> AnyView {
    let (tone, says) = state_words(&letter.state, |at| desk.time(at), lang);
    let href = format!("{ACCOUNTS}/{}", letter.account);
    let stop = letter.stop.map(|why| {
        view! { " "<Badge tone=Tone::Warn>{tr!(lang, "No enviar: ", "Do not post: ")}{why.pick(lang.tag()).to_owned()}</Badge> }
    });
    let out = (may_leave_out && letter.state == LetterState::Printed).then(|| {
        let name = trf!(lang, "Sacar {} del lote", "Take {} out", letter.reference);
        view! {
            <PostForm action=here.to_owned()>
                <input type="hidden" name="step" value="leave_out"/>
                <input type="hidden" name="message" value=letter.message.to_string()/>
                <Button kind=ButtonKind::Quiet>{name}</Button>
            </PostForm>
        }
    });
    let mut lines = letter.address.into_iter();
    let name = lines.next().unwrap_or_default();
    // Some lines are broken within an address: a comma would not be theirs.
    let rest = lines.collect::<Vec<_>>().join(" ");
    view! {
        <tr>
            <th scope="row" class="nowrap">{letter.reference}</th>
            <td data-label=tr!(lang, "Destinatario", "Recipient")><a href=href data-row="">{name}</a><br/><span class="soft small">{rest}</span></td>
            <td data-label=tr!(lang, "Estado", "Status")><Badge tone>{says}</Badge>{stop}{out}</td>
        </tr>
    }
    .into_any()
}
