//! What every catalogue promises, and that code and catalogues belong to each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_bundle::FluentResource;

use crate::language::{Arg, Language, ROOMS, Texts, args, sources};

/// A text of a catalogue as it stands there.
pub(super) struct Entry {
    pub(super) room: &'static str,
    pub(super) key: String,
    pub(super) source: String,
}

/// The texts of a language, in the catalogue's order.
pub(super) fn entries(language: Language) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (room, source) in ROOMS.iter().zip(sources(language)) {
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let begins = line.starts_with(|c: char| c.is_ascii_alphabetic());
            match line.split_once(" =") {
                Some((key, value)) if begins => entries.push(Entry {
                    room,
                    key: key.to_owned(),
                    source: value.to_owned(),
                }),
                _ => {
                    if let Some(last) = entries.last_mut() {
                        last.source.push('\n');
                        last.source.push_str(line);
                    }
                }
            }
        }
    }
    entries
}

/// The names behind each "$" of a text.
pub(super) fn variables(source: &str) -> BTreeSet<&str> {
    source
        .split('$')
        .skip(1)
        .map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            &rest[..end.unwrap_or(rest.len())]
        })
        .collect()
}

#[test]
fn every_catalogue_is_read_whole_and_keys_begin_with_their_room() {
    for language in Language::ALL {
        let mut seen = BTreeSet::new();
        for (room, source) in ROOMS.iter().zip(sources(language)) {
            let read = FluentResource::try_new((*source).to_owned());
            let errors = read.err().map(|(_, errors)| errors);
            assert!(
                errors.is_none(),
                "{}/{room}.ftl: {errors:?}",
                language.tag()
            );
        }
        for Entry { room, key, .. } in entries(language) {
            assert!(key.starts_with(&format!("{room}-")), "{key} in {room}.ftl");
            assert!(
                seen.insert(key.clone()),
                "{key} stands twice in {language:?}"
            );
        }
    }
}

