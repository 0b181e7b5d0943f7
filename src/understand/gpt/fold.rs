//! Words in a form in which two of them can be compared: lower case, without accents, in Latin letters.

use std::ops::Range;

/// A word of a text.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Its bytes in the text.
    pub(super) span: Range<usize>,
    /// Its folded form; never empty.
    pub(super) folded: String,
}

/// Lower case, without accents, in Latin letters: "Jalapeño" and "халапеньо" become comparable.
pub(super) fn fold(text: &str) -> String {
    let mut folded = if text.is_ascii() {
        text.to_owned()
    } else {
        deunicode::deunicode(text)
    };
    folded.make_ascii_lowercase();
    folded.retain(|c| c.is_ascii_alphanumeric());
    folded
}

/// The words of a text: runs of letters and digits.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut from = None;
    let ends = text
        .char_indices()
        .map(|(at, c)| (at, is_part(c)))
        .chain([(text.len(), false)]);
    for (at, part) in ends {
        match (from, part) {
            (None, true) => from = Some(at),
            (Some(start), false) => {
                from = None;
                let folded = fold(text.get(start..at).unwrap_or_default());
                if !folded.is_empty() {
                    words.push(Word {
                        span: start..at,
                        folded,
                    });
                }
            }
            _ => {}
        }
    }
    words
}

/// An apostrophe and a mark that combines with the letter before it do not end a word.
fn is_part(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\'' | '\u{2019}')
        || unicode_normalization::char::is_combining_mark(c)
}

/// Whether a name's word may carry meaning of its own.
pub(super) fn is_telling(folded: &str) -> bool {
    const SMALL: [&str; 12] = [
        "and", "with", "the", "of", "in", "on", "de", "la", "le", "con", "mit", "und",
    ];
    (folded.len() > 1 || folded.bytes().all(|b| b.is_ascii_digit())) && !SMALL.contains(&folded)
}

/// Whether two folded words may be the same, generously: one begins or holds the other, or is a misspelling, a plural
/// or a relative of it in another language.
pub(super) fn alike(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let number = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    if short.len() < 3 || number(short) || number(long) {
        return false;
    }
    let part = if short.len() >= 4 {
        long.contains(short)
    } else {
        long.starts_with(short) && short.len() * 2 >= long.len()
    };
    if part {
        return true;
    }
    if short.len() < 4 || long.len() > short.len() * 2 {
        return false;
    }
    let within = match short.len() {
        ..=6 => 1,
        7..=9 => 2,
        _ => 3,
    };
    strsim::sorensen_dice(a, b) > 0.5 || strsim::osa_distance(a, b) <= within
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_across_case_accents_and_scripts() {
        let folded: Vec<String> = words("Two Jalapeños, l’été & МАРГАРИТА!")
            .into_iter()
            .map(|word| word.folded)
            .collect();
        assert_eq!(folded, ["two", "jalapenos", "lete", "margarita"]);
    }

    #[test]
    fn what_is_alike_is_generous_and_has_an_end() {
        for (a, b) in [
            ("margarita", "margherita"),
            ("colas", "cola"),
            ("marg", "margherita"),
            ("knoblauchbrot", "brot"),
            ("limonada", "lemonade"),
            ("burgher", "burger"),
            ("teas", "tea"),
        ] {
            assert!(alike(a, b) && alike(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("cola", "latte"),
            ("ham", "hamburger"),
            ("water", "wings"),
            ("bread", "dream"),
            ("2", "12"),
            ("fries", "garlic"),
        ] {
            assert!(!alike(a, b) && !alike(b, a), "{a} {b}");
        }
    }
}
