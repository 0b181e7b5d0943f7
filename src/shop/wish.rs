//! When a customer wants their order, read from their own words: "at 7", "tomorrow noon", "in half an hour".
//!
//! Only what is understood whole is taken for a time; everything else stays words, which people read. A language's
//! words stand in `words/*.json`.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::schedule::{Schedule, moment};

const FILES: [(&str, &str); 6] = [
    ("en", include_str!("words/en.json")),
    ("es", include_str!("words/es.json")),
    ("de", include_str!("words/de.json")),
    ("fr", include_str!("words/fr.json")),
    ("ru", include_str!("words/ru.json")),
    ("ar", include_str!("words/ar.json")),
];

/// When a customer wants their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// As soon as it is made.
    Now,
    /// At a time.
    At(Timestamp),
    /// The words say nothing that can be put on a clock.
    Unclear,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    filler: Vec<String>,
    now: Vec<String>,
    today: Vec<String>,
    tomorrow: Vec<String>,
    day_after: Vec<String>,
    weekdays: [Vec<String>; 7],
    noon: Vec<String>,
    midnight: Vec<String>,
    am: Vec<String>,
    pm: Vec<String>,
    tonight: Vec<String>,
    half_past: Vec<String>,
    half_to: Vec<String>,
    quarter_past: Vec<String>,
    quarter_to: Vec<String>,
    and_half: Vec<String>,
    and_quarter: Vec<String>,
    less_quarter: Vec<String>,
    #[serde(rename = "in")]
    inside: Vec<String>,
    half_hour: Vec<String>,
    quarter_hour: Vec<String>,
    one: Vec<String>,
    minutes: Vec<String>,
    hours: Vec<String>,
    mark: Vec<String>,
    numbers: [String; 12],
}

/// What a phrase may mean; what it does mean, its neighbours say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Filler,
    Now,
    /// So many days from today.
    Day(i64),
    /// 0 for Monday.
    Weekday(i8),
    Noon,
    Midnight,
    Am,
    Pm,
    Tonight,
    /// Minutes that go to the hour named behind it.
    Before(i32),
    /// Minutes that go to the hour named before it.
    After(i32),
    In,
    /// A stretch of so many minutes.
    Stretch(i64),
    One,
    /// Minutes of one unit.
    Unit(i64),
    /// Stands behind an hour and says nothing.
    Mark,
    Hour(i32),
}

struct Language {
    /// Phrases by their words, each with its senses.
    phrases: HashMap<String, Vec<Sense>>,
    longest: usize,
}

static LANGUAGES: LazyLock<Vec<(&str, Language)>> = LazyLock::new(|| {
    let read = |(code, json): &(&'static str, &str)| {
        let words: Words = serde_json::from_str(json).ok()?;
        Some((*code, Language::new(words)))
    };
    FILES.iter().filter_map(read).collect()
});

impl Language {
    fn new(words: Words) -> Self {
        let mut language = Self {
            phrases: HashMap::new(),
            longest: 1,
        };
        let mut add = |list: &[String], sense| {
            for phrase in list {
                let words: Vec<_> = tokens(phrase).into_iter().map(|t| t.text).collect();
                language.longest = language.longest.max(words.len());
                language
                    .phrases
                    .entry(words.join(" "))
                    .or_default()
                    .push(sense);
            }
        };
        // Where a phrase has several senses, the first that fits is taken.
        add(&words.today, Sense::Day(0));
        add(&words.tomorrow, Sense::Day(1));
        add(&words.day_after, Sense::Day(2));
        add(&words.now, Sense::Now);
        for (n, names) in (0_i8..).zip(&words.weekdays) {
            add(names, Sense::Weekday(n));
        }
        add(&words.noon, Sense::Noon);
        add(&words.midnight, Sense::Midnight);
        add(&words.am, Sense::Am);
        add(&words.pm, Sense::Pm);
        add(&words.tonight, Sense::Tonight);
        add(&words.half_past, Sense::Before(30));
        add(&words.half_to, Sense::Before(-30));
        add(&words.quarter_past, Sense::Before(15));
        add(&words.quarter_to, Sense::Before(-15));
        add(&words.and_half, Sense::After(30));
        add(&words.and_quarter, Sense::After(15));
        add(&words.less_quarter, Sense::After(-15));
        add(&words.half_hour, Sense::Stretch(30));
        add(&words.quarter_hour, Sense::Stretch(15));
        add(&words.inside, Sense::In);
        for (n, name) in (1..).zip(&words.numbers) {
            add(std::slice::from_ref(name), Sense::Hour(n));
        }
        add(&words.one, Sense::One);
        add(&words.minutes, Sense::Unit(1));
        add(&words.hours, Sense::Unit(60));
        add(&words.mark, Sense::Mark);
        add(&words.filler, Sense::Filler);
        language
    }