#[test]
fn every_catalogue_has_the_texts_and_the_values_of_the_english_one_and_no_others() {
    let shape = |language| -> BTreeMap<String, Vec<String>> {
        let values = |source: &str| variables(source).into_iter().map(String::from).collect();
        let entries = entries(language).into_iter();
        entries.map(|e| (e.key, values(&e.source))).collect()
    };
    let english = shape(Language::En);
    let mut wrong = Vec::new();
    for language in Language::ALL {
        let tag = language.tag();
        let other = shape(language);
        for (key, values) in &english {
            match other.get(key) {
                None => wrong.push(format!("{tag}: {key} is missing")),
                Some(others) if others != values => {
                    wrong.push(format!("{tag}: {key} has {others:?}, English {values:?}"));
                }
                Some(_) => {}
            }
        }
        let more = other.keys().filter(|key| !english.contains_key(*key));
        wrong.extend(more.map(|key| format!("{tag}: {key} is not in English")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && name != "tests" {
            rust_files(&path, files);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            files.push(path);
        }
    }
}

/// The program's text without comments, attributes and tests.
fn program(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let mut program = String::new();
    for line in text.lines() {
        let line = line.trim_start();
        if line == "#[cfg(test)]"
            && !program.ends_with("pub(crate)")
            && text.contains("\nmod tests")
        {
            break;
        }
        if !line.starts_with("//") {
            program.push_str(line);
            program.push('\n');
        }
    }
    program
}

/// The string literals of a program's text, and what stands in front of each on its line and the line before.
fn literals(program: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let chars: Vec<char> = program.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        // A quotation mark as a character is none of ours.
        if chars[at] == '\'' && chars.get(at + 1) == Some(&'"') {
            at += 3;
            continue;
        }
        if chars[at] == '\'' && chars.get(at + 1) == Some(&'\\') && chars.get(at + 2) == Some(&'"')
        {
            at += 4;
            continue;
        }
        if chars[at] != '"' {
            at += 1;
            continue;
        }
        let before: String = chars[at.saturating_sub(160)..at].iter().collect();
        let mut literal = String::new();
        at += 1;
        while at < chars.len() && chars[at] != '"' {
            if chars[at] == '\\' {
                at += 1;
            }
            literal.extend(chars.get(at));
            at += 1;
        }
        at += 1;
        found.push((literal, before));
    }
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Literals that look like keys and are none.
const NO_KEYS: &[&str] = &["order-bot"];

#[test]
fn every_text_is_said_somewhere_and_whatever_is_said_is_there() {
    let mut files = Vec::new();
    rust_files(&src(), &mut files);
    let mut used = BTreeSet::new();
    let mut beginnings = Vec::new();
    for file in files {
        for (literal, _) in literals(&program(&file)) {
            // `staff-command-{name}`: one text for each of a list.
            if let Some((beginning, _)) = literal.split_once("-{")
                && ROOMS
                    .iter()
                    .any(|room| beginning.starts_with(&format!("{room}-")))
            {
                beginnings.push(format!("{beginning}-"));
            }
            let is_key = literal
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            let room = literal.split_once('-').map(|(room, _)| room);
            if is_key
                && room.is_some_and(|room| ROOMS.contains(&room))
                && !NO_KEYS.contains(&literal.as_str())
            {
                used.insert(literal);
            }
        }
    }
    let there: BTreeSet<_> = entries(Language::En).into_iter().map(|e| e.key).collect();
    let is_said = |key: &&String| beginnings.iter().any(|begins| key.starts_with(begins));
    let unsaid: Vec<_> = there
        .difference(&used)
        .filter(|key| !is_said(key))
        .collect();
    let missing: Vec<_> = used.difference(&there).collect();
    assert!(unsaid.is_empty(), "no code says {unsaid:?}");
    assert!(missing.is_empty(), "no catalogue has {missing:?}");
}

/// What may stand in code although it has more than one word: formats, and what only logs and defects show.
const NO_SENTENCES: &[&str] = &[
    // What stands behind a command.
    "<order> [words]",
    // Whatever is read back by programs.
    "%Y-%m-%d %H:%M UTC",
    "%Y-%m-%d",
    // What `order-bot customers forget` says in the operator's terminal.
    "order {one} is",
    "orders {} are",
];

#[test]
fn no_sentence_stands_in_code() {
    let mut files = Vec::new();
    for room in ["text", "conversation", "engine"] {
        rust_files(&src().join(room), &mut files);
        files.push(src().join(format!("{room}.rs")));
    }
    let mut wrong = Vec::new();
    for file in files {
        for (literal, before) in literals(&program(&file)) {
            let words = literal
                .split(|c: char| !c.is_alphabetic())
                .filter(|word| word.chars().count() > 1)
                .count();
            let is_sentence = words >= 2 && literal.contains(' ');
            // Errors for operators' terminals and logs are English by design.
            let last = before.rsplit([';', '{', '}']).next().unwrap_or_default();
            let for_logs = [
                "tracing::",
                "#[error(",
                "anyhow",
                "bail!",
                "context(",
                "debug_assert",
            ]
            .iter()
            .any(|mark| last.contains(mark));
            if is_sentence && !for_logs && !NO_SENTENCES.contains(&literal.as_str()) {
                let file = file.strip_prefix(src()).unwrap().display().to_string();
                wrong.push(format!("src/{file}: {literal:?}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "a sentence belongs into src/text/locales:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn numbers_choose_their_words() {
    let minutes = |language, n: u32| {
        Texts::of(language).html(
            "reply-accepted-in",
            &args!["order" => "K7F-1", "minutes" => n],
        )
    };
    for (language, n, part) in [
        (Language::En, 1, "1 minute."),
        (Language::En, 20, "20 minutes."),
        (Language::Es, 20, "20 minutos."),
        (Language::De, 1, "1 Minute."),
        (Language::Fr, 2, "2 minutes."),
        (Language::Ru, 1, "1 минуты."),
        (Language::Ru, 5, "5 минут."),
        (Language::Ru, 21, "21 минуты."),
        (Language::Ar, 1, "دقيقة واحدة"),
        (Language::Ar, 2, "دقيقتين"),
        (Language::Ar, 3, "\u{2068}3\u{2069} دقائق"),
        (Language::Ar, 11, "\u{2068}11\u{2069} دقيقة"),
        (Language::Ar, 100, "\u{2068}100\u{2069} دقيقة"),
    ] {
        let text = minutes(language, n);
        assert!(text.contains(part), "{language:?} {n}: {text}");
    }
    assert!(!minutes(Language::Ar, 0).contains("دقيقة"));
    let orders =
        |language, n: u32| Texts::of(language).html("privacy-orders", &args!["count" => n]);
    for (language, n, part) in [
        (Language::Ru, 1, "последний заказ<"),
        (Language::Ru, 2, "последних заказа<"),
        (Language::Ru, 5, "последних заказов<"),
        (Language::Ru, 21, "последний заказ<"),
        (Language::Ar, 1, "آخر طلب لك"),
        (Language::Ar, 2, "آخر طلبين"),
        (Language::Ar, 3, "طلبات لك"),
        (Language::Ar, 11, "طلبًا لك"),
        (Language::Ar, 100, "طلب لك"),
    ] {
        let text = orders(language, n);
        assert!(text.contains(part), "{language:?} {n}: {text}");
    }
}

#[test]
fn values_of_people_and_of_the_menu_are_escaped_in_html_and_only_there() {
    let t = Texts::of(Language::En);
    let values = args!["name" => Arg::Words("<b>\n& \u{202e}x")];
    assert_eq!(t.html("privacy-name", &values), "Name: &lt;b&gt; &amp; x");
    assert_eq!(t.plain("privacy-name", &values), "Name: <b> & x");
}

#[test]
fn a_text_that_a_catalogue_lacks_is_not_silent() {
    assert_eq!(Texts::of(Language::De).say("no-such-key"), "no-such-key");
}

/// Whether a character has a direction of its own: from the right, or from the left.
fn direction(c: char) -> Option<bool> {
    match c {
        '\u{200f}' | '\u{0590}'..='\u{08ff}' if c.is_alphabetic() || c == '\u{200f}' => Some(true),
        '\u{200e}' => Some(false),
        c if c.is_alphabetic() => Some(false),
        _ => None,
    }
}

/// Text as it is read: without tags and without what is isolated from its surroundings.
fn outside_isolates(line: &str) -> String {
    let (mut depth, mut tag) = (0_u32, false);
    let mut text = String::new();
    for c in line.chars() {
        match c {
            '\u{2066}'..='\u{2068}' => depth += 1,
            '\u{2069}' => depth = depth.saturating_sub(1),
            '<' => tag = true,
            '>' => tag = false,
            c if depth == 0 && !tag => text.push(c),
            _ => {}
        }
    }
    text
}

/// Every line runs from the right, whatever name, price or number stands in it; what is isolated ends on its line; and
/// a command keeps its slash before it.
#[track_caller]
pub(super) fn check_right_to_left(what: &str, text: &str) {
    for line in text.lines() {
        let opened = line.matches(['\u{2066}', '\u{2067}', '\u{2068}']).count();
        assert_eq!(opened, line.matches('\u{2069}').count(), "{what}: {line}");
        let outside = outside_isolates(line);
        let first = outside.chars().find_map(direction);
        let commands_only = line.trim_start_matches('\u{200e}').starts_with('/');
        let has_words = line.chars().any(char::is_alphabetic);
        assert!(
            first == Some(true) || !has_words || commands_only,
            "{what}: this line does not begin from the right: {line:?}"
        );
        for (at, _) in outside.match_indices('/') {
            let before = outside[..at].chars().next_back();
            let letter = outside[at + 1..].starts_with(|c: char| c.is_ascii_lowercase());
            assert!(
                !letter || before == Some('\u{200e}'),
                "{what}: a command without its mark of direction: {line:?}"
            );
        }
    }
}

#[test]
fn values_in_a_text_from_the_right_stand_by_themselves() {
    let t = Texts::of(Language::Ar);
    let text = t.html(
        "order-phone",
        &args!["phone" => Arg::Words("+1 555 010 0199")],
    );
    assert_eq!(text, "الهاتف: \u{2068}+1 555 010 0199\u{2069}");
    let names = ["Cola", "Fanta"].map(String::from);
    let line = t.html(
        "reply-did-you-mean",
        &args!["items" => Arg::Html(t.list(&names))],
    );
    assert_eq!(
        line,
        "هل تقصد: \u{2068}\u{200f}\u{2068}Cola\u{2069}، \u{2068}Fanta\u{2069}\u{2069}؟"
    );
    assert_eq!(
        Texts::of(Language::De).html("order-phone", &args!["phone" => "+1"]),
        "Telefon: +1",
        "elsewhere nothing invisible is put in"
    );
}
