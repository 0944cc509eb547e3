//! Templates of messages: saved in versions, approved by somebody else than wrote them.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::ids::{OrganizationId, TemplateId};
use domain::strategy::{ProviderName, Texts, Wording};
use domain::text::Say;
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::templates::{self, TemplateRow, status};
use store::{StoreError, Tx};

use super::segments::{name, saved_meanwhile};
use super::template::{self, LONGEST, NEUTRAL};
use crate::{FieldIssue, ServiceError, ServiceResult, Services};

/// A version of a template.
#[derive(Clone, Debug)]
pub struct TemplateVersion {
    pub version: i32,
    pub name: String,
    pub texts: Texts,
    pub standing: Standing,
    pub saved_at: DateTime<Utc>,
    pub saved_by: String,
    /// When and by whom it was approved or rejected.
    pub decided: Option<(DateTime<Utc>, String)>,
}

/// What became of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Draft,
    Approved,
    Rejected,
}

/// A template with its versions, the newest first; there is at least one.
#[derive(Clone, Debug)]
pub struct TemplateLine {
    pub id: TemplateId,
    pub versions: Vec<TemplateVersion>,
}

impl TemplateLine {
    pub fn newest(&self) -> Option<&TemplateVersion> {
        self.versions.first()
    }

    /// The version that messages are written with.
    pub fn in_use(&self) -> Option<&TemplateVersion> {
        self.versions.iter().find(|version| version.standing == Standing::Approved)
    }
}

/// A template to save.
#[derive(Clone, Debug)]
pub struct NewTemplate {
    /// Made by the form, so that a double post saves once.
    pub id: TemplateId,
    /// The version it was made from; 0 for a new one.
    pub based_on: i32,
    pub name: String,
    pub texts: Texts,
}

/// A wording filled with made-up facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub subject: String,
    pub body: String,
    pub detailed: Option<String>,
    pub short: String,
    pub letter: Option<String>,
}

/// Longest SMS in characters once it is filled: three parts, less the line on how to stop them.
const SHORT: usize = 400;
const SUBJECT: usize = 150;
/// Longest letter: two pages.
const LETTER: usize = 5_000;
/// Fields of the form by language: subject, body, detailed, short, letter.
const FIELDS: [(&str, [&str; 5]); 3] = [
    ("es", ["es_subject", "es_body", "es_detailed", "es_short", "es_letter"]),
    ("en", ["en_subject", "en_body", "en_detailed", "en_short", "en_letter"]),
    ("pt", ["pt_subject", "pt_body", "pt_detailed", "pt_short", "pt_letter"]),
];

