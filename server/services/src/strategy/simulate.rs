//! A journey on the real book for the days to come, without writing anything.
//!
//! Rules are asked by the same SQL, each contact is decided by the same law (`plan_of_step`, on the
//! day in question), each contact that is lawful counts against the next. Nobody pays, promises or
//! moves meanwhile: what comes in is forecast apart, from what people like them did.

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, NaiveDate};
use domain::access::{Actor, Permission};
use domain::account::Stage;
use domain::ids::{AccountId, JourneyId, OrganizationId, PartyId};
use domain::money::Currency;
use domain::strategy::{Act, Anchor, Rule, Since, Step};
use inference::{Coming, Forecast, NoForecast, Past as Learned};
use sha2::{Digest, Sha256};
use store::contact::{self, Closed, Facts, Ways};
use store::experiments::{self, kind, status};
use store::journeys::{HELD, Version};
use store::segments::{self, Moment};
use store::{happened, simulation, versions};

use super::experiments::{arm_of, point_of};
use super::journeys::{JourneyLine, line};
use super::run::{Done, Names, Plan, past, skipped_by_condition};
use super::segments::rule_of;
use super::versions::same_steps;
use crate::contact::ContactPolicy;
use crate::{ServiceError, ServiceResult, Services};

/// Days that a simulation may look ahead: a bit of a word for each.
pub const MOST_DAYS: u16 = 60;
/// People that are simulated; of more, every second, third … is.
const MOST_PEOPLE: usize = 20_000;
/// Accounts whose facts are loaded at once.
const CHUNK: usize = 500;

/// What one step would do on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatedStep {
    pub account: AccountId,
    pub on: NaiveDate,
    /// From 0.
    pub step: i32,
    /// As a run keeps it: `message`, `call`, `visit`, `hold`, `held`, `refused`, `dropped` or `skipped`.
    pub outcome: String,
    /// By which channel, or why not: as a run keeps it.
    pub detail: Option<String>,
    /// Law and article that keep it from being done.
    pub rule: Option<String>,
    /// No norm demands it.
    pub is_policy: bool,
}

/// What the steps of one day would do together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayLine {
    pub messages: u64,
    pub calls: u64,
    pub visits: u64,
    /// Every journey leaves them alone for a time.
    pub rests: u64,
    pub held: u64,
    pub refused: u64,
    pub dropped: u64,
    /// Their condition did not hold, or there was nothing to offer.
    pub skipped: u64,
}

/// Contacts that a rule keeps from being made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBack {
    pub reason: String,
    /// Empty where no law is behind it.
    pub rule: String,
    pub is_policy: bool,
    /// They wait for another day.
    pub held: u64,
    pub refused: u64,
}

/// What comes in of one currency, or why that cannot be told.
#[derive(Clone, Debug)]
pub struct MoneyForecast {
    pub currency: Currency,
    pub forecast: Result<Forecast, NoForecast>,
}

#[derive(Clone, Debug)]
pub struct Simulation {
    pub journey: JourneyLine,
    pub from: NaiveDate,
    pub days: u16,
    /// Accounts that are in the journey on some of the days.
    pub accounts: u64,
    /// Accounts that come in, by day.
    pub entered: BTreeMap<NaiveDate, u64>,
    /// Accounts for which no step is left at the end.
    pub ended: u64,
    /// By day and step.
    pub lines: BTreeMap<(NaiveDate, i32), DayLine>,
    pub kept_back: Vec<KeptBack>,
    pub money: Vec<MoneyForecast>,
    /// One of so many people was simulated, and counts for all; 1: everybody.
    pub one_in: u64,
    /// Every step of those that were, in the order of days.
    pub steps: Vec<SimulatedStep>,
}

/// Where an account stands.
struct Standing {
    account: AccountId,
    debtor: PartyId,
    /// A bit for each day on which the rule holds.
    found: u64,
    came: Option<NaiveDate>,
    /// What is done, by step; tried again on that day.
    done: HashMap<i32, Option<NaiveDate>>,
    /// The journey wrote in the days that were simulated.
    wrote: bool,
    /// Left alone until that day, it included.
    rests: Option<NaiveDate>,
}

/// What everybody is simulated under.
struct Scene {
    journey: JourneyLine,
    version: Version,
    policy: ContactPolicy,
    names: Names,
    at: Moment,
    days: u16,
}

