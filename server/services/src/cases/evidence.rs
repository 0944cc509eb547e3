//! Files that a person attaches: known by their first bytes, not by what they are called.

use domain::access::{Actor, ActorKind, Permission};
use domain::ids::CaseId;
use domain::text::Say;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use store::Tx;
use store::entities::{case_evidence, cases};
use uuid::Uuid;

use super::EvidenceLine;
use crate::{ServiceError, ServiceResult, Services};

/// Files in one form.
pub const FILES_A_POST: usize = 3;
/// The largest file.
pub const FILE_BYTES: usize = 5 * 1024 * 1024;
/// Files of a case in all, so that nobody fills the disk.
const FILES_A_CASE: u64 = 12;
const NAME_CHARS: usize = 80;

/// A file as it was sent.
#[derive(Clone)]
pub struct NewFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A file that was looked at and kept.
pub(crate) struct Kept {
    pub(crate) name: String,
    pub(crate) media_type: &'static str,
    pub(crate) bytes: i64,
    pub(crate) sha256: String,
}

/// What the bytes are, if it is something that we take.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &'static str); 3] =
        [(b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png")];
    known.into_iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| name)
}

/// The last part of what the file was called, without what no name needs.
fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
    if clean.trim().is_empty() { "archivo".to_owned() } else { clean.trim().to_owned() }
}

fn told(es: String, en: String, pt: String) -> ServiceError {
    ServiceError::told("files", Say::new(es, en).pt(pt))
}

/// What is wrong with the files of one form.
fn check(files: &[NewFile]) -> ServiceResult<()> {
    if files.len() > FILES_A_POST {
        return Err(told(
            format!("Puedes adjuntar hasta {FILES_A_POST} archivos a la vez"),
            format!("You can attach up to {FILES_A_POST} files at a time"),
            format!("Você pode anexar até {FILES_A_POST} arquivos por vez"),
        ));
    }
    let megabytes = FILE_BYTES / 1024 / 1024;
    for (index, file) in files.iter().enumerate() {
        let number = index + 1;
        if file.bytes.len() > FILE_BYTES {
            return Err(told(
                format!("El archivo {number} pasa de {megabytes} MB; adjunta uno más chico o una foto"),
                format!("File {number} is over {megabytes} MB; attach a smaller one or a photo"),
                format!("O arquivo {number} passa de {megabytes} MB; anexe um menor ou uma foto"),
            ));
        }
        if media_type(&file.bytes).is_none() {
            return Err(told(
                format!("El archivo {number} no es PDF, JPEG ni PNG; guárdalo así o toma una foto"),
                format!("File {number} is no PDF, JPEG or PNG; save it as one or take a photo"),
                format!("O arquivo {number} não é PDF, JPEG nem PNG; salve assim ou tire uma foto"),
            ));
        }
    }
    Ok(())
}

impl Services {
    /// Checks the files of a form and keeps their bytes; rows come with the caller's transaction.
    pub(crate) async fn keep_files(&self, actor: &Actor, files: Vec<NewFile>) -> ServiceResult<Vec<Kept>> {
        check(&files)?;
        let mut kept = Vec::with_capacity(files.len());
        for file in files {
            let Some(media_type) = media_type(&file.bytes) else { continue };
            let bytes = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
            let sha256 = self.files.put(actor.organization_id, file.bytes).await?;
            kept.push(Kept { name: shown_name(&file.name), media_type, bytes, sha256 });
        }
        Ok(kept)
    }

    pub(super) async fn attach(
        &self,
        tx: &Tx,
        actor: &Actor,
        id: CaseId,
        files: Vec<Kept>,
    ) -> ServiceResult<()> {
        let org = actor.organization_id.0;
        let there = case_evidence::Entity::find()
            .filter(case_evidence::Column::OrganizationId.eq(org))
            .filter(case_evidence::Column::CaseId.eq(id.0))
            .count(tx)
            .await?;
        if there.saturating_add(files.len() as u64) > FILES_A_CASE {
            return Err(told(
                format!("Este caso ya tiene todos los archivos que caben ({FILES_A_CASE})"),
                format!("This case has all the files it can hold ({FILES_A_CASE})"),
                format!("Este caso já tem todos os arquivos que cabem ({FILES_A_CASE})"),
            ));
        }
        for file in files {
            let row = case_evidence::ActiveModel {
                organization_id: Set(org),
                id: Set(self.new_id()),
                case_id: Set(id.0),
                name: Set(file.name),
                media_type: Set(file.media_type.to_owned()),
                bytes: Set(file.bytes),
                sha256: Set(file.sha256),
                at: Set(self.now()),
            };
            case_evidence::Entity::insert(row).exec_without_returning(tx).await?;
        }
        Ok(())
    }

    /// A file of a case, for the person who sent it and for staff who answer cases.
    ///
    /// # Errors
    /// `Denied`; `NotFound` also for files of other cases and other people.
    pub async fn case_file(
        &self,
        actor: &Actor,
        id: CaseId,
        file: Uuid,
    ) -> ServiceResult<(EvidenceLine, Vec<u8>)> {
        let (db, org) = (self.db.read(), actor.organization_id);
        let own = if let ActorKind::Debtor { party_id } = actor.kind {
            Some(party_id)
        } else {
            actor.require(Permission::CaseHandle)?;
            None
        };
        let case = cases::Entity::find_by_id((org.0, id.0)).one(db).await?.ok_or(ServiceError::NotFound)?;
        if own.is_some_and(|party| party.0 != case.party_id) {
            return Err(ServiceError::NotFound);
        }
        let row = case_evidence::Entity::find_by_id((org.0, file)).one(db).await?;
        let row = row.filter(|row| row.case_id == id.0).ok_or(ServiceError::NotFound)?;
        let bytes = self.files.get(org, &row.sha256).await?;
        Ok((line(row), bytes))
    }
}

pub(super) fn line(row: case_evidence::Model) -> EvidenceLine {
    let case_evidence::Model { id, name, media_type, bytes, at, .. } = row;
    EvidenceLine { id, name, media_type, bytes, at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> NewFile {
        NewFile { name: "prueba.pdf".to_owned(), bytes: bytes.to_vec() }
    }

    #[test]
    fn bytes_say_what_a_file_is_not_its_name() {
        assert_eq!(media_type(b"%PDF-1.7"), Some("application/pdf"));
        assert_eq!(media_type(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        for other in [&b"<html>"[..], b"PK\x03\x04", b"", b" %PDF-", b"\x89PNG"] {
            assert!(media_type(other).is_none());
            assert!(check(&[file(other)]).is_err());
        }
    }

    #[test]
    fn four_files_or_a_large_one_are_refused() {
        let pdf = || file(b"%PDF-1.7");
        assert!(check(&[pdf(), pdf(), pdf()]).is_ok());
        assert!(check(&[pdf(), pdf(), pdf(), pdf()]).is_err());
        let mut large = b"%PDF-".to_vec();
        large.resize(FILE_BYTES, 0);
        assert!(check(&[file(&large)]).is_ok());
        large.push(0);
        assert!(check(&[file(&large)]).is_err());
    }

    #[test]
    fn a_name_is_only_a_name() {
        assert_eq!(shown_name("C:\\fotos\\recibo.png"), "recibo.png");
        assert_eq!(shown_name("../../etc/passwd"), "passwd");
        assert_eq!(shown_name("a\r\nb.pdf"), "ab.pdf");
        assert_eq!(shown_name(" / "), "archivo");
        assert_eq!(shown_name(&"é".repeat(200)).chars().count(), NAME_CHARS);
    }
}
