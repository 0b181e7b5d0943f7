//! Encryption at rest: XChaCha20-Poly1305 over single values.
//!
//! A sealed value is `{"sealed":"<key id>.<base64 of nonce and ciphertext>"}`, so that it is JSON
//! like any other and `customers.json` keeps its form. Table and key are authenticated with it: a
//! value that somebody moves to another place does not open there.

use std::{borrow::Cow, fmt, sync::Arc};

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use chacha20poly1305::{
    AeadInPlace, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{OsRng, rand_core::RngCore},
};
use secrecy::{ExposeSecret, SecretBox, zeroize::Zeroizing};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::store::{Record, Table};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const PREFIX: &str = "{\"sealed\":\"";
const SUFFIX: &str = "\"}";
const NONCE_BYTES: usize = 24;

/// The key that personal data is encrypted with: 32 bytes. Cannot be printed; wiped when dropped.
#[derive(Clone)]
pub struct DataKey(Arc<SecretBox<[u8; 32]>>);

/// The text is not the base64 of 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the base64 of exactly 32 bytes; make one with: head -c 32 /dev/urandom | base64")]
pub struct BadDataKey;

impl DataKey {
    /// Reads the base64 of 32 bytes, with or without padding and surrounding white space.
    pub fn parse(text: &str) -> Result<DataKey, BadDataKey> {
        let bytes = Zeroizing::new(BASE64.decode(text.trim()).map_err(|_| BadDataKey)?);
        let mut key = Box::new([0; 32]);
        if bytes.len() != key.len() {
            return Err(BadDataKey);
        }
        key.copy_from_slice(&bytes);
        Ok(DataKey(Arc::new(SecretBox::new(key))))
    }

    /// What names the key in files: eight hexadecimal digits of its SHA-256. Not a secret.
    pub fn id(&self) -> String {
        let digest = Sha256::digest(self.0.expose_secret());
        digest[..4]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(..)")
    }
}

/// The key to write with and those that old values may still need.
///
/// Opening a folder for writing brings every value to the current key; opening it with a new
/// current key and the previous one among `older` is how a key is changed.
#[derive(Clone, Debug, Default)]
pub struct KeyRing {
    /// Seals what is written. `None`: the folder is plain.
    pub current: Option<DataKey>,
    /// Only opens.
    pub older: Vec<DataKey>,
}

impl From<Option<DataKey>> for KeyRing {
    fn from(current: Option<DataKey>) -> Self {
        KeyRing {
            current,
            older: Vec::new(),
        }
    }
}

struct Cipher {
    id: String,
    aead: XChaCha20Poly1305,
}

impl Cipher {
    fn new(key: &DataKey) -> Self {
        Cipher {
            id: key.id(),
            aead: XChaCha20Poly1305::new(key.0.expose_secret().into()),
        }
    }

    fn seal(&self, table: Table, key: u64, plain: &str) -> Option<Box<str>> {
        let mut nonce = XNonce::default();
        OsRng.try_fill_bytes(&mut nonce).ok()?;
        let mut sealed = Vec::with_capacity(NONCE_BYTES + plain.len() + 16);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain.as_bytes());
        let tag = self
            .aead
            .encrypt_in_place_detached(&nonce, &place(table, key), &mut sealed[NONCE_BYTES..])
            .ok()?;
        sealed.extend_from_slice(&tag);
        let overhead = PREFIX.len() + self.id.len() + 1 + SUFFIX.len();
        let mut text = String::with_capacity(overhead + sealed.len().div_ceil(3) * 4);
        text.push_str(PREFIX);
        text.push_str(&self.id);
        text.push('.');
        BASE64.encode_string(&sealed, &mut text);
        text.push_str(SUFFIX);
        Some(text.into_boxed_str())
    }

    fn open(&self, table: Table, key: u64, base64: &str) -> Result<String, Unopened> {
        let mut sealed = BASE64.decode(base64).map_err(|_| Unopened::Damaged)?;
        if sealed.len() < NONCE_BYTES + 16 {
            return Err(Unopened::Damaged);
        }
        let mut text = sealed.split_off(NONCE_BYTES);
        self.aead
            .decrypt_in_place(XNonce::from_slice(&sealed), &place(table, key), &mut text)
            .map_err(|_| Unopened::Damaged)?;
        String::from_utf8(text).map_err(|_| Unopened::Damaged)
    }
}

/// What is authenticated with a value: where it belongs.
fn place(table: Table, key: u64) -> [u8; 9] {
    let mut place = [table.code(); 9];
    place[1..].copy_from_slice(&key.to_be_bytes());
    place
}

/// Key id and base64 of a value that has the sealed form.
fn split(stored: &str) -> Option<(&str, &str)> {
    stored
        .strip_prefix(PREFIX)?
        .strip_suffix(SUFFIX)?
        .split_once('.')
}

