//! Text that the built-in fonts can set. A glyph that no font has would make the export fail,
//! and a receipt must never fail because of a name.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// Replaces, in every string of `value`, each character without a glyph by its unaccented form,
/// or by `?` where that has none either.
pub fn fit(value: &mut Value, has_glyph: &dyn Fn(char) -> bool) {
    match value {
        Value::String(text) => {
            if !text.chars().all(has_glyph) {
                *text = text.nfc().flat_map(|c| settable(c, has_glyph)).collect();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fit(item, has_glyph)),
        Value::Object(members) => members.values_mut().for_each(|member| fit(member, has_glyph)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn settable(c: char, has_glyph: &dyn Fn(char) -> bool) -> Vec<char> {
    if has_glyph(c) {
        return vec![c];
    }
    if c.is_whitespace() {
        return vec![' '];
    }
    let base: Vec<char> = std::iter::once(c).nfkd().filter(|part| has_glyph(*part)).collect();
    if base.is_empty() { vec!['?'] } else { base }
}

#[cfg(test)]
mod tests {
    use super::fit;
    use serde_json::json;

    #[test]
    fn keeps_what_the_font_has_and_simplifies_the_rest() {
        let mut value = json!({ "name": "Zdeněk\u{2003}Muñoz 李", "deep": ["e\u{301}", 3] });
        fit(&mut value, &|c| c.is_ascii() || "ñé".contains(c));
        assert_eq!(value, json!({ "name": "Zdenek Muñoz ?", "deep": ["é", 3] }));
    }
}
