//! Search terms: folded words of names, documents and phones, found by prefix.
//!
//! A plain B-tree on both databases instead of two full-text engines: prefix search over a
//! million parties is one index range per word.

use domain::ids::{OrganizationId, PartyId};
use domain::party::{ContactKind, ContactPoint, Party};
use domain::text::{compact, digits, words};
use sea_orm::Set;

use crate::entities::search_terms;

/// Longer words are cut: enough to tell apart, short enough to index.
const TERM_CHARS: usize = 40;

/// Under which words a party is found.
pub fn terms(party: &Party, points: &[ContactPoint]) -> Vec<String> {
    let mut terms = words(&party.name);
    terms.extend(party.document.as_deref().map(compact));
    for point in points {
        match point.kind {
            ContactKind::Phone => {
                let number = digits(&point.value);
                // Also without country code, as people type it.
                if number.len() > 10 {
                    terms.extend(number.get(number.len() - 10..).map(str::to_owned));
                }
                terms.push(number);
            }
            ContactKind::Email => terms.push(compact(&point.value)),
            ContactKind::Address => {}
        }
    }
    terms.retain(|term| !term.is_empty());
    for term in &mut terms {
        *term = cut(term);
    }
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// What a person typed, as prefixes to look up; digits typed with signs are one number.
pub fn query_terms(text: &str) -> Vec<String> {
    let number = digits(text);
    let only_number = number.len() >= 5 && text.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
    if only_number {
        return vec![cut(&number)];
    }
    if text.contains('@') {
        return vec![cut(&compact(text))];
    }
    words(text).iter().map(|word| cut(word)).take(6).collect()
}

/// First text after all that begin with `prefix`, for a half-open index range.
pub fn after_prefix(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}

fn cut(term: &str) -> String {
    term.chars().take(TERM_CHARS).collect()
}

/// The rows for a new party's terms.
pub fn rows(org: OrganizationId, party_id: PartyId, terms: Vec<String>) -> Vec<search_terms::ActiveModel> {
    terms
        .into_iter()
        .map(|term| search_terms::ActiveModel {
            organization_id: Set(org.0),
            term: Set(term),
            party_id: Set(party_id.0),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_however_typed() {
        assert_eq!(query_terms("(55) 1234-5678"), ["5512345678"]);
        assert_eq!(query_terms("María peña"), ["maria", "pena"]);
        assert_eq!(query_terms("ana@example.com"), ["anaexamplecom"]);
        assert!(query_terms("  --- ").is_empty());
    }
}
