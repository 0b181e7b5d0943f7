//! A throwaway service-account key, made once per process and never written down.

use std::sync::OnceLock;

use rsa::{RsaPrivateKey, pkcs8::EncodePrivateKey, pkcs8::LineEnding};
use serde_json::{Value, json};

/// The account's address.
pub const CLIENT_EMAIL: &str = "order-bot@stand-in.iam.example";

/// The private key, PKCS#8 PEM.
pub fn private_key() -> &'static str {
    static KEY: OnceLock<String> = OnceLock::new();
    KEY.get_or_init(|| {
        let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
        key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
    })
}

/// The key file, as Google hands it out.
pub fn service_account(token_uri: &str) -> Value {
    json!({
        "type": "service_account",
        "project_id": "stand-in",
        "private_key_id": "0123456789abcdef",
        "private_key": private_key(),
        "client_email": CLIENT_EMAIL,
        "client_id": "1234567890",
        "token_uri": token_uri,
    })
}
