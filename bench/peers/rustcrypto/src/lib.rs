//! RustCrypto's verifiers as WebAssembly exports. A key is parsed once and kept, as a filter would.
//! Algorithm and hash numbers are those of bench/crypto/samples.ts.

use std::cell::RefCell;
use std::slice;

use hmac::{Hmac, KeyInit, Mac};
use rsa::signature::Verifier;
use rsa::{BoxedUint, PublicKey, pkcs1v15, pss};
use sha2::{Digest, Sha256, Sha384, Sha512};

enum Key {
    Rs256(pkcs1v15::VerifyingKey<Sha256>),
    Rs384(pkcs1v15::VerifyingKey<Sha384>),
    Rs512(pkcs1v15::VerifyingKey<Sha512>),
    Ps256(pss::VerifyingKey<Sha256>),
    Ps384(pss::VerifyingKey<Sha384>),
    Ps512(pss::VerifyingKey<Sha512>),
    Es256(p256::ecdsa::VerifyingKey),
    Es384(p384::ecdsa::VerifyingKey),
    Es512(p521::ecdsa::VerifyingKey),
    EdDsa(ed25519_dalek::VerifyingKey),
    Hs256(Hmac<Sha256>),
    Hs384(Hmac<Sha384>),
    Hs512(Hmac<Sha512>),
}

thread_local! {
    static KEYS: RefCell<Vec<Key>> = const { RefCell::new(Vec::new()) };
}

/// Memory for the caller's bytes; never freed.
#[unsafe(no_mangle)]
pub extern "C" fn allocate(len: usize) -> *mut u8 {
    vec![0u8; len].leak().as_mut_ptr()
}

/// Keeps a key and returns its number, 0 when it is refused. The bytes are a modulus (the exponent
/// is 65537), `04 || x || y`, an Ed25519 point, or a secret.
///
/// # Safety
/// `len` bytes at `ptr` came from `allocate`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn prepare(algorithm: u32, ptr: *const u8, len: usize) -> usize {
    let Some(key) = parse(algorithm, unsafe { slice::from_raw_parts(ptr, len) }) else {
        return 0;
    };
    KEYS.with_borrow_mut(|keys| {
        keys.push(key);
        keys.len()
    })
}

/// Verifies one signature `times` times; how often it was right.
///
/// # Safety
/// `message` and `signature` with their lengths came from `allocate`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn verify_many(
    key: usize,
    message: *const u8,
    message_len: usize,
    signature: *const u8,
    signature_len: usize,
    times: u32,
) -> u32 {
    let message = unsafe { slice::from_raw_parts(message, message_len) };
    let signature = unsafe { slice::from_raw_parts(signature, signature_len) };
    KEYS.with_borrow(|keys| {
        let Some(key) = key.checked_sub(1).and_then(|index| keys.get(index)) else {
            return 0;
        };
        (0..times)
            .map(|_| u32::from(is_right(key, message, signature)))
            .sum()
    })
}

/// Hashes the same bytes `times` times: SHA-256 for 0, SHA-384 for 1, SHA-512 for 2.
///
/// # Safety
/// `len` bytes at `ptr` and 64 at `target` came from `allocate`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn digest_many(
    hash: u32,
    ptr: *const u8,
    len: usize,
    target: *mut u8,
    times: u32,
) {
    let message = unsafe { slice::from_raw_parts(ptr, len) };
    let target = unsafe { slice::from_raw_parts_mut(target, 64) };
    for _ in 0..times {
        match hash {
            0 => target[..32].copy_from_slice(&Sha256::digest(message)),
            1 => target[..48].copy_from_slice(&Sha384::digest(message)),
            _ => target[..64].copy_from_slice(&Sha512::digest(message)),
        }
    }
}

fn parse(algorithm: u32, bytes: &[u8]) -> Option<Key> {
    Some(match algorithm {
        1 => Key::Rs256(pkcs1v15::VerifyingKey::new(rsa_key(bytes)?)),
        2 => Key::Rs384(pkcs1v15::VerifyingKey::new(rsa_key(bytes)?)),
        3 => Key::Rs512(pkcs1v15::VerifyingKey::new(rsa_key(bytes)?)),
        4 => Key::Ps256(pss::VerifyingKey::new(rsa_key(bytes)?)),
        5 => Key::Ps384(pss::VerifyingKey::new(rsa_key(bytes)?)),
        6 => Key::Ps512(pss::VerifyingKey::new(rsa_key(bytes)?)),
        7 => Key::Es256(p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes).ok()?),
        8 => Key::Es384(p384::ecdsa::VerifyingKey::from_sec1_bytes(bytes).ok()?),
        9 => Key::Es512(p521::ecdsa::VerifyingKey::from_sec1_bytes(bytes).ok()?),
        10 => Key::EdDsa(ed25519_dalek::VerifyingKey::try_from(bytes).ok()?),
        11 => Key::Hs256(Hmac::new_from_slice(bytes).ok()?),
        12 => Key::Hs384(Hmac::new_from_slice(bytes).ok()?),
        13 => Key::Hs512(Hmac::new_from_slice(bytes).ok()?),
        _ => return None,
    })
}

fn rsa_key(modulus: &[u8]) -> Option<PublicKey> {
    PublicKey::new(
        BoxedUint::from_be_slice_vartime(modulus),
        BoxedUint::from(65537u32),
    )
    .ok()
}

fn is_right(key: &Key, message: &[u8], signature: &[u8]) -> bool {
    match key {
        Key::Rs256(key) => is_signed::<pkcs1v15::Signature>(key, message, signature),
        Key::Rs384(key) => is_signed::<pkcs1v15::Signature>(key, message, signature),
        Key::Rs512(key) => is_signed::<pkcs1v15::Signature>(key, message, signature),
        Key::Ps256(key) => is_signed::<pss::Signature>(key, message, signature),
        Key::Ps384(key) => is_signed::<pss::Signature>(key, message, signature),
        Key::Ps512(key) => is_signed::<pss::Signature>(key, message, signature),
        Key::Es256(key) => is_signed::<p256::ecdsa::Signature>(key, message, signature),
        Key::Es384(key) => is_signed::<p384::ecdsa::Signature>(key, message, signature),
        Key::Es512(key) => is_signed::<p521::ecdsa::Signature>(key, message, signature),
        Key::EdDsa(key) => is_signed::<ed25519_dalek::Signature>(key, message, signature),
        Key::Hs256(mac) => is_authentic(mac, message, signature),
        Key::Hs384(mac) => is_authentic(mac, message, signature),
        Key::Hs512(mac) => is_authentic(mac, message, signature),
    }
}

fn is_signed<S>(key: &impl Verifier<S>, message: &[u8], signature: &[u8]) -> bool
where
    S: for<'a> TryFrom<&'a [u8]>,
{
    S::try_from(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
}

/// Both padded blocks of the key are in `mac` already.
fn is_authentic<M: Mac + Clone>(mac: &M, message: &[u8], tag: &[u8]) -> bool {
    mac.clone().chain_update(message).verify_slice(tag).is_ok()
}