impl Services {
    /// Every template, by name.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn templates(&self, actor: &Actor) -> ServiceResult<Vec<TemplateLine>> {
        actor.require(Permission::StrategyRead)?;
        let rows = templates::all(self.db.read(), actor.organization_id).await?;
        let mut lines: Vec<TemplateLine> = Vec::new();
        for row in rows {
            let id = TemplateId(row.id);
            let version = version(row)?;
            match lines.last_mut().filter(|line| line.id == id) {
                Some(line) => line.versions.push(version),
                None => lines.push(TemplateLine { id, versions: vec![version] }),
            }
        }
        Ok(lines)
    }

    /// One template with its versions.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn template(&self, actor: &Actor, id: TemplateId) -> ServiceResult<TemplateLine> {
        actor.require(Permission::StrategyRead)?;
        let rows = templates::versions(self.db.read(), actor.organization_id, id).await?;
        if rows.is_empty() {
            return Err(ServiceError::NotFound);
        }
        let versions = rows.into_iter().map(version).collect::<Result<_, _>>()?;
        Ok(TemplateLine { id, versions })
    }

    /// Saves a template as its next version, a draft. The same save twice is one.
    ///
    /// # Errors
    /// `Denied`; `Invalid` for texts that cannot be used, or when somebody saved meanwhile.
    pub async fn save_template(&self, actor: &Actor, new: NewTemplate) -> ServiceResult<i32> {
        actor.require(Permission::StrategyWrite)?;
        let name = name(&new.name)?;
        let issues = issues(&new.texts);
        if !issues.is_empty() {
            return Err(ServiceError::Invalid(issues));
        }
        let texts = serde_json::to_string(&new.texts)
            .map_err(|error| ServiceError::Outside { part: "template", cause: error.to_string() })?;
        let org = actor.organization_id;
        let tx = self.begin().await?;
        let before = templates::versions(&tx, org, new.id).await?.into_iter().next();
        let newest = before.as_ref().map_or(0, |row| row.version);
        if let Some(same) = before.filter(|row| row.texts == texts && row.name == name) {
            return Ok(same.version);
        }
        if newest != new.based_on {
            return Err(saved_meanwhile());
        }
        let row = TemplateRow {
            organization_id: org.0,
            id: new.id.0,
            version: newest.saturating_add(1),
            name,
            texts,
            status: status::DRAFT.to_owned(),
            created_at: self.now(),
            created_by: actor.audit_name(),
            decided_at: None,
            decided_by: None,
        };
        let version = row.version;
        templates::save(&tx, row)
            .await
            .map_err(|error| if error.is_unique_violation() { saved_meanwhile() } else { error.into() })?;
        let details = json!({ "template": new.id, "version": version });
        self.audit(&tx, actor, "template.saved", format!("template:{}", new.id), details).await?;
        tx.commit().await?;
        Ok(version)
    }

    /// Approves or rejects a draft. From then on journeys write with it.
    ///
    /// # Errors
    /// `Denied`, `NotFound`; `Invalid` for one's own draft, and for what was decided before.
    pub async fn decide_template(
        &self,
        actor: &Actor,
        id: TemplateId,
        version: i32,
        approve: bool,
    ) -> ServiceResult<()> {
        actor.require(Permission::StrategyWrite)?;
        let tx = self.begin().await?;
        let rows = templates::versions(&tx, actor.organization_id, id).await?;
        let row = rows.into_iter().find(|row| row.version == version).ok_or(ServiceError::NotFound)?;
        let becomes = if approve { status::APPROVED } else { status::REJECTED };
        if row.status == becomes {
            return Ok(());
        }
        if row.status != status::DRAFT {
            return Err(ServiceError::invalid(
                "version",
                "Esa versión ya se decidió; guardar otra",
                "That version was decided before; save another",
            ));
        }
        if row.created_by == actor.audit_name() {
            return Err(ServiceError::invalid(
                "version",
                "Otra persona debe revisar lo que usted escribió",
                "Somebody else must look at what you wrote",
            ));
        }
        templates::decide(&tx, row, becomes, (self.now(), actor.audit_name())).await?;
        let details = json!({ "template": id, "version": version, "approved": approve });
        self.audit(&tx, actor, "template.decided", format!("template:{id}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Saves the texts that Saldar comes with, as drafts; those that are there already stay.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn add_standard_templates(&self, actor: &Actor) -> ServiceResult<Vec<TemplateId>> {
        let there = self.templates(actor).await?;
        let mut added = Vec::new();
        for Standard { name, texts } in standard()? {
            if there.iter().any(|line| line.newest().is_some_and(|newest| newest.name == name)) {
                continue;
            }
            let id = TemplateId(self.new_id());
            self.save_template(actor, NewTemplate { id, based_on: 0, name, texts }).await?;
            added.push(id);
        }
        Ok(added)
    }

    /// The texts that messages are written with.
    pub(crate) async fn texts_in_use(
        &self,
        db: &impl ConnectionTrait,
        org: OrganizationId,
        wanted: &[TemplateId],
    ) -> ServiceResult<std::collections::HashMap<TemplateId, (i32, Texts)>> {
        let rows = templates::approved(db, org, wanted).await?;
        rows.into_iter()
            .map(|row| {
                let id = TemplateId(row.id);
                let version = version(row)?;
                Ok((id, (version.version, version.texts)))
            })
            .collect()
    }

    /// Whether each of these templates exists, and where that is wanted has a version in use.
    pub(super) async fn check_templates(
        &self,
        tx: &Tx,
        org: OrganizationId,
        wanted: &[TemplateId],
        in_use: bool,
    ) -> ServiceResult<()> {
        for id in wanted {
            let rows = templates::versions(tx, org, *id).await?;
            let Some(newest) = rows.first() else {
                return Err(ServiceError::invalid(
                    "steps",
                    "Elegir una plantilla en cada paso que escribe",
                    "Choose a template in each step that writes",
                ));
            };
            if in_use && !rows.iter().any(|row| row.status == status::APPROVED) {
                let name = &newest.name;
                return Err(ServiceError::invalid(
                    "steps",
                    format!("La plantilla «{name}» no está aprobada; otra persona debe aprobarla primero"),
                    format!("The template “{name}” is not approved; somebody else must approve it first"),
                ));
            }
        }
        Ok(())
    }
}

/// The texts that Saldar comes with, approved, under ids of their own.
pub(crate) fn standard_rows(
    org: OrganizationId,
    at: DateTime<Utc>,
    (author, approver): (String, String),
) -> ServiceResult<Vec<TemplateRow>> {
    let rows = (1_u8..).zip(standard()?).map(|(number, Standard { name, texts })| {
        let texts = serde_json::to_string(&texts)
            .map_err(|error| ServiceError::Outside { part: "template", cause: error.to_string() })?;
        Ok(TemplateRow {
            organization_id: org.0,
            id: domain::ids::uuid_v7(at, [number; 10]),
            version: 1,
            name,
            texts,
            status: status::APPROVED.to_owned(),
            created_at: at,
            created_by: author.clone(),
            decided_at: Some(at),
            decided_by: Some(approver.clone()),
        })
    });
    rows.collect()
}

/// The wording of a language with made-up facts.
pub fn sample_of(wording: &Wording) -> Sample {
    // What was saved can be filled; what is typed may not yet.
    let neutral = |text: &str| template::fill(text, &template::SAMPLE).unwrap_or_else(|_| text.to_owned());
    let detailed = |text: &String| template::fill(text, &template::sample()).unwrap_or_else(|_| text.clone());
    Sample {
        subject: neutral(&wording.subject),
        body: neutral(&wording.body),
        detailed: wording.detailed.as_ref().map(detailed),
        short: neutral(&wording.short),
        letter: wording.letter.as_ref().map(detailed),
    }
}

fn version(row: TemplateRow) -> ServiceResult<TemplateVersion> {
    let texts = serde_json::from_str(&row.texts).map_err(StoreError::bad_row("message_templates", row.id))?;
    let standing = match row.status.as_str() {
        status::APPROVED => Standing::Approved,
        status::REJECTED => Standing::Rejected,
        _ => Standing::Draft,
    };
    Ok(TemplateVersion {
        version: row.version,
        name: row.name,
        texts,
        standing,
        saved_at: row.created_at,
        saved_by: row.created_by,
        decided: row.decided_at.zip(row.decided_by),
    })
}

fn issues(texts: &Texts) -> Vec<FieldIssue> {
    let mut issues = Vec::new();
    for (language, [subject, body, detailed, short, letter]) in FIELDS {
        let Some(wording) = texts.languages.get(language) else {
            if language == Texts::FIRST {
                let (es, en) = ("Escribir los textos en español", "Write the texts in Spanish");
                issues.push(FieldIssue { field: subject, says: Say::new(es, en) });
            }
            continue;
        };
        for (field, text, is_detailed, longest) in [
            (subject, Some(&wording.subject), false, SUBJECT),
            (body, Some(&wording.body), false, LONGEST),
            (detailed, wording.detailed.as_ref(), true, LONGEST),
            (short, Some(&wording.short), false, SHORT),
            (letter, wording.letter.as_ref(), true, LETTER),
        ] {
            let Some(text) = text else { continue };
            let says = if text.trim().is_empty() {
                Some(Say::new("Escribir este texto", "Write this text"))
            } else {
                template::problem(text, is_detailed, longest)
            };
            issues.extend(says.map(|says| FieldIssue { field, says }));
        }
    }
    issues.extend(texts.whatsapp.as_ref().and_then(provider_issue));
    issues
}

fn provider_issue(known: &ProviderName) -> Option<FieldIssue> {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if known.name.is_empty() || known.name.len() > 512 || !known.name.chars().all(is_name) {
        let says = Say::new(
            "El nombre en WhatsApp lleva solo minúsculas, cifras y _",
            "The name at WhatsApp has lower-case letters, digits and _ only",
        );
        return Some(FieldIssue { field: "whatsapp_name", says });
    }
    let unknown = known.params.iter().find(|name| !NEUTRAL.contains(&name.as_str()))?;
    let names = NEUTRAL.join(", ");
    let says = Say::new(
        format!("WhatsApp no puede nombrar «{unknown}»; puede nombrar: {names}"),
        format!("WhatsApp cannot name “{unknown}”; it may name: {names}"),
    );
    Some(FieldIssue { field: "whatsapp_params", says })
}

/// Texts to begin with.
#[derive(serde::Deserialize)]
struct Standard {
    name: String,
    texts: Texts,
}

fn standard() -> ServiceResult<Vec<Standard>> {
    serde_json::from_str(include_str!("standard_texts.json"))
        .map_err(|error| ServiceError::Outside { part: "standard templates", cause: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_texts_can_be_used() {
        for Standard { name, texts } in standard().unwrap() {
            assert_eq!(issues(&texts).len(), 0, "{name}: {:?}", issues(&texts));
        }
    }

    #[test]
    fn neutral_texts_name_no_debt() {
        let mut texts = standard().unwrap().remove(0).texts;
        let wording = texts.languages.get_mut("pt").unwrap();
        wording.short = "Deve {{ amount }}".to_owned();
        wording.subject = String::new();
        texts.whatsapp = Some(ProviderName { name: "aviso".to_owned(), params: vec!["amount".to_owned()] });
        let fields: Vec<_> = issues(&texts).iter().map(|issue| issue.field).collect();
        assert_eq!(fields, ["pt_subject", "pt_short", "whatsapp_params"]);
    }
}
