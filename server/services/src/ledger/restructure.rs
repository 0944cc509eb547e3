//! Restructuring: old debts are closed, and one new debt stands in their place, with links both ways.

use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::account::{Account, Balance, Capitalising, Component, may_capitalise};
use domain::calendar::days_past_due;
use domain::ids::{AccountId, ArrangementId, PartyId};
use domain::ledger::FactKind;
use domain::party::PartyRole;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use serde_json::json;
use store::entities::{account_links, account_parties, accounts as account_rows, balances};
use store::{StoreError, Tx, accounts, ledger, links};
use uuid::Uuid;

use super::NewFact;
use crate::{ServiceError, ServiceResult, Services};

/// Which debts become one.
#[derive(Clone, Debug)]
pub struct Restructure {
    /// Of one debtor, one creditor and one currency.
    pub accounts: Vec<AccountId>,
    /// The new debt's number with the creditor.
    pub external_id: String,
    pub due_on: NaiveDate,
    /// Interest and charges become principal.
    pub capitalise: bool,
    /// The debtor agreed in writing.
    pub written_pact: bool,
    pub reason: String,
    /// The new account's id: sending the form twice does it once.
    pub key: Uuid,
}

/// What a restructuring would do.
#[derive(Clone, Debug)]
pub struct RestructurePreview {
    /// The debts with what is owed today.
    pub old: Vec<(Account, Balance)>,
    pub new: Balance,
}

/// A debt's place in a chain of replacements.
#[derive(Clone, Debug, Default)]
pub struct Replacements {
    pub replaced_by: Option<Account>,
    pub replaces: Vec<Account>,
}

impl Services {
    /// What it would do; nothing is kept.
    ///
    /// # Errors
    /// As [`Services::restructure`].
    pub async fn preview_restructure(
        &self,
        actor: &Actor,
        new: &Restructure,
    ) -> ServiceResult<RestructurePreview> {
        actor.require(Permission::DebtRestructure)?;
        let tx = self.begin().await?;
        let preview = self.restructure_in(&tx, actor, new).await?;
        tx.rollback().await?;
        Ok(preview)
    }

    /// Closes the old debts and opens the new one, in one transaction. What is paid on an old debt
    /// later counts for the new one.
    ///
    /// # Errors
    /// `Denied`; `NotFound`; `Invalid` for debts of several debtors, creditors or currencies, that owe
    /// nothing, are charged off, replaced or under an arrangement; for a number that is taken; where
    /// the law bars making interest principal (with the article); and without a reason.
    pub async fn restructure(&self, actor: &Actor, new: Restructure) -> ServiceResult<AccountId> {
        actor.require(Permission::DebtRestructure)?;
        let id = AccountId(new.key);
        let tx = self.begin().await?;
        if accounts::find(&tx, actor.organization_id, id).await?.is_some() {
            return Ok(id);
        }
        let reason: String = new.reason.trim().chars().take(500).collect();
        if reason.is_empty() {
            return Err(ServiceError::invalid("reason", "Escriba el motivo", "Say why"));
        }
        let done = self.restructure_in(&tx, actor, &new).await?;
        let details = json!({
            "replaces": done.old.iter().map(|(account, _)| account.id).collect::<Vec<_>>(),
            "capitalised": new.capitalise,
            "minor": done.new.total_minor(),
            "reason": reason,
        });
        self.audit(&tx, actor, "account.restructured", format!("account:{id}"), details).await?;
        tx.commit().await?;
        Ok(id)
    }

