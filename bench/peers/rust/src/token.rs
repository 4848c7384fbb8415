//! JWTs signed with ES256, and a cache of those that were verified.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use serde::Deserialize;

use crate::configuration::{Jwk, TokenRules};

/// Verified tokens that are kept; beyond them all are let go.
const CACHE_TOKENS: usize = 1024;

pub struct Authenticator {
    issuer: String,
    audience: String,
    keys: HashMap<String, VerifyingKey>,
    verified: RefCell<HashMap<String, Verified>>,
}

struct Verified {
    subject: Rc<str>,
    expires_at: u64,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: u64,
    nbf: Option<u64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn contains(&self, name: &str) -> bool {
        match self {
            Self::One(one) => one == name,
            Self::Many(many) => many.iter().any(|one| one == name),
        }
    }
}

impl Authenticator {
    pub fn new(rules: &TokenRules) -> Result<Self, String> {
        let keys = rules
            .keys
            .iter()
            .map(|jwk| {
                let key = parse_key(jwk).ok_or_else(|| format!("key {} is no point", jwk.kid))?;
                Ok((jwk.kid.clone(), key))
            })
            .collect::<Result<_, String>>()?;
        Ok(Self {
            issuer: rules.issuer.clone(),
            audience: rules.audience.clone(),
            keys,
            verified: RefCell::default(),
        })
    }

    /// The subject, or why there is none.
    pub fn authenticate(&self, token: &str, now: u64) -> Result<Rc<str>, &'static str> {
        if let Some(known) = self.verified.borrow().get(token) {
            return if known.expires_at > now {
                Ok(Rc::clone(&known.subject))
            } else {
                Err("expired")
            };
        }
        let claims = self.verify(token, now)?;
        let subject: Rc<str> = claims.sub.into();
        let mut verified = self.verified.borrow_mut();
        if verified.len() >= CACHE_TOKENS {
            verified.clear();
        }
        let kept = Verified {
            subject: Rc::clone(&subject),
            expires_at: claims.exp,
        };
        verified.insert(token.to_owned(), kept);
        Ok(subject)
    }

    fn verify(&self, token: &str, now: u64) -> Result<Claims, &'static str> {
        let (signed, signature) = token.rsplit_once('.').ok_or("malformed")?;
        let (header, payload) = signed.split_once('.').ok_or("malformed")?;
        let header: Header = decode_json(header)?;
        if header.alg != "ES256" {
            return Err("algorithm");
        }
        let key = self.keys.get(&header.kid).ok_or("unknown key")?;
        let signature = Signature::from_slice(&decode(signature)?).map_err(|_| "malformed")?;
        key.verify(signed.as_bytes(), &signature)
            .map_err(|_| "signature")?;
        let claims: Claims = decode_json(payload)?;
        if claims.iss != self.issuer {
            return Err("issuer");
        }
        if !claims.aud.contains(&self.audience) {
            return Err("audience");
        }
        if claims.exp <= now {
            return Err("expired");
        }
        if claims.nbf.is_some_and(|from| from > now) {
            return Err("not yet valid");
        }
        Ok(claims)
    }
}

fn parse_key(jwk: &Jwk) -> Option<VerifyingKey> {
    let mut point = vec![4];
    point.extend(Base64UrlUnpadded::decode_vec(&jwk.x).ok()?);
    point.extend(Base64UrlUnpadded::decode_vec(&jwk.y).ok()?);
    VerifyingKey::from_sec1_bytes(&point).ok()
}

fn decode(part: &str) -> Result<Vec<u8>, &'static str> {
    Base64UrlUnpadded::decode_vec(part).map_err(|_| "malformed")
}

fn decode_json<T: for<'a> Deserialize<'a>>(part: &str) -> Result<T, &'static str> {
    serde_json::from_slice(&decode(part)?).map_err(|_| "malformed")
}
