// Tokens, most of them changed in one way or in a few, by the choices of a seed.

import type { Random } from "../random.ts";
import { BYTE_MUTATIONS } from "./byte_mutations.ts";
import { CLAIM_MUTATIONS } from "./claim_mutations.ts";
import type { Draft } from "./draft.ts";
import { goodDraft, signDraft, writeObject } from "./draft.ts";
import { HEADER_MUTATIONS } from "./header_mutations.ts";
import { MEMBER_MUTATIONS } from "./member_mutations.ts";
import { PART_MUTATIONS } from "./part_mutations.ts";
import { TOKEN_MUTATIONS } from "./token_mutations.ts";
import type { Provider } from "./world.ts";

export interface Generated {
  provider: Provider;
  token: string;
  /** Names of what was changed. */
  mutations: string[];
}

/** Changes are made in the order of the stages. */
const STAGES = ["members", "bytes", "encoded", "token"] as const;

interface Mutation {
  name: string;
  stage: (typeof STAGES)[number];
  apply: (draft: Draft, random: Random, other: string) => void;
}

const SIDES = ["header", "claims"] as const;

function listMutations(): Mutation[] {
  const list: Mutation[] = [];
  for (const [name, apply] of Object.entries({ ...HEADER_MUTATIONS, ...CLAIM_MUTATIONS })) {
    list.push({ name, stage: "members", apply });
  }
  for (const side of SIDES) {
    for (const [name, change] of Object.entries(MEMBER_MUTATIONS)) {
      const apply: Mutation["apply"] = (draft, random) => change(draft[side], random);
      list.push({ name: `${side}: ${name}`, stage: "members", apply });
    }
    for (const [name, change] of Object.entries(BYTE_MUTATIONS)) {
      const apply: Mutation["apply"] = ({ bytes }, random) => {
        bytes[side] = change(bytes[side], random);
      };
      list.push({ name: `${side}: ${name}`, stage: "bytes", apply });
    }
    for (const [name, change] of Object.entries(PART_MUTATIONS)) {
      const apply: Mutation["apply"] = ({ encoded }, random) => {
        encoded[side] = change(encoded[side], random);
      };
      list.push({ name: `${side}: ${name}, signed after`, stage: "encoded", apply });
    }
  }
  for (const [name, change] of Object.entries(TOKEN_MUTATIONS)) {
    const apply: Mutation["apply"] = (draft, random, other) => {
      draft.token = change(draft, random, other);
    };
    list.push({ name, stage: "token", apply });
  }
  return list;
}

const MUTATIONS = listMutations();
export const MUTATION_NAMES: readonly string[] = MUTATIONS.map(({ name }) => name);

/** How many changes a token gets. */
const COUNTS = [0, 1, 1, 1, 1, 1, 1, 1, 2, 3];
/** Tokens of which parts are taken. */
const KEPT_MAX = 32;

/** Makes tokens without end: each mutation in turn, so that none is left to chance. */
export function tokenGenerator(providers: readonly Provider[], random: Random): () => Generated {
  const kept = new Map<Provider, string[]>();
  let turn = 0;

  function choose(): Mutation[] {
    const count = random.pick(COUNTS);
    const chosen = Array.from({ length: count }, (_, index) =>
      index === 0 ? MUTATIONS[turn++ % MUTATIONS.length] : random.pick(MUTATIONS),
    ).filter((each) => each !== undefined);
    return chosen.sort((one, other) => STAGES.indexOf(one.stage) - STAGES.indexOf(other.stage));
  }

  return () => {
    const provider = random.pick(providers);
    const draft = goodDraft(provider, random);
    const mutations = choose();
    const others = kept.get(provider) ?? [];
    const other = others.length === 0 ? "AAAA.AAAA.AAAA" : random.pick(others);
    makeToken(draft, mutations, random, other);
    if (mutations.length === 0) {
      kept.set(provider, [draft.token, ...others].slice(0, KEPT_MAX));
    }
    // Spaces behind the scheme belong to no token (RFC 6750 §2.1), and white space at its end to no
    // field (RFC 9110 §5.5).
    const token = draft.token.replace(/^ +/, "").replace(/[ \t]+$/, "");
    return { provider, token, mutations: mutations.map(({ name }) => name) };
  };
}

function makeToken(draft: Draft, mutations: Mutation[], random: Random, other: string): void {
  for (const stage of STAGES) {
    if (stage === "bytes") {
      draft.bytes.header = writeObject(draft.header, random);
      draft.bytes.claims = writeObject(draft.claims, random);
    } else if (stage === "encoded") {
      draft.encoded.header = draft.bytes.header.toString("base64url");
      draft.encoded.claims = draft.bytes.claims.toString("base64url");
    } else if (stage === "token") {
      draft.token = signDraft(draft);
    }
    for (const mutation of mutations) {
      if (mutation.stage === stage) mutation.apply(draft, random, other);
    }
  }
}
