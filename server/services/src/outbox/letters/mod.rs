//! Letters on paper. A journey writes one into the outbox as any message, under a permit; no provider
//! takes it there, people do: they make a batch, which asks for leave again as the worker does at
//! sending, print it, take it to the post and say on which day. From that day a letter counts as a
//! contact; while it waits it counts for the day it was meant for, as other messages do.

mod batch;
mod paper;
mod post;
mod view;
mod window;

pub use batch::{MadeBatch, NewBatch};
pub use paper::{LetterFile, LetterSheet, LetterText};
pub(super) use post::RETURNED;
pub use view::{
    AccountLetter, BatchLine, BatchView, LetterDesk, LetterLine, LetterState, WaitingGroup, WaitingLetter,
};

use chrono::Duration;
use domain::access::{Actor, Permission};
use domain::text::Say;
use serde_json::json;
use store::letters;

use crate::{ServiceError, ServiceResult, Services};

/// How long a letter waits to be printed before it is of no use: its amounts are those of the day on
/// which it was written.
pub(super) const WAITS: Duration = Duration::days(14);
/// Lines that an address may have, and characters of each: what fits a letterhead.
const SENDER_LINES: usize = 4;
const SENDER_CHARS: usize = 60;

/// Who may look: as for messages.
fn may_read(actor: &Actor) -> ServiceResult<()> {
    Ok(actor.require(Permission::OutboxRead)?)
}

/// Who may make batches and say what became of them: who sees messages and works on what people say.
fn may_act(actor: &Actor) -> ServiceResult<()> {
    actor.require(Permission::OutboxRead)?;
    Ok(actor.require(Permission::CaseHandle)?)
}

impl Services {
    /// Keeps where letters come from and go back to: the postal address of the organization, a line each,
    /// without its name.
    ///
    /// # Errors
    /// `Denied`, `Invalid` for what is no address of two to four short lines, or the database.
    pub async fn set_letter_sender(&self, actor: &Actor, text: &str) -> ServiceResult<()> {
        actor.require(Permission::StrategyWrite)?;
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let fits = (2..=SENDER_LINES).contains(&lines.len())
            && lines.iter().all(|line| line.chars().count() <= SENDER_CHARS);
        if !fits {
            let says = Say::new(
                format!("Escriba la dirección en 2 a {SENDER_LINES} líneas de hasta {SENDER_CHARS} letras"),
                format!("Write the address in 2 to {SENDER_LINES} lines of up to {SENDER_CHARS} characters"),
            );
            return Err(ServiceError::told("sender", says));
        }
        let tx = self.begin().await?;
        let by = (self.now(), actor.audit_name());
        letters::set_sender(&tx, actor.organization_id, lines.join("\n"), by).await?;
        self.audit(&tx, actor, "letters.sender_changed", "organization".to_owned(), json!({})).await?;
        tx.commit().await?;
        Ok(())
    }
}
