//! W3C Trace Context: `00-TRACE_ID-PARENT_ID-FLAGS`.

use std::fmt;

pub struct Span {
    trace_id: String,
    parent_id: String,
    flags: String,
}

impl Span {
    pub fn parse(value: &str) -> Option<Self> {
        let mut parts = value.split('-');
        let (version, trace_id, parent_id, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let is_valid = version == "00"
            && parts.next().is_none()
            && is_id(trace_id, 32)
            && is_id(parent_id, 16)
            && is_hexadecimal(flags, 2);
        is_valid.then(|| Self {
            trace_id: trace_id.to_owned(),
            parent_id: parent_id.to_owned(),
            flags: flags.to_owned(),
        })
    }

    /// A trace of its own, undecided whether it is sampled.
    pub fn start() -> Self {
        Self {
            trace_id: format!("{:032x}", rand::random::<u128>() | 1),
            parent_id: new_parent_id(),
            flags: "02".to_owned(),
        }
    }

    pub fn child(self) -> Self {
        Self {
            parent_id: new_parent_id(),
            ..self
        }
    }

    pub fn trace_id(&self) -> &str {
        &self.trace_id
    }
}

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            trace_id,
            parent_id,
            flags,
        } = self;
        write!(formatter, "00-{trace_id}-{parent_id}-{flags}")
    }
}

fn new_parent_id() -> String {
    format!("{:016x}", rand::random::<u64>() | 1)
}

fn is_id(text: &str, length: usize) -> bool {
    is_hexadecimal(text, length) && text.bytes().any(|byte| byte != b'0')
}

fn is_hexadecimal(text: &str, length: usize) -> bool {
    text.len() == length
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
