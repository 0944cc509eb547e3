//! Objections that have nothing to do with the hour: legal stops, recipients, consent, visits.

use chrono::{DateTime, Utc};

use super::pack::{Grounds, SiteRule, VisitException};
use super::{
    Channel, Circumstances, Citation, ContactCase, LegalStop, Purpose, Reason, Recipient, RulePack, Site,
    StopKind,
};

/// A rule that speaks against a contact.
#[derive(Debug)]
pub(super) struct Objection {
    pub(super) reason: Reason,
    pub(super) cite: Citation,
    pub(super) evidence: String,
    /// Waiting does not help.
    pub(super) lasts: bool,
}

impl Objection {
    pub(super) const fn passing(reason: Reason, cite: Citation, evidence: String) -> Self {
        Self { reason, cite, evidence, lasts: false }
    }

    const fn lasting(reason: Reason, cite: Citation, evidence: String) -> Self {
        Self { reason, cite, evidence, lasts: true }
    }
}

/// What stands before the hours: legal stop, recipient, consent.
pub(super) fn before_hours(pack: &RulePack, case: &ContactCase, at: DateTime<Utc>) -> Option<Objection> {
    legal_stop(pack, case, at).or_else(|| recipient(pack, case)).or_else(|| consent(pack, case))
}

/// An objection that no waiting ends, wherever it stands in the order.
pub(super) fn lasting(pack: &RulePack, case: &ContactCase, at: DateTime<Utc>) -> Option<Objection> {
    let found = before_hours(pack, case, at).filter(|objection| objection.lasts);
    found.or_else(|| recipient(pack, case)).or_else(|| consent(pack, case)).or_else(|| visit(pack, case))
}

fn legal_stop(pack: &RulePack, case: &ContactCase, at: DateTime<Utc>) -> Option<Objection> {
    let holding = || case.stops.iter().filter(|stop| stop.holds(at));
    let without_end = |stop: &&LegalStop| stop.until.is_none();
    let stop = holding().find(without_end).or_else(|| holding().next())?;
    let by_norm = pack.stops.iter().find(|rule| rule.kind == stop.kind).map(|rule| rule.cite.clone());
    let cite = by_norm.unwrap_or_else(|| Citation::policy(by_policy(stop.kind)));
    let until = stop.until.map(|until| format!(" until {}", until.format("%Y-%m-%dT%H:%MZ")));
    let evidence = format!("{} holds{}", stop.kind, until.unwrap_or_default());
    Some(Objection { reason: Reason::LegalStop, cite, evidence, lasts: stop.until.is_none() })
}

/// What no norm of the pack says, and we keep to all the same.
const fn by_policy(kind: StopKind) -> &'static str {
    match kind {
        StopKind::Hardship => "people in hardship",
        StopKind::Vulnerability => "people who are vulnerable",
        StopKind::Bereavement => "people who mourn",
        StopKind::TimeBarred => "debts that are time-barred",
        StopKind::CeaseRequest
        | StopKind::Attorney
        | StopKind::Dispute
        | StopKind::SuitServed
        | StopKind::Insolvency
        | StopKind::Deceased
        | StopKind::WrongPerson
        | StopKind::DoNotContact => "facts that end contact",
    }
}

fn recipient(pack: &RulePack, case: &ContactCase) -> Option<Objection> {
    let who = case.recipient;
    if who == Recipient::Debtor || pack.recipients.allowed.contains_key(&who) {
        return None;
    }
    let location = pack.recipients.location_only.as_ref().filter(|_| case.purpose == Purpose::Location);
    let (cite, evidence) = match location {
        Some(_) if !case.circumstances.location_asked => return None,
        Some(cite) => (cite, format!("this {who} was already asked where the debtor is")),
        None => (&pack.recipients.others, format!("the recipient is a {who}, not the debtor")),
    };
    Some(Objection::lasting(Reason::RecipientNotAllowed, cite.clone(), evidence))
}

fn consent(pack: &RulePack, case: &ContactCase) -> Option<Objection> {
    let channel = case.channel;
    if case.consents.refused.contains(&channel) {
        let by_policy = || Citation::policy("channels that the debtor refused");
        let cite = pack.channels.refused.clone().unwrap_or_else(by_policy);
        return Some(Objection::lasting(
            Reason::ChannelRefused,
            cite,
            format!("the debtor refused {channel}"),
        ));
    }
    let cite = pack.channels.authorised.as_ref()?;
    let evidence = format!("the debtor has not authorised {channel}");
    (!case.consents.authorised.contains(&channel))
        .then(|| Objection::lasting(Reason::ChannelNotAuthorised, cite.clone(), evidence))
}

/// Whether the place is barred, and nothing opens it.
pub(super) fn visit(pack: &RulePack, case: &ContactCase) -> Option<Objection> {
    let rule = &pack.visits;
    let facts = &case.circumstances;
    let site = if case.site == Site::Work { rule.work } else { rule.home };
    let is_visit = case.channel == Channel::Visit;
    let barred = match site {
        SiteRule::Allowed => false,
        SiteRule::Barred => is_visit,
        SiteRule::GivenAddress => is_visit && !facts.address_given,
        SiteRule::UnlessEmployerForbids => facts.employer_forbids,
    };
    if !barred || rule.exceptions.iter().any(|exception| opens(exception, facts)) {
        return None;
    }
    let why = match site {
        SiteRule::GivenAddress => "not at an address that was given",
        SiteRule::UnlessEmployerForbids => "which the employer forbids",
        SiteRule::Allowed | SiteRule::Barred => "and nothing in the case makes an exception",
    };
    let evidence = format!("a {} at {}, {why}", case.channel, case.site);
    Some(Objection::lasting(Reason::VisitNotAllowed, rule.cite.clone(), evidence))
}

fn opens(exception: &VisitException, facts: &Circumstances) -> bool {
    match &exception.grounds {
        Grounds::Products(products) => {
            let named = facts.product.as_ref().is_some_and(|product| products.contains(product));
            named && facts.visit_authorised
        }
        Grounds::Unreachable => facts.no_contact_data && facts.failure_documented,
    }
}
