//! Name, phone, address, time, how the order is fetched, and what the customer cannot eat.

mod address; // where to deliver
mod allergies; // what they cannot eat
mod time; // when

use crate::parsed::{Details, Fulfilment};
use crate::phone;
use crate::privacy::PersonalText;

use super::lex::{Kind, Piece};
use super::text::{Token, TokenKind};
use super::words::Class;

/// What a message tells about the order as a whole.
#[derive(Default)]
pub(super) struct Found {
    pub(super) details: Details,
    pub(super) allergies: Vec<PersonalText>,
    pub(super) note: Option<PersonalText>,
    /// The pieces at which its times began.
    pub(super) times: Vec<usize>,
    /// One of them is not today's.
    pub(super) far: bool,
}

struct Taker<'a> {
    pieces: &'a mut [Piece],
    tokens: &'a [Token],
    text: &'a str,
    found: Found,
}

/// Takes the details out of the pieces.
pub(super) fn take(pieces: &mut [Piece], tokens: &[Token], text: &str) -> Found {
    let mut taker = Taker {
        pieces,
        tokens,
        text,
        found: Found::default(),
    };
    taker.phone();
    taker.allergies();
    taker.address();
    taker.shares();
    taker.guests();
    taker.name();
    taker.bare_name();
    taker.time();
    taker.fulfilment();
    taker.notes();
    taker.found
}

