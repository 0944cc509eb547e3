//! The chart of books.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::account::Component;
use crate::party::UnknownText;

/// Where money is held when it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CashBook {
    /// Taken at the counter or reported by staff.
    Office,
    /// In transit with a payment gateway.
    GatewayClearing,
    /// In a field collector's bag until handed over.
    FieldCustody,
    /// Arrived on the bank account.
    Bank,
}

/// One book of the journal. Debits are positive, credits negative: what a debtor owes is a
/// positive balance of its `Debt` books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Book {
    /// What the debtor owes, by component.
    Debt(Component),
    /// Written off in the creditor's books (castigo) and still owed, by component.
    Memorandum(Component),
    Cash(CashBook),
    /// Received but not (yet) part of any debt: overpayments, unknown accounts.
    Unapplied,
    /// The other side of a placement: what is collected on the creditor's behalf.
    CreditorPlacement,
    /// Collected for a creditor, stated to it, not yet paid out.
    CreditorPayable,
    /// Charges that the agency keeps by its terms.
    Fees,
    /// What the agency earns on what it collects.
    Commission,
    /// What gateways keep for their service.
    GatewayFees,
    /// Tax on commission and fees, owed to the treasury.
    TaxPayable,
}

impl Book {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debt(Component::Principal) => "debt.principal",
            Self::Debt(Component::Interest) => "debt.interest",
            Self::Debt(Component::DefaultInterest) => "debt.default_interest",
            Self::Debt(Component::LateCharge) => "debt.late_charge",
            Self::Debt(Component::CollectionCost) => "debt.collection_cost",
            Self::Debt(Component::Tax) => "debt.tax",
            Self::Memorandum(Component::Principal) => "memorandum.principal",
            Self::Memorandum(Component::Interest) => "memorandum.interest",
            Self::Memorandum(Component::DefaultInterest) => "memorandum.default_interest",
            Self::Memorandum(Component::LateCharge) => "memorandum.late_charge",
            Self::Memorandum(Component::CollectionCost) => "memorandum.collection_cost",
            Self::Memorandum(Component::Tax) => "memorandum.tax",
            Self::Cash(CashBook::Office) => "cash.office",
            Self::Cash(CashBook::GatewayClearing) => "cash.gateway_clearing",
            Self::Cash(CashBook::FieldCustody) => "cash.field_custody",
            Self::Cash(CashBook::Bank) => "cash.bank",
            Self::Unapplied => "unapplied",
            Self::CreditorPlacement => "creditor.placement",
            Self::CreditorPayable => "creditor.payable",
            Self::Fees => "income.fees",
            Self::Commission => "income.commission",
            Self::GatewayFees => "expense.gateway_fees",
            Self::TaxPayable => "tax.payable",
        }
    }

    /// The component, when this book is part of what the debtor owes: written off or not.
    pub const fn component(self) -> Option<Component> {
        match self {
            Self::Debt(component) | Self::Memorandum(component) => Some(component),
            _ => None,
        }
    }

    const OTHERS: [Self; 11] = [
        Self::Cash(CashBook::Office),
        Self::Cash(CashBook::GatewayClearing),
        Self::Cash(CashBook::FieldCustody),
        Self::Cash(CashBook::Bank),
        Self::Unapplied,
        Self::CreditorPlacement,
        Self::CreditorPayable,
        Self::Fees,
        Self::Commission,
        Self::GatewayFees,
        Self::TaxPayable,
    ];

    /// Every book there is.
    pub fn all() -> impl Iterator<Item = Self> {
        let owed = Component::ALL.iter().flat_map(|c| [Self::Debt(*c), Self::Memorandum(*c)]);
        owed.chain(Self::OTHERS)
    }
}

impl FromStr for Book {
    type Err = UnknownText;
    fn from_str(text: &str) -> Result<Self, UnknownText> {
        Self::all()
            .find(|book| book.as_str() == text)
            .ok_or_else(|| UnknownText { of: "Book", text: text.chars().take(40).collect() })
    }
}

impl fmt::Display for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Book {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Book {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
