//! The file of a batch of letters, for whoever prints it.

use axum::extract::{Path, State};
use axum::response::Response;
use documents::{Issuer, LetterData, LettersData, Paper};
use services::outbox::{LetterFile, LetterSheet, LetterText};
use services::{ServiceError, Services};
use ui::i18n::{Lang, Locale};
use ui::{format, tr, trf};
use uuid::Uuid;
use web::{PageError, Staff, Surface, attachment};

use super::typeset;

pub async fn file(State(services): State<Services>, staff: Staff, Path(batch): Path<Uuid>) -> Response {
    match bytes(&services, &staff, batch).await {
        // Its name says what it is to whoever prints, and nothing of anybody.
        Ok(pdf) => attachment(pdf, "application/pdf", &format!("cartas-{}.pdf", batch.simple())),
        Err(error) => PageError::new(error, Surface::Console, &staff.visitor).into_page(),
    }
}

/// The file that was kept, or it is made now from what was kept with the batch.
async fn bytes(services: &Services, staff: &Staff, batch: Uuid) -> Result<Vec<u8>, ServiceError> {
    let sheet = match services.letter_file(staff.actor(), batch).await? {
        LetterFile::Kept(bytes) => return Ok(bytes),
        LetterFile::ToMake(sheet) => sheet,
    };
    let data = data(*sheet, services.livemode());
    let pdf = typeset(move || documents::letters(&data, documents::Lang::Es)).await?;
    services.keep_letter_file(staff.actor(), batch, pdf).await
}

fn data(sheet: LetterSheet, livemode: bool) -> LettersData {
    let LetterSheet { number, sender, return_line, made_at, zone, country, portal, letters } = sheet;
    let local = made_at.with_timezone(&zone);
    let staff = Locale::new(Lang::Es, &country);
    let mut lines = sender.into_iter();
    let letter = |text: LetterText| {
        let (lang, words) = match text.language.as_str() {
            "en" => (Lang::En, documents::Lang::En),
            "pt" => (Lang::Pt, documents::Lang::Pt),
            _ => (Lang::Es, documents::Lang::Es),
        };
        LetterData {
            lang: words,
            reference: text.reference,
            address: text.address,
            date: format::date_long(local.date_naive(), Locale::new(lang, &country)),
            subject: text.subject,
            paragraphs: text
                .body
                .split("\n\n")
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect(),
            portal_words: tr!(
                lang,
                "Para ver su cuenta, pagar o contestar, entre aquí:",
                "To see your account, pay or answer, sign in here:",
                "Para ver sua conta, pagar ou responder, entre aqui:"
            )
            .to_owned(),
        }
    };
    LettersData {
        title: trf!(Lang::Es, "Cartas, lote {}", "Letters, batch {}", number),
        issuer: Issuer { name: lines.next().unwrap_or_default(), details: lines.collect() },
        return_line,
        portal_url: portal,
        letters: letters.into_iter().map(letter).collect(),
        sandbox: !livemode,
        issued_at: made_at,
        issued_on: format::date_time(&local, staff),
        paper: Paper::of(&country),
    }
}
