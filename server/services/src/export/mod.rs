//! The journal for others' books: CSV, and plain-text double entry that `hledger` reads.

mod hledger;
mod journal;
mod table;

pub use journal::{ExportCounts, JournalFormat, JournalRequest};

/// Text that a spreadsheet would take for a formula, made plain by a leading apostrophe; control
/// characters become blanks. (OWASP, CSV injection.)
pub(crate) fn neutral(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.trim_start().starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    #[test]
    fn formulas_become_text() {
        for (text, plain) in [
            ("=1+1", "'=1+1"),
            (" @cmd", "' @cmd"),
            ("-5", "'-5"),
            ("+52 55", "'+52 55"),
            ("A-1\t=x", "A-1 =x"),
            ("FAC-001", "FAC-001"),
            ("", ""),
        ] {
            assert_eq!(super::neutral(text), plain);
        }
    }
}
