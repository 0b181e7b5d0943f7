//! Request bodies as the Bot API takes them: JSON, a form, or multipart with files.

use serde_json::{Map, Value};

/// One uploaded file.
#[derive(Clone, Default)]
pub struct Upload {
    /// The file name that came with it.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The parameters of one call.
#[derive(Default)]
pub(crate) struct Params {
    pub(crate) fields: Map<String, Value>,
    pub(crate) files: Vec<(String, Upload)>,
}

impl Params {
    /// `None` when the body is not what its content type says.
    pub(crate) fn parse(content_type: &str, query: &str, body: &[u8]) -> Option<Self> {
        let mut params = Self::default();
        for (name, value) in decode_form(query.as_bytes()) {
            params.fields.insert(name, Value::String(value));
        }
        if content_type.starts_with("application/json") {
            if !body.is_empty() {
                let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
                    return None;
                };
                params.fields.extend(fields);
            }
        } else if let Some(boundary) = boundary_of(content_type) {
            parse_multipart(&boundary, body, &mut params)?;
        } else {
            for (name, value) in decode_form(body) {
                params.fields.insert(name, Value::String(value));
            }
        }
        Some(params)
    }

    pub(crate) fn str(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.as_str()
    }

    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        as_int(self.fields.get(name)?)
    }

    /// An object or array, also where it came as JSON inside a string (forms, multipart).
    pub(crate) fn json(&self, name: &str) -> Option<Value> {
        match self.fields.get(name)? {
            Value::String(text) => serde_json::from_str(text).ok(),
            Value::Null => None,
            other => Some(other.clone()),
        }
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        match self.fields.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }
}

fn as_int(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Pairs of an `application/x-www-form-urlencoded` text, decoded.
pub fn decode_form(bytes: &[u8]) -> Vec<(String, String)> {
    bytes
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = halves.next().unwrap_or_default();
            let value = halves.next().unwrap_or_default();
            (percent_decode(name, true), percent_decode(value, true))
        })
        .collect()
}

/// Undoes percent encoding; `plus` says whether `+` stands for a space (forms: yes, paths: no).
pub fn percent_decode(bytes: &[u8], plus: bool) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        let hex = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
        match (*first, hex(tail.first()), hex(tail.get(1))) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest = tail.get(2..).unwrap_or_default();
            }
            (b'+', _, _) if plus => out.push(b' '),
            (other, _, _) => out.push(other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn boundary_of(content_type: &str) -> Option<String> {
    if !content_type.starts_with("multipart/form-data") {
        return None;
    }
    let (_, boundary) = content_type.split_once("boundary=")?;
    let boundary = boundary.split(';').next().unwrap_or(boundary);
    Some(boundary.trim().trim_matches('"').to_owned())
}

fn parse_multipart(boundary: &str, body: &[u8], params: &mut Params) -> Option<()> {
    let mark = format!("--{boundary}");
    let mark = mark.as_bytes();
    let mut rest = body.get(find(body, mark)? + mark.len()..)?;
    loop {
        if rest.starts_with(b"--") {
            return Some(());
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest, mark)?;
        let part = rest.get(..end)?.strip_suffix(b"\r\n")?;
        rest = rest.get(end + mark.len()..)?;

        let head_end = find(part, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(part.get(..head_end)?).into_owned();
        let content = part.get(head_end + 4..)?;
        let disposition = head
            .lines()
            .find(|line| line.to_ascii_lowercase().starts_with("content-disposition"))?;
        let name = attribute(disposition, "name")?;
        if let Some(file_name) = attribute(disposition, "filename") {
            let upload = Upload {
                name: file_name,
                bytes: content.to_vec(),
            };
            params.files.push((name, upload));
        } else {
            let text = String::from_utf8_lossy(content).into_owned();
            params.fields.insert(name, Value::String(text));
        }
    }
}

fn attribute(disposition: &str, name: &str) -> Option<String> {
    disposition.split(';').find_map(|piece| {
        let (key, value) = piece.trim().split_once('=')?;
        (key == name).then(|| value.trim_matches('"').to_owned())
    })
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_decoded() {
        let pairs = decode_form(b"a=1+2&b=%7B%22x%22%3A1%7D&c");
        assert_eq!(pairs[0], ("a".into(), "1 2".into()));
        assert_eq!(pairs[1], ("b".into(), r#"{"x":1}"#.into()));
        assert_eq!(pairs[2], ("c".into(), String::new()));
    }

    #[test]
    fn multipart_gives_fields_and_files() {
        let body = "--XX\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n42\r\n\
                    --XX\r\nContent-Disposition: form-data; name=\"f1\"; filename=\"a.csv\"\r\n\
                    Content-Type: text/csv\r\n\r\n1,2\r\n3\r\n--XX--\r\n";
        let params =
            Params::parse("multipart/form-data; boundary=XX", "", body.as_bytes()).unwrap();
        assert_eq!(params.int("chat_id"), Some(42));
        assert_eq!(params.files[0].1.name, "a.csv");
        assert_eq!(params.files[0].1.bytes, b"1,2\r\n3");
    }

    #[test]
    fn a_body_that_is_not_json_is_refused() {
        assert!(Params::parse("application/json", "", b"{\"a\":").is_none());
        assert!(Params::parse("application/json", "", b"[]").is_none());
    }
}
