//! The plugin's configuration, as JSON.

use serde::Deserialize;

use crate::bucket::Limit;

#[derive(Deserialize)]
pub struct Configuration {
    pub headers: Edits,
    pub token: TokenRules,
    pub limit: Limit,
}

#[derive(Deserialize)]
pub struct Edits {
    pub set: Vec<Field>,
    pub add: Vec<Field>,
    pub remove: Vec<String>,
}

#[derive(Deserialize)]
pub struct Field {
    pub header: String,
    pub value: String,
}

#[derive(Deserialize)]
pub struct TokenRules {
    pub issuer: String,
    pub audience: String,
    pub subject_header: String,
    pub keys: Vec<Jwk>,
}

/// A key of P-256 (RFC 7518, section 6.2).
#[derive(Deserialize)]
pub struct Jwk {
    pub kid: String,
    pub x: String,
    pub y: String,
}