impl Taker<'_> {
    fn is(&self, at: usize, class: Class) -> bool {
        self.pieces.get(at).is_some_and(|p| p.is(class))
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.pieces.get(at).map(|p| p.kind)
    }

    /// The customer's words from one piece to before another.
    fn quote(&self, from: usize, to: usize) -> Option<PersonalText> {
        let first = self.tokens.get(self.pieces.get(from)?.from)?.span.start;
        let last = self
            .tokens
            .get(self.pieces.get(to.checked_sub(1)?)?.to.checked_sub(1)?)?
            .span
            .end;
        let quote = self.text.get(first..last)?.trim();
        (!quote.is_empty()).then(|| PersonalText::from(quote))
    }

    fn set(&mut self, at: usize, class: Class) {
        if let Some(piece) = self.pieces.get_mut(at) {
            piece.kind = Kind::Small(class);
        }
    }

    fn gone(&mut self, from: usize, to: usize) {
        for piece in self.pieces.iter_mut().take(to).skip(from) {
            piece.kind = Kind::Gone;
        }
    }

    fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(self.pieces.get(at)?.from)
    }

    fn is_digits(&self, at: usize) -> bool {
        self.token(at)
            .is_some_and(|t| matches!(t.kind, TokenKind::Number(_)))
    }

    fn phone(&mut self) {
        let mut at = 0;
        while at < self.pieces.len() {
            if !self.is_digits(at) {
                at += 1;
                continue;
            }
            let from = at;
            let mut digits = 0;
            let mut end = at;
            while let Some(token) = self.token(at) {
                let piece_len = self.pieces.get(at).map_or(1, Piece::len);
                match token.kind {
                    TokenKind::Number(_)
                        if piece_len == 1 && (digits > 3 || !token.norm.contains('.')) =>
                    {
                        digits += token.norm.bytes().filter(u8::is_ascii_digit).count();
                        end = at + 1;
                    }
                    TokenKind::Sign('-' | '(' | ')' | '/' | '.') | TokenKind::Sign('+') => {}
                    _ => break,
                }
                at += 1;
            }
            at = at.max(from + 1);
            let intro = (0..from)
                .rev()
                .take(3)
                .find(|b| self.is(*b, Class::IntroPhone));
            let ordered = (0..from)
                .rev()
                .take(3)
                .any(|b| self.token(b).is_some_and(|t| t.norm == "order"));
            if ordered && intro.is_some() {
                continue;
            }
            // An order's number is nobody's phone.
            let first = self.pieces.get(from).map_or(0, |p| p.from);
            let before = self.tokens.get(first.saturating_sub(4)..first);
            if before.unwrap_or(&[]).iter().any(|t| t.norm == "order") {
                continue;
            }
            // "1000000 colas" are colas.
            let counts = intro.is_none() && matches!(self.kind(end), Some(Kind::Menu(_)));
            let mut start = from;
            while start > 0
                && self
                    .token(start - 1)
                    .is_some_and(|t| t.is_sign('+') || t.is_sign('('))
            {
                start -= 1;
            }
            let quote = self.quote(start, end);
            let is_number = quote.as_ref().is_some_and(|q| match intro {
                Some(_) => phone::parse_introduced(q.as_str()).is_some(),
                None => phone::parse(q.as_str()).is_some(),
            });
            if !is_number || counts || self.found.details.phone.is_some() {
                continue;
            }
            self.found.details.phone = quote;
            let open = intro.unwrap_or(start);
            // "call Jess 07700 900123"
            let named = intro.is_some_and(|i| {
                i + 1 < start
                    && (i + 1..start).all(|n| {
                        self.kind(n) == Some(Kind::Unknown)
                            && self.token(n).is_some_and(|t| t.capital)
                    })
            });
            if named && self.found.details.name.is_none() {
                self.found.details.name = self.quote(open + 1, start);
            }
            self.gone(open, end);
        }
    }

    fn name(&mut self) {
        for at in 0..self.pieces.len() {
            let strong = self.is(at, Class::IntroName);
            let weak = self.is(at, Class::IntroNameWeak)
                || (self.is(at, Class::To) && self.token(at).is_some_and(|t| t.norm == "for"));
            if !(strong || weak) || self.found.details.name.is_some() {
                continue;
            }
            let mut from = at + 1;
            while matches!(self.kind(from), Some(Kind::Sign(':' | '-')))
                || (strong && self.is(from, Class::Filler))
            {
                from += 1;
            }
            let mut end = from;
            while end < from + 3 {
                let Some(piece) = self.pieces.get(end) else {
                    break;
                };
                let capital = self.token(end).is_some_and(|t| t.capital);
                let unknown = piece.kind == Kind::Unknown;
                let fits = match strong {
                    true => {
                        unknown
                            || (capital
                                && !matches!(
                                    piece.kind,
                                    Kind::Sign(_) | Kind::Gone | Kind::Number(_)
                                ))
                    }
                    false => unknown && capital,
                };
                if !fits {
                    break;
                }
                end += 1;
            }
            if end > from {
                self.found.details.name = self.quote(from, end);
                self.gone(at, end);
            }
        }
    }

    /// A name alone between commas, beside a phone number or an address.
    fn bare_name(&mut self) {
        let Details {
            name,
            phone,
            address,
            ..
        } = &self.found.details;
        let fetched = self.pieces.iter().any(|p| p.is(Class::Pickup));
        if name.is_some() || (phone.is_none() && address.is_none() && !fetched) {
            return;
        }
        let edge = |kind: Option<Kind>| matches!(kind, None | Some(Kind::Sign(_) | Kind::Gone));
        for at in 0..self.pieces.len() {
            let before = at.checked_sub(1).and_then(|b| self.kind(b));
            if !edge(before) {
                continue;
            }
            let mut end = at;
            while end < at + 3
                && self.kind(end) == Some(Kind::Unknown)
                && self.token(end).is_some_and(|t| t.capital)
            {
                end += 1;
            }
            if end > at && edge(self.kind(end)) {
                self.found.details.name = self.quote(at, end);
                self.gone(at, end);
                return;
            }
        }
    }

    /// "one for Tom, one for Lisa": whose a line is, not who orders.
    fn shares(&mut self) {
        let fors: Vec<usize> = (0..self.pieces.len())
            .filter(|at| {
                self.is(*at, Class::To)
                    && self.token(*at).is_some_and(|t| t.norm == "for")
                    && self.kind(at + 1) == Some(Kind::Unknown)
                    && self.token(at + 1).is_some_and(|t| t.capital)
            })
            .collect();
        // "Anna wants a latte"
        for at in 0..self.pieces.len() {
            if !self.is(at, Class::Wants) {
                continue;
            }
            let who = at.wrapping_sub(1);
            let opens = who == 0
                || matches!(self.kind(who.wrapping_sub(1)), Some(Kind::Sign(_)))
                || [Class::And, Class::The, Class::But]
                    .iter()
                    .any(|c| self.is(who.wrapping_sub(1), *c));
            if self.kind(who) == Some(Kind::Unknown) && opens {
                self.set(who, Class::Filler);
            }
            self.set(at, Class::Ask);
        }
        if fors.len() < 2 {
            return;
        }
        for at in fors {
            if let Some(piece) = self.pieces.get_mut(at) {
                piece.kind = Kind::Small(Class::NoteLine);
            }
        }
    }

    /// "a mochi for the kid": for whom something is says nothing of what it is.
    fn guests(&mut self) {
        for at in 0..self.pieces.len() {
            let opens = self.token(at).is_some_and(|t| t.norm == "for")
                && self.is(at, Class::To)
                && self.is(at + 1, Class::The)
                && self
                    .pieces
                    .iter()
                    .take(at)
                    .any(|p| matches!(p.kind, Kind::Menu(_)));
            if !opens {
                continue;
            }
            let end = (at + 2..at + 4)
                .take_while(|n| self.kind(*n) == Some(Kind::Unknown))
                .last();
            let Some(end) = end.map(|n| n + 1) else {
                continue;
            };
            let closes = match self.kind(end) {
                None | Some(Kind::Sign(_) | Kind::Gone) => true,
                Some(Kind::Small(class)) => matches!(
                    class,
                    Class::And
                        | Class::But
                        | Class::Also
                        | Class::Filler
                        | Class::Prep
                        | Class::Time
                        | Class::Far
                        | Class::TimeAt
                        | Class::Ask
                ),
                _ => false,
            };
            if closes {
                self.gone(at, end);
                self.set(at, Class::Vague);
            }
        }
    }

    fn fulfilment(&mut self) {
        for at in 0..self.pieces.len() {
            let fulfilment = match self.kind(at) {
                Some(Kind::Small(Class::Delivery | Class::IntroDelivery)) => Fulfilment::Delivery,
                Some(Kind::Small(Class::Pickup)) => Fulfilment::Pickup,
                Some(Kind::Small(Class::DineIn)) => Fulfilment::DineIn,
                _ => continue,
            };
            let refused = at > 0
                && (self.is(at - 1, Class::Deny)
                    || self.is(at - 1, Class::Without)
                    || self.is(at - 1, Class::Question));
            if refused {
                continue;
            }
            self.found.details.fulfilment.get_or_insert(fulfilment);
            self.gone(at, at + 1);
        }
    }

    fn notes(&mut self) {
        let mut notes: Vec<String> = Vec::new();
        for at in 0..self.pieces.len() {
            if !self.is(at, Class::NoteOrder) {
                continue;
            }
            let end = (at + 1..self.pieces.len())
                .find(|n| {
                    matches!(
                        self.kind(*n),
                        Some(Kind::Sign(',' | '.' | '!' | '?' | '\n') | Kind::Gone)
                    ) || self.is(*n, Class::Ask)
                        || self.is(*n, Class::And)
                })
                .unwrap_or(self.pieces.len());
            if let Some(note) = self.quote(at, end) {
                notes.push(note.as_str().to_owned());
            }
            self.gone(at, end);
        }
        if !notes.is_empty() {
            self.found.note = Some(PersonalText::from(notes.join("; ")));
        }
    }
}
