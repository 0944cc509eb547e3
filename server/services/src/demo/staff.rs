//! Staff of every role.

use chrono::{DateTime, Utc};
use domain::access::Role;
use domain::ids::UserId;

use super::book::DemoUser;
use super::dice::Dice;

/// The password of all demo staff. It opens a demo database only: a production database
/// refuses the demo book.
pub const PASSWORD: &str = "saldar-demo";

const STAFF: [(&str, &str, Role); 8] = [
    ("agente", "Mariana Robles Tapia", Role::Agent),
    ("agente2", "Julián Castaño Vélez", Role::Agent),
    ("supervisora", "Teresa Villalobos Cano", Role::Supervisor),
    ("gerente", "Ernesto Palacios Rueda", Role::Manager),
    ("auditora", "Inés Carrasco Luna", Role::Auditor),
    ("admin", "Administración", Role::Admin),
    ("cobrador1", "Rogelio Pineda Sosa", Role::FieldCollector),
    ("cobrador2", "Alma Delia Rentería", Role::FieldCollector),
];

pub fn sign_ins() -> impl Iterator<Item = (&'static str, Role)> {
    STAFF.iter().map(|(login, _, role)| (*login, *role))
}

pub fn staff(dice: &mut Dice, made_at: DateTime<Utc>) -> Vec<DemoUser> {
    STAFF
        .iter()
        .map(|(login, name, role)| DemoUser {
            id: UserId(dice.id(made_at)),
            login,
            name,
            role: *role,
            password: PASSWORD,
            salt: dice.bytes(),
        })
        .collect()
}

/// The ids of those with `role`, in order.
pub fn with_role(staff: &[DemoUser], role: Role) -> Vec<UserId> {
    staff.iter().filter(|user| user.role == role).map(|user| user.id).collect()
}