    async fn restructure_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        new: &Restructure,
    ) -> ServiceResult<RestructurePreview> {
        let org = actor.organization_id;
        let today = self.today(org).await?;
        let mut old = Vec::new();
        for id in &new.accounts {
            ledger::lock_balance(tx, org, *id).await?.ok_or(ServiceError::NotFound)?;
            let account = accounts::find(tx, org, *id).await?.ok_or(ServiceError::NotFound)?;
            if links::replacement(tx, org, *id).await?.is_some() || account.charged_off_on.is_some() {
                return Err(not_open(&account));
            }
            let (owed, _) = self.balance_on(tx, org, &account, today).await?;
            old.push((account, owed));
        }
        let first = belong_together(&old)?;
        let none = ArrangementId(self.new_id());
        self.refuse_second(tx, actor, &new.accounts, none).await?;
        if new.capitalise {
            self.check_capitalising(tx, actor, new, &old, today).await?;
        }
        let opening = opening(&old, new.capitalise)?;
        self.open_account(tx, actor, new, &first, opening, today).await?;
        for (account, _) in &old {
            self.close_open_promises(tx, actor, account.id).await?;
            let told = self.supersede(tx, actor, &[account.id], none, today).await?;
            store::audit::append(tx, told).await?;
            let source = format!("restructure:{}:{}", new.key, account.id);
            let fact = NewFact { source, effective_on: today, what: FactKind::Moved };
            self.post_fact_in(tx, actor, account.id, fact).await?;
            let link = account_links::ActiveModel {
                organization_id: Set(org.0),
                old_id: Set(account.id.0),
                new_id: Set(new.key),
                on_date: Set(today),
                capitalised: Set(new.capitalise),
                reason: Set(new.reason.trim().chars().take(500).collect()),
                made_at: Set(self.now()),
                made_by: Set(actor.audit_name()),
            };
            account_links::Entity::insert(link).exec_without_returning(tx).await?;
        }
        Ok(RestructurePreview { old, new: opening })
    }

    async fn check_capitalising(
        &self,
        tx: &Tx,
        actor: &Actor,
        new: &Restructure,
        old: &[(Account, Balance)],
        today: NaiveDate,
    ) -> ServiceResult<()> {
        for (account, _) in old {
            let creditor =
                store::parties::find_creditor(tx, actor.organization_id, account.creditor_id).await?;
            let country = creditor.ok_or(ServiceError::NotFound)?.country;
            let how = Capitalising {
                written_pact: new.written_pact,
                days_past_due: days_past_due(account.due_on, today),
            };
            may_capitalise(&country, how).map_err(|barred| ServiceError::told("capitalise", barred.says))?;
        }
        Ok(())
    }

    async fn open_account(
        &self,
        tx: &Tx,
        actor: &Actor,
        new: &Restructure,
        like: &Account,
        opening: Balance,
        today: NaiveDate,
    ) -> ServiceResult<()> {
        let org = actor.organization_id;
        let number = new.external_id.trim();
        if number.is_empty() || number.chars().count() > 80 {
            return Err(ServiceError::invalid(
                "external_id",
                "Escriba el número de la deuda nueva, de 80 caracteres como mucho",
                "Write the number of the new debt, of 80 characters at most",
            ));
        }
        if new.due_on < today {
            return Err(ServiceError::invalid(
                "due_on",
                "El vencimiento de la deuda nueva no puede haber pasado",
                "The new debt cannot be due in the past",
            ));
        }
        if accounts::numbered(tx, org, like.creditor_id, number).await?.is_some() {
            return Err(ServiceError::invalid(
                "external_id",
                "El acreedor ya tiene una deuda con ese número; escriba otro",
                "The creditor has a debt with that number already; write another",
            ));
        }
        let row = account_rows::Entity::find_by_id((org.0, like.id.0)).one(tx).await?;
        let row = account_rows::ActiveModel {
            id: Set(new.key),
            external_id: Set(number.to_owned()),
            opened_on: Set(Some(today)),
            due_on: Set(new.due_on),
            installments_total: Set(None),
            installments_unpaid: Set(None),
            import_id: Set(None),
            ..row.ok_or(ServiceError::NotFound)?.into_active_model().reset_all()
        };
        account_rows::Entity::insert(row).exec_without_returning(tx).await?;
        for (role, party) in self.others_of(tx, actor, &new.accounts).await? {
            let row = account_parties::ActiveModel {
                organization_id: Set(org.0),
                account_id: Set(new.key),
                party_id: Set(party.0),
                role: Set(role.as_str().to_owned()),
            };
            account_parties::Entity::insert(row).exec_without_returning(tx).await?;
        }
        let id = AccountId(new.key);
        let empty = ledger::balance_row(org, id, &Balance::zero(like.currency), self.now());
        balances::Entity::insert(empty).exec_without_returning(tx).await?;
        accounts::begin_state(tx, org, id).await?;
        let source = format!("opening:{id}");
        let fact = NewFact { source, effective_on: today, what: FactKind::Opening { owed: opening } };
        self.post_fact_in(tx, actor, id, fact).await?;
        Ok(())
    }

    /// Everybody who answers for one of the debts answers for the new one.
    async fn others_of(
        &self,
        tx: &Tx,
        actor: &Actor,
        ids: &[AccountId],
    ) -> ServiceResult<Vec<(PartyRole, PartyId)>> {
        let mut others: Vec<(PartyRole, PartyId)> = Vec::new();
        for id in ids {
            for (role, party) in accounts::other_parties(tx, actor.organization_id, *id).await? {
                if !others.iter().any(|(_, known)| *known == party) {
                    others.push((role, party));
                }
            }
        }
        Ok(others)
    }

    /// The debts that can be restructured together with this one, this one first, with what is owed
    /// today: open ones of the same debtor, creditor and currency.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn restructurable(
        &self,
        actor: &Actor,
        id: AccountId,
    ) -> ServiceResult<Vec<(Account, Balance)>> {
        actor.require(Permission::DebtRestructure)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let today = self.today(org).await?;
        let this = accounts::find(db, org, id).await?.ok_or(ServiceError::NotFound)?;
        let mut found = Vec::new();
        for account in accounts::of_debtor(db, org, this.debtor_id).await? {
            let alike = account.creditor_id == this.creditor_id && account.currency == this.currency;
            if alike && account.charged_off_on.is_none() {
                let (owed, _) = self.balance_on(db, org, &account, today).await?;
                if owed.total_minor() > 0 {
                    found.push((account, owed));
                }
            }
        }
        found.sort_by_key(|(account, _)| (account.id != id, account.due_on));
        Ok(found)
    }

    /// Which debts an account replaced, and which replaced it.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn replacements(&self, actor: &Actor, id: AccountId) -> ServiceResult<Replacements> {
        let (db, org) = (self.db.read(), actor.organization_id);
        let mut found = Replacements::default();
        if let Some(link) = links::replacement(db, org, id).await? {
            found.replaced_by = accounts::find(db, org, AccountId(link.new_id)).await?;
        }
        for link in links::replaced_by(db, org, id).await? {
            found.replaces.extend(accounts::find(db, org, AccountId(link.old_id)).await?);
        }
        Ok(found)
    }
}

