//! The demo book: a deterministic, believable agency to try Saldar with.
//!
//! [`build`] is a pure function of number, seed and date; the same three give the same book to
//! the last byte, ids included. [`crate::Services::load_demo`] writes it into an empty database. Names, documents,
//! phones and addresses belong to nobody.

mod accounts;
mod book;
mod creditors;
mod dice;
mod history;
mod known;
mod load;
mod names;
mod people;
mod places;
mod route;
mod staff;

use domain::ids::{CreditorId, OrganizationId};

use accounts::Builder;
pub use book::{
    DemoAccount, DemoActivity, DemoAssignment, DemoBook, DemoCreditor, DemoOrganization, DemoPayment,
    DemoPaymentPlan, DemoPlan, DemoPromise, DemoUser, KnownDebtor,
};
use creditors::CREDITORS;
use dice::Dice;
pub use load::{DemoReport, DemoSignIn};
pub use staff::PASSWORD;

/// Days for which each field collector has a route, the book's date being the first.
const ROUTE_DAYS: i64 = 7;

/// Logins of the demo staff with their roles; all share [`PASSWORD`].
pub fn sign_ins() -> impl Iterator<Item = (&'static str, domain::access::Role)> {
    staff::sign_ins()
}

/// Documents of demo debtors that are easy to type, with their names.
pub fn known_documents() -> impl Iterator<Item = (&'static str, &'static str)> {
    known::documents()
}

/// Makes the book.
pub fn build(plan: DemoPlan) -> DemoBook {
    let mut dice = Dice::new(plan.seed);
    let made_at = plan.made_at();
    let organization = DemoOrganization {
        id: OrganizationId(dice.id(made_at)),
        code: "puente",
        name: "Puente Cobranza",
        country: "MX",
        time_zone: "America/Mexico_City",
        currency: "MXN",
        language: "es",
    };
    let creditors: Vec<_> = CREDITORS
        .iter()
        .map(|creditor| DemoCreditor {
            id: CreditorId(dice.id(made_at)),
            code: creditor.code,
            name: creditor.name,
            country: creditor.country,
            contact: creditor.contact,
        })
        .collect();
    let staff = staff::staff(&mut dice, made_at);
    let mut builder = Builder::new(plan, dice, &creditors, &staff);
    builder.known_debtors();
    builder.fill();
    builder.routes(ROUTE_DAYS);
    builder.finish(organization, creditors, staff)
}

#[cfg(test)]
mod tests;
