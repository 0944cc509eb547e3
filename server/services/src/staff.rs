//! Staff sign-in: argon2, lock-out with back-off, sessions that end.

use chrono::{DateTime, Duration, Utc};
use domain::access::{Actor, ActorKind, Permission, Role};
use domain::ids::{OrganizationId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde_json::json;
use store::entities::{staff_sessions, users};
use store::{StoreError, sessions};

use crate::secret::{hash_password, hash_token, verify_password};
use crate::{ServiceError, ServiceResult, Services};

/// Sessions end this long after sign-in, used or not.
const SESSION_HOURS: i64 = 12;
/// Wrong passwords before the account locks; each further one doubles the time.
const FREE_ATTEMPTS: i32 = 5;
const LOCK_CAP_MINUTES: i64 = 60;
/// Sign-ins from one address in ten minutes.
const ADDRESS_LIMIT: i32 = 100;

/// A signed-in member of staff.
#[derive(Clone, Debug)]
pub struct StaffSession {
    pub actor: Actor,
    pub user_id: UserId,
    pub name: String,
    pub role: Role,
}

impl Services {
    /// The names of the organization's staff, each with its name in the audit trail: to say who
    /// did something.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn staff_by_audit_name(&self, actor: &Actor) -> ServiceResult<Vec<(String, String)>> {
        actor.require(Permission::AccountRead)?;
        let org = actor.organization_id;
        let rows =
            users::Entity::find().filter(users::Column::OrganizationId.eq(org.0)).all(self.db.read()).await?;
        Ok(rows.into_iter().map(|user| (format!("staff:{}", user.id), user.name)).collect())
    }

    /// Checks login and password; gives the token of a new session. Unknown login, wrong
    /// password and a locked account look the same from outside, except that a locked one
    /// says when to come back.
    ///
    /// # Errors
    /// `Invalid` for a wrong pair, `Throttled` while locked out.
    pub async fn staff_sign_in(&self, login: &str, password: &str, address: &str) -> ServiceResult<String> {
        let now = self.now();
        let hits =
            store::throttle::hit(&self.db, &format!("staff:{address}"), Duration::minutes(10), now).await?;
        if hits > ADDRESS_LIMIT {
            return Err(ServiceError::Throttled { retry_after_s: 600 });
        }
        let user = sessions::user_by_login(self.db.read(), login.trim().to_lowercase().as_str()).await?;
        let Some(user) = user.filter(|user| user.active) else {
            // The same work as for a real account, so that timing tells nothing.
            verify(password.to_owned(), DUMMY_HASH.to_owned()).await;
            return Err(wrong_pair());
        };
        if let Some(until) = user.locked_until.filter(|until| *until > now) {
            return Err(ServiceError::Throttled { retry_after_s: (until - now).num_seconds().max(1) });
        }
        if !verify(password.to_owned(), user.password_hash.clone()).await {
            self.count_failure(user, now).await?;
            return Err(wrong_pair());
        }
        self.open_session(user, now).await
    }

    async fn count_failure(&self, user: users::Model, now: DateTime<Utc>) -> ServiceResult<()> {
        let attempts = user.failed_attempts + 1;
        let lock = lock_for(attempts).map(|span| now + span);
        let mut row = user.into_active_model();
        row.failed_attempts = Set(attempts);
        row.locked_until = Set(lock);
        let tx = self.begin().await?;
        sessions::save_user(&tx, row).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn open_session(&self, user: users::Model, now: DateTime<Utc>) -> ServiceResult<String> {
        let token = self.new_token(32);
        let session = staff_sessions::ActiveModel {
            token_hash: Set(hash_token(&token)),
            organization_id: Set(user.organization_id),
            user_id: Set(user.id),
            created_at: Set(now),
            last_seen_at: Set(now),
            expires_at: Set(now + Duration::hours(SESSION_HOURS)),
            revoked_at: Set(None),
        };
        let actor = actor_of(&user)?;
        let subject = format!("user:{}", user.id);
        let mut row = user.into_active_model();
        row.failed_attempts = Set(0);
        row.locked_until = Set(None);
        let tx = self.begin().await?;
        sessions::save_user(&tx, row).await?;
        staff_sessions::Entity::insert(session).exec_without_returning(&tx).await?;
        self.audit(&tx, &actor, "staff.signed_in", subject, json!({})).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Who holds this token, if the session lives.
    ///
    /// # Errors
    /// The database fails.
    pub async fn staff_session(&self, token: &str) -> ServiceResult<Option<StaffSession>> {
        let found = sessions::staff_session(self.db.read(), &hash_token(token), self.now()).await?;
        let Some((_, user)) = found else { return Ok(None) };
        let actor = actor_of(&user)?;
        let role = role_of(&user)?;
        Ok(Some(StaffSession { actor, user_id: UserId(user.id), name: user.name, role }))
    }

    /// Ends the session of this token.
    ///
    /// # Errors
    /// The database fails.
    pub async fn staff_sign_out(&self, token: &str) -> ServiceResult<()> {
        let tx = self.begin().await?;
        sessions::end_staff_session(&tx, &hash_token(token), self.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Adds a member of staff; for the command line and the demo.
    ///
    /// # Errors
    /// A password under 10 characters, a login that is taken, or the database.
    pub async fn add_user(&self, org: OrganizationId, new: NewUser) -> ServiceResult<UserId> {
        if new.password.chars().count() < 10 {
            return Err(ServiceError::invalid(
                "password",
                "La contraseña debe tener al menos 10 caracteres",
                "The password must have at least 10 characters",
            ));
        }
        let id = UserId(self.new_id());
        let row = self.user_row(org, id, new)?;
        let tx = self.begin().await?;
        users::Entity::insert(row).exec_without_returning(&tx).await.map_err(|error| {
            let error = StoreError::from(error);
            if error.is_unique_violation() {
                ServiceError::invalid(
                    "login",
                    "Ese usuario ya existe; elija otro",
                    "That login is taken; choose another",
                )
            } else {
                error.into()
            }
        })?;
        let actor = self.system(org, "command-line");
        self.audit(&tx, &actor, "staff.added", format!("user:{id}"), json!({})).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// The row for a new member of staff.
    pub(crate) fn user_row(
        &self,
        org: OrganizationId,
        id: UserId,
        new: NewUser,
    ) -> ServiceResult<users::ActiveModel> {
        let mut salt = [0; 16];
        self.entropy.fill(&mut salt);
        let hash = hash_password(&new.password, &salt)
            .map_err(|error| ServiceError::Outside { part: "argon2", cause: error.to_string() })?;
        Ok(users::ActiveModel {
            organization_id: Set(org.0),
            id: Set(id.0),
            login: Set(new.login.trim().to_lowercase()),
            name: Set(new.name),
            role: Set(new.role.as_str().to_owned()),
            password_hash: Set(hash),
            active: Set(true),
            failed_attempts: Set(0),
            locked_until: Set(None),
            created_at: Set(self.now()),
        })
    }
}

/// A member of staff to add.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Unique in the deployment; usually the e-mail.
    pub login: String,
    pub name: String,
    pub role: Role,
    pub password: String,
}

/// A hash that no password fits.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashing takes tens of milliseconds: not on the threads that serve.
async fn verify(password: String, hash: String) -> bool {
    tokio::task::spawn_blocking(move || verify_password(&password, &hash)).await.unwrap_or(false)
}

fn wrong_pair() -> ServiceError {
    ServiceError::invalid(
        "login",
        "El usuario o la contraseña no son correctos. Revíselos e intente de nuevo.",
        "The login or the password is not right. Check them and try again.",
    )
}

/// None for the first five, then 1, 2, 4 … minutes up to an hour.
fn lock_for(attempts: i32) -> Option<Duration> {
    let beyond = u32::try_from(attempts - FREE_ATTEMPTS).ok()?;
    Some(Duration::minutes(2_i64.saturating_pow(beyond).min(LOCK_CAP_MINUTES)))
}

fn role_of(user: &users::Model) -> ServiceResult<Role> {
    Ok(user.role.parse().map_err(StoreError::bad_row("users", user.id))?)
}

fn actor_of(user: &users::Model) -> ServiceResult<Actor> {
    let kind = ActorKind::Staff { user_id: UserId(user.id), role: role_of(user)? };
    Ok(Actor { organization_id: OrganizationId(user.organization_id), kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_doubles_up_to_an_hour() {
        assert_eq!(lock_for(4), None);
        assert_eq!(lock_for(5), Some(Duration::minutes(1)));
        assert_eq!(lock_for(8), Some(Duration::minutes(8)));
        assert_eq!(lock_for(40), Some(Duration::minutes(60)));
    }
}