    /// The longest phrase at a place: its senses and how many words it takes.
    fn phrase(&self, words: &[Token]) -> Option<(&[Sense], usize)> {
        (1..=self.longest.min(words.len()))
            .rev()
            .find_map(|length| {
                let phrase: Vec<_> = words.iter().take(length).map(|t| t.text.as_str()).collect();
                Some((self.phrases.get(&phrase.join(" "))?.as_slice(), length))
            })
    }
}

/// A word, a number, or a sign between two numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    text: String,
    /// Of digits alone.
    number: Option<i32>,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut word = String::new();
    let mut digits = false;
    let mut flush = |word: &mut String| {
        if !word.is_empty() {
            let text = std::mem::take(word);
            let number = text.parse().ok().filter(|_| text.len() <= 4);
            tokens.push(Token { text, number });
        }
    };
    let plain = |c: char| match c {
        '\u{0660}'..='\u{0669}' => char::from_digit(u32::from(c) - 0x0660, 10).unwrap_or(c),
        '’' => '\'',
        c => c,
    };
    let lower: String = text.to_lowercase().chars().map(plain).collect();
    let mut chars = lower.chars().peekable();
    while let Some(c) = chars.next() {
        let is_digit = c.is_ascii_digit();
        if c.is_alphanumeric() || is_mark(c) || (c == '\'' && !word.is_empty() && !digits) {
            if is_digit != digits {
                flush(&mut word);
            }
            digits = is_digit;
            word.push(c);
        } else if matches!(c, ':' | '.') && digits && chars.peek().is_some_and(char::is_ascii_digit)
        {
            flush(&mut word);
            word.push(':');
            flush(&mut word);
        } else {
            flush(&mut word);
            digits = false;
        }
    }
    flush(&mut word);
    tokens
}

/// Arabic vowel signs belong to the word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{064b}'..='\u{0652}')
}

/// What the words said.
#[derive(Debug, Clone, Copy, Default)]
struct Said {
    now: bool,
    day: Option<i64>,
    weekday: Option<i8>,
    /// Hour and minute; an hour beyond 23 is the next day's.
    clock: Option<(i32, i32)>,
    /// The hour can mean one thing only.
    plain: bool,
    /// Am or pm.
    afternoon: Option<bool>,
    /// Minutes from now.
    ahead: Option<i64>,
    /// Minutes that belong to the hour that follows.
    before: Option<i32>,
}

/// When a customer wants their order. `language`: the message's, which is tried first.
#[must_use]
pub fn read_wish(words: &str, language: &str, schedule: &Schedule, now: Timestamp) -> Wish {
    let tokens = tokens(words);
    let (first, rest): (Vec<_>, Vec<_>) = LANGUAGES.iter().partition(|(code, _)| *code == language);
    let mut readings = first.into_iter().chain(rest);
    let said = readings.find_map(|(_, language)| read(&tokens, language));
    said.map_or(Wish::Unclear, |said| place(said, schedule, now))
}