/// Why a sealed value could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unopened {
    NoSuchKey,
    Damaged,
}

impl Unopened {
    pub(super) fn why(self) -> &'static str {
        match self {
            Unopened::NoSuchKey => "sealed with a key that is not here",
            Unopened::Damaged => "sealed, and damaged or moved from another place",
        }
    }
}

/// Seals and opens values with the keys of a ring.
pub(super) struct Sealer {
    current: Option<Cipher>,
    older: Vec<Cipher>,
}

impl Sealer {
    pub(super) fn new(ring: &KeyRing) -> Self {
        Sealer {
            current: ring.current.as_ref().map(Cipher::new),
            older: ring.older.iter().map(Cipher::new).collect(),
        }
    }

    pub(super) fn has_key(&self) -> bool {
        self.current.is_some()
    }

    /// The form in which a value is stored. `None`: the system gives no random numbers.
    pub(super) fn seal(&self, table: Table, key: u64, plain: String) -> Option<Box<str>> {
        match &self.current {
            Some(cipher) if table.is_private() => cipher.seal(table, key, &plain),
            // A copy of just its size: cutting the longer text off would leave a hole beside each value kept.
            _ => Some(Box::from(plain.as_str())),
        }
    }

    /// The JSON behind a stored form.
    pub(super) fn open<'a>(
        &self,
        table: Table,
        key: u64,
        stored: &'a str,
    ) -> Result<Cow<'a, str>, Unopened> {
        if !table.is_private() {
            return Ok(Cow::Borrowed(stored));
        }
        let Some((id, base64)) = split(stored) else {
            return Ok(Cow::Borrowed(stored));
        };
        let cipher = self.cipher(id).ok_or(Unopened::NoSuchKey)?;
        cipher.open(table, key, base64).map(Cow::Owned)
    }

    fn cipher(&self, id: &str) -> Option<&Cipher> {
        self.current
            .iter()
            .chain(&self.older)
            .find(|cipher| cipher.id == id)
    }

    /// Whether a stored value already has the form in which it would be written today.
    pub(super) fn is_current(&self, table: Table, stored: &str) -> bool {
        match &self.current {
            Some(cipher) if table.is_private() => {
                split(stored).is_some_and(|(id, _)| id == cipher.id)
            }
            _ => true,
        }
    }
}

/// Whether a value has the sealed form.
pub(super) fn is_sealed(stored: &str) -> bool {
    split(stored).is_some()
}

/// Where in [`Table::Meta`] the key check stands.
pub(super) const KEY_CHECK: u64 = u64::MAX;

/// Names the keys that values of this folder may be sealed with, and proves each: so a wrong key
/// is noticed at the start, not at the first customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct KeyCheck {
    /// Sealed texts, one a key.
    keys: Vec<String>,
    /// The newest key was added and the files were not yet all written anew with it: they may
    /// hold older forms, also of values that are gone.
    rewriting: bool,
}

impl Record for KeyCheck {
    const TABLE: Table = Table::Meta;
}

const PROOF: &str = "order-bot";

/// Whether the ring fits the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// It opens everything.
    Fits,
    /// It opens everything, but the check must be written anew with the current key added.
    Extend,
    Missing,
    Wrong,
}

impl KeyCheck {
    pub(super) fn fit(&self, sealer: &Sealer) -> Fit {
        let Some(current) = &sealer.current else {
            return if self.keys.is_empty() {
                Fit::Fits
            } else {
                Fit::Missing
            };
        };
        let mut has_current = false;
        for stored in &self.keys {
            let Some((id, base64)) = split(stored) else {
                return Fit::Wrong;
            };
            let opened = sealer
                .cipher(id)
                .map(|cipher| cipher.open(Table::Meta, KEY_CHECK, base64));
            match opened {
                Some(Ok(text)) if text == PROOF => has_current |= id == current.id,
                _ => return Fit::Wrong,
            }
        }
        if has_current { Fit::Fits } else { Fit::Extend }
    }

    /// This check with the current key added.
    pub(super) fn with_current(mut self, sealer: &Sealer) -> Option<KeyCheck> {
        let cipher = sealer.current.as_ref()?;
        let proof = cipher.seal(Table::Meta, KEY_CHECK, PROOF)?;
        self.keys.push(proof.into_string());
        self.rewriting = true;
        Some(self)
    }

    /// This check with the current key alone, to be written with the last of the new files.
    pub(super) fn only_current(mut self, sealer: &Sealer) -> KeyCheck {
        self.rewriting = false;
        if let Some(cipher) = &sealer.current {
            self.keys
                .retain(|stored| split(stored).is_some_and(|(id, _)| id == cipher.id));
        }
        self
    }

    pub(super) fn rewriting(&self) -> bool {
        self.rewriting
    }
}
