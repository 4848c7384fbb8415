// The configuration document: its sections, each read by the filter that it switches on, into one
// root's block. The verdict depends on the bytes alone
// (docs/decisions/0003-failed-setup-denies.md).

import { Block } from "./core/config/block";
import { readErrorForm } from "./core/config/error_form";
import { fixedNameId } from "./core/config/scalars";
import { ConfigError, Value } from "./core/config/value";
import { text, textLen, textPtr } from "./core/bytes/text";
import { ErrorForm } from "./core/headers/error_body";
import { internFixedNames } from "./core/headers/fixed_names";
import { CLAIM_TABLE_BYTES } from "./core/headers/identity";
import {
  addNameFlags,
  NAME_OWNED,
  NAME_TABLE_BYTES,
  nameCount,
  nameText,
} from "./core/headers/names";
import { HeaderPolicy, matchesStripPrefix } from "./core/headers/policy";
import { CONFIG_BYTES_MAX, CONFIG_NODES_MAX, ROOT_BYTES } from "./core/limits";
import { parse, parseErrorOffset, parseTooLarge } from "./core/json/tree";
import { LogFormat } from "./core/log/line";
import { readJwt } from "./filters/jwt/config";
import { clearsRoute as routeIsCleared, statedErrorForm } from "./filters/jwt/verdict";
import { clearsRoute, finishNormalise, readNormalise } from "./filters/normalise/config";
import { readRateLimit } from "./filters/ratelimit/config";
import { readTrace, stripJaegerBaggage } from "./filters/trace/config";
import { readLog } from "./log_config";
import { readMetrics } from "./request_metrics_config";
import { UpstreamMapping } from "./upstream_errors";

const CHECKED = text("x-sallyport-checked");
const GRPC_WEB = text("x-grpc-web");

/**
 * What the chain needs of a configuration. A section that is absent is 0. At the start of the
 * root's block.
 */
// @ts-ignore: decorator
@unmanaged
export class ChainConfig {
  /** Tells it from any other; setup.ts gives it. */
  number: u32;
  names: usize;
  claims: usize;
  policy: HeaderPolicy;
  normalise: usize;
  trace: usize;
  jwt: usize;
  rateLimit: usize;
  /** RequestMetrics. */
  requestMetrics: usize;
  /** Whether no section has anything to do: requests are counted, and not looked at. */
  isIdle: bool;
  /** Whether some section has the route of requests that pass chosen again. */
  clearsRoute: bool;
  /** Whether requests that passed are marked, and the number of the header that says so. */
  marksChecked: u32;
  checkedId: u32;
  /** Of the bodies of refusals, unless a section has its own. */
  errorForm: ErrorForm;
  /** What becomes of errors of the upstream, and the number of the header that says gRPC-Web. */
  upstreamMapping: UpstreamMapping;
  grpcWebId: u32;
  logFormat: LogFormat;
  /** Of refusals. */
  logLinesPerSecond: u32;
}

/** Reads a document into a block; `error` has a message when it is refused. */
export function readDocument(ptr: usize, len: u32, block: usize, error: ConfigError): void {
  if (len == 0) {
    error.put("$", "nothing", "a JSON object");
    return;
  }
  if (len > CONFIG_BYTES_MAX) {
    error.put("$", len.toString() + " bytes", "at most " + CONFIG_BYTES_MAX.toString() + " bytes");
    return;
  }
  const json = parse(ptr, len);
  if (json === null) {
    if (parseTooLarge) {
      error.put("$", "too many values", "at most " + CONFIG_NODES_MAX.toString() + " values");
    } else {
      error.put("$", "a fault at byte " + parseErrorOffset.toString(), "JSON (RFC 8259)");
    }
    return;
  }
  const room = new Block(block);
  readSections(new Value(json, null, "$", error, room), room);
  if (room.overflowed) {
    error.put("$", "too large a configuration", ROOT_BYTES.toString() + " bytes when compiled");
    room.release();
  }
}

function readSections(root: Value, block: Block): void {
  const config = changetype<ChainConfig>(block.allocate(<u32>offsetof<ChainConfig>()));
  const names = block.allocate(NAME_TABLE_BYTES);
  const claims = block.allocate(CLAIM_TABLE_BYTES);
  const policy = changetype<HeaderPolicy>(block.allocate(<u32>offsetof<HeaderPolicy>()));
  internFixedNames(names);
  config.names = names;
  config.claims = claims;
  config.policy = policy;
  const marks = root.optional("markChecked");
  if (marks !== null && marks.bool()) {
    config.marksChecked = 1;
    config.checkedId = fixedNameId(names, marks, CHECKED);
    addNameFlags(names, config.checkedId, NAME_OWNED);
  }
  const errorForm = readErrors(root.optional("errors"), config);
  readLog(root.optional("log"), config);
  const normalise = root.optional("normalise");
  const trace = root.optional("trace");
  const jwt = root.optional("jwt");
  const known: usize = jwt === null ? 0 : claims;
  if (normalise !== null) config.normalise = readNormalise(normalise, names, known, policy);
  if (trace !== null) config.trace = readTrace(trace, names);
  if (jwt !== null) config.jwt = readJwt(jwt, names, claims);
  config.clearsRoute =
    (jwt !== null && routeIsCleared(config.jwt)) ||
    (normalise !== null && clearsRoute(config.normalise));
  const stated = errorForm != 0 || jwt === null ? errorForm : statedErrorForm(config.jwt);
  if (stated != 0) config.errorForm = <ErrorForm>(stated - 1);
  const rateLimit = root.optional("rateLimit");
  if (rateLimit !== null) config.rateLimit = readRateLimit(rateLimit, names, known);
  const metrics = root.optional("metrics");
  if (metrics !== null) config.requestMetrics = readMetrics(metrics, names);
  root.done();
  stripByPrefix(names, policy);
  if (trace !== null) stripJaegerBaggage(config.trace, trace, policy);
  if (normalise !== null) finishNormalise(normalise, names, policy, config.normalise);
  const sections = config.normalise | config.trace | config.jwt | config.rateLimit;
  config.isIdle =
    (sections | config.requestMetrics) == 0 &&
    config.marksChecked == 0 &&
    config.upstreamMapping == UpstreamMapping.OFF;
}

/** The section `errors`; returns the form that it states, as `readErrorForm`. */
function readErrors(errors: Value | null, config: ChainConfig): u32 {
  if (errors === null) return 0;
  const form = readErrorForm(errors.optional("form"));
  const mapping = errors.optional("mapUpstream");
  errors.done();
  if (mapping === null) return form;
  config.upstreamMapping = <UpstreamMapping>(1 + mapping.choice(["standard", "precise"]));
  config.grpcWebId = fixedNameId(config.names, mapping, GRPC_WEB);
  return form;
}

/** Names of the configuration that clients may not send because of a `strip` with a *. */
function stripByPrefix(names: usize, policy: HeaderPolicy): void {
  for (let id: u32 = 0; id < nameCount(names); id++) {
    const name = nameText(names, id);
    if (matchesStripPrefix(policy, textPtr(name), textLen(name))) {
      addNameFlags(names, id, NAME_OWNED);
    }
  }
}
