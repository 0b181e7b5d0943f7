//! How things look in 80 columns.

/// Columns that are used: one less than the least that a terminal has, for emoji whose width is a matter of opinion.
const COLUMNS: usize = 78;

/// Columns of the name before each block.
const MARGIN: usize = 7;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    /// The bot, to the customer.
    Bot,
    /// The bot, in the shop's chat.
    Shop,
    /// The file of rows.
    Rows,
    /// The demo itself.
    Frame,
}

impl Speaker {
    const fn name(self) -> &'static str {
        match self {
            Self::Bot => "[bot]",
            Self::Shop => "[shop]",
            Self::Rows => "[rows]",
            Self::Frame => "",
        }
    }

    /// Its colour (ECMA-48, "select graphic rendition").
    const fn colour(self) -> &'static str {
        match self {
            Self::Bot => "36",
            Self::Shop => "33",
            Self::Rows => "32",
            Self::Frame => "2",
        }
    }
}

/// How blocks are drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// Whether there may be colours.
    pub(super) colours: bool,
}

impl Style {
    /// A text in a colour.
    pub(super) fn paint(self, colour: &str, text: &str) -> String {
        if self.colours && !text.is_empty() {
            format!("\u{1b}[{colour}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    /// A block: who speaks, and the text with its lines folded.
    pub(super) fn block(self, speaker: Speaker, text: &str) -> String {
        let mut out = String::new();
        let lines = text
            .lines()
            .flat_map(|line| fold(&clean(line), COLUMNS - MARGIN));
        for (n, line) in lines.enumerate() {
            let name = if n == 0 { speaker.name() } else { "" };
            let line = if speaker == Speaker::Frame {
                self.paint(speaker.colour(), &line)
            } else {
                line
            };
            let gap = " ".repeat(MARGIN - name.len());
            let name = self.paint(speaker.colour(), name);
            out.push_str(format!("{name}{gap}{line}").trim_end());
            out.push('\n');
        }
        out
    }
}

/// Rows of numbered buttons as text, each row on lines of its own.
pub(super) fn buttons(rows: &[Vec<String>], first: usize) -> String {
    let mut number = first;
    let mut lines: Vec<String> = Vec::new();
    for row in rows {
        let mut line = String::new();
        for label in row {
            let button = format!("[{number}] {label}");
            number += 1;
            if !line.is_empty() && width(&line) + 3 + width(&button) > COLUMNS - MARGIN {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push_str("   ");
            }
            line.push_str(&button);
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// Without what could move the cursor or change colours.
pub(super) fn clean(line: &str) -> String {
    let shown = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    line.chars().map(shown).collect()
}

/// A line in pieces of at most so many columns, parted between words where that is possible.
fn fold(line: &str, columns: usize) -> Vec<String> {
    if width(line) <= columns {
        return vec![line.to_owned()];
    }
    let mut lines = Vec::new();
    let mut current = String::new();
    for word in line.split(' ') {
        if !current.is_empty() && width(&current) + 1 + width(word) > columns {
            lines.push(std::mem::take(&mut current));
        } else if !current.is_empty() {
            current.push(' ');
        }
        for c in word.chars() {
            if width(&current) + columns_of(c) > columns {
                lines.push(std::mem::take(&mut current));
            }
            current.push(c);
        }
    }
    lines.push(current);
    lines
}

fn width(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// Columns that a character takes; rather one too many. (Unicode Standard Annex 11, and emoji)
const fn columns_of(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{231a}'..='\u{23ff}'
        | '\u{2600}'..='\u{27bf}'
        | '\u{2b00}'..='\u{2bff}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{1f000}'..='\u{3ffff}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { colours: false };

    #[test]
    fn a_block_has_a_name_and_a_margin() {
        assert_eq!(
            PLAIN.block(Speaker::Bot, "Your order\n\n1. Tea"),
            "[bot]  Your order\n\n       1. Tea\n"
        );
        let painted = Style { colours: true }.block(Speaker::Shop, "x");
        assert_eq!(painted, "\u{1b}[33m[shop]\u{1b}[0m x\n");
    }

    #[test]
    fn no_line_is_longer_than_80_columns_and_no_word_is_lost() {
        let text = format!("{} {} 🍕🍕🍕 end", "word ".repeat(40), "x".repeat(200));
        let block = PLAIN.block(Speaker::Bot, &text);
        assert!(block.lines().all(|line| width(line) < 80), "{block}");
        let joined = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(joined(&block), format!("[bot]{}", joined(&text)));
    }

    #[test]
    fn nothing_that_was_typed_can_steer_the_terminal() {
        let block = PLAIN.block(Speaker::Bot, "a\u{1b}[2Jb\rc");
        assert_eq!(block, "[bot]  a\u{fffd}[2Jb\u{fffd}c\n");
    }

    #[test]
    fn buttons_are_numbered_in_rows_that_fit() {
        let row = |labels: &[&str]| labels.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            buttons(&[row(&["Yes", "No"]), row(&["Back"])], 3),
            "[3] Yes   [4] No\n[5] Back"
        );
        let long = "a label of some length";
        let wide = buttons(&[row(&[long, long, long])], 9);
        assert_eq!(wide.lines().count(), 2, "{wide}");
    }
}
