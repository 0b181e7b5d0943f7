//! Numbers that only number: "1. a latte", "(2) colas".

use super::super::words::Class;
use super::{Kind, Piece};

/// Takes the numbers out of "1. a latte", "2. a mocha": where each line bears the next one, they count nothing.
pub(super) fn numbered_list(pieces: &mut [Piece]) {
    let starts: Vec<usize> = (0..pieces.len())
        .filter(|at| *at == 0 || pieces[at - 1].kind == Kind::Sign('\n'))
        .collect();
    let numbered = |(n, at): (usize, &usize)| {
        u32::try_from(n + 1).is_ok_and(|n| pieces[*at].kind == Kind::Number(n))
            && matches!(
                pieces.get(at + 1).map(|p| p.kind),
                Some(Kind::Sign('.' | ')' | '-'))
            )
    };
    if starts.len() < 2 || !starts.iter().enumerate().all(numbered) {
        return;
    }
    for at in starts {
        for piece in &mut pieces[at..at + 2] {
            piece.kind = Kind::Gone;
        }
    }
}

/// "(2) colas": the brackets say nothing.
pub(super) fn bracketed(pieces: &mut [Piece]) {
    for at in 0..pieces.len().saturating_sub(3) {
        let [open, number, close, next] = &mut pieces[at..at + 4] else {
            continue;
        };
        if open.kind == Kind::Sign('(')
            && matches!(number.kind, Kind::Number(_))
            && close.kind == Kind::Sign(')')
            && matches!(next.kind, Kind::Menu(_))
        {
            close.kind = Kind::Small(Class::Filler);
        }
    }
}