impl Services {
    /// What a version of a journey (none: the newest) does in the coming days, today included, if it
    /// is going. Writes nothing.
    ///
    /// # Errors
    /// `Denied`, `NotFound`; `Invalid` for a number of days beyond 1 to 60.
    pub async fn simulate(
        &self,
        actor: &Actor,
        id: JourneyId,
        version: Option<i32>,
        days: u16,
    ) -> ServiceResult<Simulation> {
        actor.require(Permission::StrategyRead)?;
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(ServiceError::invalid(
                "days",
                format!("Escriba cuántos días, de 1 a {MOST_DAYS}"),
                format!("Write how many days, from 1 to {MOST_DAYS}"),
            ));
        }
        let (db, org) = (self.db.read(), actor.organization_id);
        let all = versions::of_journey(db, org, id).await?;
        let row = all.iter().find(|row| version.is_none_or(|version| row.version == version));
        let journey = line(row.ok_or(ServiceError::NotFound)?.clone())?;
        let segment = segments::version(db, org, journey.segment, journey.segment_version).await?;
        let rule = rule_of(&segment.ok_or(ServiceError::NotFound)?)?;
        let at = self.moment(org).await?;
        let mut standing = self.found_by(org, id, &rule, (at, days)).await?;
        let people: u64 = {
            let mut people: Vec<_> = standing.values().map(|own| own.debtor).collect();
            people.sort_unstable();
            people.dedup();
            people.len() as u64
        };
        let one_in = people.div_ceil(MOST_PEOPLE as u64).max(1);
        if one_in > 1 {
            standing.retain(|_, own| own.debtor.0.as_u128() % u128::from(one_in) == 0);
        }
        self.places(org, &journey, &mut standing).await?;
        let scene = Scene {
            version: Version { organization: org, journey: id, version: journey.version },
            policy: self.contact_policy_in(db, org).await?.policy,
            names: self.names(org, &journey).await?,
            journey,
            at,
            days,
        };
        let mut all: Vec<Standing> = standing.into_values().collect();
        all.sort_by_key(|own| (own.debtor, own.account));
        let mut told = Told::default();
        let mut rest = all.as_mut_slice();
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at_mut(end_of_chunk(rest));
            let ids: Vec<AccountId> = chunk.iter().map(|own| own.account).collect();
            let mut facts = contact::facts(db, org, &ids, self.now().date_naive()).await?;
            let cast = Cast {
                ways: contact::ways(db, org, facts.values().map(|own| own.debtor.id)).await?,
                closed: contact::closed(db, org, facts.values(), &self.providers).await?,
                skipped: self.skipped_on_days(actor, &scene, &ids).await?,
                since: happened::since(db, scene.version, &ids).await?,
                held: self.held_on_days(&scene, &ids).await?,
            };
            self.play(&scene, &cast, chunk, &mut facts, &mut told);
            rest = after;
        }
        told.steps.sort_by_key(|step| (step.on, step.step, step.account));
        let money = self.what_comes_in(org, &scene, &told, one_in).await?;
        Ok(told.into_simulation(scene, money, one_in))
    }

    /// Whom the rule finds on each of the days, without those who are in another arm or held out.
    async fn found_by(
        &self,
        org: OrganizationId,
        id: JourneyId,
        rule: &Rule,
        (at, days): (Moment, u16),
    ) -> ServiceResult<HashMap<AccountId, Standing>> {
        let db = self.db.read();
        let draws = self.draws(org, id).await?;
        let mut all: HashMap<AccountId, Standing> = HashMap::new();
        for day in 0..days {
            for (account, debtor) in simulation::found(db, org, rule, on_day(at, day)).await? {
                if draws.iter().any(|draw| !draw.lets_in(debtor)) {
                    continue;
                }
                let fresh = || Standing {
                    account,
                    debtor,
                    found: 0,
                    came: None,
                    done: HashMap::new(),
                    wrote: false,
                    rests: None,
                };
                all.entry(account).or_insert_with(fresh).found |= 1 << day;
            }
        }
        Ok(all)
    }

    /// The draws that decide who may be in a journey.
    async fn draws(&self, org: OrganizationId, id: JourneyId) -> ServiceResult<Vec<Draw>> {
        let db = self.db.read();
        let mut draws = Vec::new();
        for row in experiments::all(db, org).await?.into_iter().filter(|row| row.status == status::RUNNING) {
            let arms = experiments::arms(db, org, domain::ids::ExperimentId(row.id)).await?;
            let shares = arms.iter().map(|arm| (arm.arm, arm.share_pct)).collect();
            let own = arms.iter().find(|arm| arm.journey_id == Some(id.0)).map(|arm| arm.arm);
            let wanted = if row.kind == kind::HOLDOUT { Some(0) } else { own };
            draws.extend(wanted.map(|arm| Draw { seed: row.seed, shares, arm }));
        }
        Ok(draws)
    }

    /// Where accounts stand in the journey: as this version left them, or as it takes them over.
    async fn places(
        &self,
        org: OrganizationId,
        journey: &JourneyLine,
        standing: &mut HashMap<AccountId, Standing>,
    ) -> ServiceResult<()> {
        let db = self.db.read();
        for row in versions::of_journey(db, org, journey.id).await? {
            if row.version > journey.version {
                continue;
            }
            let of = Version { organization: org, journey: journey.id, version: row.version };
            let before = line(row)?;
            let same: HashMap<i32, i32> = same_steps(&before.steps, &journey.steps).into_iter().collect();
            for (account, on) in simulation::came(db, of).await? {
                if let Some(own) = standing.get_mut(&account) {
                    own.came.get_or_insert(on);
                }
            }
            for (account, step, retry) in simulation::done(db, of).await? {
                if let Some((own, step)) = standing.get_mut(&account).zip(same.get(&step)) {
                    own.done.entry(*step).or_insert(retry);
                }
            }
        }
        Ok(())
    }

    /// Accounts that a step is not for, by day and step. Offers are those of today.
    async fn skipped_on_days(
        &self,
        actor: &Actor,
        scene: &Scene,
        ids: &[AccountId],
    ) -> ServiceResult<HashMap<(u16, i32), HashMap<AccountId, &'static str>>> {
        let mut all = HashMap::new();
        for (number, step) in (0..).zip(&scene.journey.steps.steps) {
            if step.only_if.is_none() && !matches!(step.act, Act::Offer(_)) {
                continue;
            }
            let (db, org) = (self.db.read(), scene.version.organization);
            let without_offer = self.without_offer(db, actor, step, ids).await?;
            for day in 0..scene.days {
                let mut skipped = without_offer.clone();
                skipped.extend(skipped_by_condition(db, org, step, ids, on_day(scene.at, day)).await?);
                all.insert((day, number), skipped);
            }
        }
        Ok(all)
    }

    /// Accounts that staff hold or ended the journey for, by day.
    async fn held_on_days(
        &self,
        scene: &Scene,
        ids: &[AccountId],
    ) -> ServiceResult<Vec<HashMap<AccountId, &'static str>>> {
        let mut days = Vec::new();
        for day in 0..scene.days {
            let of = (scene.version.organization, scene.version.journey);
            days.push(happened::held(self.db.read(), of, ids, on_day(scene.at, day).today).await?);
        }
        Ok(days)
    }

    /// Plays the days on some accounts; all debts of a person are among them.
    fn play(
        &self,
        scene: &Scene,
        cast: &Cast,
        chunk: &mut [Standing],
        facts: &mut HashMap<AccountId, Facts>,
        told: &mut Told,
    ) {
        let mut debts: HashMap<PartyId, Vec<AccountId>> = HashMap::new();
        for own in &*chunk {
            debts.entry(own.debtor).or_default().push(own.account);
        }
        chunk.sort_by_key(|own| own.account);
        for day in 0..scene.days {
            let at = on_day(scene.at, day);
            for own in chunk.iter_mut().filter(|own| own.found >> day & 1 == 1 && own.came.is_none()) {
                own.came = Some(at.today);
                *told.entered.entry(at.today).or_default() += 1;
            }
            for (number, step) in (0..).zip(&scene.journey.steps.steps) {
                let from = scene.journey.steps.counts_from;
                for own in chunk.iter_mut() {
                    let Some(case) = facts.get(&own.account) else { continue };
                    if !own.is_due(number, (step, from), case.account.due_on, (day, at.today)) {
                        continue;
                    }
                    let skipped = cast.skipped.get(&(day, number)).and_then(|of| of.get(&own.account));
                    let writer = scene.names.writer((&cast.ways, &cast.closed));
                    let org = scene.version.organization;
                    let held = cast.held.get(usize::from(day)).and_then(|held| held.get(&own.account));
                    let not_yet = step.after.and_then(|event| event.why_not(own.since(cast)));
                    let asked =
                        (step, held.copied().or(own.at_rest(at.today)).or(skipped.copied()).or(not_yet));
                    let done = self.plan_of_step(org, asked, case, &scene.policy, at, &writer);
                    own.done.insert(number, done.retry_on);
                    own.wrote |= matches!(done.plan, Plan::Message(..));
                    if let Plan::Rest(until) = done.plan {
                        own.rests = own.rests.max(Some(until));
                    }
                    if let Plan::Message(permitted, _) | Plan::Call(permitted) | Plan::Visit(permitted, _) =
                        &done.plan
                    {
                        let made = past(case, permitted);
                        for debt in debts.get(&own.debtor).into_iter().flatten() {
                            if let Some(other) = facts.get_mut(debt) {
                                other.history.push(made.clone());
                            }
                        }
                    }
                    told.steps.push(simulated(own.account, number, at.today, done));
                }
            }
        }
        let steps = i32::try_from(scene.journey.steps.steps.len()).unwrap_or(i32::MAX);
        for own in chunk.iter().filter(|own| own.came.is_some()) {
            let over = (0..steps).all(|step| own.done.get(&step).is_some_and(Option::is_none));
            told.ended += u64::from(over);
            if let Some(case) = facts.get(&own.account).filter(|case| case.owed_minor > 0) {
                let account = &case.account;
                let stage =
                    Stage::of(case.owed_minor, account.due_on, account.charged_off_on, scene.at.today);
                told.debts.push((own.account, own.debtor, account.currency, stage, case.owed_minor));
            }
            told.accounts += 1;
        }
    }

    /// What these people pay, as people like them did in the days before.
    async fn what_comes_in(
        &self,
        org: OrganizationId,
        scene: &Scene,
        told: &Told,
        one_in: u64,
    ) -> ServiceResult<Vec<MoneyForecast>> {
        let to = scene.at.today.pred_opt().unwrap_or(scene.at.today);
        let from = to.checked_sub_days(Days::new(u64::from(scene.days))).unwrap_or(to);
        let known = simulation::behaviour(self.db.read(), org, (from, to)).await?;
        let reached: std::collections::HashSet<AccountId> = told
            .steps
            .iter()
            .filter(|step| matches!(step.outcome.as_str(), "message" | "call" | "visit"))
            .map(|step| step.account)
            .collect();
        let mut coming: BTreeMap<String, (Currency, BTreeMap<PartyId, Coming>)> = BTreeMap::new();
        for (_, debtor, currency, stage, owed) in &told.debts {
            let (_, people) =
                coming.entry(currency.to_string()).or_insert_with(|| (*currency, BTreeMap::new()));
            let stage = stage_number(*stage);
            let own = people.entry(*debtor).or_insert(Coming { stage, owed: 0, contacted: false });
            own.stage = own.stage.max(stage);
            own.owed = own.owed.saturating_add(*owed);
        }
        // Whoever is contacted about one debt is contacted.
        let contacted: std::collections::HashSet<PartyId> = told
            .debts
            .iter()
            .filter(|(account, ..)| reached.contains(account))
            .map(|(_, debtor, ..)| *debtor)
            .collect();
        let mut money = Vec::new();
        for (code, (currency, people)) in coming {
            let history: Vec<_> = known
                .iter()
                .filter(|past| past.currency == code)
                .map(|past| {
                    let (stage, owed, contacted) = (stage_number(past.stage), past.owed, past.contacted);
                    Learned { stage, owed, contacted, paid: past.paid }
                })
                .collect();
            let times = usize::try_from(one_in).unwrap_or(1);
            let asked: Vec<_> = people
                .into_iter()
                .map(|(debtor, own)| Coming { contacted: contacted.contains(&debtor), ..own })
                .flat_map(|own| std::iter::repeat_n(own, times))
                .collect();
            // The same question has the same answer.
            let question =
                format!("{} {} {} {} {code}", scene.journey.id, scene.journey.version, to, scene.days);
            let seed: [u8; 32] = Sha256::digest(question.as_bytes()).into();
            money.push(MoneyForecast { currency, forecast: inference::forecast(&history, &asked, seed) });
        }
        Ok(money)
    }
}

