//! One experiment: its groups, whether chance split them as it should, and what can be told.

use domain::access::Permission;
use domain::money::{Currency, Money};
use leptos::prelude::*;
use services::strategy::{
    ArmRate, ArmView, Difference, ExperimentStatus, ExperimentView, MoneyResults, TooLittle, UNLIKELY,
};
use ui::prelude::*;

use super::ADDRESS;
use super::list::{name_of, status};
use crate::desk::{Desk, Frame, Section};

#[expect(clippy::cast_possible_truncation, reason = "shares and amounts lie far below the bounds of i64")]
pub fn whole(value: f64) -> i64 {
    value.round() as i64
}

fn arm_name(arm: &ArmView, is_holdout: bool, lang: Lang) -> String {
    let way = match &arm.journey {
        Some((_, name)) => name.clone(),
        None if is_holdout && arm.arm == 0 => tr!(lang, "Como siempre", "As usual").to_owned(),
        None => tr!(lang, "No se hace nada", "Nothing is done").to_owned(),
    };
    if arm.arm == 0 && !is_holdout { trf!(lang, "{} (campeón)", "{} (champion)", way) } else { way }
}

fn too_little(why: TooLittle, lang: Lang) -> String {
    match why {
        TooLittle::People { wanted } => trf!(
            lang,
            "Todavía no se puede decir: hacen falta {} personas en cada grupo.",
            "Nothing can be told yet: {} people are needed in each group.",
            wanted
        ),
        TooLittle::Lopsided => tr!(
            lang,
            "Todavía no se puede decir: unos pocos pagos lo deciden todo. Hacen falta más personas.",
            "Nothing can be told yet: a few payments decide everything. More people are needed."
        )
        .to_owned(),
        TooLittle::NoSpread => tr!(
            lang,
            "No se puede decir: todos hicieron lo mismo.",
            "Nothing can be told: everybody did the same."
        )
        .to_owned(),
    }
}

/// A difference in words; `say` writes a size of it.
fn difference(of: &Difference, lang: Lang, say: impl Fn(f64) -> String) -> String {
    let (low, high) = (say(of.low), say(of.high));
    if !of.is_told() {
        return trf!(
            lang,
            "No se distingue del campeón todavía: entre {0} y {1}.",
            "No difference to the champion can be told yet: between {0} and {1}.",
            low,
            high
        );
    }
    if of.low > 0.0 {
        trf!(
            lang,
            "Más que el campeón: entre {0} y {1}.",
            "More than the champion: between {0} and {1}.",
            low,
            high
        )
    } else {
        trf!(
            lang,
            "Menos que el campeón: entre {0} y {1}.",
            "Less than the champion: between {0} and {1}.",
            low,
            high
        )
    }
}

fn against(arm: &ArmRate, lang: Lang, say: impl Fn(f64) -> String) -> String {
    match &arm.against {
        None => "–".to_owned(),
        Some(Ok(found)) => difference(found, lang, say),
        Some(Err(why)) => too_little(*why, lang),
    }
}

/// Percentage points, with one decimal.
fn points(value: f64, locale: Locale) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    let points = tr!(locale.lang(), "puntos", "points");
    format!("{sign}{} {points}", format::figure(whole(value * 1000.0), 1, locale))
}

fn result_table(
    caption: &'static str,
    rate: &'static str,
    rows: Vec<(String, i64, String, String)>,
    locale: Locale,
) -> AnyView {
    let lang = locale.lang();
    let columns = vec![
        Column::new(tr!(lang, "Grupo", "Group")),
        Column::number(tr!(lang, "Cuentas", "Accounts")),
        Column::number(rate),
        Column::new(tr!(lang, "Frente al campeón", "Against the champion")),
    ];
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(name, accounts, value, says)| {
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td class="num" data-label=tr!(lang, "Cuentas", "Accounts")>{format::count(accounts, locale)}</td>
                    <td class="num" data-label=rate>{value}</td>
                    <td data-label=tr!(lang, "Frente al campeón", "Against the champion")>{says}</td>
                </tr>
            }
        })
        .collect();
    view! { <DataTable caption=caption caption_hidden=true stacked=true columns>{rows}</DataTable> }
        .into_any()
}

