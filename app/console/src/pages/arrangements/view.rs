//! The page of an arrangement, from top to bottom.

use chrono::NaiveDate;
use domain::access::Permission;
use domain::arrangement::{Approval, Arrangement, ArrangementStatus, Due, Progress};
use leptos::prelude::*;
use services::arrangements::{ArrangementDebt, ArrangementRevision, ArrangementView, PlanChangeLine};
use services::autopay::AutopayPage;
use ui::prelude::*;

use super::show::CHANNELS;
use super::{ADDRESS, autopay, changes, words};
use crate::desk::{ACCOUNTS, Desk, Frame, Section};

#[component]
pub fn ArrangementPage(
    desk: Desk,
    found: ArrangementView,
    changes: Vec<PlanChangeLine>,
    automatic: AutopayPage,
    staff: Vec<(String, String)>,
    done: String,
) -> impl IntoView {
    let lang = use_lang();
    let crumbs =
        vec![Crumb::new(ADDRESS, Section::Arrangements.label(lang)), Crumb::here(found.debtor_name.clone())];
    let title = format!("{}: {}", words::kind(found.arrangement.terms.kind, lang), found.debtor_name);
    let actions = view! { <Actions desk=desk.clone() found=found.clone()/> };
    let changes = changes::card(changes, &desk);
    let automatic = autopay::card(automatic, &desk);
    let facts = view! { <Facts desk=desk.clone() found=found.clone() staff/> };
    let ArrangementView { progress, debts, revisions, today, .. } = found.clone();
    view! {
        <Frame desk section=Section::Arrangements title crumbs>
            <ErrorSummary/>
            <DoneNotice done/>
            <Head found/>
            <div class="split">
                <div>
                    {actions}
                    <Installments progress today/>
                    {automatic}
                    {changes}
                    {(revisions.len() > 1).then(|| view! { <Revisions revisions/> })}
                </div>
                <aside aria-label=tr!(lang, "Datos del convenio", "Facts of the arrangement")>
                    <Debts debts/>
                    {facts}
                </aside>
            </div>
        </Frame>
    }
}

#[component]
fn DoneNotice(done: String) -> impl IntoView {
    let lang = use_lang();
    let title = match done.as_str() {
        "oferta" => tr!(
            lang,
            "La oferta quedó hecha. Cuando el deudor acepte, registrarlo aquí.",
            "The offer is made. When the debtor agrees, record it here."
        ),
        "aceptado" => tr!(lang, "La aceptación quedó registrada.", "The acceptance is recorded."),
        "aprobado" => tr!(lang, "La oferta quedó aprobada.", "The offer is approved."),
        "sin-pago-automatico" => tr!(lang, "El pago automático quedó apagado.", "Automatic payment is off."),
        "cancelado" => tr!(lang, "El convenio quedó cancelado.", "The arrangement is cancelled."),
        _ => return ().into_any(),
    };
    view! { <Notice tone=Tone::Success title/> }.into_any()
}