fn stage_number(stage: Stage) -> u8 {
    u8::try_from(stage.code()).unwrap_or_default()
}

fn on_day(at: Moment, day: u16) -> Moment {
    let days = Days::new(u64::from(day));
    Moment {
        today: at.today.checked_add_days(days).unwrap_or(at.today),
        now: at.now.checked_add_days(days).unwrap_or(at.now),
    }
}

/// Where to cut so that no person's debts are parted.
fn end_of_chunk(all: &[Standing]) -> usize {
    let Some(last) = all.get(CHUNK.min(all.len()) - 1) else { return all.len() };
    let debtor = last.debtor;
    all.iter().position(|own| own.debtor > debtor).unwrap_or(all.len())
}

fn simulated(account: AccountId, step: i32, on: NaiveDate, done: Done) -> SimulatedStep {
    let decision = done.decisions.last().filter(|_| matches!(done.outcome, HELD | "refused"));
    let rule = decision.and_then(|decision| {
        let parts: Vec<_> = decision.law.iter().chain(&decision.article).cloned().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    });
    SimulatedStep {
        account,
        on,
        step,
        outcome: done.outcome.to_owned(),
        is_policy: decision.is_some_and(|decision| decision.is_policy),
        rule,
        detail: done.detail,
    }
}

impl Standing {
    fn at_rest(&self, today: NaiveDate) -> Option<&'static str> {
        self.rests.is_some_and(|until| today <= until).then_some("paused")
    }

    /// What happened since the journey's last message: after one that is simulated, nothing does.
    fn since(&self, cast: &Cast) -> Since {
        if self.wrote {
            return Since { wrote: true, ..Since::default() };
        }
        cast.since.get(&self.account).copied().unwrap_or_default()
    }

    fn is_due(
        &self,
        number: i32,
        (step, from): (&Step, Anchor),
        debt_due_on: NaiveDate,
        (day, today): (u16, NaiveDate),
    ) -> bool {
        let came = |on: NaiveDate| step.due_on(from, on, debt_due_on, today).is_some();
        let waits = match self.done.get(&number) {
            None => true,
            Some(retry) => retry.is_some_and(|on| on <= today),
        };
        self.found >> day & 1 == 1 && self.came.is_some_and(came) && waits
    }
}