/// The words' meaning in one language; none: there is something in them that it does not know.
fn read(tokens: &[Token], language: &Language) -> Option<Said> {
    let mut said = Said::default();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if let Some(number) = token.number {
            at += number_at(tokens, at, number, language, &mut said)?;
            continue;
        }
        let (senses, length) = language.phrase(tokens.get(at..)?)?;
        let has = |sense| senses.contains(&sense);
        let after = tokens.get(at + length..).unwrap_or(&[]);
        if has(Sense::In)
            && let Some((minutes, taken)) = stretch(after, language)
        {
            said.ahead.replace(minutes).is_none().then_some(())?;
            at += length + taken;
            continue;
        }
        take(senses, &mut said)?;
        at += length;
    }
    let any = said.now || said.day.is_some() || said.weekday.is_some() || said.clock.is_some();
    ((any || said.ahead.is_some()) && said.before.is_none()).then_some(said)
}

/// A number at a place: an hour with its minutes. How many words it takes.
fn number_at(
    tokens: &[Token],
    at: usize,
    number: i32,
    language: &Language,
    said: &mut Said,
) -> Option<usize> {
    let text = tokens.get(at).map(|t| t.text.as_str()).unwrap_or_default();
    let two_digits = |n: usize| {
        let token = tokens.get(n)?;
        token.number.filter(|m| *m < 60 && token.text.len() == 2)
    };
    let has = |n: usize, sense| {
        let phrase = tokens.get(n..).and_then(|rest| language.phrase(rest));
        phrase.is_some_and(|(senses, length)| length == 1 && senses.contains(&sense))
    };
    let (hour, minute, mut taken) = if tokens.get(at + 1).is_some_and(|t| t.text == ":") {
        (number, two_digits(at + 2)?, 3)
    } else if text.len() >= 3 {
        (number / 100, number % 100, 1)
    } else if has(at + 1, Sense::Mark) && two_digits(at + 2).is_some() {
        (number, two_digits(at + 2)?, 3)
    } else {
        (number, 0, 1)
    };
    if hour > 24 || minute > 59 {
        return None;
    }
    if taken == 1 && has(at + 1, Sense::Mark) {
        taken = 2;
    }
    let minute = minute + said.before.take().unwrap_or_default();
    said.clock.replace((hour, minute)).is_none().then_some(())?;
    said.plain =
        hour > 12 || hour == 0 || (text.len() == 2 && text.starts_with('0')) || text.len() == 4;
    Some(taken)
}

/// A stretch of time: "20 minutes", "an hour", "half an hour"; with how many words it takes.
fn stretch(tokens: &[Token], language: &Language) -> Option<(i64, usize)> {
    let unit = |n: usize| {
        let (senses, length) = language.phrase(tokens.get(n..)?)?;
        let minutes = senses.iter().find_map(|sense| match sense {
            Sense::Unit(minutes) => Some(*minutes),
            _ => None,
        });
        Some((minutes?, n + length))
    };
    let first = tokens.first()?;
    if let Some(number) = first.number {
        let (minutes, taken) = unit(1)?;
        return Some((i64::from(number) * minutes, taken));
    }
    let (senses, length) = language.phrase(tokens)?;
    for sense in senses {
        match sense {
            Sense::Stretch(minutes) => return Some((*minutes, length)),
            Sense::One if unit(length).is_some() => return unit(length),
            Sense::Hour(n) => {
                if let Some((minutes, taken)) = unit(length) {
                    return Some((i64::from(*n) * minutes, taken));
                }
            }
            // "In an hour" in languages that leave the "one" out.
            Sense::Unit(minutes) => return Some((*minutes, length)),
            _ => {}
        }
    }
    None
}

