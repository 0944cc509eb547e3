//! Entries for the two facts of the first day: a debt is placed, a payment arrives.

use serde::{Deserialize, Serialize};

use super::{Allocation, AllocationOrder, Book, CashBook, Entry, EntryHead, LedgerError, Posting, allocate};
use crate::account::Balance;
use crate::money::Money;
use crate::party::text_enum;

/// How a payment came in; decides which cash book holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// Online through a payment gateway.
    Gateway,
    /// Cash taken by a field collector.
    FieldCash,
    /// Bank transfer or deposit seen on the account.
    BankTransfer,
    /// At the office counter.
    OfficeCash,
}

text_enum!(PaymentMethod {
    Gateway = "gateway",
    FieldCash = "field_cash",
    BankTransfer = "bank_transfer",
    OfficeCash = "office_cash",
});

impl PaymentMethod {
    pub const fn cash_book(self) -> CashBook {
        match self {
            Self::Gateway => CashBook::GatewayClearing,
            Self::FieldCash => CashBook::FieldCustody,
            Self::BankTransfer => CashBook::Bank,
            Self::OfficeCash => CashBook::Office,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// It counts, wholly or without the part that was returned.
    Posted,
    Reversed,
    /// All of it was returned to the payer.
    Refunded,
    /// The payer's bank took it back (contracargo).
    ChargedBack,
}

text_enum!(PaymentStatus {
    Posted = "posted",
    Reversed = "reversed",
    Refunded = "refunded",
    ChargedBack = "charged_back",
});

/// The debt as placed by the creditor: debit each component, credit the placement.
///
/// # Errors
/// Nothing is owed, or overflow.
pub fn opening_entry(head: EntryHead, opening: &Balance) -> Result<Entry, LedgerError> {
    let mut postings: Vec<_> = opening
        .components()
        .map(|(component, amount)| Posting { book: Book::Debt(component), amount })
        .collect();
    postings.push(Posting { book: Book::CreditorPlacement, amount: opening.total()?.negate()? });
    Entry::new(head, postings)
}

/// A payment: debit cash, credit the components in `order`; what exceeds the debt stays
/// unapplied, in the debtor's favour.
///
/// # Errors
/// An amount that is not positive, another currency, or overflow.
pub fn payment_entry(
    head: EntryHead,
    amount: Money,
    method: PaymentMethod,
    owed: &Balance,
    order: &AllocationOrder,
) -> Result<(Entry, Allocation), LedgerError> {
    if !amount.is_positive() {
        return Err(LedgerError::NotPositive);
    }
    let allocation = allocate(amount, owed, order)?;
    let mut postings = vec![Posting { book: Book::Cash(method.cash_book()), amount }];
    let credits = allocation.parts.iter().map(|(component, share)| (Book::Debt(*component), *share));
    for (book, share) in credits.chain([(Book::Unapplied, allocation.unapplied)]) {
        postings.push(Posting { book, amount: share.negate()? });
    }
    Ok((Entry::new(head, postings)?, allocation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Component;
    use crate::ids::{AccountId, EntryId};
    use crate::ledger::EntryKind;
    use crate::money::Currency;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn head(kind: EntryKind, source: &str) -> EntryHead {
        EntryHead {
            id: EntryId(Uuid::from_u128(7)),
            account_id: AccountId(Uuid::from_u128(1)),
            kind,
            source: source.to_owned(),
            effective_on: "2026-11-21".parse().unwrap(),
            recorded_at: "2026-11-21T12:00:00Z".parse().unwrap(),
        }
    }

    fn balance(parts: [i64; 6]) -> Balance {
        Component::ALL.iter().zip(parts).fold(Balance::zero(Currency::COP), |b, (component, minor)| {
            b.with(*component, Money::from_minor(minor, Currency::COP)).unwrap()
        })
    }

    proptest! {
        #[test]
        fn postings_always_sum_to_zero_and_reversal_restores(
            amount in 1..3_000_000_i64,
            parts in prop::array::uniform6(0..400_000_i64),
        ) {
            let owed = balance(parts);
            prop_assume!(owed.total_minor() > 0);
            let zero = Balance::zero(Currency::COP);
            let opening = opening_entry(head(EntryKind::Opening, "import:x"), &owed).unwrap();
            prop_assert_eq!(opening.apply(zero).unwrap(), owed);

            let amount = Money::from_minor(amount, Currency::COP);
            let order = AllocationOrder::COSTS_INTEREST_PRINCIPAL;
            let (entry, allocation) = payment_entry(head(EntryKind::Payment, "payment:x"), amount, PaymentMethod::FieldCash, &owed, &order).unwrap();
            let undo = entry.reversal(EntryId(Uuid::from_u128(8)), entry.effective_on, entry.recorded_at).unwrap();
            for entry in [&opening, &entry, &undo] {
                let sum = Money::sum(Currency::COP, entry.postings().iter().map(|p| p.amount)).unwrap();
                prop_assert!(sum.is_zero());
            }
            let after = entry.apply(owed).unwrap();
            let applied = amount.sub(allocation.unapplied).unwrap();
            prop_assert_eq!(after.total().unwrap(), owed.total().unwrap().sub(applied).unwrap());
            prop_assert_eq!(undo.apply(after).unwrap(), owed);
        }
    }

    #[test]
    fn nothing_and_less_than_nothing_are_no_payment() {
        let order = AllocationOrder::COSTS_INTEREST_PRINCIPAL;
        for minor in [0, -5] {
            let amount = Money::from_minor(minor, Currency::COP);
            let result = payment_entry(
                head(EntryKind::Payment, "p"),
                amount,
                PaymentMethod::Gateway,
                &balance([1; 6]),
                &order,
            );
            assert_eq!(result.unwrap_err(), LedgerError::NotPositive);
        }
    }

    #[test]
    fn an_unbalanced_entry_cannot_be_made() {
        let one = Posting { book: Book::Unapplied, amount: Money::from_minor(1, Currency::COP) };
        assert!(matches!(
            Entry::new(head(EntryKind::Payment, "p"), vec![one]),
            Err(LedgerError::Unbalanced(_))
        ));
        assert_eq!(Entry::new(head(EntryKind::Payment, "p"), vec![]), Err(LedgerError::Empty));
    }
}
