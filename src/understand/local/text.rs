//! From a message to tokens: folded text to compare, and the place in the original to quote from.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word, a number or a sign of the message.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// Folded: NFKD without marks, lower case, no apostrophes.
    pub(super) norm: String,
    /// Bytes of the original.
    pub(super) span: Range<usize>,
    pub(super) kind: TokenKind,
    /// No space before it.
    pub(super) glued: bool,
    /// Begins with a capital in the original.
    pub(super) capital: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    /// Digits; the value where it is a whole number of at most four digits.
    Number(Option<u32>),
    /// `,` `.` `?` `!` `:` `-` `(` `)` `+` `/`, or `\n` for a line's end.
    Sign(char),
}

impl Token {
    /// Cuts the token: this one keeps what is before a byte of its folded text. Where folding changed lengths, both
    /// keep the whole span.
    pub(super) fn split_off(&mut self, at: usize) -> Self {
        let middle = self.span.start + at;
        let exact = self.span.len() == self.norm.len();
        let rest = Self {
            norm: self.norm.get(at..).unwrap_or_default().to_owned(),
            span: if exact {
                middle..self.span.end
            } else {
                self.span.clone()
            },
            kind: self.kind,
            glued: true,
            capital: false,
        };
        self.norm.truncate(at);
        if exact {
            self.span.end = middle;
        }
        rest
    }

    pub(super) fn is_word(&self) -> bool {
        !matches!(self.kind, TokenKind::Sign(_))
    }

    pub(super) fn is_sign(&self, sign: char) -> bool {
        self.kind == TokenKind::Sign(sign)
    }
}

/// Longest token in folded bytes; what is longer is cut in several, so that no token is dear to compare.
const LONGEST: usize = 48;

/// French and Italian elisions, written together with the next word.
const ELISIONS: [&str; 10] = ["l", "d", "j", "qu", "c", "n", "m", "s", "t", "dell"];

#[derive(Default)]
struct Builder {
    tokens: Vec<Token>,
    word: String,
    start: usize,
    end: usize,
    glued: bool,
    capital: bool,
    number: bool,
    spaced: bool,
}

impl Builder {
    fn push(&mut self, folded: char, original: char, span: &Range<usize>, number: bool) {
        if self.word.is_empty() {
            self.start = span.start;
            self.glued = !self.spaced && !self.tokens.is_empty();
            self.capital = original.is_uppercase();
            self.number = number;
        }
        self.word.push(folded);
        self.end = span.end;
        self.spaced = false;
        if self.word.len() >= LONGEST {
            self.close();
        }
    }

    fn close(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let norm = std::mem::take(&mut self.word);
        let kind = if self.number {
            let value = (norm.len() <= 4)
                .then(|| norm.parse::<u32>().ok())
                .flatten();
            TokenKind::Number(value)
        } else {
            TokenKind::Word
        };
        self.tokens.push(Token {
            norm,
            span: self.start..self.end,
            kind,
            glued: self.glued,
            capital: self.capital,
        });
    }

    fn sign(&mut self, sign: char, span: &Range<usize>) {
        self.close();
        let twice = self
            .tokens
            .last()
            .is_some_and(|t| t.is_sign(sign) && sign != '(');
        if !twice {
            self.tokens.push(Token {
                norm: String::new(),
                span: span.clone(),
                kind: TokenKind::Sign(sign),
                glued: !self.spaced,
                capital: false,
            });
        }
        self.spaced = false;
    }

    fn word(&mut self, norm: &str, span: &Range<usize>) {
        self.close();
        self.tokens.push(Token {
            norm: norm.to_owned(),
            span: span.clone(),
            kind: TokenKind::Word,
            glued: !self.spaced,
            capital: false,
        });
        self.spaced = false;
    }
}

/// The tokens of a text, in linear time.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut out = Builder::default();
    let mut chars = text.char_indices().peekable();
    while let Some((at, original)) = chars.next() {
        let span = at..at + original.len_utf8();
        let next = chars.peek().map(|(_, c)| *c);
        if original.is_ascii() {
            step(
                &mut out,
                original.to_ascii_lowercase(),
                original,
                next,
                &span,
            );
            continue;
        }
        for folded in std::iter::once(original).nfkd() {
            if is_combining_mark(folded) {
                continue;
            }
            match folded {
                'ß' => ["s", "s"]
                    .iter()
                    .for_each(|_| out.push('s', original, &span, false)),
                'æ' | 'Æ' => {
                    out.push('a', original, &span, false);
                    out.push('e', original, &span, false);
                }
                'œ' | 'Œ' => {
                    out.push('o', original, &span, false);
                    out.push('e', original, &span, false);
                }
                _ => {
                    for lower in folded.to_lowercase() {
                        if !is_combining_mark(lower) {
                            step(&mut out, plain(lower), original, next, &span);
                        }
                    }
                }
            }
        }
    }
    out.close();
    out.tokens
}

fn plain(c: char) -> char {
    match c {
        'ø' => 'o',
        'ł' => 'l',
        'ı' => 'i',
        'đ' => 'd',
        'ى' => 'ي',
        'ة' => 'ه',
        'ٱ' => 'ا',
        '\u{2019}' | '\u{2018}' | '\u{02bc}' | '`' | '\u{00b4}' => '\'',
        '\u{060c}' | '\u{3001}' | '\u{ff0c}' => ',',
        '\u{061b}' => ';',
        '\u{061f}' => '?',
        '\u{00bf}' | '\u{00a1}' => ' ',
        '\u{2044}' => '/',
        '\u{2010}' | '\u{2011}' | '\u{2212}' => '-',
        '\u{2013}' | '\u{2014}' => '\u{2014}',
        '\u{00d7}' => 'x',
        '\u{2022}' | '\u{00b7}' => '\n',
        '\u{0660}'..='\u{0669}' | '\u{06f0}'..='\u{06f9}' => {
            char::from_digit(u32::from(c) & 0xf, 10).unwrap_or('0')
        }
        _ => c,
    }
}

