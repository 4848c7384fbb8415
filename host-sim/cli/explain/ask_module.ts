// Questions to the shipped module: one request, under the configuration in question or a part of
// it. Every answer is the module's own, so that an explanation cannot contradict it.

import { createHost, PluginRejected, SimError } from "../../src/index.ts";
import type { HeaderList, HttpCall, LocalReply, Stream, StreamResult } from "../../src/index.ts";
import { createSignatureCrypto } from "../../gateway/platform.ts";
import { CommandError } from "../command_error.ts";
import type { JsonRecord } from "./document.ts";
import { withOwnStores } from "./limits.ts";
import type { RecordedKeys } from "./recorded_keys.ts";

export type Answer =
  { kind: "passed"; headers: HeaderList } | { kind: "refused"; reason: string; reply: LocalReply };

/** The request in question under another configuration. */
export type Ask = (configuration: JsonRecord) => Answer;

const CLIENT = "127.0.0.1:50000";
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
/** `sallyport{REASON}` (docs/reasons.md). */
const DETAIL = /^sallyport\{(.+)\}$/;

/** Calls that one question can make: two for each source of keys of the largest configuration. */
const CALLS_MAX = 32;

/** Each question has a new host: full buckets, an empty cache, the same randomness and keys. */
export function createAsk(
  module: WebAssembly.Module,
  headers: HeaderList,
  nowSeconds: number,
  keys: RecordedKeys,
): Ask {
  const now = BigInt(Math.round(nowSeconds * 1000)) * NANOSECONDS_PER_MILLISECOND;
  const clock = { systemNanoseconds: () => now, monotonicNanoseconds: () => now };
  return (configuration) => {
    const calls: HttpCall[] = [];
    const dispatch = (call: HttpCall): void => void calls.push(call);
    const { clusters } = keys;
    const crypto = createSignatureCrypto();
    const host = createHost({ clock, random: countUp, crypto, clusters, dispatch });
    try {
      const plugin = host.addPlugin({
        module,
        configuration: JSON.stringify(withOwnStores(configuration)),
      });
      const stream = plugin.workers[0]?.openStream({ sourceAddress: CLIENT });
      if (stream === undefined) throw new CommandError("the module gave no verdict: no worker");
      return answerOf(sent(stream, headers, calls, keys));
    } catch (error) {
      if (error instanceof SimError) throw new CommandError(`the simulator: ${error.message}`);
      if (!(error instanceof PluginRejected)) throw error;
      throw new CommandError(`the module refuses: ${error.log.at(-1) ?? error.message}`);
    }
  };
}

/** What becomes of the request, with the answers that it waits for. */
function sent(
  stream: Stream,
  headers: HeaderList,
  calls: HttpCall[],
  keys: RecordedKeys,
): StreamResult {
  let result: StreamResult | undefined;
  stream.onResume = (resumption) => (result = resumption.result);
  result = stream.requestHeaders(headers, true);
  for (let answered = 0; result.kind === "paused" && answered < CALLS_MAX; answered++) {
    const call = calls.shift();
    if (call === undefined) break;
    const answer = keys.answerTo(call);
    if (answer === undefined) call.reset();
    else call.respond(answer);
  }
  return result;
}

function answerOf(result: StreamResult): Answer {
  if (result.kind === "continue") return { kind: "passed", headers: result.headers };
  if (result.kind === "reply") {
    const reason = DETAIL.exec(result.reply.details)?.[1];
    return { kind: "refused", reason: reason ?? result.reply.details, reply: result.reply };
  }
  const state = result.kind === "paused" ? "it waits for keys" : result.kind;
  throw new CommandError(`the module gave no verdict: ${state}`);
}

/** Ids of traces look like ids, and are the same in each question. */
function countUp(target: Uint8Array): void {
  target.forEach((_, index) => (target[index] = (index * 29 + 1) & 0xff));
}