/// What is known of the people of a chunk.
struct Cast {
    ways: Ways,
    closed: Closed,
    /// By day and step.
    skipped: HashMap<(u16, i32), HashMap<AccountId, &'static str>>,
    /// What happened until today.
    since: HashMap<AccountId, Since>,
    /// What staff hold, by day.
    held: Vec<HashMap<AccountId, &'static str>>,
}

/// Into which arm people must fall to be in the journey.
struct Draw {
    seed: String,
    shares: Vec<(i32, i32)>,
    arm: i32,
}

impl Draw {
    fn lets_in(&self, person: PartyId) -> bool {
        arm_of(self.shares.iter().copied(), point_of(&self.seed, person)) == Some(self.arm)
    }
}

/// What was found out so far.
#[derive(Default)]
struct Told {
    accounts: u64,
    entered: BTreeMap<NaiveDate, u64>,
    ended: u64,
    steps: Vec<SimulatedStep>,
    debts: Vec<(AccountId, PartyId, Currency, Stage, i64)>,
}

impl Told {
    fn into_simulation(self, scene: Scene, money: Vec<MoneyForecast>, one_in: u64) -> Simulation {
        let mut lines: BTreeMap<(NaiveDate, i32), DayLine> = BTreeMap::new();
        let mut kept: BTreeMap<(String, String, bool), KeptBack> = BTreeMap::new();
        for step in &self.steps {
            let line = lines.entry((step.on, step.step)).or_default();
            let count = match step.outcome.as_str() {
                "message" => &mut line.messages,
                "call" => &mut line.calls,
                "visit" => &mut line.visits,
                "held" => &mut line.held,
                "hold" => &mut line.rests,
                "dropped" => &mut line.dropped,
                "skipped" => &mut line.skipped,
                _ => &mut line.refused,
            };
            *count += one_in;
            if let ("held" | "refused", Some(reason)) = (step.outcome.as_str(), &step.detail) {
                let rule = step.rule.clone().unwrap_or_default();
                let own = kept.entry((reason.clone(), rule.clone(), step.is_policy)).or_insert_with(|| {
                    let (reason, is_policy) = (reason.clone(), step.is_policy);
                    KeptBack { reason, rule, is_policy, held: 0, refused: 0 }
                });
                *(if step.outcome == "held" { &mut own.held } else { &mut own.refused }) += one_in;
            }
        }
        let mut kept_back: Vec<_> = kept.into_values().collect();
        kept_back.sort_by_key(|own| std::cmp::Reverse(own.held + own.refused));
        Simulation {
            journey: scene.journey,
            from: scene.at.today,
            days: scene.days,
            accounts: self.accounts * one_in,
            entered: self.entered.into_iter().map(|(day, count)| (day, count * one_in)).collect(),
            ended: self.ended * one_in,
            lines,
            kept_back,
            money,
            one_in,
            steps: self.steps,
        }
    }
}
