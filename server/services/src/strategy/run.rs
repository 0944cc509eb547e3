//! A run: who comes in, and for each step that is due, leave for each account and then the act.
//!
//! Everything of a page is one transaction. Who does a step is settled by the key of its row, so a
//! run that is repeated, or two at once, do nothing twice. The outbox asks again when it sends.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use domain::access::{Actor, Permission};
use domain::contact::{NextSlot, Outcome, Refusal};
use domain::ids::{AccountId, MessageId, OrganizationId, PartyId, TemplateId};
use domain::strategy::{Act, Rule, Step, Texts};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use serde_json::json;
use store::contact::{self, Closed, DecisionRow, Facts, Past, Ways};
use store::entities::call_tasks;
use store::journeys::{self, HELD, StepOf, StepRow, Version};
use store::segments::{self, Moment};
use store::{Tx, calls, happened, parties, versions};

use super::compose::Writer;
use super::journeys::{JourneyLine, line, templates_of};
use super::segments::rule_of;
use crate::contact::{Act as Asked, Answer, ContactPolicy, Permitted, no_longer_wanted};
use crate::outbox::Pursuit;
use crate::{ServiceResult, Services};

/// Accounts that are worked on in one transaction.
const PAGE: u64 = 500;
/// How long a message of a journey is worth sending.
const MESSAGE_LIVES: TimeDelta = TimeDelta::days(3);

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RunReport {
    pub journeys: u64,
    /// Accounts that came into a journey.
    pub entered: u64,
    pub messages: u64,
    pub calls: u64,
    pub visits: u64,
    /// Accounts that every journey leaves alone for a time.
    pub rests: u64,
    /// Waiting for a lawful day.
    pub held: u64,
    /// Not lawful or not possible, whatever the day.
    pub refused: u64,
    /// Paid or promised meanwhile.
    pub dropped: u64,
    /// The step's condition did not hold, or there was nothing to offer.
    pub skipped: u64,
}

/// What the texts of a journey say of everybody alike.
pub(super) struct Names {
    agency: String,
    creditors: HashMap<uuid::Uuid, String>,
    link: String,
    templates: HashMap<TemplateId, (i32, Texts)>,
}

impl Names {
    pub(super) const fn writer<'a>(&'a self, (ways, closed): (&'a Ways, &'a Closed)) -> Writer<'a> {
        let Self { agency, creditors, link, templates } = self;
        Writer { agency: agency.as_str(), creditors, link: link.as_str(), templates, ways, closed }
    }
}

/// What is to be done about one account.
pub(super) enum Plan {
    Message(Permitted, Pursuit),
    Call(Permitted),
    Visit(Permitted, domain::ids::UserId),
    /// Every journey leaves the account alone until that day, it included.
    Rest(NaiveDate),
    Nothing,
}

/// How a step ends for one account today.
pub(super) struct Done {
    pub outcome: &'static str,
    pub detail: Option<String>,
    pub retry_on: Option<NaiveDate>,
    /// What was asked of the law, in order; the last one counts.
    pub decisions: Vec<DecisionRow>,
    pub plan: Plan,
}

impl Done {
    pub fn ended(outcome: &'static str, code: &str) -> Self {
        let detail = Some(code.to_owned());
        Self { outcome, detail, retry_on: None, decisions: Vec::new(), plan: Plan::Nothing }
    }
}

