//! The chain of `npm run bench` with the proxy-wasm crate: four edits of the headers, the trace, a
//! token of ES256, a bucket in shared data for each subject.

mod bucket;
mod configuration;
mod token;
mod trace;

use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use log::error;
use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType, LogLevel, MetricType};

use bucket::{Bucket, Taken};
use configuration::Configuration;
use token::Authenticator;

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Warn);
    proxy_wasm::set_root_context(|_| Box::new(Root { chain: None }));
}}

struct Root {
    chain: Option<Rc<Chain>>,
}

/// What all requests of a worker share.
struct Chain {
    configuration: Configuration,
    authenticator: Authenticator,
    allowed: u32,
    denied: u32,
}

impl Chain {
    fn from_json(text: &[u8]) -> Result<Self, String> {
        let configuration: Configuration =
            serde_json::from_slice(text).map_err(|error| error.to_string())?;
        let authenticator = Authenticator::new(&configuration.token)?;
        let counter = |name| {
            hostcalls::define_metric(MetricType::Counter, name)
                .map_err(|status| format!("no metric {name}: {status:?}"))
        };
        Ok(Self {
            authenticator,
            configuration,
            allowed: counter("chain_peer_allowed")?,
            denied: counter("chain_peer_denied")?,
        })
    }
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, _size: usize) -> bool {
        match Chain::from_json(&self.get_plugin_configuration().unwrap_or_default()) {
            Ok(chain) => {
                self.chain = Some(Rc::new(chain));
                true
            }
            Err(reason) => {
                error!("the configuration is refused: {reason}");
                false
            }
        }
    }

    fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>> {
        let chain = Rc::clone(self.chain.as_ref()?);
        Some(Box::new(Filter { chain, taken: None }))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

struct Filter {
    chain: Rc<Chain>,
    taken: Option<Taken>,
}

enum Refusal {
    Unauthenticated(&'static str),
    Limited,
    Unavailable,
}

impl Context for Filter {}

impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _count: usize, _end_of_stream: bool) -> Action {
        let chain = Rc::clone(&self.chain);
        match self.apply(&chain) {
            Ok(()) => {
                let _ = hostcalls::increment_metric(chain.allowed, 1);
                Action::Continue
            }
            Err(refusal) => {
                let _ = hostcalls::increment_metric(chain.denied, 1);
                self.refuse(&refusal);
                Action::Pause
            }
        }
    }

    fn on_http_response_headers(&mut self, _count: usize, _end_of_stream: bool) -> Action {
        if let Some(taken) = &self.taken {
            let limit = &self.chain.configuration.limit;
            self.set_http_response_header("ratelimit-policy", Some(&limit.policy()));
            self.set_http_response_header("ratelimit", Some(&limit.state(taken)));
        }
        Action::Continue
    }
}

impl Filter {
    fn apply(&mut self, chain: &Chain) -> Result<(), Refusal> {
        self.edit_headers(chain);
        self.continue_trace();
        let now = self.get_current_time();
        let subject = self.authenticate(chain, now)?;
        self.take(chain, &subject, now)
    }

    fn edit_headers(&self, chain: &Chain) {
        let edits = &chain.configuration.headers;
        for name in &edits.remove {
            self.set_http_request_header(name, None);
        }
        for field in &edits.set {
            self.set_http_request_header(&field.header, Some(&field.value));
        }
        for field in &edits.add {
            if self.get_http_request_header(&field.header).is_none() {
                self.add_http_request_header(&field.header, &field.value);
            }
        }
    }

    fn continue_trace(&self) {
        let span = self
            .get_http_request_header("traceparent")
            .and_then(|value| trace::Span::parse(&value))
            .unwrap_or_else(trace::Span::start)
            .child();
        self.set_http_request_header("traceparent", Some(&span.to_string()));
        self.set_http_request_header("x-trace-id", Some(span.trace_id()));
    }

    fn authenticate(&self, chain: &Chain, now: SystemTime) -> Result<Rc<str>, Refusal> {
        let field = self
            .get_http_request_header("authorization")
            .ok_or(Refusal::Unauthenticated("no token"))?;
        let token = field
            .strip_prefix("Bearer ")
            .ok_or(Refusal::Unauthenticated("no token"))?;
        let subject = chain
            .authenticator
            .authenticate(token, seconds(now))
            .map_err(Refusal::Unauthenticated)?;
        self.set_http_request_header("authorization", None);
        let header = &chain.configuration.token.subject_header;
        self.set_http_request_header(header, Some(&subject));
        Ok(subject)
    }

    fn take(&mut self, chain: &Chain, subject: &str, now: SystemTime) -> Result<(), Refusal> {
        let bucket = Bucket::new(&chain.configuration.limit, subject);
        let taken = bucket
            .take(self, nanoseconds(now))
            .ok_or(Refusal::Unavailable)?;
        let is_allowed = taken.is_allowed;
        self.taken = Some(taken);
        if is_allowed {
            Ok(())
        } else {
            Err(Refusal::Limited)
        }
    }

    fn refuse(&self, refusal: &Refusal) {
        match refusal {
            Refusal::Unauthenticated(reason) => {
                let challenge =
                    format!("Bearer error=\"invalid_token\", error_description=\"{reason}\"");
                self.send_http_response(
                    401,
                    vec![("www-authenticate", challenge.as_str())],
                    Some(b"{\"error\":\"invalid token\"}"),
                );
            }
            Refusal::Limited => {
                self.send_http_response(429, vec![], Some(b"{\"error\":\"rate limited\"}"));
            }
            Refusal::Unavailable => {
                self.send_http_response(503, vec![], Some(b"{\"error\":\"unavailable\"}"));
            }
        }
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |passed| passed.as_secs())
}

fn nanoseconds(time: SystemTime) -> u64 {
    let passed = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(passed.as_nanos()).unwrap_or(u64::MAX)
}