fn step(out: &mut Builder, c: char, original: char, next: Option<char>, span: &Range<usize>) {
    let next_joins = next.is_some_and(char::is_alphanumeric);
    match c {
        '0'..='9' => {
            if !out.word.is_empty() && !out.number {
                out.close();
            }
            out.push(c, original, span, true);
        }
        _ if c.is_alphanumeric() => {
            if !out.word.is_empty() && out.number {
                out.close();
            }
            out.push(c, original, span, false);
        }
        '.' if out.number && !out.word.is_empty() && next.is_some_and(|n| n.is_ascii_digit()) => {
            out.push('.', original, span, true);
        }
        '\'' => {
            // "we're" is not "were".
            if ELISIONS.contains(&out.word.as_str())
                || !next_joins
                || out.word == "we" && next == Some('r')
            {
                out.close();
            }
        }
        '%' => out.word("percent", span),
        '#' if next.is_some_and(|n| n.is_ascii_digit()) => out.word("number", span),
        '&' => out.word("and", span),
        '\n' | '\r' => {
            out.sign('\n', span);
            out.spaced = true;
        }
        '-' | '/' | '_' if next_joins && (!out.word.is_empty()) => out.close(),
        '-' | '\u{2014}' => out.sign('-', span),
        ',' | '\u{3001}' => out.sign(',', span),
        ';' | '.' | '\u{2026}' | '\u{3002}' => out.sign('.', span),
        '?' | '!' | ':' | '(' | ')' | '+' | '/' => out.sign(c, span),
        // Joiners and other unseen characters stand inside words.
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{00ad}' | '\u{0640}' => {}
        _ => {
            out.close();
            out.spaced = true;
        }
    }
}

/// The words as they are written, folded.
pub(super) fn surface(tokens: &[Token]) -> String {
    let words: Vec<&str> = tokens
        .iter()
        .filter(|t| t.is_word())
        .map(|t| t.norm.as_str())
        .collect();
    words.join(" ")
}

/// A word without its plural ending: light, as it must never make two different dishes one.
pub(super) fn stem(word: &str) -> String {
    let cut = |n: usize| word.get(..word.len().saturating_sub(n)).unwrap_or(word);
    if word.len() <= 3 || !word.is_ascii() {
        return match word {
            _ if word.chars().count() > 3 && word.chars().any(|c| ('а'..='я').contains(&c)) => {
                cyrillic_stem(word).to_owned()
            }
            _ => word.to_owned(),
        };
    }
    match word {
        "leaves" => return "leaf".to_owned(),
        "loaves" => return "loaf".to_owned(),
        "halves" => return "half".to_owned(),
        _ => {}
    }
    if word.ends_with("ies") && word.len() > 4 {
        return format!("{}y", cut(3));
    }
    if word.ends_with("ie") {
        return format!("{}y", cut(2));
    }
    if word.ends_with("oes")
        || word.ends_with("ches")
        || word.ends_with("shes")
        || word.ends_with("sses")
        || word.ends_with("xes")
    {
        return cut(2).to_owned();
    }
    if word.ends_with("che") {
        return cut(1).to_owned();
    }
    if word.ends_with('s')
        && !word.ends_with("ss")
        && !word.ends_with("us")
        && !word.ends_with("is")
    {
        return cut(1).to_owned();
    }
    word.to_owned()
}

/// A Russian word without its case: its last vowels, or a consonant's ending.
fn cyrillic_stem(word: &str) -> &str {
    const ENDINGS: [&str; 18] = [
        "ами", "ями", "ого", "его", "ому", "ему", "ыми", "ими", "ов", "ев", "ом", "ем", "ам", "ям",
        "ах", "ях", "ых", "их",
    ];
    let ending = ENDINGS.iter().find_map(|ending| {
        let stem = word.strip_suffix(ending)?;
        (stem.chars().count() > 5 - ending.chars().count().min(3)).then_some(stem)
    });
    let vowels = ['а', 'ы', 'и', 'у', 'е', 'о', 'я', 'ю', 'ь'];
    match ending {
        Some(stem) => stem.trim_end_matches(vowels),
        None => word.trim_end_matches(vowels),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn norms(text: &str) -> Vec<String> {
        tokens(text)
            .into_iter()
            .map(|t| match t.kind {
                TokenKind::Sign(c) => c.to_string(),
                _ => t.norm,
            })
            .collect()
    }

    #[test]
    fn words_numbers_and_signs_are_told_apart() {
        assert_eq!(
            norms("I'd like 2x Jalapeños, 500ml & 2%"),
            [
                "id",
                "like",
                "2",
                "x",
                "jalapenos",
                ",",
                "500",
                "ml",
                "and",
                "2",
                "percent"
            ]
        );
        assert_eq!(
            norms("gluten-free 🍕 w/o l’eau"),
            ["gluten", "free", "w", "o", "l", "eau"]
        );
        assert_eq!(
            norms("at 7:30 - 7.5 oz"),
            ["at", "7", ":", "30", "-", "7.5", "oz"]
        );
        assert_eq!(norms("٣ قهوة"), ["3", "قهوه"]);
    }

    #[test]
    fn plurals_and_singulars_share_a_stem() {
        for (a, b) in [
            ("fries", "fry"),
            ("cookies", "cookie"),
            ("tomatoes", "tomato"),
            ("sandwiches", "sandwich"),
            ("cheeses", "cheese"),
            ("quiches", "quiche"),
            ("colas", "cola"),
            ("glasses", "glass"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
    }
}
