//! How a person wishes to be reached: where, when, in which language, and where not.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveTime, Weekday};
use domain::access::{Actor, Permission};
use domain::ids::{AccountId, ContactPointId, OrganizationId, PartyId};
use domain::party::ContactPoint;
use domain::text::{Say, compact};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;
use store::entities::{parties as people, party_preferences as rows};
use store::wishes::{self, Wishes};
use store::{accounts, contact, parties, refusals, undeliverable};

use crate::accounts::debtor_of;
use crate::{FieldIssue, ServiceError, ServiceResult, Services};

/// Languages in which we write to debtors.
pub const LANGUAGES: [&str; 3] = ["es", "en", "pt"];

/// Days and hours in which a person wishes to be contacted. They only narrow what the law allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    pub days: Vec<Weekday>,
    pub from: NaiveTime,
    pub to: NaiveTime,
}

/// What a person wishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// Where first; one of the proven points.
    pub point: Option<ContactPointId>,
    /// None: whenever the law allows.
    pub hours: Option<Hours>,
    /// `es`, `en` or `pt`.
    pub language: String,
    /// Where not, except for codes and receipts that the person asks for.
    pub refused: Vec<ContactPointId>,
}

/// A phone, e-mail or address, and what is known of it.
#[derive(Clone, Debug)]
pub struct PointKnown {
    pub point: ContactPoint,
    /// The person has answered a code that was sent there.
    pub is_proven: bool,
}

/// Wishes for whoever is about to contact the person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactWishes {
    /// As the contact rules take them.
    pub ruled: Wishes,
    pub refused_points: Vec<ContactPointId>,
    /// Where nothing arrives: what was sent came back.
    pub undeliverable: Vec<ContactPointId>,
    pub preferred: Option<ContactPointId>,
}

fn hours_of(row: &rows::Model) -> ServiceResult<Option<Hours>> {
    let slot = wishes::own_slot(row)?;
    Ok(slot.map(|slot| Hours { days: slot.days, from: slot.open.start(), to: slot.open.end() }))
}

async fn row_of(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    party: PartyId,
) -> ServiceResult<Option<rows::Model>> {
    Ok(rows::Entity::find_by_id((org.0, party.0)).one(db).await?)
}

fn refused_among(points: &[ContactPoint], keys: &HashSet<String>) -> Vec<ContactPointId> {
    points.iter().filter(|point| keys.contains(&compact(&point.value))).map(|point| point.id).collect()
}

fn issue(field: &'static str, es: &str, en: &str, pt: &str) -> FieldIssue {
    FieldIssue { field, says: Say::new(es, en).pt(pt) }
}

fn check(new: &Preferences, known: &[PointKnown]) -> ServiceResult<()> {
    let mut issues = Vec::new();
    if let Some(chosen) = new.point {
        let proven = known.iter().any(|known| known.point.id == chosen && known.is_proven);
        if !proven {
            issues.push(issue(
                "point",
                "Elige uno de los contactos de la lista",
                "Choose one of the contacts in the list",
                "Escolha um dos contatos da lista",
            ));
        } else if new.refused.contains(&chosen) {
            issues.push(issue(
                "point",
                "No podemos escribirte primero a un contacto que no quieres que usemos; elige otro",
                "We cannot contact you first where you do not want us to; choose another one",
                "Não podemos falar primeiro por um contato que você não quer que usemos; escolha outro",
            ));
        }
    }
    if let Some(hours) = &new.hours {
        if hours.days.is_empty() {
            issues.push(issue(
                "days",
                "Elige al menos un día",
                "Choose at least one day",
                "Escolha pelo menos um dia",
            ));
        }
        if hours.from >= hours.to {
            issues.push(issue(
                "to",
                "La hora final debe ser después de la inicial",
                "The end must be after the beginning",
                "A hora final deve ser depois da inicial",
            ));
        }
    }
    if !LANGUAGES.contains(&new.language.as_str()) {
        issues.push(issue("language", "Elige un idioma", "Choose a language", "Escolha um idioma"));
    }
    if issues.is_empty() { Ok(()) } else { Err(ServiceError::Invalid(issues)) }
}

impl Services {
    /// What the signed-in debtor wishes, and the points that there are.
    ///
    /// # Errors
    /// `NotSignedIn` for anybody else, or the database.
    pub async fn my_preferences(&self, actor: &Actor) -> ServiceResult<(Preferences, Vec<PointKnown>)> {
        let party = debtor_of(actor)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let person = parties::find_party(db, org, party).await?.ok_or(ServiceError::NotFound)?;
        let known = self.points_known(actor, party).await?;
        let points: Vec<_> = known.iter().map(|known| known.point.clone()).collect();
        let refused = refused_among(&points, &refusals::of(db, org, party).await?);
        let row = row_of(db, org, party).await?;
        let preferences = Preferences {
            point: row.as_ref().and_then(|row| row.point_id).map(ContactPointId),
            hours: row.as_ref().map(hours_of).transpose()?.flatten(),
            language: person.language.get(..2).unwrap_or("es").to_owned(),
            refused,
        };
        Ok((preferences, known))
    }

