//! The organization's own bank details, and the reference of a debt.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::ids::AccountId;
use domain::money::Currency;
use domain::reference::TransferReference;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde_json::json;
use store::entities::{bank_details as rows, transfer_references as references};
use store::{StoreError, accounts};

use crate::accounts::debtor_of;
use crate::{FieldIssue, ServiceError, ServiceResult, Services};

/// Tries to find a reference that no debt has; with 27 thousand million of them, the second one is
/// hardly ever needed.
const TRIES: usize = 8;
const TEXT_CHARS: usize = 120;

/// Where transfers in one currency go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankDetails {
    pub currency: Currency,
    pub bank: String,
    /// What the country calls the number: CLABE, CBU, CCI, account.
    pub number_kind: String,
    pub number: String,
    pub holder: String,
    /// Anything else that whoever transfers has to know.
    pub note: Option<String>,
    pub updated_at: Option<DateTime<Utc>>,
}

/// How to pay one debt by transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferWay {
    pub details: BankDetails,
    pub reference: TransferReference,
}

fn details(row: rows::Model) -> ServiceResult<BankDetails> {
    Ok(BankDetails {
        currency: row.currency.parse().map_err(StoreError::bad_row("bank_details", &row.currency))?,
        bank: row.bank,
        number_kind: row.number_kind,
        number: row.number,
        holder: row.holder,
        note: row.note,
        updated_at: Some(row.updated_at),
    })
}

/// One line of text, cut to length.
fn one_line(typed: &str) -> String {
    let plain: String =
        typed.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT_CHARS).collect();
    plain.trim().to_owned()
}

/// The control digit of a Mexican CLABE: weights 3, 7, 1 over the first 17 digits (Banco de México,
/// circular 3/2012). One typing mistake would send every debtor's money astray.
fn clabe_is_right(number: &str) -> bool {
    let digits: Vec<u32> = number.chars().filter_map(|c| c.to_digit(10)).collect();
    let Some((control, first)) = digits.split_last() else { return false };
    let sum: u32 =
        first.iter().zip([3, 7, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight % 10).sum();
    digits.len() == 18 && *control == (10 - sum % 10) % 10
}

fn check(new: &BankDetails) -> ServiceResult<BankDetails> {
    let mut issues = Vec::new();
    let mut need = |field: &'static str, text: &str, es: &str, en: &str| {
        let text = one_line(text);
        if text.is_empty() {
            issues.push(FieldIssue { field, says: domain::text::Say::new(es, en) });
        }
        text
    };
    let bank = need("bank", &new.bank, "Escriba el nombre del banco", "Write the name of the bank");
    let number_kind = need(
        "number_kind",
        &new.number_kind,
        "Escriba qué número es, por ejemplo CLABE, CBU o CCI",
        "Write what number it is, for example CLABE, CBU or CCI",
    );
    let number = need("number", &new.number, "Escriba el número", "Write the number");
    let holder = need("holder", &new.holder, "Escriba a nombre de quién está", "Write in whose name it is");
    if issues.is_empty() && number_kind.eq_ignore_ascii_case("CLABE") && !clabe_is_right(&number) {
        issues.push(FieldIssue {
            field: "number",
            says: domain::text::Say::new(
                "La CLABE no es correcta: son 18 dígitos y el último los comprueba. Cópiela otra vez del banco.",
                "The CLABE is not right: it has 18 digits, of which the last checks the others. Copy it from the bank again.",
            ),
        });
    }
    if !issues.is_empty() {
        return Err(ServiceError::Invalid(issues));
    }
    let note = new.note.as_deref().map(one_line).filter(|note| !note.is_empty());
    Ok(BankDetails { currency: new.currency, bank, number_kind, number, holder, note, updated_at: None })
}

