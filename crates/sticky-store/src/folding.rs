/// `text` as it is compared in a search: without case, whatever the script. SQLite itself folds ASCII only.
pub(crate) fn folded(text: &str) -> String {
    // By way of the upper case, where ς and σ, or ß and SS, meet.
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter_in_any_script() {
        for (left, right) in [
            ("Ärger", "äRGER"),
            ("ΟΔΟΣ", "οδος"),
            ("STRASSE", "straße"),
            ("Ёж", "ёЖ"),
            ("日本", "日本"),
        ] {
            assert_eq!(folded(left), folded(right));
        }
    }
}