#[component]
pub fn ShowPage(desk: Desk, found: ExperimentView, done: String) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let ExperimentView { line, segment_name, arms, split_chance, results } = found;
    let title = name_of(&line, lang);
    let crumbs = vec![Crumb::new(ADDRESS, Section::Experiments.label(lang)), Crumb::here(title.clone())];
    let may_write = desk.may(Permission::StrategyWrite);
    let told = match done.as_str() {
        "guardado" => Some(tr!(
            lang,
            "El experimento quedó guardado. Empiécelo cuando esté listo.",
            "The experiment is saved. Start it when it is ready."
        )),
        "empezado" => Some(tr!(
            lang,
            "El experimento está en marcha. Cada persona tiene su grupo.",
            "The experiment is running. Each person has a group."
        )),
        "terminado" => Some(tr!(lang, "El experimento terminó.", "The experiment is over.")),
        _ => None,
    };
    let refused = form_state().and_then(|state| state.error("act").map(str::to_owned));
    let (tone, says) = status(line.status, lang);
    let about = line.segment.map(|segment| {
        let href = format!("{}/{segment}", crate::pages::segments::ADDRESS);
        view! { <Pair term=tr!(lang, "Segmento", "Segment")><a href=href>{segment_name}</a></Pair> }
    });
    let since = line.started_on.map(|on| {
        view! { <Pair term=tr!(lang, "Desde", "Since")>{format::date_long(on, locale)}</Pair> }
    });
    let until = line.ended_on.map(|on| {
        view! { <Pair term=tr!(lang, "Hasta", "Until")>{format::date_long(on, locale)}</Pair> }
    });
    let name = |arm: i32| {
        let own = arms.iter().find(|own| own.arm == arm);
        own.map(|own| arm_name(own, line.is_holdout, lang)).unwrap_or_default()
    };
    let share_rows = results.share.iter().map(|arm| {
        let rate = arm.rate.map_or("–".to_owned(), |rate| format::percent(whole(rate * 10_000.0), locale));
        (name(arm.arm), arm.accounts, rate, against(arm, lang, |value| points(value, locale)))
    });
    let shares = result_table(
        tr!(lang, "Cuentas que pagan", "Accounts that pay"),
        tr!(lang, "Pagan", "Pay"),
        share_rows.collect(),
        locale,
    );
    let nothing_yet = results.share.iter().all(|arm| arm.accounts == 0);
    let money: Vec<_> = results.money.iter().map(|money| money_card(money, &name, locale)).collect();
    let controls = may_write.then(|| controls(&line, &arms, &name, lang));
    let (balance_tone, balance) = balance(split_chance, lang);
    let groups = groups(&arms, line.is_holdout, locale);
    let days = i64::from(line.window_days);
    view! {
        <Frame desk section=Section::Experiments title=title.clone() crumbs>
            <ErrorSummary/>
            {told.map(|title| view! { <Notice tone=Tone::Success title/> })}
            <div id="act">{refused.map(|title| view! { <Notice tone=Tone::Error title/> })}</div>
            <Card title=tr!(lang, "Estado", "Status")>
                <p><Badge tone>{says}</Badge></p>
                <KeyValue>
                    {about}
                    {since}
                    {until}
                    <Pair term=tr!(lang, "Pagos que cuentan", "Payments that count")>{trf!(lang, "{} desde que entra cada cuenta", "{} since each account comes in", format::days(days, locale))}</Pair>
                </KeyValue>
            </Card>
            <Card title=tr!(lang, "Grupos", "Groups")>
                {groups}
                <Notice tone=balance_tone title=balance/>
            </Card>
            <Card title=tr!(lang, "Cuentas que pagan", "Accounts that pay")>
                {nothing_yet.then(|| view! { <p>{tr!(lang, "Todavía no hay resultado: ninguna cuenta ha cumplido sus días.", "There is no result yet: no account has completed its days.")}</p> })}
                {(!nothing_yet).then_some(shares)}
            </Card>
            {money}
            {controls}
            <details>
                <summary>{tr!(lang, "Cómo se calcula", "How this is computed")}</summary>
                <p class="small">{tr!(
                    lang,
                    "Cada persona cae en un grupo por sorteo y se queda en él, con todas sus cuentas. Cuentan todas las personas asignadas, se haya hecho algo o no con ellas. El intervalo del 95 % viene de la diferencia entre las personas de cada grupo (estimador de razón por persona, Welch). Si los importes son tan desiguales que el intervalo no sería fiable, no se muestra. Decida al final: mirar cada día y parar en el primer resultado bueno engaña.",
                    "Each person falls into a group by lot and stays in it, with all their accounts. Everybody who was assigned counts, whether something was done about them or not. The 95 % interval comes from how people of a group differ (ratio estimator over people, Welch). Where amounts are so uneven that it would not hold, none is shown. Decide at the end: to look every day and stop at the first good result misleads."
                )}</p>
            </details>
        </Frame>
    }
}