fn not_open(account: &Account) -> ServiceError {
    let number = &account.external_id;
    ServiceError::invalid(
        "accounts",
        format!("La deuda {number} está castigada o ya se reemplazó; quítela de la lista"),
        format!("Debt {number} is charged off or replaced already; take it off the list"),
    )
}

fn belong_together(old: &[(Account, Balance)]) -> ServiceResult<Account> {
    let Some((first, _)) = old.first() else {
        return Err(ServiceError::invalid(
            "accounts",
            "Elija al menos una deuda",
            "Choose at least one debt",
        ));
    };
    let same = |account: &Account| {
        account.debtor_id == first.debtor_id
            && account.creditor_id == first.creditor_id
            && account.currency == first.currency
    };
    let mut ids: Vec<AccountId> = old.iter().map(|(account, _)| account.id).collect();
    ids.sort_unstable();
    ids.dedup();
    if !old.iter().all(|(account, _)| same(account)) || ids.len() != old.len() {
        return Err(ServiceError::invalid(
            "accounts",
            "Las deudas deben ser del mismo deudor y acreedor, en una moneda, y cada una una vez",
            "The debts must be of one debtor and creditor, in one currency, and each once",
        ));
    }
    if let Some((account, _)) = old.iter().find(|(_, owed)| owed.total_minor() <= 0) {
        return Err(ServiceError::invalid(
            "accounts",
            format!("En la deuda {} no se debe nada; quítela de la lista", account.external_id),
            format!("Nothing is owed on debt {}; take it off the list", account.external_id),
        ));
    }
    Ok(first.clone())
}

/// What the new debt begins with: part by part, or all of it principal.
fn opening(old: &[(Account, Balance)], capitalise: bool) -> ServiceResult<Balance> {
    let Some((first, _)) = old.first() else { return Err(ServiceError::NotFound) };
    let mut sum = Balance::zero(first.currency);
    for (_, owed) in old {
        for (component, amount) in owed.components() {
            let into = if capitalise { Component::Principal } else { component };
            sum = sum.add(into, amount).map_err(StoreError::from)?;
        }
    }
    Ok(sum)
}
