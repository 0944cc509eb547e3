//! A message for one person: by which channel, to which address, and what it says.

use std::collections::HashMap;

use domain::calendar::days_past_due;
use domain::contact::{Channel, ContactPermit};
use domain::ids::{MessageId, OrganizationId, TemplateId};
use domain::money::Money;
use domain::party::{ContactKind, ContactPoint};
use domain::strategy::{Letter, Texts};
use store::contact::{Closed, Facts, Ways};
use store::segments::Moment;
use store::{Tx, contact, parties};
use uuid::Uuid;

use super::duties;
use super::template::{self, Greeting};
use crate::outbox::{ProviderTemplate, Pursuit};
use crate::{ServiceResult, Services};

/// What every message of a run may need.
pub(super) struct Writer<'a> {
    pub agency: &'a str,
    pub creditors: &'a HashMap<Uuid, String>,
    pub link: &'a str,
    /// The newest approved version of each template.
    pub templates: &'a HashMap<TemplateId, (i32, Texts)>,
    pub ways: &'a Ways,
    pub closed: &'a Closed,
}

impl Writer<'_> {
    /// The channels of a letter, the person's own choice first.
    pub fn order(&self, facts: &Facts, letter: &Letter) -> Vec<Channel> {
        let own = facts.points.iter().find(|point| self.ways.is_preferred(facts.debtor.id, point));
        let mut channels = letter.channels.clone();
        // A stable sort: the order of the letter stays among equals.
        channels.sort_by_key(|channel| own.map(|point| point.kind) != Some(kind_of(*channel)));
        channels
    }

    /// Where the person is reached by a channel; the code tells why not.
    pub fn address<'f>(
        &self,
        facts: &'f Facts,
        letter: &Letter,
        channel: Channel,
    ) -> Result<&'f ContactPoint, &'static str> {
        if let Some(why) = self.closed.why_all(channel) {
            return Err(why);
        }
        let (_, texts) = self.templates.get(&letter.template).ok_or("no_template")?;
        if channel == Channel::Whatsapp && texts.whatsapp.is_none() {
            return Err("no_provider_template");
        }
        if channel == Channel::Letter && texts.letter(&facts.debtor.language).is_none() {
            return Err("no_letter_text");
        }
        let kind = kind_of(channel);
        let mut missing = match kind {
            ContactKind::Email => "no_email",
            ContactKind::Phone => "no_phone",
            ContactKind::Address => "no_address",
        };
        let mut found = None;
        for point in facts.points.iter().filter(|point| point.kind == kind && !point.is_suppressed) {
            if let Some(why) = self.closed.why(facts, channel, point) {
                missing = why;
            } else if self.ways.is_preferred(facts.debtor.id, point) {
                return Ok(point);
            } else {
                found = found.or(Some(point));
            }
        }
        found.ok_or(missing)
    }

    /// The message under its permit.
    pub fn write(
        &self,
        id: MessageId,
        facts: &Facts,
        letter: &Letter,
        (permit, point): (&ContactPermit, &ContactPoint),
        code: String,
        at: Moment,
    ) -> Result<Pursuit, &'static str> {
        let (_, texts) = self.templates.get(&letter.template).ok_or("no_template")?;
        let (language, wording) = texts.wording(&facts.debtor.language).ok_or("no_template")?;
        let account = &facts.account;
        // What is typed from paper is short.
        let code = Some(code).filter(|_| permit.channel() != Channel::Letter);
        let link = code.as_ref().map_or_else(
            || self.link.to_owned(),
            |code| format!("{}{}{code}", self.link, crate::outbox::LINK),
        );
        let greeting = Greeting { name: &facts.debtor.name, agency: self.agency, link: &link };
        let says = template::Facts {
            greeting,
            creditor: self.creditors.get(&account.creditor_id.0).map_or("", String::as_str),
            account: &account.external_id,
            amount: template::amount(
                Money::from_minor(facts.owed_minor, account.currency),
                &facts.debtor.country,
            ),
            days_past_due: days_past_due(account.due_on, at.today),
        };
        let neutral = |text: &str| template::fill(text, &greeting).map_err(|_| "template");
        let with_duties = |text: &str, language: &str| {
            let mut parts = vec![template::fill(text, &says).map_err(|_| "template")?];
            parts.push(duties::lines(permit.duties(), language, &says).join("\n"));
            parts.retain(|part| !part.is_empty());
            Ok::<_, &'static str>(parts.join("\n\n"))
        };
        let (subject, body, template) = match permit.channel() {
            Channel::Letter => {
                // In a closed envelope with the debtor's name on it, which nobody else may open.
                let (language, wording) = texts.letter(&facts.debtor.language).ok_or("no_letter_text")?;
                let text = wording.letter.as_deref().ok_or("no_letter_text")?;
                let opt_out = duties::opt_out(language, Channel::Letter);
                let body = format!("{}\n\n{opt_out}", with_duties(text, language)?);
                (Some(neutral(&wording.subject)?), body, None)
            }
            Channel::Email => {
                let proven = self.ways.is_proven(facts.debtor.id, &point.value);
                let body = match wording.detailed.as_deref().filter(|_| proven) {
                    Some(text) => with_duties(text, language)?,
                    None => neutral(&wording.body)?,
                };
                let body = format!("{body}\n\n{}", duties::opt_out(language, Channel::Email));
                (Some(neutral(&wording.subject)?), body, None)
            }
            channel => {
                let body = format!("{} {}", neutral(&wording.short)?, duties::opt_out(language, channel));
                let provider = texts.whatsapp.as_ref().filter(|_| channel == Channel::Whatsapp);
                let template = provider.map(|known| ProviderTemplate {
                    name: known.name.clone(),
                    language: language.to_owned(),
                    params: known.params.iter().map(|name| value(&greeting, name)).collect(),
                });
                (None, body, template)
            }
        };
        let recipient = point.value.clone();
        Ok(Pursuit { id, recipient, subject, body, template, is_answer: false, link: code })
    }
}

