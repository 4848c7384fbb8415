//! A token bucket in shared data, exact over all workers by compare-and-swap.

use proxy_wasm::traits::Context;
use proxy_wasm::types::Status;
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Limit {
    name: String,
    capacity: u64,
    /// In which an empty bucket is full again.
    fill_seconds: u64,
}

impl Limit {
    /// What `RateLimit-Policy` says.
    pub fn policy(&self) -> String {
        format!(
            "\"{}\";q={};w={}",
            self.name, self.capacity, self.fill_seconds
        )
    }

    /// What `RateLimit` says.
    pub fn state(&self, taken: &Taken) -> String {
        let missing = self.capacity - taken.left;
        let seconds = (missing * self.fill_seconds).div_ceil(self.capacity);
        format!("\"{}\";r={};t={seconds}", self.name, taken.left)
    }

    /// Tokens that have come back.
    fn refill(&self, passed_nanoseconds: u64) -> u64 {
        let fill = u128::from(self.fill_seconds) * 1_000_000_000;
        let tokens = u128::from(passed_nanoseconds) * u128::from(self.capacity) / fill;
        u64::try_from(tokens).unwrap_or(u64::MAX)
    }

    /// The time that tokens take to come back.
    fn time_for(&self, tokens: u64) -> u64 {
        let fill = u128::from(self.fill_seconds) * 1_000_000_000;
        u64::try_from(u128::from(tokens) * fill / u128::from(self.capacity)).unwrap_or(u64::MAX)
    }
}

pub struct Taken {
    pub is_allowed: bool,
    pub left: u64,
}

/// As it is in shared data: two numbers of 64 bits, little-endian.
struct State {
    tokens: u64,
    /// Up to when tokens have been given back.
    filled_at: u64,
}

impl State {
    fn decode(bytes: &[u8]) -> Option<Self> {
        let (tokens, filled_at) = bytes.split_at_checked(8)?;
        Some(Self {
            tokens: u64::from_le_bytes(tokens.try_into().ok()?),
            filled_at: u64::from_le_bytes(filled_at.try_into().ok()?),
        })
    }

    fn encode(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.tokens.to_le_bytes());
        bytes[8..].copy_from_slice(&self.filled_at.to_le_bytes());
        bytes
    }
}

pub struct Bucket<'a> {
    limit: &'a Limit,
    key: String,
}

impl<'a> Bucket<'a> {
    pub fn new(limit: &'a Limit, subject: &str) -> Self {
        let key = format!("bucket/{}/{subject}", limit.name);
        Self { limit, key }
    }

    /// None: the store failed.
    pub fn take(&self, host: &dyn Context, now: u64) -> Option<Taken> {
        loop {
            let (bytes, cas) = host.get_shared_data(&self.key);
            let mut state = self.filled(bytes.as_deref().and_then(State::decode), now);
            if state.tokens == 0 {
                return Some(Taken {
                    is_allowed: false,
                    left: 0,
                });
            }
            state.tokens -= 1;
            match host.set_shared_data(&self.key, Some(&state.encode()), cas) {
                Ok(()) => {
                    return Some(Taken {
                        is_allowed: true,
                        left: state.tokens,
                    })
                }
                Err(Status::CasMismatch) => {}
                Err(_) => return None,
            }
        }
    }

    fn filled(&self, known: Option<State>, now: u64) -> State {
        let full = State {
            tokens: self.limit.capacity,
            filled_at: now,
        };
        let Some(state) = known else { return full };
        let refill = self.limit.refill(now.saturating_sub(state.filled_at));
        if state.tokens.saturating_add(refill) >= self.limit.capacity {
            return full;
        }
        // What is left of a token's time counts for the next one.
        State {
            tokens: state.tokens + refill,
            filled_at: state.filled_at + self.limit.time_for(refill),
        }
    }
}
