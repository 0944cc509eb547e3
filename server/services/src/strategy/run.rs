//! A run: who comes in, and for each step that is due, leave for each account and then the act.
//!
//! Everything of a page is one transaction. Who does a step is settled by the key of its row, so a
//! run that is repeated, or two at once, do nothing twice. The outbox asks again when it sends.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Permission};
use domain::contact::{NextSlot, Outcome, Refusal};
use domain::ids::{AccountId, MessageId, OrganizationId, PartyId};
use domain::money::Money;
use domain::party::ContactKind;
use domain::strategy::{Act, Rule, Step};
use serde::Serialize;
use serde_json::json;
use store::contact::{self, DecisionRow, Facts, Past};
use store::entities::call_tasks;
use store::journeys::{self, HELD, StepOf, StepRow, Version};
use store::segments::{self, Moment};
use store::{Tx, parties};

use super::journeys::{JourneyLine, line};
use super::segments::rule_of;
use super::template;
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
    /// Waiting for a lawful day.
    pub held: u64,
    /// Not lawful or not possible, whatever the day.
    pub refused: u64,
    /// Paid or promised meanwhile.
    pub dropped: u64,
}

/// What the texts of a run say of everybody alike.
struct Names {
    agency: String,
    creditors: HashMap<uuid::Uuid, String>,
}

/// What is to be done about one account.
enum Plan {
    Message(Permitted, Pursuit),
    Call(Permitted),
    Visit(Permitted, domain::ids::UserId),
    Nothing,
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
        let creditors = parties::creditors(self.db.read(), org).await?;
        let names = Names {
            agency: self.organization(org).await?.name,
            creditors: creditors.into_iter().map(|creditor| (creditor.id.0, creditor.name)).collect(),
        };
        let mut report = RunReport::default();
        for row in journeys::all(self.db.read(), org).await?.into_iter().filter(|row| row.running) {
            let journey = line(row)?;
            let segment =
                segments::version(self.db.read(), org, journey.segment, journey.segment_version).await?;
            let Some(segment) = segment else { continue };
            let rule = rule_of(&segment)?;
            let version = Version { organization: org, journey: journey.id, version: journey.version };
            let before = report.clone();
            let tx = self.begin().await?;
            report.entered += journeys::enter(&tx, version, &rule, at).await?;
            tx.commit().await?;
            for (number, step) in (0..).zip(&journey.steps.0) {
                let of = StepOf { of: version, step: number, day: step.day };
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
            let mut facts = contact::facts(&tx, org, &due).await?;
            let policy = self.contact_policy_in(&tx, org).await?.policy;
            // Two debts of one person on one page: the first counts against the second.
            let mut fresh: HashMap<PartyId, Vec<Past>> = HashMap::new();
            let mut planned: Vec<(StepRow, Option<DecisionRow>, Plan)> = Vec::new();
            for id in &due {
                let Some(own) = facts.get_mut(id) else { continue };
                own.history.extend(fresh.get(&own.debtor.id).into_iter().flatten().cloned());
                let (row, decision, plan) = self.plan_of_step((journey, of, step), own, &policy, at, names);
                if let Plan::Message(permitted, _) | Plan::Call(permitted) | Plan::Visit(permitted, _) = &plan
                {
                    fresh.entry(own.debtor.id).or_default().push(past(own, permitted));
                }
                planned.push((row, decision, plan));
            }
            let rows = planned.iter().map(|(row, ..)| row.clone()).collect();
            let mine = journeys::claim(&tx, of, rows, at.today).await?;
            planned.retain(|(row, ..)| mine.contains(&AccountId(row.account_id)));
            self.act(&tx, actor, planned, at, report).await?;
            tx.commit().await?;
        }
    }

