//! The file of a batch: made from what was kept with the batch, printed as often as one likes.

use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::strategy::Texts;
use serde_json::json;
use store::letters;
use store::outbox::status;
use uuid::Uuid;

use super::{may_act, window};
use crate::{ServiceError, ServiceResult, Services};

/// What a batch says, for whoever sets the type.
#[derive(Clone, Debug)]
pub struct LetterSheet {
    pub number: i32,
    /// Name and address of the sender, a line each.
    pub sender: Vec<String>,
    /// The line in the window that brings a letter back.
    pub return_line: String,
    pub made_at: DateTime<Utc>,
    pub zone: chrono_tz::Tz,
    pub country: String,
    /// Where debtors sign in.
    pub portal: String,
    pub letters: Vec<LetterText>,
}

/// One letter.
#[derive(Clone, Debug)]
pub struct LetterText {
    /// What stands on it, so that one that comes back is known: `12-3`.
    pub reference: String,
    pub address: Vec<String>,
    /// `es`, `en` or `pt`.
    pub language: String,
    pub subject: String,
    pub body: String,
}

/// The file of a batch, or what it is made from while there is none.
#[derive(Clone, Debug)]
pub enum LetterFile {
    Kept(Vec<u8>),
    ToMake(Box<LetterSheet>),
}

impl Services {
    /// The file of a batch for whoever prints it; that it was fetched is audited.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, the database or the file store.
    pub async fn letter_file(&self, actor: &Actor, id: Uuid) -> ServiceResult<LetterFile> {
        may_act(actor)?;
        let org = actor.organization_id;
        let batch = letters::batch(self.db.read(), org, id).await?.ok_or(ServiceError::NotFound)?;
        if let Some(sha256) = batch.sha256 {
            let bytes = self.files.get(org, &sha256).await?;
            let tx = self.begin().await?;
            let details = json!({ "sha256": sha256 });
            self.audit(&tx, actor, "letters.file_fetched", format!("letter_batch:{id}"), details).await?;
            tx.commit().await?;
            return Ok(LetterFile::Kept(bytes));
        }
        let organization = self.organization(org).await?;
        let rows = letters::of_batch(self.db.read(), org, id).await?;
        let text = |(letter, row): (letters::Printed, store::outbox::Row)| LetterText {
            reference: format!("{}-{}", batch.number, letter.place),
            address: letter.address.lines().map(str::to_owned).collect(),
            language: language(&letter.language),
            subject: row.subject.unwrap_or_default(),
            body: row.body,
        };
        Ok(LetterFile::ToMake(Box::new(LetterSheet {
            number: batch.number,
            return_line: window::return_line(&batch.sender),
            sender: batch.sender.lines().map(str::to_owned).collect(),
            made_at: batch.made_at,
            zone: organization.zone,
            country: organization.country,
            portal: self.public_url.clone(),
            letters: rows.into_iter().filter(|(_, row)| row.status != status::CANCELLED).map(text).collect(),
        })))
    }

    /// Keeps the file that was made of a batch, and gives what is to be printed: where somebody made one
    /// meanwhile, theirs.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, the database or the file store.
    pub async fn keep_letter_file(&self, actor: &Actor, id: Uuid, bytes: Vec<u8>) -> ServiceResult<Vec<u8>> {
        may_act(actor)?;
        let org = actor.organization_id;
        let sha256 = self.files.put(org, bytes.clone()).await?;
        let tx = self.begin().await?;
        let batch = letters::lock_batch(&tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        if let Some(theirs) = &batch.sha256 {
            return self.files.get(org, theirs).await;
        }
        letters::note_file(&tx, batch, sha256.clone()).await?;
        let details = json!({ "sha256": sha256 });
        self.audit(&tx, actor, "letters.file_made", format!("letter_batch:{id}"), details).await?;
        tx.commit().await?;
        Ok(bytes)
    }
}

/// The language of the letter's own words: that of its reader, else the first.
fn language(of: &str) -> String {
    let tag = of.get(..2).unwrap_or_default().to_ascii_lowercase();
    Texts::LANGUAGES.into_iter().find(|known| *known == tag).unwrap_or(Texts::FIRST).to_owned()
}
