//! The form of `customers.json`.
//!
//! We write one customer a line, in the order of the ids, which is read without holding the whole
//! file. Any other JSON of the same meaning is read too: people open this file in editors.

use std::{
    fmt,
    io::{self, BufRead, BufReader},
    path::Path,
};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::store::{
    OpenError,
    disk::{self, Disk},
};

pub(super) const FILE: &str = "customers.json";
pub(super) const VERSION: u64 = 1;
pub(super) const START: &str = "{\"version\":1,\"customers\":{";
pub(super) const END: &str = "\n}}\n";

/// One customer's line, with what separates it from the one before.
pub(super) fn push_entry(out: &mut Vec<u8>, first: bool, key: u64, value: &str) {
    use std::io::Write as _;
    let comma = if first { "" } else { "," };
    // Writing to a vector cannot fail.
    let _ = write!(out, "{comma}\n\"{key}\":{value}");
}

pub(super) struct Customers {
    pub(super) rows: Vec<(u64, Box<str>)>,
    /// Bytes of the file.
    pub(super) bytes: u64,
    /// Written by this program and not by hand.
    pub(super) ours: bool,
}

/// Reads the file. `None`: there is none.
pub(super) fn read(disk: &dyn Disk, dir: &Path) -> Result<Option<Customers>, OpenError> {
    let path = dir.join(FILE);
    let reader = match disk.read(&path) {
        Ok(reader) => reader,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(OpenError::io("read", FILE)(error)),
    };
    let reader = BufReader::with_capacity(1 << 18, reader);
    if let Some(customers) = read_lines(reader).map_err(OpenError::io("read", FILE))? {
        return Ok(Some(customers));
    }
    let bytes = disk::read_all(disk, &path).map_err(OpenError::io("read", FILE))?;
    parse(&bytes).map(Some)
}

/// Reads exactly the form that we write; `None`: it has another.
fn read_lines(mut reader: impl BufRead) -> io::Result<Option<Customers>> {
    let mut line = Vec::with_capacity(1 << 12);
    let mut bytes = reader.read_until(b'\n', &mut line)?;
    if line.strip_suffix(b"\n") != Some(START.as_bytes()) {
        return Ok(None);
    }
    let mut rows: Vec<(u64, Box<str>)> = Vec::new();
    let mut more = true;
    loop {
        line.clear();
        bytes += reader.read_until(b'\n', &mut line)?;
        if line == b"}}\n" {
            // After the last entry there is no comma, and nothing after the end.
            let whole = (rows.is_empty() || !more) && reader.fill_buf()?.is_empty();
            return Ok(whole.then_some(Customers {
                rows,
                bytes: bytes as u64,
                ours: true,
            }));
        }
        let Some((key, value, comma)) = entry(&line) else {
            return Ok(None);
        };
        if !more || rows.last().is_some_and(|(last, _)| *last >= key) {
            return Ok(None);
        }
        more = comma;
        rows.push((key, value.into()));
    }
}

/// `"17":{…},`: the key, the value, and whether a comma follows.
fn entry(line: &[u8]) -> Option<(u64, &str, bool)> {
    let line = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (key, value) = line.strip_prefix('"')?.split_once("\":")?;
    let key = parse_key(key)?;
    let (value, comma) = match value.strip_suffix(',') {
        Some(value) => (value, true),
        None => (value, false),
    };
    serde_json::from_str::<IgnoredAny>(value).ok()?;
    Some((key, value, comma))
}

fn parse_key(text: &str) -> Option<u64> {
    let key: u64 = text.parse().ok()?;
    // "+1" and "01" are numbers to Rust, and would be a second name for one customer.
    (text == "0" || !text.starts_with(['0', '+'])).then_some(key)
}

/// Reads any JSON of the right meaning.
fn parse(bytes: &[u8]) -> Result<Customers, OpenError> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u64,
    }
    #[derive(Deserialize)]
    struct File<'a> {
        #[serde(borrow)]
        customers: Entries<'a>,
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| corrupt(error.valid_up_to() as u64, "not UTF-8"))?;
    let text = text.trim_start_matches('\u{feff}');
    let versioned: Versioned =
        serde_json::from_str(text).map_err(|error| unparsable(text, &error))?;
    if versioned.version > VERSION {
        return Err(OpenError::Newer {
            file: FILE.to_owned(),
            found: versioned.version,
            supported: VERSION,
        });
    }
    if versioned.version != VERSION {
        return Err(corrupt(0, "no known version"));
    }
    let file: File<'_> = serde_json::from_str(text).map_err(|error| unparsable(text, &error))?;
    let mut rows = Vec::with_capacity(file.customers.0.len());
    for (key, value) in file.customers.0 {
        let key = parse_key(&key).ok_or_else(|| corrupt(0, "a customer id that is no number"))?;
        rows.push((key, minify(value.get()).into_boxed_str()));
    }
    rows.sort_by_key(|(key, _)| *key);
    if rows.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(corrupt(0, "a customer id that stands there twice"));
    }
    Ok(Customers {
        rows,
        bytes: bytes.len() as u64,
        ours: false,
    })
}

fn corrupt(offset: u64, what: &str) -> OpenError {
    OpenError::Corrupt {
        file: FILE.to_owned(),
        offset,
        what: what.to_owned(),
    }
}

fn unparsable(text: &str, error: &serde_json::Error) -> OpenError {
    let before: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let what = format!(
        "{} at line {} column {}",
        crate::store::error::json_class(error),
        error.line(),
        error.column()
    );
    corrupt((before + error.column()) as u64, &what)
}

/// The entries in the order of the file, which shows a key that stands there twice.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of customers")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(Collect).map(Entries)
    }
}

/// Valid JSON without the white space between its tokens, so that it fits on a line.
fn minify(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for char in json.chars() {
        if in_string {
            in_string = escaped || char != '"';
            escaped = !escaped && char == '\\';
            out.push(char);
        } else if !char.is_ascii_whitespace() {
            in_string = char == '"';
            out.push(char);
        }
    }
    out
}