impl Services {
    /// Runs every journey that is set going, for today.
    ///
    /// # Errors
    /// `Denied`, or the database. What was done before the failure stays done, and a repeated run
    /// goes on.
    pub async fn run_strategy(&self, actor: &Actor) -> ServiceResult<RunReport> {
        actor.require(Permission::StrategyWrite)?;
        let org = actor.organization_id;
        let at = self.moment(org).await?;
        let mut report = RunReport::default();
        self.enrol(actor, at).await?;
        let tx = self.begin().await?;
        let by = actor.audit_name();
        let closed = calls::close_unwanted(&tx, org, (&by, at.now)).await?;
        if closed > 0 {
            let details = json!({ "closed": closed });
            self.audit(&tx, actor, "calls.not_needed", "organization".to_owned(), details).await?;
        }
        tx.commit().await?;
        for row in versions::going(self.db.read(), org).await? {
            let journey = line(row)?;
            let segment =
                segments::version(self.db.read(), org, journey.segment, journey.segment_version).await?;
            let Some(segment) = segment else { continue };
            let rule = rule_of(&segment)?;
            let version = Version { organization: org, journey: journey.id, version: journey.version };
            let names = self.names(org, &journey).await?;
            let before = report.clone();
            let tx = self.begin().await?;
            report.entered += journeys::enter(&tx, version, &rule, at).await?;
            tx.commit().await?;
            for (number, step) in (0..).zip(&journey.steps.steps) {
                let from = journey.steps.counts_from;
                let of = StepOf { of: version, step: number, from, day: step.day };
                self.run_step(actor, (&journey, of, step), &rule, at, &names, &mut report).await?;
            }
            report.journeys += 1;
            if report.done() > before.done() || report.entered > before.entered {
                let tx = self.begin().await?;
                let details = json!({ "version": journey.version, "on": at.today, "run": report });
                self.audit(&tx, actor, "journey.ran", format!("journey:{}", journey.id), details).await?;
                tx.commit().await?;
            }
        }
        Ok(report)
    }

    pub(super) async fn names(&self, org: OrganizationId, journey: &JourneyLine) -> ServiceResult<Names> {
        let db = self.db.read();
        let creditors = parties::creditors(db, org).await?;
        Ok(Names {
            agency: self.organization(org).await?.name,
            creditors: creditors.into_iter().map(|creditor| (creditor.id.0, creditor.name)).collect(),
            link: self.public_url.clone(),
            templates: self.texts_in_use(db, org, &templates_of(&journey.steps)).await?,
        })
    }

    async fn run_step(
        &self,
        actor: &Actor,
        (journey, of, step): (&JourneyLine, StepOf, &Step),
        rule: &Rule,
        at: Moment,
        names: &Names,
        report: &mut RunReport,
    ) -> ServiceResult<()> {
        let org = actor.organization_id;
        let mut after = None;
        loop {
            let due = journeys::due(self.db.read(), of, rule, at, after, PAGE).await?;
            let Some(last) = due.last().copied() else { return Ok(()) };
            after = Some(last);
            let tx = self.begin().await?;
            let mut facts = contact::facts(&tx, org, &due, self.now().date_naive()).await?;
            let policy = self.contact_policy_in(&tx, org).await?.policy;
            let ways = contact::ways(&tx, org, facts.values().map(|own| own.debtor.id)).await?;
            let skipped = self.skipped(&tx, actor, (of.of, step), &due, at).await?;
            let closed = contact::closed(&tx, org, facts.values(), &self.providers).await?;
            let writer = names.writer((&ways, &closed));
            // Two debts of one person on one page: the first counts against the second.
            let mut fresh: HashMap<PartyId, Vec<Past>> = HashMap::new();
            let mut planned = Vec::new();
            for id in &due {
                let Some(own) = facts.get_mut(id) else { continue };
                own.history.extend(fresh.get(&own.debtor.id).into_iter().flatten().cloned());
                let mut done =
                    self.plan_of_step(org, (step, skipped.get(id).copied()), own, &policy, at, &writer);
                if let Plan::Message(permitted, _) | Plan::Call(permitted) | Plan::Visit(permitted, _) =
                    &done.plan
                {
                    fresh.entry(own.debtor.id).or_default().push(past(own, permitted));
                }
                let row = StepRow {
                    organization_id: org.0,
                    journey_id: journey.id.0,
                    version: journey.version,
                    account_id: id.0,
                    step: of.step,
                    on_date: at.today,
                    at: at.now,
                    outcome: done.outcome.to_owned(),
                    detail: done.detail.take(),
                    decision_id: done.decisions.last().map(|decision| decision.id),
                    retry_on: done.retry_on,
                };
                planned.push((row, done));
            }
            let rows = planned.iter().map(|(row, _)| row.clone()).collect();
            let mine = journeys::claim(&tx, of, rows, at.today).await?;
            planned.retain(|(row, _)| mine.contains(&AccountId(row.account_id)));
            self.act(&tx, actor, planned, at, report).await?;
            tx.commit().await?;
        }
    }

