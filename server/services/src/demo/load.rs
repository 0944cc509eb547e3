//! Writing the demo book into an empty database, in one transaction.

use std::collections::BTreeMap;

use domain::access::Role;
use domain::ids::OrganizationId;
use domain::ledger::{Entry, PaymentMethod, PaymentStatus};
use domain::party::PartyRole;
use sea_orm::Set;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::entities::{
    account_parties, accounts, activities, assignments, bank_details, creditors, organizations, payments,
    plan_installments, plans, promises, receipt_series, users,
};
use store::templates::{self, TemplateRow};
use store::{Tx, ledger, parties};

use super::book::{DemoAccount, DemoBook, DemoPayment, DemoPlan, DemoUser, KnownDebtor};
use crate::import::{bulk, search_rows};
use crate::secret::hash_password;
use crate::strategy::standard_rows;
use crate::{Mode, ServiceError, ServiceResult, Services};

/// What was loaded, for the person who asked for it.
#[derive(Debug, Clone, Serialize)]
pub struct DemoReport {
    pub as_of: chrono::NaiveDate,
    pub seed: u64,
    pub accounts: usize,
    pub debtors: usize,
    pub payments: usize,
    pub promises: usize,
    pub plans: usize,
    pub activities: usize,
    /// Visits planned for the field collectors.
    pub stops: usize,
    /// SHA-256 of the book: equal for equal books.
    pub fingerprint: String,
    pub staff: Vec<DemoSignIn>,
    pub known_debtors: Vec<KnownDebtor>,
}

/// How to sign in as a member of staff.
#[derive(Debug, Clone, Serialize)]
pub struct DemoSignIn {
    pub login: &'static str,
    pub password: &'static str,
    pub name: &'static str,
    pub role: Role,
}

impl Services {
    /// Fills an empty demo database.
    ///
    /// # Errors
    /// `Invalid` for a production deployment or a database that is not empty.
    pub async fn load_demo(&self, plan: DemoPlan) -> ServiceResult<DemoReport> {
        if self.mode == Mode::Production {
            return Err(ServiceError::invalid(
                "mode",
                "Los datos de demostración no se cargan en producción; use SALDAR_MODE=demo",
                "Demo data is not loaded in production; use SALDAR_MODE=demo",
            ));
        }
        let making = tokio::task::spawn_blocking(move || {
            let book = super::build(plan);
            let hashes = book.staff.iter().map(|user| hash_password(user.password, &user.salt));
            let hashes = hashes.collect::<Result<Vec<_>, _>>().map_err(|error| outside(&error))?;
            let fingerprint = book.fingerprint().map_err(|error| outside(&error))?;
            Ok::<_, ServiceError>((book, hashes, fingerprint))
        });
        let (book, hashes, fingerprint) = making.await.map_err(|error| outside(&error))??;
        let tx = self.begin().await?;
        if !parties::organizations(&tx).await?.is_empty() {
            return Err(ServiceError::invalid(
                "database",
                "La base de datos no está vacía; use otra en SALDAR_DATABASE_URL o borre el archivo",
                "The database is not empty; use another in SALDAR_DATABASE_URL or delete the file",
            ));
        }
        self.write_book(&tx, &book, hashes).await?;
        let report = report(&book, plan, fingerprint);
        let actor = self.system(book.organization.id, "demo");
        let details =
            json!({ "accounts": report.accounts, "seed": plan.seed, "fingerprint": report.fingerprint });
        self.audit(&tx, &actor, "demo.loaded", "organization".to_owned(), details).await?;
        tx.commit().await?;
        Ok(report)
    }

