//! Telegram's HTML: a text with a few tags becomes plain text and entities, or an error as Telegram words it.

use serde_json::{Value, json};

/// Plain text with its entities; offsets and lengths in UTF-16 code units, as Telegram counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Parsed {
    pub(crate) text: String,
    pub(crate) entities: Vec<Value>,
}

struct Open {
    tag: String,
    kind: &'static str,
    start: usize,
    url: Option<String>,
}

/// Parses `source`; the error is the description after "can't parse entities: ".
pub(crate) fn parse(source: &str) -> Result<Parsed, String> {
    let mut text = String::with_capacity(source.len());
    let mut units = 0;
    let mut entities: Vec<(usize, usize, Value)> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(body) = rest.strip_prefix("</") {
            let end = body
                .find('>')
                .ok_or_else(|| format!("Unclosed end tag at byte offset {at}"))?;
            let name = body.get(..end).unwrap_or_default().trim().to_lowercase();
            let Some(top) = open.pop() else {
                return Err(format!("Unexpected end tag at byte offset {at}"));
            };
            if !name.is_empty() && name != top.tag {
                return Err(format!(
                    "Unmatched end tag at byte offset {at}, expected \"</{}>\", found \"</{name}>\"",
                    top.tag
                ));
            }
            if units > top.start {
                let mut entity =
                    json!({"type": top.kind, "offset": top.start, "length": units - top.start});
                if let (Some(url), Some(map)) = (top.url, entity.as_object_mut()) {
                    map.insert("url".into(), Value::String(url));
                }
                entities.push((top.start, open.len(), entity));
            }
            at += 2 + end + 1;
        } else if let Some(body) = rest.strip_prefix('<') {
            let end = body
                .find('>')
                .ok_or_else(|| format!("Unclosed start tag at byte offset {at}"))?;
            open.push(start_tag(body.get(..end).unwrap_or_default(), at, units)?);
            at += 1 + end + 1;
        } else if rest.starts_with('&') {
            let (decoded, length) = character_reference(rest);
            text.push(decoded);
            units += decoded.len_utf16();
            at += length;
        } else {
            let Some(character) = rest.chars().next() else {
                break;
            };
            text.push(character);
            units += character.len_utf16();
            at += character.len_utf8();
        }
    }
    if let Some(left) = open.pop() {
        return Err(format!(
            "Can't find end tag corresponding to start tag \"{}\"",
            left.tag
        ));
    }
    // Outer entities first, as Telegram lists them.
    entities.sort_by_key(|(start, depth, _)| (*start, *depth));
    let entities = entities.into_iter().map(|(_, _, entity)| entity).collect();
    Ok(Parsed { text, entities })
}

fn start_tag(body: &str, at: usize, units: usize) -> Result<Open, String> {
    let (name, attributes) = body.split_once(char::is_whitespace).unwrap_or((body, ""));
    let tag = name.to_lowercase();
    let attributes = attributes.trim();
    let kind = match tag.as_str() {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "tg-spoiler" => "spoiler",
        "span" if attributes.contains("tg-spoiler") => "spoiler",
        "span" => {
            return Err(format!(
                "Tag \"span\" must have class \"tg-spoiler\" at byte offset {at}"
            ));
        }
        "code" => "code",
        "pre" => "pre",
        "a" => "text_link",
        "blockquote" if attributes.contains("expandable") => "expandable_blockquote",
        "blockquote" => "blockquote",
        _ => {
            return Err(format!(
                "Unsupported start tag \"{tag}\" at byte offset {at}"
            ));
        }
    };
    let url = (kind == "text_link")
        .then(|| {
            let (_, value) = attributes.split_once("href=")?;
            let value = value.trim_matches(|c| c == '"' || c == '\'');
            Some(decode_all(value))
        })
        .flatten();
    Ok(Open {
        tag,
        kind,
        start: units,
        url,
    })
}