    async fn points_known(&self, actor: &Actor, party: PartyId) -> ServiceResult<Vec<PointKnown>> {
        let (db, org) = (self.db.read(), actor.organization_id);
        let ways = contact::ways(db, org, [party]).await?;
        let points = parties::contact_points(db, org, party).await?.into_iter();
        let known = points
            .filter(|point| !point.is_suppressed)
            .map(|point| PointKnown { is_proven: ways.is_proven(party, &point.value), point });
        Ok(known.collect())
    }

    /// Keeps what the signed-in debtor wishes.
    ///
    /// # Errors
    /// `NotSignedIn`, `Invalid` for what cannot be, or the database.
    pub async fn save_preferences(&self, actor: &Actor, new: Preferences) -> ServiceResult<()> {
        let party = debtor_of(actor)?;
        let org = actor.organization_id;
        let known = self.points_known(actor, party).await?;
        check(&new, &known)?;
        let refused: Vec<String> = known
            .iter()
            .filter(|known| new.refused.contains(&known.point.id))
            .map(|known| known.point.value.clone())
            .collect();
        let days = new
            .hours
            .as_ref()
            .map(|hours| hours.days.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
        let row = rows::ActiveModel {
            organization_id: Set(org.0),
            party_id: Set(party.0),
            point_id: Set(new.point.map(|id| id.0)),
            days: Set(days),
            from_minute: Set(new.hours.as_ref().map(|hours| wishes::minute(hours.from))),
            to_minute: Set(new.hours.as_ref().map(|hours| wishes::minute(hours.to))),
            updated_at: Set(self.now()),
        };
        let all = [
            rows::Column::PointId,
            rows::Column::Days,
            rows::Column::FromMinute,
            rows::Column::ToMinute,
            rows::Column::UpdatedAt,
        ];
        let key = [rows::Column::OrganizationId, rows::Column::PartyId];
        let tx = self.begin().await?;
        parties::lock(&tx, org, [party]).await?;
        let replace = OnConflict::columns(key).update_columns(all).to_owned();
        rows::Entity::insert(row).on_conflict(replace).exec_without_returning(&tx).await?;
        refusals::replace(&tx, org, party, &refused, self.now()).await?;
        people::Entity::update_many()
            .col_expr(people::Column::Language, Expr::value(new.language.as_str()))
            .filter(people::Column::OrganizationId.eq(org.0))
            .filter(people::Column::Id.eq(party.0))
            .exec(&tx)
            .await?;
        let details = json!({
            "language": new.language, "own_hours": new.hours.is_some(), "refused": refused.len(),
            "preferred": new.point.is_some(),
        });
        self.audit(&tx, actor, "preferences.saved", format!("party:{party}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What the debtor of an account wishes.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn contact_wishes(&self, actor: &Actor, account: AccountId) -> ServiceResult<ContactWishes> {
        actor.require(Permission::AccountRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let account = accounts::find(db, org, account).await?.ok_or(ServiceError::NotFound)?;
        let party = account.debtor_id;
        let points = parties::contact_points(db, org, party).await?;
        let refused_points = refused_among(&points, &refusals::of(db, org, party).await?);
        let gone = undeliverable::of(db, org, party).await?;
        let of_no_use = points.iter().filter(|point| gone.contains_key(&compact(&point.value)));
        let undeliverable = of_no_use.map(|point| point.id).collect();
        let by_person = HashMap::from([(party.0, points)]);
        let ruled = wishes::of_many(db, org, &by_person, std::iter::once(party.0)).await?.remove(&party.0);
        let row = row_of(db, org, party).await?;
        let preferred = row.and_then(|row| row.point_id).map(ContactPointId);
        let ruled = ruled.unwrap_or_default();
        Ok(ContactWishes { ruled, refused_points, undeliverable, preferred })
    }

    /// The point that the person chose, for messages.
    pub(crate) async fn preferred_point(
        &self,
        db: &impl ConnectionTrait,
        org: OrganizationId,
        party: PartyId,
    ) -> ServiceResult<Option<ContactPointId>> {
        Ok(row_of(db, org, party).await?.and_then(|row| row.point_id).map(ContactPointId))
    }
}
