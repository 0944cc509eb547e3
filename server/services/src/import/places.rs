//! Countries by their ISO 3166-1 alpha-2 codes.

const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM \
BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ \
EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN \
HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS \
LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO \
NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK \
SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC \
VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// The code in capitals, if there is such a country.
pub fn country(text: &str) -> Option<String> {
    let code = text.to_ascii_uppercase();
    is_known(&code).then_some(code)
}

/// The codes stand in order, three bytes apart: a million rows ask, so they are not walked.
fn is_known(code: &str) -> bool {
    let at = |index: usize| COUNTRIES.get(index * 3..index * 3 + 2).unwrap_or("");
    let (mut low, mut high) = (0, COUNTRIES.len().div_ceil(3));
    while low < high {
        let middle = usize::midpoint(low, high);
        match at(middle).cmp(code) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_codes_only() {
        assert_eq!(COUNTRIES.split(' ').count(), 249);
        assert!(COUNTRIES.split(' ').all(|code| code.len() == 2));
        assert!(COUNTRIES.split(' ').all(|code| country(code).as_deref() == Some(code)));
        assert_eq!(country("mx").as_deref(), Some("MX"));
        for bad in ["", "391", "MEX", "XX", "MX CO"] {
            assert_eq!(country(bad), None, "{bad}");
        }
    }
}