fn decode_all(source: &str) -> String {
    let mut out = String::new();
    let mut rest = source;
    while let Some(character) = rest.chars().next() {
        let (decoded, length) = if character == '&' {
            character_reference(rest)
        } else {
            (character, character.len_utf8())
        };
        out.push(decoded);
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// The character that a reference at the start of `rest` stands for, and how many bytes it takes.
/// An unknown one is the ampersand itself, as at Telegram.
fn character_reference(rest: &str) -> (char, usize) {
    let plain = ('&', 1);
    let Some(end) = rest.find(';').filter(|end| *end <= 10) else {
        return plain;
    };
    let name = rest.get(1..end).unwrap_or_default();
    let decoded = match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        _ => name
            .strip_prefix("#x")
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .or_else(|| {
                name.strip_prefix('#')
                    .and_then(|digits| digits.parse().ok())
            })
            .and_then(char::from_u32),
    };
    decoded.map_or(plain, |character| (character, end + 1))
}

/// Cuts white space at both ends, as Telegram does, and moves the entities along.
pub(crate) fn trim(parsed: Parsed) -> Parsed {
    let start = parsed.text.len() - parsed.text.trim_start().len();
    let cut: usize = parsed
        .text
        .get(..start)
        .unwrap_or_default()
        .encode_utf16()
        .count();
    let text = parsed.text.trim().to_owned();
    let total = text.encode_utf16().count();
    let entities = parsed
        .entities
        .into_iter()
        .filter_map(|mut entity| {
            let number = |name: &str| {
                entity
                    .get(name)
                    .and_then(Value::as_u64)
                    .and_then(|number| usize::try_from(number).ok())
            };
            let (offset, length) = (number("offset")?, number("length")?);
            let from = offset.saturating_sub(cut);
            let until = (offset + length).saturating_sub(cut).min(total);
            let map = entity.as_object_mut()?;
            map.insert("offset".into(), json!(from));
            map.insert("length".into(), json!(until.saturating_sub(from)));
            (until > from).then_some(entity)
        })
        .collect();
    Parsed { text, entities }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(source: &str, expected: &str) {
        assert_eq!(parse(source).unwrap_err(), expected);
    }

    #[test]
    fn tags_become_entities_in_utf16_units() {
        let parsed = parse("🍕 <b>2 × <i>Pizza</i></b> &lt;&amp;&gt;").unwrap();
        assert_eq!(parsed.text, "🍕 2 × Pizza <&>");
        assert_eq!(
            parsed.entities,
            [
                json!({"type": "bold", "offset": 3, "length": 9}),
                json!({"type": "italic", "offset": 7, "length": 5}),
            ]
        );
    }

    #[test]
    fn a_link_keeps_its_address() {
        let parsed = parse(r#"<a href="https://x.test/?a=1&amp;b=2">here</a>"#).unwrap();
        assert_eq!(parsed.text, "here");
        assert_eq!(parsed.entities[0]["url"], "https://x.test/?a=1&b=2");
    }

    #[test]
    fn broken_markup_is_refused_in_telegrams_words() {
        refused(
            "a <b>c",
            "Can't find end tag corresponding to start tag \"b\"",
        );
        refused(
            "<b>x</i>",
            "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\"",
        );
        refused("x</b>", "Unexpected end tag at byte offset 1");
        refused("1 <2", "Unclosed start tag at byte offset 2");
        refused(
            "<h1>x</h1>",
            "Unsupported start tag \"h1\" at byte offset 0",
        );
    }

    #[test]
    fn an_unknown_reference_stays_as_it_is() {
        assert_eq!(
            parse("a &nbsp; b & c &#65;").unwrap().text,
            "a &nbsp; b & c A"
        );
    }

    #[test]
    fn white_space_at_the_ends_goes() {
        let parsed = trim(parse("\n <b>a </b>\n").unwrap());
        assert_eq!(parsed.text, "a");
        assert_eq!(
            parsed.entities,
            [json!({"type": "bold", "offset": 0, "length": 1})]
        );
    }
}
