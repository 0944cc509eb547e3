//! Leave to contact: asked for here, decided by the law, kept whatever the answer.
//!
//! A [`Permitted`] has no maker but [`Services::decided`]: it holds the domain's permit and the stored
//! decision behind it. Whatever pursues a debt (a message, a visit, a call that is asked for) takes
//! one, and the outbox asks again when it sends.

mod policy;
mod view;
mod words;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::cases::legal_stops;
use domain::contact::{
    Channel, Circumstances, Consents, ContactCase, ContactError, ContactPermit, Decision, LegalStop,
    NextSlot, PastContact, Refusal, Rules, StopKind, Zone, decide,
};
use domain::ids::{AccountId, ContactDecisionId, OrganizationId, PartyId};
use domain::party::ContactKind;
use store::contact::{DecisionRow, Facts};
use store::{Tx, contact};
use uuid::Uuid;

pub use policy::{ContactPolicy, PolicyHistory, PolicySaved, PolicyVersion};
pub use view::{DecisionLine, Outlook};
pub use words::reason_words;

pub(crate) use view::line;
pub(crate) use words::why_not;

use crate::{ServiceError, ServiceResult, Services};

/// What leave is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// To put a message into the outbox.
    Queue,
    /// To hand a message to its channel.
    Send,
    PlanVisit,
    /// To ask a member of staff for a call.
    AskForCall,
}

impl Act {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Send => "send",
            Self::PlanVisit => "plan_visit",
            Self::AskForCall => "ask_for_call",
        }
    }
}

/// Leave for one contact about one debt, with the decision that is kept of it. It cannot be copied.
#[derive(Debug)]
pub struct Permitted {
    organization: OrganizationId,
    permit: ContactPermit,
    decision: ContactDecisionId,
    account: AccountId,
    debtor: PartyId,
}

impl Permitted {
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }

    pub const fn permit(&self) -> &ContactPermit {
        &self.permit
    }

    pub const fn decision(&self) -> ContactDecisionId {
        self.decision
    }

    pub const fn account(&self) -> AccountId {
        self.account
    }

    pub const fn debtor(&self) -> PartyId {
        self.debtor
    }
}

/// Whether there is leave.
#[derive(Debug)]
pub enum Answer {
    Yes(Permitted),
    No(Refusal),
    /// The rules for that debtor are not known: then there is none.
    Unknown(ContactError),
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    pub act: Act,
    pub channel: Channel,
    pub at: DateTime<Utc>,
    /// A message of the outbox that is this very contact, so that it does not count against itself.
    pub message: Option<Uuid>,
}

impl Services {
    /// Decides on what was loaded; the caller keeps the row, whatever the answer.
    pub(crate) fn decided(
        &self,
        org: OrganizationId,
        facts: &Facts,
        policy: &ContactPolicy,
        ask: Ask,
    ) -> (Answer, DecisionRow) {
        let id = ContactDecisionId(self.new_id());
        let country = facts.debtor.country.as_str();
        let case = case_of(facts, ask);
        let overrides = policy.of(country);
        let date = local_date(facts, ask.at);
        let decision = Rules::embedded(country, date, &overrides).and_then(|rules| decide(rules, &case));
        let mut row = DecisionRow {
            organization_id: org.0,
            id: id.0,
            account_id: facts.account.id.0,
            decided_at: self.now(),
            asked_for: ask.at,
            act: ask.act.as_str().to_owned(),
            channel: ask.channel.as_str().to_owned(),
            input_digest: case.digest(&overrides),
            country: country.to_owned(),
            pack_version: String::new(),
            answer: String::new(),
            reason: None,
            law: None,
            article: None,
            is_policy: false,
            evidence: String::new(),
            next_kind: None,
            next_at: None,
            valid_until: None,
        };
        let answer = match decision {
            Ok(Decision::Allowed(permit)) => {
                "allowed".clone_into(&mut row.answer);
                permit.pack().version.clone_into(&mut row.pack_version);
                row.valid_until = Some(permit.valid_until());
                row.law = permit.hours().map(|cite| cite.law.clone());
                row.article = permit.hours().map(|cite| cite.article.clone());
                row.is_policy = permit.hours().is_some_and(|cite| cite.policy);
                let (account, debtor) = (facts.account.id, facts.debtor.id);
                Answer::Yes(Permitted { organization: org, permit, decision: id, account, debtor })
            }
            Ok(Decision::Refused(refusal)) => {
                "refused".clone_into(&mut row.answer);
                refusal.pack.version.clone_into(&mut row.pack_version);
                row.reason = Some(refusal.reason.as_str().to_owned());
                row.law = Some(refusal.cite.law.clone());
                row.article = Some(refusal.cite.article.clone());
                row.is_policy = refusal.cite.policy;
                refusal.evidence.clone_into(&mut row.evidence);
                let (kind, at) = slot(&refusal.next);
                (row.next_kind, row.next_at) = (Some(kind.to_owned()), at);
                Answer::No(refusal)
            }
            Err(error) => {
                "unknown".clone_into(&mut row.answer);
                row.evidence = error.to_string();
                Answer::Unknown(error)
            }
        };
        (answer, row)
    }

