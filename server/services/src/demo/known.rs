//! Debtors with documents that are easy to type, for trying the portal and for tests.

use domain::party::PartyKind;

use super::accounts::{Builder, Draft, Lateness};
use super::book::KnownDebtor;
use super::creditors::Product;
use super::people::Profile;
use super::places::{BOGOTA, City, MEXICO_CITY};

/// A debt of a known debtor: creditor and product by their place, lateness, principal in pesos.
type Debt = (usize, usize, Lateness, i64);

struct Known {
    name: &'static str,
    kind: PartyKind,
    document_type: &'static str,
    document: &'static str,
    email: &'static str,
    city: City,
    debts: &'static [Debt],
}

const KNOWN: [Known; 4] = [
    Known {
        name: "Ana López Martínez",
        kind: PartyKind::Person,
        document_type: "RFC",
        document: "DEMO900101AA1",
        email: "ana.lopez@example.com",
        city: MEXICO_CITY,
        debts: &[(0, 0, Lateness::Late, 18_450), (1, 0, Lateness::Early, 1_299)],
    },
    Known {
        name: "Carlos Ramírez Ortiz",
        kind: PartyKind::Person,
        document_type: "RFC",
        document: "DEMO850615BB2",
        email: "carlos.ramirez@example.com",
        city: MEXICO_CITY,
        debts: &[(0, 1, Lateness::Residual, 42_000)],
    },
    Known {
        name: "Lucía Gómez Restrepo",
        kind: PartyKind::Person,
        document_type: "CC",
        document: "1900000001",
        email: "lucia.gomez@example.com",
        city: BOGOTA,
        debts: &[(2, 0, Lateness::Early, 1_850_000)],
    },
    Known {
        name: "Ferretería El Roble S. de R.L. de C.V.",
        kind: PartyKind::Company,
        document_type: "RFC",
        document: "DEM100101CC3",
        email: "pagos.elroble@example.com",
        city: MEXICO_CITY,
        debts: &[(0, 1, Lateness::ChargedOff, 96_500)],
    },
];

pub fn documents() -> impl Iterator<Item = (&'static str, &'static str)> {
    KNOWN.iter().map(|known| (known.document, known.name))
}

impl Builder {
    /// Adds as many known debtors as the planned number of accounts allows.
    pub fn known_debtors(&mut self) {
        for known in &KNOWN {
            let planned = usize::try_from(self.plan.accounts).unwrap_or(usize::MAX);
            if self.accounts.len() + known.debts.len() <= planned {
                self.known_debtor(known);
            }
        }
    }

    fn known_debtor(&mut self, known: &Known) {
        let profile = Profile {
            name: known.name.to_owned(),
            kind: known.kind,
            document_type: known.document_type,
            document: known.document.to_owned(),
            email: Some(known.email.to_owned()),
        };
        let debtor = self.people.add(&mut self.dice, &known.city, profile, true);
        self.homes.insert(debtor, known.city.name);
        for (creditor, product, lateness, principal) in known.debts {
            let Some((creditor, creditor_id)) = self.creditor(*creditor) else { continue };
            let Some((_, product)) = creditor.products.get(*product) else { continue };
            let product: Product = *product;
            let principal = Some(*principal);
            self.add(Draft { creditor, creditor_id, product, debtor, lateness: *lateness, principal });
        }
        self.known.push(KnownDebtor {
            name: known.name.to_owned(),
            document: known.document.to_owned(),
            email: known.email.to_owned(),
        });
    }
}