/// Takes one phrase; none where it does not go with what was said before.
fn take(senses: &[Sense], said: &mut Said) -> Option<()> {
    for sense in senses {
        let fits = match *sense {
            Sense::Day(days) => said.day.is_none().then(|| said.day = Some(days)),
            Sense::Now => {
                said.now = true;
                Some(())
            }
            Sense::Weekday(day) => said.weekday.is_none().then(|| said.weekday = Some(day)),
            Sense::Noon => said.clock.is_none().then(|| {
                (said.clock, said.plain) = (Some((12, 0)), true);
            }),
            Sense::Midnight => said.clock.is_none().then(|| {
                (said.clock, said.plain) = (Some((24, 0)), true);
            }),
            Sense::Am => said
                .afternoon
                .is_none()
                .then(|| said.afternoon = Some(false)),
            Sense::Pm => said
                .afternoon
                .is_none()
                .then(|| said.afternoon = Some(true)),
            Sense::Tonight => {
                said.day = said.day.or(Some(0));
                said.afternoon = said.afternoon.or(Some(true));
                Some(())
            }
            Sense::Before(minutes) => said.before.is_none().then(|| said.before = Some(minutes)),
            Sense::After(minutes) => said.clock.as_mut().map(|clock| clock.1 += minutes),
            Sense::Hour(hour) if said.clock.is_none() => {
                let minute = said.before.take().unwrap_or_default();
                said.clock = Some((hour, minute));
                Some(())
            }
            Sense::Mark => said.clock.map(|_| ()),
            Sense::Filler => Some(()),
            Sense::Hour(_) | Sense::In | Sense::Stretch(_) | Sense::One | Sense::Unit(_) => None,
        };
        if fits.is_some() {
            return fits;
        }
    }
    None
}

/// Puts what was said on the shop's clock.
fn place(said: Said, schedule: &Schedule, now: Timestamp) -> Wish {
    if let Some(minutes) = said.ahead {
        // "Tomorrow in an hour" is nothing that can be put on a clock.
        let alone = said.clock.is_none() && said.day.is_none_or(|day| day == 0);
        let at = now.checked_add(SignedDuration::from_mins(minutes)).ok();
        return at.filter(|_| alone).map_or(Wish::Unclear, Wish::At);
    }
    let today = schedule.zone().to_datetime(now).date();
    let days: Vec<Date> = match (said.day, said.weekday) {
        (Some(day), None) => vec![later(today, day)],
        (None, Some(weekday)) => {
            let ahead = i64::from(weekday - today.weekday().to_monday_zero_offset()).rem_euclid(7);
            vec![later(today, ahead), later(today, ahead + 7)]
        }
        (Some(_), Some(_)) => return Wish::Unclear,
        (None, None) => vec![today, later(today, 1)],
    };
    let Some((hour, minute)) = said.clock else {
        return match (said.day, said.afternoon) {
            (Some(0), None) => Wish::Now,
            (None, None) if said.weekday.is_none() => Wish::Now,
            // A day without a time: its first one, where the shop has hours.
            (_, None) => {
                let mut days = days.into_iter().filter(|day| *day > today);
                let first = days.next().and_then(|day| schedule.first_on(day));
                first.map_or(Wish::Unclear, Wish::At)
            }
            (_, Some(_)) => Wish::Unclear,
        };
    };
    let hours = match (said.afternoon, said.plain) {
        (Some(true), _) if hour < 12 => vec![hour + 12],
        (Some(false), _) if hour == 12 => vec![24],
        (None, false) if hour == 12 => vec![12, 24],
        (None, false) => vec![hour, hour + 12],
        _ => vec![hour],
    };
    let at = |day: Date, hour: i32| {
        let minutes = hour * 60 + minute;
        let day = later(day, i64::from(minutes.div_euclid(1440)));
        let minutes = minutes.rem_euclid(1440);
        let (hour, minute) = (
            i8::try_from(minutes / 60).ok()?,
            i8::try_from(minutes % 60).ok()?,
        );
        moment(
            schedule.zone(),
            day.to_datetime(Time::new(hour, minute, 0, 0).ok()?),
        )
    };
    let all: Vec<Timestamp> = days
        .iter()
        .flat_map(|day| hours.iter().filter_map(|hour| at(*day, *hour)))
        .collect();
    let to_come = || all.iter().copied().filter(|at| *at > now);
    let open = to_come().find(|at| schedule.takes_orders(*at));
    let best = open.or_else(|| to_come().next()).or(all.last().copied());
    best.map_or(Wish::Unclear, Wish::At)
}

fn later(date: Date, days: i64) -> Date {
    date.checked_add(jiff::Span::new().days(days))
        .unwrap_or(date)
}