    /// Leave for a contact at the first lawful instant of a day of the debtor's calendar, from now on.
    pub(crate) async fn ask_on_day(
        &self,
        tx: &Tx,
        org: OrganizationId,
        account: AccountId,
        (act, channel): (Act, Channel),
        day: NaiveDate,
    ) -> ServiceResult<Answer> {
        let facts = contact::facts(tx, org, &[account], self.now().date_naive()).await?;
        let facts = facts.get(&account).ok_or(ServiceError::NotFound)?;
        let policy = self.contact_policy_in(tx, org).await?.policy;
        let (answer, row) = self.decided_on_day(org, facts, &policy, (act, channel), (day, self.now()));
        contact::keep(tx, vec![row]).await?;
        Ok(answer)
    }

    /// The same on what was loaded, from the instant `now` on, which a simulation moves.
    pub(crate) fn decided_on_day(
        &self,
        org: OrganizationId,
        facts: &Facts,
        policy: &ContactPolicy,
        (act, channel): (Act, Channel),
        (day, now): (NaiveDate, DateTime<Utc>),
    ) -> (Answer, DecisionRow) {
        let first =
            clock(facts).and_then(|zone| zone.instants(day, chrono::NaiveTime::MIN).into_iter().next());
        let at = first.unwrap_or_else(|| day.and_time(chrono::NaiveTime::MIN).and_utc()).max(now);
        let ask = Ask { act, channel, at, message: None };
        let (answer, row) = self.decided(org, facts, policy, ask);
        match &answer {
            Answer::No(Refusal { next: NextSlot::At(next), .. }) if local_date(facts, *next) == day => {
                self.decided(org, facts, policy, Ask { at: *next, ..ask })
            }
            _ => (answer, row),
        }
    }
}

/// Everything known that bears on the contact. What is not known never allows more.
fn case_of(facts: &Facts, ask: Ask) -> ContactCase {
    let account = &facts.account;
    let mut case = ContactCase::new(ask.channel, ask.at);
    case.zones = facts.debtor.time_zone.map(Zone::Named).into_iter().collect();
    case.subdivision = region(facts);
    case.creditor = Some(account.creditor_id.to_string());
    case.debt = Some(account.id.to_string());
    let others = facts.history.iter().filter(|past| past.message.is_none() || past.message != ask.message);
    case.history = others
        .map(|past| PastContact {
            at: past.at,
            channel: past.channel,
            outcome: past.outcome,
            creditor: Some(past.creditor.to_string()),
            debt: Some(past.debt.to_string()),
            prior_consent: false,
        })
        .collect();
    let (authorised, refused) = (facts.consents.clone(), facts.wishes.refused.clone());
    case.consents = Consents { authorised, refused, ..Consents::default() };
    case.own_hours.clone_from(&facts.wishes.own_hours);
    case.stops = legal_stops(&facts.holds, account.id);
    case.stops.extend(time_barred(facts));
    case.circumstances = Circumstances {
        product: account.credit_type.clone().or_else(|| account.product.clone()),
        visit_authorised: facts.consents.contains(&Channel::Visit),
        // Addresses come with the creditor's portfolio.
        address_given: facts.point(ContactKind::Address).is_some(),
        ..Circumstances::default()
    };
    case
}

/// The stop of a debt that can no longer be claimed, where the creditor wants it left alone then.
fn time_barred(facts: &Facts) -> Option<LegalStop> {
    let state = facts.limitation.as_ref().filter(|state| state.stops_contact)?;
    let midnight = state.barred_from.and_time(chrono::NaiveTime::MIN);
    let begins = clock(facts)
        .and_then(|zone| zone.instants(state.barred_from, chrono::NaiveTime::MIN).into_iter().next());
    Some(LegalStop {
        kind: StopKind::TimeBarred,
        from: Some(begins.unwrap_or_else(|| midnight.and_utc())),
        until: None,
    })
}

