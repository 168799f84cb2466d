use std::collections::BTreeSet;

use strsim::damerau_levenshtein;
use thiserror::Error;

use super::words::{edged, folded_words, grams_of, is_unspaced, runs, split};

/// The longest query in Unicode scalar values.
const MAX_QUERY: usize = 256;
/// More words than this find nothing more precisely.
const MAX_TERMS: usize = 16;
/// Shorter words have no typos: too much is near them.
const FUZZY_FROM: usize = 4;
/// From here on a word may have two.
const TWO_TYPOS_FROM: usize = 8;

/// What someone looks for: all of its terms must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub terms: Vec<Term>,
}

/// A word that is looked for, as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Something begins with it; in scripts without spaces, contains it.
    pub text: String,
    /// What an index must have for it: words that begin with these.
    pub prefixes: Vec<String>,
    /// What a title must have that says it with a typo: all grams of any of these. Empty when it is too short for typos.
    pub grams: Vec<Vec<String>>,
}

/// A query that cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum QueryError {
    #[error("a search has at most {MAX_QUERY} characters")]
    TooLong,
    #[error("a search needs a letter or a digit")]
    Empty,
}

impl Query {
    /// Reads a query. Signs mean nothing: they are only between words.
    ///
    /// # Errors
    /// [`QueryError`]
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        if text.chars().count() > MAX_QUERY {
            return Err(QueryError::TooLong);
        }
        let mut terms: Vec<Term> = Vec::new();
        for word in folded_words(text) {
            terms.extend(runs(&word).map(Term::of));
        }
        terms.truncate(MAX_TERMS);
        if terms.is_empty() { Err(QueryError::Empty) } else { Ok(Self { terms }) }
    }

    /// Whether every term is a word of these texts, or begins one.
    pub fn is_said(&self, texts: &[&str]) -> bool {
        let said =
            |term: &Term| texts.iter().any(|text| folded_words(text).any(|word| term.is_in(&word)));
        self.terms.iter().filter(|term| term.is_more_than_indexed()).all(said)
    }

    /// Whether every term could have been meant by some word of the title.
    pub fn nearly_says(&self, title: &str) -> bool {
        let words: Vec<String> = folded_words(title).collect();
        self.terms.iter().all(|term| words.iter().any(|word| term.is_near(word)))
    }

    /// Whether a title can be looked for with typos.
    pub fn allows_typos(&self) -> bool {
        self.terms.iter().all(|term| !term.grams.is_empty())
    }
}

impl Term {
    fn of(text: &str) -> Self {
        let unspaced = text.starts_with(is_unspaced);
        Self {
            text: text.to_owned(),
            prefixes: if unspaced { pairs(text) } else { vec![text.to_owned()] },
            grams: if unspaced { Vec::new() } else { pieces(text) },
        }
    }

    /// Whether an index may have all of its prefixes without having it: pairs of neighbours, each somewhere else.
    fn is_more_than_indexed(&self) -> bool {
        self.prefixes.len() > 1
    }

    /// Whether a folded word says it.
    pub(super) fn is_in(&self, word: &str) -> bool {
        match self.text.starts_with(is_unspaced) {
            true => word.contains(&self.text),
            false => runs(word).any(|run| run.starts_with(&self.text)),
        }
    }

    /// Whether it was meant by the word, or by its beginning.
    fn is_near(&self, word: &str) -> bool {
        let length = self.text.chars().count();
        let typos = typos(length);
        let beginning: String = word.chars().take(length).collect();
        [word, &beginning].into_iter().any(|word| damerau_levenshtein(&self.text, word) <= typos)
    }
}

/// What an index has of a text without spaces that contains this one.
fn pairs(text: &str) -> Vec<String> {
    let mut pairs = BTreeSet::new();
    split(text, &mut pairs);
    // The last letter alone is there only at the end of what it is in.
    if pairs.len() > 1 {
        pairs.retain(|pair| pair.chars().nth(1).is_some());
    }
    pairs.into_iter().collect()
}

fn typos(length: usize) -> usize {
    match length {
        0..FUZZY_FROM => 0,
        FUZZY_FROM..TWO_TYPOS_FROM => 1,
        _ => 2,
    }
}

/// Of one piece more than there may be typos, one at least is without: its grams are all there.
fn pieces(word: &str) -> Vec<Vec<String>> {
    let typos = typos(word.chars().count());
    if typos == 0 {
        return Vec::new();
    }
    let letters: Vec<char> = edged(word).chars().collect();
    let at = |nth: usize| nth * letters.len() / (typos + 1);
    let piece = |nth: usize| grams_of(&String::from_iter(&letters[at(nth)..at(nth + 1)]));
    (0..=typos).map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_near_what_was_meant() {
        let near = |query: &str, title: &str| Query::parse(query).unwrap().nearly_says(title);
        for (query, title) in [
            ("documnt", "The document"),
            ("dcoument", "Document"),
            ("docu", "Documentation"),
            ("nots", "Notes of Monday"),
            ("shoping lsit", "Shopping list"),
        ] {
            assert!(near(query, title), "{query} {title}");
        }
        for (query, title) in [("milk", "Silo"), ("cat", "car"), ("documnt list", "document")] {
            assert!(!near(query, title), "{query} {title}");
        }
    }

    #[test]
    fn one_piece_of_a_word_survives_its_typos() {
        let term = &Query::parse("documnt").unwrap().terms[0];
        let title = super::super::grams("document");
        let found = |pieces: &[Vec<String>]| {
            pieces
                .iter()
                .any(|piece| !piece.is_empty() && piece.iter().all(|gram| title.contains(gram)))
        };
        assert!(found(&term.grams), "{term:?}");
        assert!(term.grams.iter().all(|piece| !piece.is_empty()), "{term:?}");
        for length in 4..70 {
            let long = &Query::parse(&"a".repeat(length)).unwrap().terms[0];
            assert!(long.grams.iter().all(|piece| !piece.is_empty()), "{long:?}");
        }
    }

    #[test]
    fn signs_mean_nothing() {
        let terms = |text: &str| -> Vec<String> {
            Query::parse(text).unwrap().terms.into_iter().map(|term| term.text).collect()
        };
        assert_eq!(terms("\"Milk\" AND (honey* OR -x)"), ["milk", "and", "honey", "or", "x"]);
        assert_eq!(terms("日本v2"), ["日本", "v2"]);
        assert_eq!(Query::parse("'; --"), Err(QueryError::Empty));
        assert_eq!(Query::parse(&"a".repeat(257)), Err(QueryError::TooLong));
    }
}