    async fn write_book(&self, tx: &Tx, book: &DemoBook, hashes: Vec<String>) -> ServiceResult<()> {
        let org = book.organization.id;
        let live = self.livemode();
        bulk::insert(tx, vec![organization_row(book)]).await?;
        bulk::insert(tx, creditor_rows(book)).await?;
        bulk::insert(tx, vec![bank_row(book)]).await?;
        let sender = "Av. Insurgentes Sur 1602, piso 4\n03940 Ciudad de México";
        store::letters::set_sender(tx, org, sender.to_owned(), (book.made_at, "system:demo".to_owned()))
            .await?;
        let staff = book.staff.iter().zip(hashes);
        bulk::insert(tx, staff.map(|(user, hash)| user_row(book, user, hash)).collect()).await?;
        bulk::insert(tx, book.parties.iter().map(|party| parties::party_row(org, party)).collect()).await?;
        let points = book.contact_points.iter().map(|point| parties::contact_point_row(org, point));
        bulk::insert(tx, points.collect()).await?;
        bulk::insert(tx, search_rows(org, &book.parties, &book.contact_points)).await?;
        bulk::insert(tx, book.accounts.iter().map(|demo| account_row(org, demo)).collect()).await?;
        bulk::insert(tx, guarantor_rows(book)).await?;
        let balances = book.accounts.iter();
        let balances =
            balances.map(|demo| ledger::balance_row(org, demo.account.id, &demo.balance, book.made_at));
        bulk::insert(tx, balances.collect()).await?;
        bulk::insert(tx, book.entries.iter().map(|entry| ledger::entry_row(org, entry, live)).collect())
            .await?;
        let lines = book.entries.iter().flat_map(|entry: &Entry| ledger::posting_rows(org, entry));
        bulk::insert(tx, lines.collect()).await?;
        let (payments, series) = payment_rows(book, live);
        bulk::insert(tx, payments).await?;
        bulk::insert(tx, series).await?;
        bulk::insert(tx, promise_rows(book)).await?;
        bulk::insert(tx, plan_rows(book)).await?;
        bulk::insert(tx, installment_rows(book)).await?;
        bulk::insert(tx, activity_rows(book)).await?;
        bulk::insert(tx, assignment_rows(book)).await?;
        for row in template_rows(book)? {
            templates::save(tx, row).await?;
        }
        Ok(())
    }
}

/// The standard texts, approved.
fn template_rows(book: &DemoBook) -> ServiceResult<Vec<TemplateRow>> {
    let by = |role: Role| {
        let found = book.staff.iter().find(|user| user.role == role);
        found.map(|user| format!("staff:{}", user.id)).unwrap_or_default()
    };
    standard_rows(book.organization.id, book.made_at, (by(Role::Supervisor), by(Role::Manager)))
}

fn outside(error: &impl std::fmt::Display) -> ServiceError {
    ServiceError::Outside { part: "demo", cause: error.to_string() }
}

fn report(book: &DemoBook, plan: DemoPlan, fingerprint: String) -> DemoReport {
    let staff = book.staff.iter();
    DemoReport {
        as_of: book.as_of,
        seed: plan.seed,
        accounts: book.accounts.len(),
        debtors: book.parties.len(),
        payments: book.payments.len(),
        promises: book.promises.len(),
        plans: book.plans.len(),
        activities: book.activities.len(),
        stops: book.assignments.len(),
        fingerprint,
        staff: staff
            .map(|user| DemoSignIn {
                login: user.login,
                password: user.password,
                name: user.name,
                role: user.role,
            })
            .collect(),
        known_debtors: book.known_debtors.clone(),
    }
}

fn organization_row(book: &DemoBook) -> organizations::ActiveModel {
    let organization = &book.organization;
    organizations::ActiveModel {
        id: Set(organization.id.0),
        code: Set(organization.code.to_owned()),
        name: Set(organization.name.to_owned()),
        country: Set(organization.country.to_owned()),
        time_zone: Set(organization.time_zone.to_owned()),
        currency: Set(organization.currency.to_owned()),
        language: Set(organization.language.to_owned()),
        created_at: Set(book.made_at),
    }
}

fn creditor_rows(book: &DemoBook) -> Vec<creditors::ActiveModel> {
    let rows = book.creditors.iter().map(|creditor| creditors::ActiveModel {
        organization_id: Set(book.organization.id.0),
        id: Set(creditor.id.0),
        code: Set(creditor.code.to_owned()),
        name: Set(creditor.name.to_owned()),
        country: Set(creditor.country.to_owned()),
        contact: Set(Some(creditor.contact.to_owned())),
    });
    rows.collect()
}