/// The second part of an ISO 3166-2 code, where the debtor's address has one for its region.
fn region(facts: &Facts) -> Option<String> {
    let region = facts.points.iter().find_map(|point| point.region.clone())?;
    let code = region.trim().to_ascii_uppercase();
    let code = code.strip_prefix(&format!("{}-", facts.debtor.country)).unwrap_or(&code);
    let is_code = (1..=3).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphanumeric());
    is_code.then(|| code.to_owned())
}

fn clock(facts: &Facts) -> Option<Zone> {
    let by_pack = || {
        let packs = domain::contact::RuleBook::embedded().ok()?.packs();
        packs.iter().find(|pack| pack.country == facts.debtor.country)?.zone
    };
    facts.debtor.time_zone.or_else(by_pack).map(Zone::Named)
}

fn local_date(facts: &Facts, at: DateTime<Utc>) -> NaiveDate {
    clock(facts).map_or_else(|| at.date_naive(), |zone| zone.date(at))
}

/// How the next slot is kept.
fn slot(next: &NextSlot) -> (&'static str, Option<DateTime<Utc>>) {
    match next {
        NextSlot::At(at) => ("at", Some(*at)),
        NextSlot::Never => ("never", None),
        NextSlot::NotWithin { .. } => ("not_within", None),
        NextSlot::Unknown { .. } => ("unknown", None),
    }
}

/// What keeps a message that pursues a debt from going out now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotNow {
    /// Not before then.
    Until(DateTime<Utc>, String),
    /// Never any more.
    Dropped(String),
}

/// How long a message waits whose debtor's rules are not known, before it asks again.
const UNKNOWN_WAITS: TimeDelta = TimeDelta::days(1);

impl Services {
    /// Decides again, at the moment of sending, on a message that waits: the debt may be paid,
    /// promised or disputed by now, and the hours over.
    pub(crate) async fn leave_to_send(
        &self,
        tx: &Tx,
        row: &store::outbox::Row,
    ) -> ServiceResult<Result<Permitted, NotNow>> {
        let dropped = |code: &str| Ok(Err(NotNow::Dropped(code.to_owned())));
        let org = OrganizationId(row.organization_id);
        let Some(account) = row.account_id.map(AccountId) else { return dropped("no_debt") };
        let Ok(channel) = row.channel.parse::<Channel>() else { return dropped("no_channel") };
        let loaded: HashMap<AccountId, Facts> =
            contact::facts(tx, org, &[account], self.now().date_naive()).await?;
        let Some(facts) = loaded.get(&account) else { return dropped("no_debt") };
        // Whoever asked something is answered although nobody goes after the debt any more.
        let is_answer = row.service.as_deref() == Some(crate::outbox::ANSWER);
        if let Some(code) = no_longer_wanted(facts).filter(|_| !is_answer) {
            return dropped(code);
        }
        let policy = self.contact_policy_in(tx, org).await?.policy;
        let now = self.now();
        let ask = Ask { act: Act::Send, channel, at: now, message: Some(row.id) };
        let (answer, kept) = self.decided(org, facts, &policy, ask);
        contact::keep(tx, vec![kept]).await?;
        let lapsed = |at: DateTime<Utc>| row.expires_at.is_some_and(|end| end <= at);
        Ok(match answer {
            Answer::Yes(permitted) => Ok(permitted),
            Answer::No(Refusal { reason, next: NextSlot::At(at), .. }) if !lapsed(at) => {
                Err(NotNow::Until(at, format!("held:{reason}")))
            }
            Answer::No(Refusal { reason, .. }) => Err(NotNow::Dropped(format!("refused:{reason}"))),
            Answer::Unknown(_) if !lapsed(now + UNKNOWN_WAITS) => {
                Err(NotNow::Until(now + UNKNOWN_WAITS, "held:unknown_rules".to_owned()))
            }
            Answer::Unknown(_) => Err(NotNow::Dropped("refused:unknown_rules".to_owned())),
        })
    }
}

/// Why nobody need go after this debt today, apart from the law.
pub(crate) fn no_longer_wanted(facts: &Facts) -> Option<&'static str> {
    if facts.owed_minor <= 0 {
        Some("settled")
    } else if facts.has_open_promise {
        Some("promised")
    } else {
        None
    }
}
