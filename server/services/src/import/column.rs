//! The columns a portfolio file may have, by our own names.

macro_rules! columns {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// A column of the portfolio file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Column { $($variant),* }

        impl Column {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The header as documented: `external_id`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}

columns! {
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

impl Column {
    /// Without these, from the file or as constants, nothing can be imported.
    pub const REQUIRED: [Self; 5] =
        [Self::ExternalId, Self::Currency, Self::DueOn, Self::Principal, Self::Country];

    pub const PHONES: [Self; 5] = [Self::Phone, Self::Phone2, Self::Phone3, Self::Phone4, Self::Phone5];

    pub const EMAILS: [Self; 3] = [Self::Email, Self::Email2, Self::Email3];

    /// Reads a header of ours; case and blanks around it do not matter.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim();
        Self::ALL.iter().copied().find(|column| column.name().eq_ignore_ascii_case(name))
    }

    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|column| column.name())
    }
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
