// Keys rotate five times under load while their server fails in every way: what must come of each
// request is known from when its key was published and withdrawn.

import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "./clients.ts";
import { http2Client } from "./clients.ts";
import type { JwksServer } from "./jwks_server.ts";
import { seededRandom } from "./random.ts";
import type { TestKey } from "./tokens.ts";
import { ecKey, flipBit, mint } from "./tokens.ts";

export interface DrillOptions {
  server: JwksServer;
  seconds: number;
  seed: number;
  clients: number;
}

export interface DrillReport {
  /** Requests by kind of token and status. */
  counts: Record<string, number>;
  /** One line for each answer that was wrong. */
  wrong: string[];
  /** Requests that got no answer. */
  hung: string[];
}

const ROTATIONS = 5;
/** A new key signs only when verifiers had the time to fetch it, as issuers do. */
const PUBLISHED_BEFORE_USE_SECONDS = 1.6;
/** A key that was withdrawn is known to be after the next fetch that succeeds. */
const WITHDRAWN_KNOWN_SECONDS = 3;
/** What the server does some time after each rotation. */
const FAULTS: readonly ((server: JwksServer) => void)[] = [
  (server) => server.serve(500, "broken"),
  (server) => server.hold(),
  (server) => server.serve(200, "<html>maintenance</html>", { "content-type": "text/html" }),
  (server) => server.serve(404, {}),
  (server) => server.serve(200, { keys: [] }),
];
const REFUSED = new Set([401, 503]);

type Kind = "current" | "previous" | "withdrawn" | "never published" | "tampered";

interface Generation {
  key: TestKey;
  token: string;
}

export function keySetOf(keys: readonly TestKey[]): object {
  return { keys: keys.map(({ jwk, alg }) => ({ ...jwk, alg, use: "sig" })) };
}

export class RotationDrill {
  readonly #options: DrillOptions;
  readonly #generations: Generation[] = [];
  readonly #stranger: Generation;
  readonly #counts: Record<string, number> = {};
  readonly #wrong: string[] = [];
  readonly #hung: string[] = [];
  /** Number of the newest key that is published, and of the one that signs. */
  #published = 0;
  #signing = 0;
  #withdrawnAt = 0;
  #isOver = false;

  private constructor(options: DrillOptions, generations: Generation[], stranger: Generation) {
    this.#options = options;
    this.#generations = generations;
    this.#stranger = stranger;
  }

  static async prepare(options: DrillOptions, claims: object): Promise<RotationDrill> {
    const make = async (kid: string): Promise<Generation> => {
      const key = ecKey(kid);
      return { key, token: await mint(key, { ...claims }) };
    };
    const generations: Generation[] = [];
    for (let i = 0; i <= ROTATIONS; i++) generations.push(await make(`generation-${i}`));
    const drill = new RotationDrill(options, generations, await make("stranger"));
    drill.#publish();
    return drill;
  }

  /** Sends to this port until the last rotation has been seen. */
  async run(port: number): Promise<DrillReport> {
    const clients = Array.from({ length: this.#options.clients }, () => http2Client(port));
    const load = clients.map((client, index) => this.#load(client, index));
    await this.#rotate();
    this.#isOver = true;
    await Promise.all(load);
    for (const client of clients) client.close();
    return { counts: this.#counts, wrong: this.#wrong, hung: this.#hung };
  }

  async #rotate(): Promise<void> {
    const { server, seconds } = this.#options;
    const turn = (seconds * 1000) / (ROTATIONS + 1);
    await sleep(turn);
    for (let rotation = 1; rotation <= ROTATIONS; rotation++) {
      this.#published = rotation;
      this.#withdrawnAt = Date.now();
      this.#publish();
      await sleep(PUBLISHED_BEFORE_USE_SECONDS * 1000);
      this.#signing = rotation;
      await sleep(turn * 0.6 - PUBLISHED_BEFORE_USE_SECONDS * 1000);
      FAULTS[rotation - 1]?.(server);
      await sleep(turn * 0.4);
    }
    this.#publish();
  }

  /** The newest key and the one before. */
  #publish(): void {
    const keys = this.#generations.slice(Math.max(0, this.#published - 1), this.#published + 1);
    this.#options.server.serve(200, keySetOf(keys.map(({ key }) => key)));
  }

  async #load(client: Client, index: number): Promise<void> {
    const random = seededRandom(this.#options.seed + index);
    while (!this.#isOver) {
      const kind = this.#choose(random.below(20));
      const token = this.#tokenOf(kind, random.below(32));
      const sentAt = Date.now();
      const expected = this.#expectation(kind, sentAt);
      const status = await send(client, token);
      const label = `${kind} ${status ?? "no answer"}`;
      this.#counts[label] = (this.#counts[label] ?? 0) + 1;
      const line = `${label} after ${sentAt - this.#withdrawnAt} ms of key ${this.#published}`;
      if (status === null) this.#hung.push(line);
      else if (!this.#fits(expected, kind, sentAt, status)) this.#wrong.push(line);
    }
  }

  #choose(dice: number): Kind {
    if (dice < 12) return "current";
    if (dice < 15) return this.#signing === this.#published ? "previous" : "current";
    if (dice < 17 && this.#published > 1) return "withdrawn";
    return dice < 19 ? "never published" : "tampered";
  }

  #tokenOf(kind: Kind, byte: number): string {
    const token = (generation: number): string => this.#generations[generation]?.token ?? "";
    if (kind === "current") return token(this.#signing);
    if (kind === "previous") return token(Math.max(0, this.#published - 1));
    if (kind === "withdrawn") return token(this.#published - 2);
    if (kind === "tampered") return flipBit(token(this.#signing), 2, byte);
    return this.#stranger.token;
  }

  #expectation(kind: Kind, sentAt: number): "passes" | "refused" | "either" {
    if (kind === "current" || kind === "previous") return "passes";
    if (kind !== "withdrawn") return "refused";
    const known = this.#withdrawnAt + WITHDRAWN_KNOWN_SECONDS * 1000;
    return sentAt < known ? "either" : "refused";
  }

  /** A key may be withdrawn while a request by it is on its way. */
  #fits(expected: string, kind: Kind, sentAt: number, status: number): boolean {
    if (expected === "passes") {
      const isOverrun = kind === "previous" && this.#withdrawnAt >= sentAt;
      return status === 200 || (isOverrun && REFUSED.has(status));
    }
    return REFUSED.has(status) || (expected === "either" && status === 200);
  }
}

async function send(client: Client, token: string): Promise<number | null> {
  try {
    const headers: [string, string][] = [["authorization", `Bearer ${token}`]];
    const request = { method: "GET", path: "/", authority: "example.test", headers };
    return (await client.send(request)).status;
  } catch {
    return null;
  }
}