/// How it stands at a glance: what is left, what comes next.
#[component]
fn Head(found: ArrangementView) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let ArrangementView { arrangement, progress, today, is_kept, .. } = found;
    let status = arrangement.status;
    let next = progress.next().map(|part| {
        trf!(
            lang,
            "{0}, {1}",
            "{0}, {1}",
            format::money(&part.left, locale),
            format::relative_day(part.due_on, today, locale)
        )
    });
    let step = match status {
        ArrangementStatus::Offered if matches!(arrangement.approval, Approval::Needed { .. }) => {
            tr!(lang, "Falta la aprobación de gerencia", "A manager has to approve it").to_owned()
        }
        ArrangementStatus::Offered => {
            tr!(lang, "Registrar la aceptación del deudor", "Record that the debtor agrees").to_owned()
        }
        ArrangementStatus::Accepted | ArrangementStatus::Active => next.unwrap_or_default(),
        ArrangementStatus::Completed => {
            tr!(lang, "Nada: está cumplido", "Nothing: it is completed").to_owned()
        }
        _ => tr!(lang, "Nada: ya terminó", "Nothing: it has ended").to_owned(),
    };
    let behind = (status.is_running() && !is_kept).then(|| {
        let text = trf!(lang, "Atrasado: {}", "Overdue: {}", format::money(&progress.overdue, locale));
        view! { <Badge tone=Tone::Warn>{text}</Badge> }
    });
    let share = format::share(progress.paid.minor().max(0), progress.total.minor().max(1), locale);
    let paid = trf!(
        lang,
        "Pagado {0} de {1} ({2})",
        "Paid {0} of {1} ({2})",
        format::money(&progress.paid, locale),
        format::money(&progress.total, locale),
        share
    );
    let percent =
        (i128::from(progress.paid.minor().max(0)) * 100 / i128::from(progress.total.minor().max(1))).min(100);
    view! {
        <section class="card account-head" aria-label=tr!(lang, "Resumen", "Summary")>
            <Amount money=progress.left label=tr!(lang, "Falta pagar", "Left to pay")/>
            <div class="account-state">
                <p class="row"><Badge tone=words::status_tone(status)>{words::status(status, lang)}</Badge>{behind}</p>
                <p class="soft small">{paid}</p>
                <progress class="progress" max="100" value=percent.to_string() aria-label=tr!(lang, "Avance", "Progress")></progress>
            </div>
            <div class="next-step">
                <p class="soft small">{tr!(lang, "Siguiente paso", "Next step")}</p>
                <p><strong>{step}</strong></p>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Installments(progress: Progress, today: NaiveDate) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let rows: Vec<_> = progress
        .installments
        .iter()
        .map(|part| {
            let (tone, says) = words::installment(part.state, lang);
            let when = format!(
                "{} ({})",
                format::date_short(part.due_on, locale),
                format::relative_day(part.due_on, today, locale)
            );
            view! {
                <tr>
                    <th scope="row" class="num">{part.number}</th>
                    <td data-label=tr!(lang, "Vence", "Due")>{when}</td>
                    <td class="num" data-label=tr!(lang, "Importe", "Amount")>{format::money(&part.amount, locale)}</td>
                    <td class="num" data-label=tr!(lang, "Pagado", "Paid")>{format::money(&part.paid, locale)}</td>
                    <td data-label=tr!(lang, "Estado", "Status")><Badge tone>{says}</Badge></td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::number(tr!(lang, "N.º", "No.")),
        Column::new(tr!(lang, "Vence", "Due")),
        Column::number(tr!(lang, "Importe", "Amount")),
        Column::number(tr!(lang, "Pagado", "Paid")),
        Column::new(tr!(lang, "Estado", "Status")),
    ];
    let title = tr!(lang, "Cuotas", "Instalments");
    view! { <Card title><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></Card> }
        .into_any()
}

/// Dates and amounts of a schedule, as they would be agreed or were.
#[component]
pub fn Schedule(schedule: Vec<Due>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let rows: Vec<_> = (1..)
        .zip(schedule)
        .map(|(number, due): (u32, Due)| {
            view! {
                <tr>
                    <th scope="row" class="num">{number}</th>
                    <td>{format::date_short(due.due_on, locale)}</td>
                    <td class="num">{format::money_bare(&due.amount, locale)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::number(tr!(lang, "N.º", "No.")),
        Column::new(tr!(lang, "Vence", "Due")),
        Column::number(tr!(lang, "Importe", "Amount")),
    ];
    view! { <DataTable caption=tr!(lang, "Calendario de pagos", "Payment schedule") columns>{rows}</DataTable> }
        .into_any()
}

#[component]
fn Revisions(revisions: Vec<ArrangementRevision>) -> impl IntoView {
    let lang = use_lang();
    let items: Vec<_> = revisions
        .into_iter()
        .map(|revision| {
            let name = trf!(lang, "Versión {}", "Version {}", revision.revision);
            view! { <details><summary>{name}</summary><Schedule schedule=revision.schedule/></details> }
        })
        .collect();
    view! {
        <Card title=tr!(lang, "Versiones del calendario", "Versions of the schedule")>
            <p class="soft small">{tr!(lang, "Cuando cambia la deuda, las cuotas se recalculan; todo lo anterior se conserva.", "When the debt changes, the instalments are computed anew; all that was before is kept.")}</p>
            {items}
        </Card>
    }
    .into_any()
}

#[component]
fn Debts(debts: Vec<ArrangementDebt>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let items: Vec<_> = debts
        .into_iter()
        .map(|debt| {
            let href = format!("{ACCOUNTS}/{}", debt.account_id);
            let forgiven = debt.forgiven.is_positive().then(|| {
                view! { <Pair term=tr!(lang, "Condonado", "Forgiven")>{format::money(&debt.forgiven, locale)}</Pair> }
            });
            view! {
                <p><a href=href>{debt.external_id}</a>" · "{debt.creditor_name}</p>
                <KeyValue>
                    <Pair term=tr!(lang, "Al ofrecer", "When offered")>{format::money(&debt.included, locale)}</Pair>
                    <Pair term=tr!(lang, "Hoy", "Today")>{format::money(&debt.owed, locale)}</Pair>
                    {forgiven}
                </KeyValue>
            }
        })
        .collect();
    view! { <Card title=tr!(lang, "Deudas incluidas", "Debts included")>{items}</Card> }.into_any()
}

#[component]
fn Facts(desk: Desk, found: ArrangementView, staff: Vec<(String, String)>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let ArrangementView { arrangement, forgiven, to_pay, evidence, .. } = found;
    let Arrangement {
        terms, agreed, approval, offered_on, offered_by, valid_until, acceptance, ending, ..
    } = arrangement;
    let name = |actor: &str| match staff.iter().find(|(audit, _)| audit == actor) {
        Some((_, name)) => name.clone(),
        None if actor.starts_with("debtor:") => {
            tr!(lang, "El deudor, en el portal", "The debtor, in the portal").to_owned()
        }
        None => "Saldar".to_owned(),
    };
    let day = move |on: NaiveDate| format::date_short(on, locale);
    let offered = format!("{} · {}", day(offered_on), name(&offered_by));
    let forgiven: Vec<_> = forgiven
        .iter()
        .map(|(component, part)| {
            let term = trf!(
                lang,
                "Quita de {}",
                "Discount on {}",
                labels::component(*component, lang).to_lowercase()
            );
            let text = format::money(part, locale);
            view! { <Pair term>{text}</Pair> }
        })
        .collect();
    let approved = match approval {
        Approval::NotNeeded => None,
        Approval::Needed { .. } => Some(tr!(lang, "Pendiente", "Pending").to_owned()),
        Approval::Given { by, at } => Some(format!("{} · {}", desk.time(at), name(&by))),
    };
    let accepted = acceptance.map(|given| format!("{} · {}", desk.time(given.at), name(&given.by)));
    let proven = evidence.as_ref().and_then(|value| words::proof(value.get("proof")?, &desk));
    let words_said = evidence.and_then(|value| value.get("words")?.as_str().map(str::to_owned));
    let ended = ending.map(|ending| (day(ending.on), ending.why));
    let debt = agreed.debt.total().ok().map(|total| format::money(&total, locale));
    view! {
        <Card title=tr!(lang, "Lo acordado", "What was agreed")>
            <KeyValue>
                <Pair term=tr!(lang, "Deuda al ofrecer", "Debt when offered")>{debt}</Pair>
                {forgiven}
                <Pair term=tr!(lang, "Se paga en total", "To pay in all") strong=true>{format::money(&to_pay, locale)}</Pair>
                {(terms.kind == domain::arrangement::ArrangementKind::Settlement).then(|| view! {
                    <Pair term=tr!(lang, "Se condona", "Forgiven")>{words::when_forgiven(terms.when_forgiven, lang)}</Pair>
                })}
                <Pair term=tr!(lang, "Días de gracia", "Days of grace")>{terms.grace_days}</Pair>
                <Pair term=tr!(lang, "Ofrecido", "Offered")>{offered}</Pair>
                {valid_until.map(|on| view! { <Pair term=tr!(lang, "Oferta válida hasta", "Offer valid until")>{day(on)}</Pair> })}
                {approved.map(|text| view! { <Pair term=tr!(lang, "Aprobación", "Approval")>{text}</Pair> })}
                {accepted.map(|text| view! { <Pair term=tr!(lang, "Aceptado", "Accepted")>{text}</Pair> })}
                {words_said.map(|text| view! { <Pair term=tr!(lang, "Prueba", "Evidence")>{text}</Pair> })}
                {proven.map(|text| view! { <Pair term=tr!(lang, "Comprobó quién es", "Proved who they are")>{text}</Pair> })}
                {ended.map(|(on, why)| view! { <Pair term=tr!(lang, "Terminó", "Ended")>{on}" · "{why}</Pair> })}
            </KeyValue>
        </Card>
    }
    .into_any()
}

/// What can be done about it, by status and permission.
#[component]
fn Actions(desk: Desk, found: ArrangementView) -> impl IntoView {
    let lang = use_lang();
    let of = &found.arrangement;
    let action = format!("{ADDRESS}/{}", of.id);
    let offered = of.status == ArrangementStatus::Offered;
    let to_approve = offered && matches!(of.approval, Approval::Needed { .. });
    let approve = (to_approve && desk.may(Permission::ArrangementApprove)).then(|| {
        view! {
            <PostForm action=action.clone() class="row">
                <input type="hidden" name="act" value="approve"/>
                <Button icon=Glyph::Check>{tr!(lang, "Aprobar la oferta", "Approve the offer")}</Button>
            </PostForm>
        }
    });
    let waits = to_approve.then(|| {
        let title = tr!(lang, "Va más allá de los límites de quien la ofreció: gerencia debe aprobarla antes de aceptar.", "It goes beyond the limits of whoever offered it: a manager has to approve it before it is accepted.");
        view! { <Notice tone=Tone::Info title/> }
    });
    let accept = (offered && !to_approve && desk.may(Permission::ArrangementOffer)).then(|| {
        let channels = CHANNELS.iter().map(|code| Choice::new(*code, channel(code, lang))).collect();
        view! {
            <details open=true>
                <summary><Icon glyph=Glyph::Handshake/><span>{tr!(lang, "Registrar la aceptación", "Record the acceptance")}</span></summary>
                <PostForm action=action.clone()>
                    <input type="hidden" name="act" value="accept"/>
                    <input type="hidden" name="terms" value=found.terms_hash.clone()/>
                    <Select name="channel" label=tr!(lang, "Cómo aceptó", "How they agreed") options=channels value="phone"/>
                    <Textarea
                        name="words" label=tr!(lang, "Prueba de la aceptación", "Evidence of the acceptance") rows=2 maxlength=2000
                        hint=tr!(lang, "Palabras del deudor, firma o número de la grabación", "The debtor's words, signature or number of the recording")
                    />
                    <Button>{tr!(lang, "El deudor acepta", "The debtor agrees")}</Button>
                </PostForm>
            </details>
        }
    });
    let needed = if offered { Permission::ArrangementOffer } else { Permission::ArrangementExceed };
    let cancel = ((offered || of.status.is_running()) && desk.may(needed)).then(|| {
        let refused = form_state().is_some_and(|state| state.error("reason").is_some());
        let hint = if offered {
            tr!(lang, "La oferta deja de valer.", "The offer is off.")
        } else {
            tr!(lang, "Lo pagado queda pagado; lo condonado por adelantado vuelve a deberse. El incumplimiento no se marca a mano: sigue de las cuotas y su gracia.", "What is paid stays paid; what was forgiven in advance is owed again. A breach is not marked by hand: it follows from the instalments and their grace.")
        };
        view! {
            <details open=refused>
                <summary><Icon glyph=Glyph::Close/><span>{tr!(lang, "Cancelar", "Cancel")}</span></summary>
                <PostForm action=action.clone()>
                    <input type="hidden" name="act" value="cancel"/>
                    <Field name="reason" label=tr!(lang, "Motivo", "Reason") hint autocomplete="off"/>
                    <Button kind=ButtonKind::Danger>{tr!(lang, "Cancelar el convenio", "Cancel the arrangement")}</Button>
                </PostForm>
            </details>
        }
    });
    let any = approve.is_some() || accept.is_some() || cancel.is_some();
    view! {
        {waits}
        {any.then(|| view! {
            <section class="card actions" id="status" aria-label=tr!(lang, "Acciones", "Actions")>{approve}{accept}{cancel}</section>
        })}
    }
    .into_any()
}

fn channel(code: &str, lang: Lang) -> &'static str {
    match code {
        "phone" => tr!(lang, "Por teléfono", "By telephone"),
        "office" => tr!(lang, "En la oficina", "At the office"),
        "visit" => tr!(lang, "En una visita", "At a visit"),
        _ => tr!(lang, "Por escrito", "In writing"),
    }
}