/// Where demo transfers go: a CLABE whose check digit is right, of a bank that does not exist.
fn bank_row(book: &DemoBook) -> bank_details::ActiveModel {
    bank_details::ActiveModel {
        organization_id: Set(book.organization.id.0),
        currency: Set(book.organization.currency.to_owned()),
        bank: Set("Banco del Puente (demostración)".to_owned()),
        number_kind: Set("CLABE".to_owned()),
        number: Set("999180000118359713".to_owned()),
        holder: Set(book.organization.name.to_owned()),
        note: Set(None),
        updated_at: Set(book.made_at),
        updated_by: Set("system:demo".to_owned()),
    }
}

fn user_row(book: &DemoBook, user: &DemoUser, password_hash: String) -> users::ActiveModel {
    users::ActiveModel {
        organization_id: Set(book.organization.id.0),
        id: Set(user.id.0),
        login: Set(user.login.to_owned()),
        name: Set(user.name.to_owned()),
        role: Set(user.role.as_str().to_owned()),
        password_hash: Set(password_hash),
        active: Set(true),
        failed_attempts: Set(0),
        locked_until: Set(None),
        created_at: Set(book.made_at),
    }
}

fn account_row(org: OrganizationId, demo: &DemoAccount) -> accounts::ActiveModel {
    let account = &demo.account;
    let channels = demo.consent_channels;
    accounts::ActiveModel {
        organization_id: Set(org.0),
        id: Set(account.id.0),
        creditor_id: Set(account.creditor_id.0),
        debtor_id: Set(account.debtor_id.0),
        external_id: Set(account.external_id.clone()),
        currency: Set(account.currency.to_string()),
        product: Set(account.product.clone()),
        credit_type: Set(account.credit_type.clone()),
        opened_on: Set(account.opened_on),
        due_on: Set(account.due_on),
        charged_off_on: Set(account.charged_off_on),
        installments_total: Set(account.installments_total),
        installments_unpaid: Set(account.installments_unpaid),
        annual_rate_pct: Set(demo.annual_rate_pct.clone()),
        default_rate_pct: Set(None),
        day_count: Set(demo.annual_rate_pct.as_ref().map(|_| "ACT/360".to_owned())),
        preferred_channel: Set(channels.split(' ').next().filter(|c| !c.is_empty()).map(str::to_owned)),
        consent_channels: Set((!channels.is_empty()).then(|| channels.to_owned())),
        import_id: Set(None),
    }
}

fn guarantor_rows(book: &DemoBook) -> Vec<account_parties::ActiveModel> {
    let guaranteed = book.accounts.iter().filter_map(|demo| Some((demo.account.id, demo.guarantor?)));
    let rows = guaranteed.map(|(account, party)| account_parties::ActiveModel {
        organization_id: Set(book.organization.id.0),
        account_id: Set(account.0),
        party_id: Set(party.0),
        role: Set(PartyRole::Guarantor.as_str().to_owned()),
    });
    rows.collect()
}

/// Who numbers the receipts of payments of this kind.
const fn series(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Gateway => "W",
        PaymentMethod::FieldCash => "F",
        PaymentMethod::BankTransfer | PaymentMethod::OfficeCash => "O",
    }
}

/// Payments with receipts numbered in the order in which they came, and where each series goes
/// on from there.
fn payment_rows(
    book: &DemoBook,
    livemode: bool,
) -> (Vec<payments::ActiveModel>, Vec<receipt_series::ActiveModel>) {
    let mut ordered: Vec<&DemoPayment> = book.payments.iter().collect();
    ordered.sort_by_key(|payment| (payment.recorded_at, payment.id));
    let mut next: BTreeMap<&'static str, i64> = BTreeMap::new();
    let org = book.organization.id.0;
    let mut rows = Vec::with_capacity(ordered.len());
    for payment in ordered {
        let series = series(payment.method);
        let number = next.entry(series).or_insert(1);
        rows.push(payment_row(book, payment, format!("{series}-{number:08}"), livemode));
        *number += 1;
    }
    let series = next.into_iter().map(|(series, next)| receipt_series::ActiveModel {
        organization_id: Set(org),
        series: Set(series.to_owned()),
        next: Set(next),
    });
    (rows, series.collect())
}

