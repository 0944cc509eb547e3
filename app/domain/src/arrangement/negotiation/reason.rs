//! Why a proposal is not taken as it is.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::text::Say;

/// One thing in which a proposal falls short of a published offer, or why a person takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Reason {
    /// Less in all than the offer asks for.
    Total {
        proposed: Money,
        least: Money,
    },
    Payments {
        proposed: u32,
        most: u32,
    },
    /// The offer's payments are not that far apart.
    Frequency,
    FirstOn {
        proposed: NaiveDate,
        latest: NaiveDate,
    },
    First {
        proposed: Money,
        least: Money,
    },
    Payment {
        proposed: Money,
        least: Money,
    },
    /// Nothing is published for this debt.
    NoOffers,
    /// The debtor cannot do better.
    AllTheyCan,
    /// Nothing can be paid after what living costs.
    NothingLeft,
    /// So many proposals in one day that a person can help better than more answers of a machine.
    Often,
}

impl Reason {
    /// The sentence for the debtor, with amounts and days in a plain form.
    pub fn says(&self) -> Say {
        self.says_in(ToString::to_string, |day| day.to_string())
    }

    /// The sentence with amounts and days as its reader writes them.
    pub fn says_in(&self, money: impl Fn(&Money) -> String, day: impl Fn(NaiveDate) -> String) -> Say {
        match self {
            Self::Total { proposed, least } => {
                let (proposed, least) = (money(proposed), money(least));
                Say::new(
                    format!("Propones pagar {proposed} en total; lo menos que podemos aceptar aquí es {least}."),
                    format!("You propose {proposed} in all; the least we can accept here is {least}."),
                )
                .pt(format!("Você propõe pagar {proposed} no total; o mínimo que podemos aceitar aqui é {least}."))
            }
            Self::Payments { proposed, most } => Say::new(
                format!("Pides {proposed} pagos; aquí pueden ser hasta {most}."),
                format!("You ask for {proposed} payments; here there can be up to {most}."),
            )
            .pt(format!("Você pede {proposed} pagamentos; aqui podem ser até {most}.")),
            Self::Frequency => Say::new(
                "Los pagos no pueden estar tan separados, o no con esa frecuencia.",
                "Payments cannot be that far apart, or not at that interval.",
            )
            .pt("Os pagamentos não podem ter esse intervalo."),
            Self::FirstOn { proposed, latest } => {
                let (proposed, latest) = (day(*proposed), day(*latest));
                Say::new(
                    format!("El primer pago sería el {proposed}; tiene que ser a más tardar el {latest}."),
                    format!("The first payment would be on {proposed}; it has to be on {latest} at the latest."),
                )
                .pt(format!("O primeiro pagamento seria em {proposed}; precisa ser até {latest}."))
            }
            Self::First { proposed, least } => {
                let (proposed, least) = (money(proposed), money(least));
                Say::new(
                    format!("El primer pago de {proposed} es poco; aquí empieza en {least}."),
                    format!("A first payment of {proposed} is too little; here it begins at {least}."),
                )
                .pt(format!("O primeiro pagamento de {proposed} é pouco; aqui começa em {least}."))
            }
            Self::Payment { proposed, least } => {
                let (proposed, least) = (money(proposed), money(least));
                Say::new(
                    format!("Pagos de {proposed} son pocos; aquí son de {least} o más."),
                    format!("Payments of {proposed} are too small; here they are {least} or more."),
                )
                .pt(format!("Pagamentos de {proposed} são pouco; aqui são de {least} ou mais."))
            }
            Self::NoOffers => Say::new(
                "Para esta deuda lo ve una persona contigo.",
                "For this debt a person will look at it with you.",
            )
            .pt("Para esta dívida, uma pessoa vai ver isso com você."),
            Self::AllTheyCan => Say::new(
                "Dijiste que no puedes pagar más: una persona lo revisará contigo.",
                "You said that you cannot pay more: a person will look at it with you.",
            )
            .pt("Você disse que não pode pagar mais: uma pessoa vai revisar com você."),
            Self::NothingLeft => Say::new(
                "Después de tus gastos no te queda para pagar: una persona lo verá contigo, sin prisa.",
                "After your expenses nothing is left to pay with: a person will look at it with you, without hurry.",
            )
            .pt("Depois dos seus gastos não sobra para pagar: uma pessoa vai ver isso com você, sem pressa."),
            Self::Often => Say::new(
                "Ya probaste muchas propuestas hoy. Para encontrar una que te sirva, lo ve una persona contigo. Las opciones publicadas siguen abiertas, y mañana puedes volver a proponer.",
                "You have tried many proposals today. To find one that works for you, a person will look at it with you. The published options stay open, and tomorrow you can propose again.",
            )
            .pt("Você já tentou muitas propostas hoje. Para encontrar uma que sirva, uma pessoa vai ver isso com você. As opções publicadas continuam abertas, e amanhã você pode propor de novo."),
        }
    }
}
