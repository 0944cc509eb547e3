//! The columns a portfolio file may have, by our own names.

/// The columns that one kind of file may have.
pub trait FileColumn: Copy + Ord + std::fmt::Debug + Send + Sync + 'static {
    const ALL: &'static [Self];

    /// Without these, from the file or as constants, nothing can be imported.
    const REQUIRED: &'static [Self];

    /// What tells the rows apart; it cannot be the same in all of them.
    const KEY: Self;

    /// The header as documented: `external_id`.
    fn name(self) -> &'static str;

    /// The place in [`FileColumn::ALL`].
    fn index(self) -> usize;

    /// Reads a header of ours; case and blanks around it do not matter.
    fn from_name(name: &str) -> Option<Self> {
        let name = name.trim();
        Self::ALL.iter().copied().find(|column| column.name().eq_ignore_ascii_case(name))
    }

    fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|column| column.name())
    }
}

macro_rules! columns {
    (
        $(#[$doc:meta])* $type:ident, required [$($required:ident),*], key $key:ident;
        $($variant:ident = $name:literal),* $(,)?
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type { $($variant),* }

        impl FileColumn for $type {
            const ALL: &'static [Self] = &[$(Self::$variant),*];
            const REQUIRED: &'static [Self] = &[$(Self::$required),*];
            const KEY: Self = Self::$key;

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            fn index(self) -> usize {
                self as usize
            }
        }
    };
}

columns! {
    /// A column of the portfolio file.
    Column, required [ExternalId, Currency, DueOn, Principal, Country], key ExternalId;
    ExternalId = "external_id",
    DebtorDocument = "debtor_document",
    DebtorDocumentType = "debtor_document_type",
    DebtorName = "debtor_name",
    DebtorKind = "debtor_kind",
    Currency = "currency",
    DueOn = "due_on",
    OpenedOn = "opened_on",
    ChargedOffOn = "charged_off_on",
    Principal = "principal",
    Interest = "interest",
    DefaultInterest = "default_interest",
    LateCharge = "late_charge",
    CollectionCost = "collection_cost",
    Tax = "tax",
    AnnualRatePct = "annual_rate_pct",
    DefaultRatePct = "default_rate_pct",
    DayCount = "day_count",
    Product = "product",
    CreditType = "credit_type",
    InstallmentsTotal = "installments_total",
    InstallmentsUnpaid = "installments_unpaid",
    Email = "email",
    Email2 = "email_2",
    Email3 = "email_3",
    Phone = "phone",
    Phone2 = "phone_2",
    Phone3 = "phone_3",
    Phone4 = "phone_4",
    Phone5 = "phone_5",
    Address = "address",
    City = "city",
    Region = "region",
    Country = "country",
    PostalCode = "postal_code",
    Latitude = "latitude",
    Longitude = "longitude",
    TimeZone = "time_zone",
    Language = "language",
    GuarantorDocument = "guarantor_document",
    GuarantorName = "guarantor_name",
    GuarantorPhone = "guarantor_phone",
    ConsentChannels = "consent_channels",
    PreferredChannel = "preferred_channel",
}

columns! {
    /// A column of the payments file.
    PaymentColumn, required [ExternalId, Amount, Currency, ReceivedOn], key ExternalId;
    ExternalId = "external_id",
    Amount = "amount",
    Currency = "currency",
    ReceivedOn = "received_on",
    Reference = "reference",
    SourceId = "source_id",
}

impl Column {
    pub const PHONES: [Self; 5] = [Self::Phone, Self::Phone2, Self::Phone3, Self::Phone4, Self::Phone5];

    pub const EMAILS: [Self; 3] = [Self::Email, Self::Email2, Self::Email3];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for column in Column::ALL {
            assert_eq!(Column::from_name(column.name()), Some(*column));
        }
        assert_eq!(Column::from_name(" Due_On "), Some(Column::DueOn));
        assert_eq!(Column::from_name("saldo"), None);
    }
}
