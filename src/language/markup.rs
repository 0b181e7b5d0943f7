//! What people write, made fit to stand in a text of ours.

/// Most characters of one value in a line.
const LONGEST: usize = 300;

/// A person's words on one line and shortened to what a line can bear.
#[must_use]
pub fn words(text: &str) -> String {
    let mut text = one_line(text);
    if let Some((at, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(at);
        text.push('…');
    }
    text
}

/// A person's words on one line: what they write cannot look like a line of ours or turn round what stands beside it.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            // Overrides and isolates of writing direction; plain right-to-left letters need none.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            '\u{2028}' | '\u{2029}' => line.push(' '),
            c if c.is_control() => line.push(' '),
            c => line.push(c),
        }
    }
    line
}