fn payment_row(
    book: &DemoBook,
    payment: &DemoPayment,
    receipt_no: String,
    livemode: bool,
) -> payments::ActiveModel {
    payments::ActiveModel {
        organization_id: Set(book.organization.id.0),
        id: Set(payment.id.0),
        account_id: Set(payment.account_id.0),
        debtor_id: Set(payment.debtor_id.0),
        method: Set(payment.method.as_str().to_owned()),
        amount_minor: Set(payment.amount.minor()),
        currency: Set(payment.amount.currency().to_string()),
        received_on: Set(payment.received_on),
        recorded_at: Set(payment.recorded_at),
        recorded_by: Set(payment.recorded_by.clone()),
        status: Set(PaymentStatus::Posted.as_str().to_owned()),
        entry_id: Set(payment.entry_id.0),
        reversal_entry_id: Set(None),
        reversal_reason: Set(None),
        reference: Set(None),
        receipt_no: Set(receipt_no),
        check_code: Set(check_code(payment)),
        livemode: Set(livemode),
        returned_minor: Set(0),
    }
}

/// Twelve characters without look-alikes, from the payment's id.
fn check_code(payment: &DemoPayment) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let digest = Sha256::digest(payment.id.0.as_bytes());
    let letters = digest.iter().take(12).filter_map(|byte| LETTERS.get(usize::from(byte % 32)));
    letters.map(|letter| char::from(*letter)).collect()
}

fn promise_rows(book: &DemoBook) -> Vec<promises::ActiveModel> {
    let rows = book.promises.iter().map(|promise| promises::ActiveModel {
        organization_id: Set(book.organization.id.0),
        id: Set(promise.id.0),
        account_id: Set(promise.account_id.0),
        amount_minor: Set(promise.amount.minor()),
        currency: Set(promise.amount.currency().to_string()),
        due_on: Set(promise.due_on),
        status: Set(promise.status.as_str().to_owned()),
        taken_at: Set(promise.taken_at),
        taken_by: Set(promise.taken_by.clone()),
    });
    rows.collect()
}

fn plan_rows(book: &DemoBook) -> Vec<plans::ActiveModel> {
    let rows = book.plans.iter().map(|plan| plans::ActiveModel {
        organization_id: Set(book.organization.id.0),
        id: Set(plan.id.0),
        account_id: Set(plan.account_id.0),
        status: Set("active".to_owned()),
        created_at: Set(plan.created_at),
        created_by: Set(plan.created_by.clone()),
    });
    rows.collect()
}

fn installment_rows(book: &DemoBook) -> Vec<plan_installments::ActiveModel> {
    let numbered =
        book.plans.iter().flat_map(|plan| (1..).zip(&plan.installments).map(move |n| (plan.id, n)));
    let rows = numbered.map(|(plan_id, (number, (due_on, amount)))| plan_installments::ActiveModel {
        organization_id: Set(book.organization.id.0),
        plan_id: Set(plan_id.0),
        number: Set(number),
        due_on: Set(*due_on),
        amount_minor: Set(amount.minor()),
        currency: Set(amount.currency().to_string()),
        status: Set("pending".to_owned()),
    });
    rows.collect()
}

fn activity_rows(book: &DemoBook) -> Vec<activities::ActiveModel> {
    let rows = book.activities.iter().map(|activity| activities::ActiveModel {
        organization_id: Set(book.organization.id.0),
        id: Set(activity.id.0),
        account_id: Set(activity.account_id.0),
        at: Set(activity.at),
        actor: Set(activity.actor.clone()),
        channel: Set(activity.channel.as_str().to_owned()),
        disposition: Set(activity.disposition.as_str().to_owned()),
        note: Set(activity.note.map(str::to_owned)),
        source: Set(format!("demo:{}", activity.id)),
    });
    rows.collect()
}

fn assignment_rows(book: &DemoBook) -> Vec<assignments::ActiveModel> {
    let rows = book.assignments.iter().map(|stop| assignments::ActiveModel {
        organization_id: Set(book.organization.id.0),
        id: Set(stop.id.0),
        user_id: Set(stop.user_id.0),
        account_id: Set(stop.account_id.0),
        on_date: Set(stop.on_date),
        position: Set(stop.position),
        decision_id: Set(None),
    });
    rows.collect()
}