fn balance(chance: Option<f64>, lang: Lang) -> (Tone, &'static str) {
    match chance {
        None => (
            Tone::Info,
            tr!(
                lang,
                "Hay muy pocas personas para comprobar el reparto.",
                "There are too few people to check the split."
            ),
        ),
        Some(chance) if chance < UNLIKELY => (
            Tone::Warn,
            tr!(
                lang,
                "El reparto no es el previsto, y no puede ser casualidad. No use el resultado hasta saber por qué.",
                "The split is not what it should be, and that is no chance. Do not use the result until you know why."
            ),
        ),
        Some(_) => {
            (Tone::Success, tr!(lang, "El reparto es el previsto.", "The split is what it should be."))
        }
    }
}

fn groups(arms: &[ArmView], is_holdout: bool, locale: Locale) -> AnyView {
    let lang = locale.lang();
    let rows: Vec<_> = arms
        .iter()
        .map(|arm| {
            let name = arm_name(arm, is_holdout, lang);
            let name = match &arm.journey {
                Some((id, _)) => {
                    view! { <a href=format!("{}/{id}", crate::pages::journeys::ADDRESS)>{name}</a> }.into_any()
                }
                None => name.into_any(),
            };
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td class="num" data-label=tr!(lang, "Porcentaje", "Share")>{format!("{} %", arm.share_pct)}</td>
                    <td class="num" data-label=tr!(lang, "Personas", "People")>{format::count(arm.people, locale)}</td>
                    <td class="num" data-label=tr!(lang, "Cuentas", "Accounts")>{format::count(arm.accounts, locale)}</td>
                    <td class="num" data-label=tr!(lang, "Con días cumplidos", "Days completed")>{format::count(arm.complete, locale)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Grupo", "Group")),
        Column::number(tr!(lang, "Porcentaje", "Share")),
        Column::number(tr!(lang, "Personas", "People")),
        Column::number(tr!(lang, "Cuentas", "Accounts")),
        Column::number(tr!(lang, "Con días cumplidos", "Days completed")),
    ];
    view! { <DataTable caption=tr!(lang, "Grupos", "Groups") caption_hidden=true stacked=true columns>{rows}</DataTable> }
        .into_any()
}

fn money_card(money: &MoneyResults, name: &impl Fn(i32) -> String, locale: Locale) -> AnyView {
    let lang = locale.lang();
    let currency: Option<Currency> = money.currency.parse().ok();
    let say = |value: f64| {
        currency
            .map(|currency| format::money(&Money::from_minor(whole(value), currency), locale))
            .unwrap_or_default()
    };
    let rows = money.arms.iter().map(|arm| {
        let rate = arm.rate.map_or("–".to_owned(), say);
        (name(arm.arm), arm.accounts, rate, against(arm, lang, say))
    });
    let title = trf!(lang, "Dinero por cuenta, {}", "Money per account, {}", money.currency);
    let table = result_table(
        tr!(lang, "Dinero por cuenta", "Money per account"),
        tr!(lang, "Por cuenta", "Per account"),
        rows.collect(),
        locale,
    );
    view! { <Card title>{table}</Card> }.into_any()
}

fn controls(
    line: &services::strategy::ExperimentLine,
    arms: &[ArmView],
    name: &impl Fn(i32) -> String,
    lang: Lang,
) -> AnyView {
    let here = format!("{ADDRESS}/{}", line.id);
    match line.status {
        ExperimentStatus::Draft => view! {
            <PostForm action=here class="row">
                <Button name="act" value="start">{tr!(lang, "Empezar", "Start")}</Button>
            </PostForm>
        }
        .into_any(),
        ExperimentStatus::Running if !line.is_holdout => {
            let ways: Vec<_> =
                arms.iter().map(|arm| Choice::new(arm.arm.to_string(), name(arm.arm))).collect();
            view! {
                <Card title=tr!(lang, "Terminar", "End it")>
                    <PostForm action=here>
                        <input type="hidden" name="act" value="end"/>
                        <RadioGroup name="keep" legend=tr!(lang, "Con qué se sigue, para todo el segmento", "What goes on, for the whole segment") options=ways/>
                        <Button kind=ButtonKind::Secondary>{tr!(lang, "Terminar el experimento", "End the experiment")}</Button>
                    </PostForm>
                </Card>
            }
            .into_any()
        }
        _ => ().into_any(),
    }
}
