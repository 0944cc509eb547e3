//! How to build a journey, step by step: for whoever does it for the first time. A browser test
//! follows it to the letter.

use axum::response::Response;
use leptos::prelude::*;
use ui::prelude::*;

use super::{journeys, segments, templates};
use crate::desk::{Desk, Frame, Section};

pub const ADDRESS: &str = "/console/guia-de-recorridos";

/// `GET /console/guia-de-recorridos`
pub async fn show(desk: Desk) -> Response {
    let page = desk.page(title(desk.lang()));
    let shown = desk.clone();
    desk.answer(Ok(page.render(move || view! { <GuidePage desk=shown/> })))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Guía: su primer recorrido", "Guide: your first journey")
}

#[component]
fn GuidePage(desk: Desk) -> impl IntoView {
    let lang = use_lang();
    let title = title(lang);
    let crumbs = vec![Crumb::new(journeys::ADDRESS, Section::Journeys.label(lang)), Crumb::here(title)];
    let steps = vec![
        Column::new(tr!(lang, "Paso", "Step")),
        Column::new(tr!(lang, "Día", "Day")),
        Column::new(tr!(lang, "Qué se hace", "What is done")),
        Column::new(tr!(lang, "Con qué", "With what")),
    ];
    let rows: Vec<_> = example(lang)
        .into_iter()
        .map(|(step, day, act, with)| {
            view! {
                <tr>
                    <th scope="row">{step}</th>
                    <td data-label=tr!(lang, "Día", "Day")>{day}</td>
                    <td data-label=tr!(lang, "Qué se hace", "What is done")>{act}</td>
                    <td data-label=tr!(lang, "Con qué", "With what")>{with}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Frame desk section=Section::Journeys title crumbs>
            <p>{tr!(lang,
                "Vamos a recordar por WhatsApp tres días antes de vencer, escribir un correo al día 1, pedir una llamada el día 5 si debe más de 500, ofrecer un plan el día 15 y planear una visita el día 30. La ley del país de cada persona decide si cada contacto se permite ese día.",
                "We will remind by WhatsApp three days before the due date, write an e-mail on day 1, ask for a call on day 5 if more than 500 are owed, offer a plan on day 15 and plan a visit on day 30. The law of each person's country decides whether each contact is allowed on that day."
            )}</p>
            <Card title=tr!(lang, "1. Elija las cuentas", "1. Choose the accounts")>
                <ol>
                    <li>{tr!(lang, "Abra ", "Open ")}<a href=format!("{}/nuevo", segments::ADDRESS)>{tr!(lang, "Nuevo segmento", "New segment")}</a>{tr!(lang, " y póngale un nombre.", " and give it a name.")}</li>
                    <li>{tr!(lang, "Condición 1: dato «Vencimiento», comparación «fue hace al menos (días)», valor ", "Condition 1: fact “Due date”, comparison “was at least so many days ago”, value ")}<strong>"-3"</strong>{tr!(lang, ". Así entran también las que vencen dentro de tres días.", ". So those that fall due in three days come in, too.")}</li>
                    <li>{tr!(lang, "Condición 2: dato «Vencimiento», comparación «fue hace a lo más (días)», valor ", "Condition 2: fact “Due date”, comparison “was at most so many days ago”, value ")}<strong>"60"</strong>"."</li>
                    <li>{tr!(lang, "Pulse «Contar cuentas» para ver cuántas son, y «Guardar».", "Press “Count accounts” to see how many there are, and “Save”.")}</li>
                </ol>
            </Card>
            <Card title=tr!(lang, "2. Revise los textos", "2. Look at the texts")>
                <p>{tr!(lang, "En ", "In ")}<a href=templates::ADDRESS>{Section::Templates.label(lang)}</a>{tr!(lang, " están los textos. Para usarlos deben estar aprobados por otra persona que quien los escribió.", " are the texts. To be used they must be approved by somebody else than wrote them.")}</p>
            </Card>
            <Card title=tr!(lang, "3. Arme los pasos", "3. Put the steps together")>
                <ol>
                    <li>{tr!(lang, "Abra ", "Open ")}<a href=format!("{}/nuevo", journeys::ADDRESS)>{tr!(lang, "Nuevo recorrido", "New journey")}</a>{tr!(lang, ", póngale un nombre y elija su segmento.", ", give it a name and choose your segment.")}</li>
                    <li>{tr!(lang, "Los días se cuentan desde «El vencimiento de la deuda».", "Days are counted from “The debt's due date”.")}</li>
                    <li>{tr!(lang, "Llene los pasos así:", "Fill the steps like this:")}</li>
                </ol>
                <DataTable caption=tr!(lang, "Los pasos del ejemplo", "The steps of the example") caption_hidden=true stacked=true columns=steps>{rows}</DataTable>
                <p>{tr!(lang, "En el paso 3 elija además «Solo si»: dato «Saldo», comparación «es mayor que», valor 500.00 y su moneda, por ejemplo 500.00 MXN.", "In step 3 choose “Only if” as well: fact “Total owed”, comparison “is more than”, value 500.00 and its currency, for example 500.00 MXN.")}</p>
                <p>{tr!(lang, "Un paso también puede esperar algo desde el último mensaje del recorrido: que la persona responda, que no responda ni entre al portal, que pague una parte, que abra el enlace de un mensaje, o que incumpla una promesa o su convenio. Elíjalo en «Qué pasó desde el último mensaje».", "A step can also wait for something since the journey's last message: that the person answers, that they neither answer nor come to the portal, that they pay a part, that they follow the link in a message, or that they break a promise or their arrangement. Choose it under “What happened since the last message”.")}</p>
                <p>{tr!(lang, "Pulse «Guardar». Nada se envía todavía.", "Press “Save”. Nothing is sent yet.")}</p>
            </Card>
            <Card title=tr!(lang, "4. Simúlelo, actívelo y vea a quién le toca qué", "4. Simulate it, start it and see who gets what")>
                <ol>
                    <li>{tr!(lang, "En la página del recorrido, abra «Simular los próximos días»: verá qué se haría cada día, qué no permite la ley y qué puede entrar. Nada se escribe.", "On the journey's page, open “Simulate the coming days”: you see what would be done each day, what the law does not allow and what may come in. Nothing is written.")}</li>
                    <li>{tr!(lang, "Vuelva al recorrido y pulse «Activar».", "Go back to the journey and press “Start”.")}</li>
                    <li>{tr!(lang, "Cada mañana se hace lo que toca. Para no esperar, pulse «Hacer lo de hoy ahora».", "Every morning what is due is done. Not to wait, press “Do what is due today now”.")}</li>
                    <li>{tr!(lang, "Bajo cada paso verá cuántos mensajes, llamadas y visitas hubo, y cuántos no se permitieron. Abra el número para ver a quién y por qué.", "Under each step you see how many messages, calls and visits there were, and how many were not lawful. Open the number to see who and why.")}</li>
                    <li>{tr!(lang, "Para dejar en paz a una sola persona, abra su cuenta: en «Recorridos» puede pausarlo o terminarlo para ella, con el motivo.", "To leave one person alone, open their account: under “Journeys” you can pause or end it for them, with the reason.")}</li>
                </ol>
            </Card>
        </Frame>
    }
}

/// Step, day, act and what it is done with, as the form names them.
fn example(lang: Lang) -> [(&'static str, &'static str, &'static str, &'static str); 5] {
    let message = tr!(lang, "Enviar un mensaje", "Send a message");
    [
        (
            "1",
            "-3",
            message,
            tr!(
                lang,
                "«Recordatorio antes de vencer», por «WhatsApp, si no SMS, si no Correo»",
                "“Recordatorio antes de vencer”, by “WhatsApp, if not SMS, if not E-mail”"
            ),
        ),
        ("2", "1", message, tr!(lang, "«Aviso de atraso», por «Correo»", "“Aviso de atraso”, by “E-mail”")),
        (
            "3",
            "5",
            tr!(lang, "Pedir una llamada", "Ask for a call"),
            tr!(lang, "solo si debe más de 500", "only if more than 500 are owed"),
        ),
        (
            "4",
            "15",
            tr!(lang, "Ofrecer un plan", "Offer a plan"),
            tr!(
                lang,
                "«Oferta de plan», por «Correo, si no WhatsApp»",
                "“Oferta de plan”, by “E-mail, if not WhatsApp”"
            ),
        ),
        ("5", "30", tr!(lang, "Planear una visita", "Plan a visit"), tr!(lang, "quien visita", "who visits")),
    ]
}
