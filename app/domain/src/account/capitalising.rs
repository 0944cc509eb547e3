//! Interest on interest (anatocism): when arrears may become principal.

use crate::text::Say;

/// What the parties did and how long the arrears are.
#[derive(Clone, Copy, Debug)]
pub struct Capitalising {
    /// The debtor agreed to it in writing, after the interest had fallen due.
    pub written_pact: bool,
    pub days_past_due: i64,
}

/// Why arrears may not become principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapitalisingBarred {
    /// Law and article; empty where only the absence of a pact stands in the way.
    pub law: &'static str,
    pub says: Say,
}

/// What a country asks for.
enum Rule {
    Never(&'static str),
    /// A pact in writing, and arrears of at least so many days.
    Pact {
        law: &'static str,
        days: i64,
    },
}

fn rule(country: &str) -> Rule {
    match country {
        "CO" => Rule::Never("prohibición de anatocismo (Colombia)"),
        "PE" => Rule::Pact { law: "Código Civil del Perú, arts. 1249 y 1250", days: 365 },
        "AR" => Rule::Pact { law: "Código Civil y Comercial (Argentina), art. 770", days: 180 },
        "CL" => Rule::Pact { law: "Ley 18.010 (Chile)", days: 30 },
        "MX" => Rule::Pact { law: "Código de Comercio (México), art. 363", days: 0 },
        _ => Rule::Pact { law: "", days: 0 },
    }
}

/// May interest and charges in arrears become principal?
///
/// Sources: Peru CC 1249–1250 (barred when the debt is made; by written pact after a year of
/// arrears); Argentina CCyC 770 (clause with a period of six months or more, or a court); Chile Ley
/// 18.010 (periods of thirty days or more); Mexico C.Com 363 (unpaid interest bears none unless
/// agreed); Colombia bars it. Elsewhere the debtor's written word is asked for.
///
/// # Errors
/// The rule that stands in the way.
pub fn may_capitalise(country: &str, how: Capitalising) -> Result<(), CapitalisingBarred> {
    match rule(country) {
        Rule::Never(law) => Err(CapitalisingBarred {
            law,
            says: Say::new(
                format!("No se pueden capitalizar intereses: {law}. Deje cada parte como está."),
                format!("Interest cannot become principal: {law}. Leave each part as it is."),
            ),
        }),
        Rule::Pact { law, .. } if !how.written_pact => Err(CapitalisingBarred {
            law,
            says: Say::new(
                format!("Para capitalizar hace falta que el deudor lo acepte por escrito. {law}"),
                format!("For interest to become principal the debtor must agree in writing. {law}"),
            ),
        }),
        Rule::Pact { law, days } if how.days_past_due < days => Err(CapitalisingBarred {
            law,
            says: Say::new(
                format!("Solo se puede capitalizar con {days} días de mora o más: {law}"),
                format!("Interest may become principal only after {days} days of arrears: {law}"),
            ),
        }),
        Rule::Pact { .. } => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_country_by_its_own_rule() {
        let may = |country, written_pact, days_past_due| {
            may_capitalise(country, Capitalising { written_pact, days_past_due }).map_err(|barred| barred.law)
        };
        assert!(may("CO", true, 4_000).is_err());
        assert_eq!(may("PE", true, 364), Err("Código Civil del Perú, arts. 1249 y 1250"));
        assert_eq!(may("PE", true, 365), Ok(()));
        assert!(may("AR", true, 179).is_err() && may("AR", true, 180).is_ok());
        assert!(may("CL", true, 29).is_err() && may("CL", true, 30).is_ok());
        assert!(may("MX", false, 90).is_err() && may("MX", true, 0).is_ok());
        assert!(may("UY", false, 90).is_err() && may("UY", true, 90).is_ok());
    }
}
