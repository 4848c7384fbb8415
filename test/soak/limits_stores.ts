// Webdis and the rate limit service of a soak test: they answer when `turn` is called, and fail in
// every way.

import type { GrpcCall, HttpCall } from "../../host-sim/src/index.ts";
import type { Answer } from "../support/key_server.ts";
import { answerCall as answerHttp } from "../support/key_server.ts";
import type { Random } from "../support/random.ts";
import { CODE, decodeRequest } from "../support/rls_messages.ts";
import { answerCall as answerGrpc, verdict } from "../support/rls_service.ts";
import { readCommand } from "../support/simulated_webdis.ts";

/** How the stores are, for a while. */
const MOODS = {
  well: ["ok"],
  strict: ["ok", "ok", "over"],
  failing: ["ok", "over", "hang", "garbage", "reset", "refuse", "status", "no script"],
  down: ["hang", "reset", "refuse", "status"],
} as const;
export type Mood = keyof typeof MOODS;
type Told = (typeof MOODS)[Mood][number];
/** What a store can tell. */
export const TELLINGS = new Set<Told>(Object.values(MOODS).flat()).size;

const GARBAGE = Uint8Array.of(8, 2, 255, 255, 255, 255, 255, 255);
const GRPC_UNAVAILABLE = 14;
const GRPC_INTERNAL = 13;
const NO_SCRIPT = "NOSCRIPT No matching script. Please use EVAL.";
const WAIT_MILLISECONDS = 20;

interface Due {
  call: HttpCall | GrpcCall;
  give: () => void;
}

export class SoakStores {
  readonly #random: Random;
  mood: Mood = "well";
  /** Calls without an answer: those that get one, and those that do not. */
  #due: Due[] = [];
  #hanging: (HttpCall | GrpcCall)[] = [];
  readonly told = new Map<Told, number>();

  constructor(random: Random) {
    this.#random = random;
  }

  #choose(): Told {
    const told = this.#random.pick<Told>(MOODS[this.mood]);
    this.told.set(told, (this.told.get(told) ?? 0) + 1);
    return told;
  }

  readonly dispatchHttp = (call: HttpCall): void => {
    const { name, most } = readCommand(call);
    const told = this.#choose();
    if (told === "refuse") call.reset();
    if (told === "hang") this.#hanging.push(call);
    if (told === "refuse" || told === "hang") return;
    const answers: Record<Exclude<Told, "refuse" | "hang">, Answer | "reset"> = {
      ok: { body: { [name]: [most, 1000, 0] } },
      over: { body: { [name]: [0, 0, WAIT_MILLISECONDS] } },
      "no script": { body: { [name]: [false, NO_SCRIPT] } },
      garbage: { body: GARBAGE },
      status: { status: 503 },
      reset: "reset",
    };
    this.#due.push({ call, give: () => answerHttp(call, answers[told]) });
  };

  readonly dispatchGrpc = (call: GrpcCall): void => {
    const { descriptors } = decodeRequest(call.message);
    const told = this.#choose();
    if (told === "refuse") call.fail(GRPC_UNAVAILABLE);
    if (told === "hang") this.#hanging.push(call);
    if (told === "refuse" || told === "hang") return;
    const give = (): void => {
      if (told === "garbage") answerGrpc(call, GARBAGE);
      else if (told === "status") answerGrpc(call, { status: GRPC_INTERNAL });
      else if (told === "reset") answerGrpc(call, { status: GRPC_UNAVAILABLE });
      else {
        const code = told === "over" ? CODE.OVER_LIMIT : CODE.OK;
        answerGrpc(call, verdict(...descriptors.map(() => code)));
      }
    };
    this.#due.push({ call, give });
  };

  /** Gives some of the answers, in any order. */
  turn(): void {
    for (let left = this.#random.below(3); left > 0 && this.#due.length > 0; left--) {
      this.#due.splice(this.#random.below(this.#due.length), 1)[0]?.give();
    }
  }

  /** Gives all answers, also to what is asked meanwhile. */
  answerAll(): void {
    for (let one = this.#due.shift(); one !== undefined; one = this.#due.shift()) one.give();
  }

  /** Calls that have neither been answered nor given up. */
  open(): number {
    this.#hanging = this.#hanging.filter(({ finished }) => !finished);
    return this.#hanging.length + this.#due.filter(({ call }) => !call.finished).length;
  }
}