    /// Accounts that the step is not for, with the reason.
    async fn skipped(
        &self,
        tx: &impl ConnectionTrait,
        actor: &Actor,
        (of, step): (Version, &Step),
        due: &[AccountId],
        at: Moment,
    ) -> ServiceResult<HashMap<AccountId, &'static str>> {
        let mut skipped = skipped_by_condition(tx, actor.organization_id, step, due, at).await?;
        if let Some(event) = step.after {
            let since = happened::since(tx, of, due).await?;
            let why = |id: &AccountId| event.why_not(since.get(id).copied().unwrap_or_default());
            let rest: Vec<AccountId> = due.iter().copied().filter(|id| !skipped.contains_key(id)).collect();
            skipped.extend(rest.iter().filter_map(|id| Some((*id, why(id)?))));
        }
        // What staff decided about one account comes before all else.
        skipped.extend(happened::held(tx, (of.organization, of.journey), due, at.today).await?);
        let rest: Vec<AccountId> = due.iter().copied().filter(|id| !skipped.contains_key(id)).collect();
        skipped.extend(self.without_offer(tx, actor, step, &rest).await?);
        Ok(skipped)
    }

    /// Accounts to which a step that offers has nothing to offer today.
    pub(super) async fn without_offer(
        &self,
        tx: &impl ConnectionTrait,
        actor: &Actor,
        step: &Step,
        due: &[AccountId],
    ) -> ServiceResult<HashMap<AccountId, &'static str>> {
        let mut none = HashMap::new();
        if let Act::Offer(_) = step.act {
            for id in due {
                if self.deals_for(tx, actor, *id).await?.is_empty() {
                    none.insert(*id, "no_offer");
                }
            }
        }
        Ok(none)
    }

    /// What the step does about one account: the first of its channels that is possible and lawful
    /// today; else it waits for the first lawful day of any.
    pub(super) fn plan_of_step(
        &self,
        org: OrganizationId,
        (step, skipped): (&Step, Option<&'static str>),
        facts: &Facts,
        policy: &ContactPolicy,
        at: Moment,
        writer: &Writer,
    ) -> Done {
        match (no_longer_wanted(facts), skipped) {
            (Some(code), _) => return Done::ended("dropped", code),
            (None, Some(code)) => return Done::ended("skipped", code),
            (None, None) => {}
        }
        let act = match step.act {
            // Nobody is contacted: the law is not asked.
            Act::Hold { days } => {
                let until = at.today.checked_add_days(Days::new(u64::from(days))).unwrap_or(at.today);
                let done = Done::ended("hold", &format!("until:{until}"));
                return Done { plan: Plan::Rest(until), ..done };
            }
            Act::Message(_) | Act::Offer(_) => Asked::Queue,
            Act::Call => Asked::AskForCall,
            Act::Visit { .. } => Asked::PlanVisit,
        };
        let letter = step.act.letter();
        let channels =
            letter.map_or_else(|| step.act.channels().to_vec(), |letter| writer.order(facts, letter));
        let mut done = Done::ended("refused", "");
        let (mut reasons, mut first_lawful) = (Vec::new(), None::<NaiveDate>);
        for channel in channels {
            let address = letter.map(|letter| writer.address(facts, letter, channel).map(|at| (letter, at)));
            let address = match address.transpose() {
                Ok(address) => address,
                Err(code) => {
                    reasons.push(format!("{channel}:{code}"));
                    continue;
                }
            };
            let (answer, decision) =
                self.decided_on_day(org, facts, policy, (act, channel), (at.today, at.now));
            done.decisions.push(decision);
            let why = match answer {
                Answer::Yes(permitted) => {
                    let plan = match (&step.act, address) {
                        (Act::Visit { collector }, _) => Ok(("visit", Plan::Visit(permitted, *collector))),
                        (_, None) => Ok(("call", Plan::Call(permitted))),
                        (_, Some((letter, point))) => {
                            let id = MessageId(self.new_id());
                            let by = (permitted.permit(), point);
                            let written = writer.write(id, facts, letter, by, self.link_code(), at);
                            written.map(|message| ("message", Plan::Message(permitted, message)))
                        }
                    };
                    match plan {
                        Ok((outcome, plan)) => {
                            // By which channel, after which were not possible.
                            reasons.push(channel.to_string());
                            done.detail = Some(reasons.join(" "));
                            (done.outcome, done.plan) = (outcome, plan);
                            return done;
                        }
                        Err(code) => code.to_owned(),
                    }
                }
                Answer::No(Refusal { reason, next: NextSlot::At(next), .. }) => {
                    // Never the same day again, which would be asked for in a circle.
                    let day = at.today.succ_opt().map(|tomorrow| next.date_naive().max(tomorrow));
                    first_lawful = first_lawful.into_iter().chain(day).min();
                    reason.to_string()
                }
                Answer::No(refusal) => refusal.reason.to_string(),
                Answer::Unknown(_) => "unknown_rules".to_owned(),
            };
            reasons.push(format!("{channel}:{why}"));
        }
        done.detail = Some(reasons.join(" "));
        if first_lawful.is_some() {
            (done.outcome, done.retry_on) = (HELD, first_lawful);
        }
        done
    }

    async fn act(
        &self,
        tx: &Tx,
        actor: &Actor,
        planned: Vec<(StepRow, Done)>,
        at: Moment,
        report: &mut RunReport,
    ) -> ServiceResult<()> {
        let (mut decisions, mut messages, mut asked) = (Vec::new(), Vec::new(), Vec::new());
        for (row, done) in planned {
            decisions.extend(done.decisions);
            match done.outcome {
                HELD => report.held += 1,
                "refused" => report.refused += 1,
                "dropped" => report.dropped += 1,
                "skipped" => report.skipped += 1,
                _ => {}
            }
            match done.plan {
                Plan::Nothing => {}
                Plan::Rest(until) => {
                    self.rest(tx, actor, &row, until, at.now).await?;
                    report.rests += 1;
                }
                Plan::Message(permitted, message) => messages.push((permitted, message)),
                Plan::Call(permitted) => {
                    asked.push(self.call(actor.organization_id, &row, &permitted, at.now));
                }
                Plan::Visit(permitted, collector) => {
                    self.add_visit(tx, permitted, collector, at.today).await?;
                    report.visits += 1;
                }
            }
        }
        report.messages += messages.len() as u64;
        report.calls += asked.len() as u64;
        contact::keep(tx, decisions).await?;
        self.pursue(tx, messages, at.now + MESSAGE_LIVES).await?;
        Ok(journeys::ask_for_calls(tx, asked).await?)
    }

    fn call(
        &self,
        org: OrganizationId,
        row: &StepRow,
        permitted: &Permitted,
        now: DateTime<Utc>,
    ) -> call_tasks::Model {
        call_tasks::Model {
            organization_id: org.0,
            id: self.new_id(),
            account_id: permitted.account().0,
            decision_id: permitted.decision().0,
            not_before: permitted.permit().at(),
            not_after: permitted.permit().valid_until(),
            source: format!("journey:{}:{}:{}:{}", row.journey_id, row.version, row.step, row.account_id),
            status: calls::OPEN.to_owned(),
            created_at: now,
            closed_at: None,
            closed_by: None,
            outcome: None,
        }
    }
}

/// Accounts for which the step's condition does not hold on that day.
pub(super) async fn skipped_by_condition(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    step: &Step,
    due: &[AccountId],
    at: Moment,
) -> ServiceResult<HashMap<AccountId, &'static str>> {
    let Some(rule) = &step.only_if else { return Ok(HashMap::new()) };
    let rows = segments::rows(db, org, due, at).await?;
    let fails = |id: &&AccountId| !rows.get(*id).is_some_and(|row| rule.holds(row));
    Ok(due.iter().filter(fails).map(|id| (*id, "condition")).collect())
}

impl RunReport {
    /// Steps that came to an end, or wait.
    pub const fn done(&self) -> u64 {
        self.messages
            + self.calls
            + self.visits
            + self.rests
            + self.held
            + self.refused
            + self.dropped
            + self.skipped
    }
}

pub(super) fn past(facts: &Facts, permitted: &Permitted) -> Past {
    Past {
        at: permitted.permit().at(),
        channel: permitted.permit().channel(),
        outcome: Outcome::NoAnswer,
        creditor: facts.account.creditor_id.0,
        debt: facts.account.id.0,
        message: None,
    }
}
