//! What the law of a country says: hours, limits, people, places, and what ends contact.

use domain::contact::{Citation, DayRule, Grounds, RulePack};
use leptos::prelude::*;
use ui::prelude::*;

use super::words;

/// A rule with the norm that it comes from.
fn rule(what: impl Into<String>, says: impl Into<String>, cite: &Citation, lang: Lang) -> AnyView {
    view! {
        <tr>
            <th scope="row">{what.into()}</th>
            <td data-label=tr!(lang, "Regla", "Rule")>{says.into()}</td>
            <td data-label=tr!(lang, "Norma", "Norm")>
                <span>
                    {words::cite(cite, lang)}" "
                    <span class="soft small">{words::confidence(cite.confidence, lang)}</span>
                </span>
            </td>
        </tr>
    }
    .into_any()
}

fn hours(of: &DayRule, place: Option<&str>, lang: Lang) -> AnyView {
    let days = of.days.iter().map(|day| words::day(*day, lang)).collect::<Vec<_>>().join(", ");
    let days = place.map_or_else(|| days.clone(), |place| format!("{place}: {days}"));
    let closed = || tr!(lang, "no se contacta", "no contact").to_owned();
    rule(days, of.open.map_or_else(closed, |open| open.to_string()), &of.cite, lang)
}

#[component]
pub fn Law(pack: &'static RulePack) -> impl IntoView {
    let lang = use_lang();
    let table = |title: &'static str, first: &'static str, rows: Vec<AnyView>| {
        let columns = vec![
            Column::new(first),
            Column::new(tr!(lang, "Regla", "Rule")),
            Column::new(tr!(lang, "Norma", "Norm")),
        ];
        (!rows.is_empty()).then(|| {
            view! {
                <details class="card">
                    <summary>{title}</summary>
                    <DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable>
                </details>
            }
        })
    };
    let own =
        pack.subdivisions.iter().flat_map(|own| own.windows.iter().map(move |of| (of, own.code.as_str())));
    let windows: Vec<_> = pack
        .windows
        .iter()
        .map(|of| hours(of, None, lang))
        .chain(own.map(|(of, place)| hours(of, Some(place), lang)))
        .collect();
    let limits: Vec<_> = pack
        .limits
        .iter()
        .enumerate()
        .map(|(n, limit)| {
            let reading = limit.reading.map(|reading| match reading {
                domain::contact::Reading::Strict => tr!(lang, " (lectura estricta)", " (strict reading)"),
                domain::contact::Reading::Lenient => tr!(lang, " (lectura literal)", " (bare reading)"),
            });
            let name = trf!(lang, "Límite {}", "Limit {}", n + 1) + reading.unwrap_or_default();
            rule(name, words::limit(limit, lang), &limit.cite, lang)
        })
        .collect();
    let channels = [
        (
            &pack.channels.authorised,
            tr!(lang, "Autorización", "Authorisation"),
            tr!(
                lang,
                "solo los canales que el deudor autorizó antes",
                "only channels that the debtor authorised beforehand"
            ),
        ),
        (
            &pack.channels.refused,
            tr!(lang, "Rechazo", "Refusal"),
            tr!(
                lang,
                "no se usa un canal que el deudor rechazó",
                "a channel that the debtor refused is not used"
            ),
        ),
        (
            &pack.own_hours,
            tr!(lang, "Horario propio", "Own hours"),
            tr!(
                lang,
                "el deudor puede pedir otro horario por escrito",
                "the debtor may ask for other hours in writing"
            ),
        ),
    ];
    let people: Vec<_> = channels
        .into_iter()
        .filter_map(|(cite, what, says)| Some(rule(what, says, cite.as_ref()?, lang)))
        .chain(pack.recipients.allowed.iter().map(|(who, cite)| {
            rule(
                words::recipient(*who, lang),
                tr!(lang, "se puede contactar", "may be contacted"),
                cite,
                lang,
            )
        }))
        .chain(std::iter::once(rule(
            tr!(lang, "Las demás personas", "Everybody else"),
            tr!(lang, "no se les contacta", "are not contacted"),
            &pack.recipients.others,
            lang,
        )))
        .collect();
    let visits = &pack.visits;
    let places = vec![
        rule(tr!(lang, "En el domicilio", "At home"), words::site(visits.home, lang), &visits.cite, lang),
        rule(tr!(lang, "En el trabajo", "At work"), words::site(visits.work, lang), &visits.cite, lang),
    ];
    let exceptions = visits.exceptions.iter().map(|exception| {
        let says = match &exception.grounds {
            Grounds::Products(products) => trf!(
                lang,
                "con autorización expresa del deudor, para {}",
                "with the debtor's express authorisation, for {}",
                products.iter().cloned().collect::<Vec<_>>().join(", ")
            ),
            Grounds::Unreachable => tr!(
                lang,
                "sin datos de contacto y con los intentos fallidos documentados",
                "without contact data and with the failed tries documented"
            )
            .to_owned(),
        };
        rule(tr!(lang, "Excepción", "Exception"), says, &exception.cite, lang)
    });
    let places = places.into_iter().chain(exceptions).collect();
    let stops = pack
        .stops
        .iter()
        .map(|stop| {
            rule(
                words::stop(stop.kind, lang),
                tr!(lang, "se deja de contactar", "contact stops"),
                &stop.cite,
                lang,
            )
        })
        .collect();
    let duties = pack
        .duties
        .iter()
        .map(|duty| rule(words::moment(duty.on, lang), words::duty(duty, lang), &duty.cite, lang))
        .collect();
    view! {
        <p class="soft small">
            {tr!(lang, "Versión de las reglas: ", "Version of the rules: ")}{pack.version.clone()}". "
            {tr!(lang, "No es asesoría legal.", "This is no legal advice.")}
        </p>
        {table(tr!(lang, "Horario", "Hours"), tr!(lang, "Días", "Days"), windows)}
        {table(tr!(lang, "Frecuencia", "Frequency"), tr!(lang, "Límite", "Limit"), limits)}
        {table(tr!(lang, "Personas y canales", "People and channels"), tr!(lang, "Quién", "Who"), people)}
        {table(tr!(lang, "Visitas", "Visits"), tr!(lang, "Dónde", "Where"), places)}
        {table(tr!(lang, "Qué detiene el contacto", "What stops contact"), tr!(lang, "Hecho", "Fact"), stops)}
        {table(tr!(lang, "Qué hay que decir", "What must be said"), tr!(lang, "Cuándo", "When"), duties)}
    }
    .into_any()
}