impl Services {
    /// One message by a template in use, outside of any journey; the code tells why not.
    pub(crate) async fn by_template(
        &self,
        (tx, org): (&Tx, OrganizationId),
        facts: &Facts,
        template: TemplateId,
        (permit, point): (&ContactPermit, &ContactPoint),
        id: MessageId,
    ) -> ServiceResult<Result<Pursuit, &'static str>> {
        let templates = self.texts_in_use(tx, org, &[template]).await?;
        let channel = permit.channel();
        let takes = |texts: &Texts| channel != Channel::Whatsapp || texts.whatsapp.is_some();
        if !templates.get(&template).is_some_and(|(_, texts)| takes(texts)) {
            return Ok(Err("no_template"));
        }
        let creditors = parties::creditors(tx, org).await?;
        let creditors = creditors.into_iter().map(|creditor| (creditor.id.0, creditor.name)).collect();
        let ways = contact::ways(tx, org, [facts.debtor.id]).await?;
        let agency = self.organization(org).await?.name;
        let writer = Writer {
            agency: &agency,
            creditors: &creditors,
            link: &self.public_url,
            templates: &templates,
            ways: &ways,
            closed: &Closed::default(),
        };
        let letter = Letter { template, channels: vec![channel] };
        Ok(writer.write(id, facts, &letter, (permit, point), self.link_code(), self.moment(org).await?))
    }
}

const fn kind_of(channel: Channel) -> ContactKind {
    match channel {
        Channel::Email => ContactKind::Email,
        Channel::Letter | Channel::Visit => ContactKind::Address,
        _ => ContactKind::Phone,
    }
}

/// What a placeholder of the provider's is filled with: see [`template::NEUTRAL`].
fn value(greeting: &Greeting, name: &str) -> String {
    let value = match name {
        "agency" => greeting.agency,
        "link" => greeting.link,
        _ => greeting.name,
    };
    value.to_owned()
}
