//! RustCrypto's verifiers as WebAssembly exports. Keys are parsed once and kept, as a filter would.

use core::ptr::addr_of_mut;
use core::slice;

use hmac::{Hmac, KeyInit, Mac};
use rsa::signature::hazmat::PrehashVerifier;
use rsa::signature::Verifier;
use rsa::{BoxedUint, PublicKey};
use sha2::{Digest, Sha256, Sha384, Sha512};

const ROOM_BYTES: usize = 1 << 17;
static mut ROOM: [u8; ROOM_BYTES] = [0; ROOM_BYTES];

#[derive(Default)]
struct Keys {
    rs256: Option<rsa::pkcs1v15::VerifyingKey<Sha256>>,
    ps256: Option<rsa::pss::VerifyingKey<Sha256>>,
    es256: Option<p256::ecdsa::VerifyingKey>,
    es384: Option<p384::ecdsa::VerifyingKey>,
    es512: Option<p521::ecdsa::VerifyingKey>,
    eddsa: Option<ed25519_dalek::VerifyingKey>,
    hs256: Option<Hmac<Sha256>>,
}

static mut KEYS: Option<Keys> = None;

fn keys() -> &'static mut Keys {
    // One thread: a WebAssembly instance.
    unsafe { (*addr_of_mut!(KEYS)).get_or_insert_with(Keys::default) }
}

fn bytes(ptr: u32, len: u32) -> &'static [u8] {
    unsafe { slice::from_raw_parts(ptr as *const u8, len as usize) }
}

/// Address of the room for keys, messages and signatures.
#[unsafe(no_mangle)]
pub extern "C" fn room() -> u32 {
    addr_of_mut!(ROOM) as u32
}

/// An RSA key: modulus in `ptr`, exponent 65537.
#[unsafe(no_mangle)]
pub extern "C" fn set_rsa(ptr: u32, len: u32) -> bool {
    let modulus = BoxedUint::from_be_slice_vartime(bytes(ptr, len));
    let Ok(key) = PublicKey::new(modulus, BoxedUint::from(65537u32)) else {
        return false;
    };
    keys().rs256 = Some(rsa::pkcs1v15::VerifyingKey::new(key.clone()));
    keys().ps256 = Some(rsa::pss::VerifyingKey::new(key));
    true
}

/// A key of a curve by its byte length: 04 || x || y for 65, 97 and 133 bytes, Ed25519 for 32.
#[unsafe(no_mangle)]
pub extern "C" fn set_point(ptr: u32, len: u32) -> bool {
    let point = bytes(ptr, len);
    match len {
        65 => keys().es256 = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).ok(),
        97 => keys().es384 = p384::ecdsa::VerifyingKey::from_sec1_bytes(point).ok(),
        133 => keys().es512 = p521::ecdsa::VerifyingKey::from_sec1_bytes(point).ok(),
        32 => {
            let Ok(encoded) = <&[u8; 32]>::try_from(point) else {
                return false;
            };
            keys().eddsa = ed25519_dalek::VerifyingKey::from_bytes(encoded).ok();
        }
        _ => return false,
    }
    true
}

#[unsafe(no_mangle)]
pub extern "C" fn set_secret(ptr: u32, len: u32) -> bool {
    keys().hs256 = Hmac::<Sha256>::new_from_slice(bytes(ptr, len)).ok();
    keys().hs256.is_some()
}

/// Verifies one signature `times` times; how often it was right.
#[unsafe(no_mangle)]
pub extern "C" fn verify(
    algorithm: u32,
    message: u32,
    message_len: u32,
    signature: u32,
    signature_len: u32,
    times: u32,
) -> u32 {
    let text = bytes(message, message_len);
    let proof = bytes(signature, signature_len);
    (0..times).filter(|_| check(algorithm, text, proof)).count() as u32
}

fn check(algorithm: u32, text: &[u8], proof: &[u8]) -> bool {
    let known = keys();
    match algorithm {
        256 => {
            let Ok(signature) = rsa::pkcs1v15::Signature::try_from(proof) else {
                return false;
            };
            known.rs256.as_ref().is_some_and(|key| key.verify(text, &signature).is_ok())
        }
        257 => {
            let Ok(signature) = rsa::pss::Signature::try_from(proof) else {
                return false;
            };
            known.ps256.as_ref().is_some_and(|key| key.verify(text, &signature).is_ok())
        }
        1256 => {
            let Ok(signature) = p256::ecdsa::Signature::from_slice(proof) else {
                return false;
            };
            let digest = Sha256::digest(text);
            known.es256.as_ref().is_some_and(|key| key.verify_prehash(&digest, &signature).is_ok())
        }
        1384 => {
            let Ok(signature) = p384::ecdsa::Signature::from_slice(proof) else {
                return false;
            };
            let digest = Sha384::digest(text);
            known.es384.as_ref().is_some_and(|key| key.verify_prehash(&digest, &signature).is_ok())
        }
        1512 => {
            let Ok(signature) = p521::ecdsa::Signature::from_slice(proof) else {
                return false;
            };
            let digest = Sha512::digest(text);
            known.es512.as_ref().is_some_and(|key| key.verify_prehash(&digest, &signature).is_ok())
        }
        2000 => {
            let Ok(signature) = ed25519_dalek::Signature::from_slice(proof) else {
                return false;
            };
            known.eddsa.as_ref().is_some_and(|key| key.verify_strict(text, &signature).is_ok())
        }
        3256 => known.hs256.as_ref().is_some_and(|mac| {
            let mut mac = mac.clone();
            mac.update(text);
            mac.verify_slice(proof).is_ok()
        }),
        _ => false,
    }
}
