//! The three creditors and what they lend. None of them exists.

use super::places::{BOGOTA, City, GUADALAJARA, MEDELLIN, MEXICO_CITY, MONTERREY};

/// A creditor of the demo book.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CreditorPlan {
    pub code: &'static str,
    pub name: &'static str,
    pub country: &'static str,
    pub currency: &'static str,
    /// What it prints before its account numbers.
    pub prefix: &'static str,
    pub contact: &'static str,
    /// Of all accounts, in per cent.
    pub share: i64,
    /// Weights of the cities where its debtors live.
    pub cities: &'static [(i64, City)],
    /// Weights of its products.
    pub products: &'static [(i64, Product)],
}

/// What is lent or sold.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Product {
    pub name: &'static str,
    pub credit_type: &'static str,
    /// Principal owed, in whole pesos.
    pub low: i64,
    pub high: i64,
    /// Yearly rate in per cent; zero for services.
    pub rate: i64,
    /// How many instalments; zero for revolving credit and services.
    pub installments: i64,
    pub late_charge: i64,
    /// Whether VAT is charged on the interest.
    pub taxed: bool,
}

pub const CREDITORS: [CreditorPlan; 3] = [
    CreditorPlan {
        code: "ALTIPLANO",
        name: "Banco Altiplano",
        country: "MX",
        currency: "MXN",
        prefix: "BA",
        contact: "Unidad especializada: 55 0000 1000 · une@altiplano.example",
        share: 45,
        cities: &[(55, MEXICO_CITY), (30, GUADALAJARA), (15, MONTERREY)],
        products: &[
            (45, card()),
            (30, loan("Préstamo personal", "personal", 6_000, 140_000, 34, 36)),
            (15, loan("Crédito de nómina", "payroll", 5_000, 90_000, 26, 24)),
            (10, loan("Crédito automotriz", "auto", 45_000, 290_000, 15, 48)),
        ],
    },
    CreditorPlan {
        code: "SENAL",
        name: "Señal Clara Telecom",
        country: "MX",
        currency: "MXN",
        prefix: "SC",
        contact: "Atención a clientes: 55 0000 2000 · clientes@senalclara.example",
        share: 30,
        cities: &[(50, MEXICO_CITY), (35, GUADALAJARA), (15, MONTERREY)],
        products: &[
            (55, service("Plan pospago", "service", 450, 5_200, 120)),
            (25, service("Internet en casa", "service", 600, 4_800, 90)),
            (20, service("Equipo a plazos", "device", 2_400, 18_500, 150)),
        ],
    },
    CreditorPlan {
        code: "PRESTALUNA",
        name: "Prestaluna",
        country: "CO",
        currency: "COP",
        prefix: "PL",
        contact: "Defensor del consumidor: 601 000 3000 · defensor@prestaluna.example",
        share: 25,
        cities: &[(60, BOGOTA), (40, MEDELLIN)],
        products: &[
            (45, loan("Microcrédito", "microcredit", 400_000, 5_500_000, 28, 12)),
            (40, loan("Libre inversión", "personal", 1_200_000, 16_000_000, 25, 36)),
            (15, loan("Compra y paga después", "bnpl", 180_000, 1_900_000, 0, 4)),
        ],
    },
];

const fn card() -> Product {
    Product {
        name: "Tarjeta de crédito",
        credit_type: "revolving",
        low: 2_500,
        high: 92_000,
        rate: 48,
        installments: 0,
        late_charge: 389,
        taxed: true,
    }
}

const fn loan(
    name: &'static str,
    credit_type: &'static str,
    low: i64,
    high: i64,
    rate: i64,
    installments: i64,
) -> Product {
    Product { name, credit_type, low, high, rate, installments, late_charge: 0, taxed: low < 100_000 }
}

const fn service(
    name: &'static str,
    credit_type: &'static str,
    low: i64,
    high: i64,
    late_charge: i64,
) -> Product {
    Product { name, credit_type, low, high, rate: 0, installments: 0, late_charge, taxed: false }
}
