// A Webdis for the simulator: it reads the module's commands as the real one does, and runs a model
// of the script in the test's time. What it answers can be changed call by call.

import { createHash } from "node:crypto";

import type { HttpCall, HttpDispatcher } from "../../host-sim/src/index.ts";
import { latin1 } from "../../host-sim/src/index.ts";
import { redisScript } from "../../scripts/generate_redis_script.ts";
import type { Answering } from "./key_server.ts";
import { answerCall } from "./key_server.ts";
import type { Asked } from "./redis_model.ts";
import { RedisModel } from "./redis_model.ts";

export const SCRIPT = await redisScript();
export const SCRIPT_SHA1 = createHash("sha1").update(SCRIPT).digest("hex");

export interface Command extends Asked {
  name: string;
  key: string;
  call: HttpCall;
}

/** "run" is what Redis does. */
export type Answered = Answering | "run";

export class SimulatedWebdis {
  readonly commands: Command[] = [];
  model = new RedisModel();
  /** Whether Redis knows the script. */
  knowsScript = true;
  answer: Answered | ((command: Command) => Answered) = "run";
  milliseconds = 1_000_000;
  /** Answers that wait for `release`; null when they go at once. */
  held: (() => void)[] | null = null;

  readonly dispatch: HttpDispatcher = (call) => {
    const command = readCommand(call);
    this.commands.push(command);
    const answer = typeof this.answer === "function" ? this.answer(command) : this.answer;
    if (answer === "refuse") {
      call.reset();
      return;
    }
    const give = (): void => answerCall(call, answer === "run" ? this.#run(command) : answer);
    if (this.held === null) queueMicrotask(give);
    else {
      // Redis has done its part by now: only the answer takes its time.
      const done = answer === "run" ? this.#run(command) : answer;
      this.held.push(() => answerCall(call, done));
    }
  };

  /** Lets answers go that were held back, and all others at once. */
  release(): void {
    const held = this.held ?? [];
    this.held = null;
    for (const give of held) give();
  }

  #run(command: Command): Answering {
    if (command.name === "EVALSHA" && !this.knowsScript) {
      return reply("EVALSHA", [false, "NOSCRIPT No matching script. Please use EVAL."]);
    }
    this.knowsScript = true;
    const done = this.model.ask(command.key, command, this.milliseconds);
    if (done === null) return reply(command.name, [false, "ERR sallyport: bad arguments"]);
    return reply(command.name, [done.granted, done.left, done.wait]);
  }
}

/** An answer of Webdis to a command. */
export const reply = (name: string, value: unknown): Answering => ({ body: { [name]: value } });

/** Throws for what is no command of the bucket. */
export function readCommand(call: HttpCall): Command {
  const fields = new Map(call.headers);
  if (fields.get(":method") !== "POST" || fields.get(":path") !== "/") {
    throw new Error("no command: it is not posted to /");
  }
  const parts = latin1(call.body).split("/");
  const [name = "", script = "", keys = "", key = "", ...args] = parts.map((part) =>
    decodeURIComponent(part),
  );
  const isKnown =
    (name === "EVALSHA" && script === SCRIPT_SHA1) || (name === "EVAL" && script === SCRIPT);
  if (!isKnown || keys !== "1" || args.length !== 5) {
    throw new Error(`no command of the bucket: ${parts.join("/")}`);
  }
  const [capacity = NaN, refill = NaN, periodMilliseconds = NaN, least = NaN, most = NaN] =
    args.map(Number);
  return { name, key, call, capacity, refill, periodMilliseconds, least, most };
}
