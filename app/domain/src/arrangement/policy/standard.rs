//! The policy that holds until an operator saves another.

use std::collections::BTreeMap;

use super::{ChangeLimits, OfferCondition, OfferLimits, OfferPolicy, OfferRule};
use crate::account::Component;
use crate::arrangement::negotiation::{Menu, PublishedOffer};
use crate::arrangement::schedule::Frequency;
use crate::money::Decimal;

impl OfferPolicy {
    /// What holds until an operator says otherwise. The outer limits, 80 % and 24 months, are
    /// those that the market's products ship with; principal is a supervisor's to give.
    pub fn standard() -> Self {
        use Component as C;
        let percents = |list: &[(C, i64)]| list.iter().map(|(c, pct)| (*c, Decimal::from(*pct))).collect();
        let limits = |list: &[(C, i64)], max_months, max_grace_days| OfferLimits {
            discount_pct: percents(list),
            max_months,
            min_installment: Vec::new(),
            min_down_payment_pct: None,
            max_grace_days,
        };
        let agent = [(C::DefaultInterest, 50), (C::LateCharge, 100), (C::CollectionCost, 50)];
        let supervisor = [
            (C::DefaultInterest, 80),
            (C::LateCharge, 100),
            (C::CollectionCost, 100),
            (C::Interest, 50),
            (C::Principal, 20),
        ];
        let manager = [
            (C::DefaultInterest, 100),
            (C::LateCharge, 100),
            (C::CollectionCost, 100),
            (C::Interest, 80),
            (C::Tax, 80),
            (C::Principal, 80),
        ];
        let rule = OfferRule {
            name: "standard".to_owned(),
            when: OfferCondition::default(),
            agent: limits(&agent, 12, 5),
            supervisor: limits(&supervisor, 24, 15),
            manager: Some(limits(&manager, 60, 30)),
            published: standard_menu(),
            changes: ChangeLimits::default(),
        };
        Self { rules: vec![rule] }
    }
}

/// Published until an operator says otherwise: in full at once for less, or in parts without.
fn standard_menu() -> Menu {
    use Component as C;
    let percents = |list: &[(C, i64)]| list.iter().map(|(c, pct)| (*c, Decimal::from(*pct))).collect();
    let single = PublishedOffer {
        name: "single".to_owned(),
        discount_pct: percents(&[(C::DefaultInterest, 50), (C::LateCharge, 100), (C::CollectionCost, 50)]),
        most_payments: 1,
        every: Vec::new(),
        first_pct: Decimal::ZERO,
        first_within_days: 30,
        least_payment: Vec::new(),
        grace_days: 5,
        valid_days: 15,
    };
    let quarter = PublishedOffer {
        name: "quarter".to_owned(),
        discount_pct: percents(&[(C::DefaultInterest, 30), (C::LateCharge, 100)]),
        most_payments: 3,
        every: vec![Frequency::MONTHLY, Frequency::BIWEEKLY],
        ..single.clone()
    };
    let year = PublishedOffer {
        name: "year".to_owned(),
        discount_pct: BTreeMap::new(),
        most_payments: 12,
        every: vec![Frequency::MONTHLY, Frequency::BIWEEKLY, Frequency::Weeks(1)],
        ..single.clone()
    };
    Menu { offers: vec![single, quarter, year] }
}