    fn plan_of_step(
        &self,
        (journey, of, step): (&JourneyLine, StepOf, &Step),
        facts: &Facts,
        policy: &ContactPolicy,
        at: Moment,
        names: &Names,
    ) -> (StepRow, Option<DecisionRow>, Plan) {
        let mut row = StepRow {
            organization_id: of.of.organization.0,
            journey_id: journey.id.0,
            version: journey.version,
            account_id: facts.account.id.0,
            step: of.step,
            on_date: at.today,
            at: at.now,
            outcome: String::new(),
            detail: None,
            decision_id: None,
            retry_on: None,
        };
        let mut ended = |outcome: &str, detail: Option<String>| {
            outcome.clone_into(&mut row.outcome);
            row.detail = detail;
        };
        if let Some(code) = no_longer_wanted(facts) {
            ended("dropped", Some(code.to_owned()));
            return (row, None, Plan::Nothing);
        }
        let message = match &step.act {
            Act::Email { subject, body } => match self.message(facts, (subject, body), at, names) {
                Ok(message) => Some(message),
                Err(code) => {
                    ended("refused", Some(code.to_owned()));
                    return (row, None, Plan::Nothing);
                }
            },
            Act::Call | Act::Visit { .. } => None,
        };
        let asked = match step.act {
            Act::Email { .. } => Asked::Queue,
            Act::Call => Asked::AskForCall,
            Act::Visit { .. } => Asked::PlanVisit,
        };
        let org = of.of.organization;
        let (answer, decision) =
            self.decided_on_day(org, facts, policy, (asked, step.act.channel()), at.today);
        row.decision_id = Some(decision.id);
        let plan = match answer {
            Answer::Yes(permitted) => {
                let (outcome, plan) = match (&step.act, message) {
                    (Act::Visit { collector }, _) => ("visit", Plan::Visit(permitted, *collector)),
                    (Act::Call, _) => ("call", Plan::Call(permitted)),
                    (Act::Email { .. }, Some(message)) => ("message", Plan::Message(permitted, message)),
                    (Act::Email { .. }, None) => ("refused", Plan::Nothing),
                };
                outcome.clone_into(&mut row.outcome);
                plan
            }
            Answer::No(Refusal { reason, next: NextSlot::At(next), .. }) => {
                HELD.clone_into(&mut row.outcome);
                row.detail = Some(reason.to_string());
                // Never the same day again, which would be asked for in a circle.
                row.retry_on = at.today.succ_opt().map(|tomorrow| next.date_naive().max(tomorrow));
                Plan::Nothing
            }
            Answer::No(refusal) => {
                "refused".clone_into(&mut row.outcome);
                row.detail = Some(refusal.reason.to_string());
                Plan::Nothing
            }
            Answer::Unknown(_) => {
                "refused".clone_into(&mut row.outcome);
                row.detail = Some("unknown_rules".to_owned());
                Plan::Nothing
            }
        };
        (row, Some(decision), plan)
    }

    /// The letter, filled in, or why there is none.
    fn message(
        &self,
        facts: &Facts,
        (subject, body): (&str, &str),
        at: Moment,
        names: &Names,
    ) -> Result<Pursuit, &'static str> {
        let address = facts.point(ContactKind::Email).ok_or("no_email")?;
        let account = &facts.account;
        let says = template::Facts {
            name: &facts.debtor.name,
            creditor: names.creditors.get(&account.creditor_id.0).map_or("", String::as_str),
            agency: &names.agency,
            account: &account.external_id,
            amount: template::amount(
                Money::from_minor(facts.owed_minor, account.currency),
                &facts.debtor.country,
            ),
            days_past_due: domain::calendar::days_past_due(account.due_on, at.today),
            link: &self.public_url,
        };
        let fill = |text: &str| template::fill(text, &says).map_err(|_| "template");
        Ok(Pursuit {
            id: MessageId(self.new_id()),
            recipient: address.value.clone(),
            subject: Some(fill(subject)?),
            body: fill(body)?,
            template: None,
        })
    }

    async fn act(
        &self,
        tx: &Tx,
        actor: &Actor,
        planned: Vec<(StepRow, Option<DecisionRow>, Plan)>,
        at: Moment,
        report: &mut RunReport,
    ) -> ServiceResult<()> {
        let (mut decisions, mut messages, mut calls) = (Vec::new(), Vec::new(), Vec::new());
        for (row, decision, plan) in planned {
            decisions.extend(decision);
            match row.outcome.as_str() {
                HELD => report.held += 1,
                "refused" => report.refused += 1,
                "dropped" => report.dropped += 1,
                _ => {}
            }
            match plan {
                Plan::Nothing => {}
                Plan::Message(permitted, message) => messages.push((permitted, message)),
                Plan::Call(permitted) => {
                    calls.push(self.call(actor.organization_id, &row, &permitted, at.now))
                }
                Plan::Visit(permitted, collector) => {
                    self.add_visit(tx, permitted, collector, at.today).await?;
                    report.visits += 1;
                }
            }
        }
        report.messages += messages.len() as u64;
        report.calls += calls.len() as u64;
        contact::keep(tx, decisions).await?;
        self.pursue(tx, messages, at.now + MESSAGE_LIVES).await?;
        Ok(journeys::ask_for_calls(tx, calls).await?)
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
            status: "open".to_owned(),
            created_at: now,
        }
    }
}

impl RunReport {
    /// Steps that came to an end, or wait.
    pub const fn done(&self) -> u64 {
        self.messages + self.calls + self.visits + self.held + self.refused + self.dropped
    }
}

fn past(facts: &Facts, permitted: &Permitted) -> Past {
    Past {
        at: permitted.permit().at(),
        channel: permitted.permit().channel(),
        outcome: Outcome::NoAnswer,
        creditor: facts.account.creditor_id.0,
        debt: facts.account.id.0,
        message: None,
    }
}