impl Services {
    /// Where transfers go, by currency.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn bank_details(&self, actor: &Actor) -> ServiceResult<Vec<BankDetails>> {
        actor.require(Permission::AccountRead)?;
        let found = rows::Entity::find()
            .filter(rows::Column::OrganizationId.eq(actor.organization_id.0))
            .order_by_asc(rows::Column::Currency)
            .all(self.db.read())
            .await?;
        found.into_iter().map(details).collect()
    }

    /// Keeps where transfers in a currency go; what debtors are shown from now on.
    ///
    /// # Errors
    /// `Denied`, or `Invalid` for what is missing or cannot be a number.
    pub async fn save_bank_details(&self, actor: &Actor, new: &BankDetails) -> ServiceResult<()> {
        actor.require(Permission::TermsWrite)?;
        let new = check(new)?;
        let tx = self.begin().await?;
        let row = rows::ActiveModel {
            organization_id: Set(actor.organization_id.0),
            currency: Set(new.currency.to_string()),
            bank: Set(new.bank.clone()),
            number_kind: Set(new.number_kind.clone()),
            number: Set(new.number.clone()),
            holder: Set(new.holder),
            note: Set(new.note),
            updated_at: Set(self.now()),
            updated_by: Set(actor.audit_name()),
        };
        let all = [
            rows::Column::Bank,
            rows::Column::NumberKind,
            rows::Column::Number,
            rows::Column::Holder,
            rows::Column::Note,
            rows::Column::UpdatedAt,
            rows::Column::UpdatedBy,
        ];
        let key = [rows::Column::OrganizationId, rows::Column::Currency];
        let replace = OnConflict::columns(key).update_columns(all).to_owned();
        rows::Entity::insert(row).on_conflict(replace).exec_without_returning(&tx).await?;
        // The number is the organization's own: whoever changed where money goes can be found by it.
        let details = json!({
            "currency": new.currency, "bank": new.bank, "kind": new.number_kind, "number": new.number,
        });
        self.audit(&tx, actor, "bank_details.saved", format!("bank:{}", new.currency), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// No transfers in this currency any more.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn remove_bank_details(&self, actor: &Actor, currency: Currency) -> ServiceResult<()> {
        actor.require(Permission::TermsWrite)?;
        let tx = self.begin().await?;
        let key = (actor.organization_id.0, currency.to_string());
        if rows::Entity::delete_by_id(key).exec(&tx).await?.rows_affected == 0 {
            return Err(ServiceError::NotFound);
        }
        let details = json!({ "currency": currency });
        self.audit(&tx, actor, "bank_details.removed", format!("bank:{currency}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// How the signed-in debtor can pay one of their own debts by transfer; nothing where the
    /// organization takes none in its currency. The reference is made when it is first looked at, and
    /// stays.
    ///
    /// # Errors
    /// `NotFound` for debts of others.
    pub async fn my_transfer_way(&self, actor: &Actor, id: AccountId) -> ServiceResult<Option<TransferWay>> {
        let party = debtor_of(actor)?;
        let org = actor.organization_id;
        let account = accounts::find(self.db.read(), org, id).await?;
        let account = account.filter(|account| account.debtor_id == party).ok_or(ServiceError::NotFound)?;
        let key = (org.0, account.currency.to_string());
        let Some(row) = rows::Entity::find_by_id(key).one(self.db.read()).await? else { return Ok(None) };
        let reference = self.transfer_reference(actor, id).await?;
        Ok(Some(TransferWay { details: details(row)?, reference }))
    }

    /// The reference of a debt's transfers, for staff: made for whoever may post payments, where transfers
    /// in its currency are taken.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn transfer_reference_of(
        &self,
        actor: &Actor,
        id: AccountId,
    ) -> ServiceResult<Option<TransferReference>> {
        actor.require(Permission::AccountRead)?;
        let org = actor.organization_id;
        let account = accounts::find(self.db.read(), org, id).await?.ok_or(ServiceError::NotFound)?;
        let known = reference_of(self.db.read(), org.0, id).await?;
        if known.is_some() || actor.require(Permission::PaymentPost).is_err() {
            return Ok(known);
        }
        let key = (org.0, account.currency.to_string());
        if rows::Entity::find_by_id(key).one(self.db.read()).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(self.transfer_reference(actor, id).await?))
    }

    async fn transfer_reference(&self, actor: &Actor, id: AccountId) -> ServiceResult<TransferReference> {
        let org = actor.organization_id.0;
        if let Some(known) = reference_of(self.db.read(), org, id).await? {
            return Ok(known);
        }
        let tx = self.begin().await?;
        for _ in 0..TRIES {
            let mut random = [0; 7];
            self.entropy.fill(&mut random);
            let row = references::ActiveModel {
                organization_id: Set(org),
                reference: Set(TransferReference::from_random(random).to_string()),
                account_id: Set(id.0),
                created_at: Set(self.now()),
            };
            // Taken by another debt, or made by another request for this one.
            let made =
                references::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(&tx).await;
            let made = matches!(made?, sea_orm::TryInsertResult::Inserted(1..));
            if let Some(reference) = reference_of(&tx, org, id).await? {
                if made {
                    let details = json!({ "reference": reference.to_string() });
                    self.audit(&tx, actor, "transfer_reference.made", format!("account:{id}"), details)
                        .await?;
                }
                tx.commit().await?;
                return Ok(reference);
            }
        }
        let cause = "no free reference was found".to_owned();
        Err(ServiceError::Outside { part: "transfer references", cause })
    }
}

async fn reference_of(
    db: &impl ConnectionTrait,
    org: uuid::Uuid,
    id: AccountId,
) -> ServiceResult<Option<TransferReference>> {
    let row = references::Entity::find()
        .filter(references::Column::OrganizationId.eq(org))
        .filter(references::Column::AccountId.eq(id.0))
        .one(db)
        .await?;
    let parsed = row.map(|row| row.reference.parse().map_err(StoreError::bad_row("transfer_references", id)));
    Ok(parsed.transpose()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clabe_is_checked_by_its_last_digit() {
        // The example of Banco de México's circular and of many of its banks.
        assert!(clabe_is_right("032180000118359719"));
        assert!(clabe_is_right("0321 8000 0118 3597 19"));
        for wrong in ["032180000118359718", "03218000011835971", "", "230180000118359719"] {
            assert!(!clabe_is_right(wrong), "{wrong}");
        }
    }
}
