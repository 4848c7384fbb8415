// What requests cost. Every case has a bucket of its own, of ten tokens.

import type { Case, CaseExpectation, CaseRequest, CaseStep } from "../support/case.ts";
import { token } from "./jwt_tokens.ts";

const PASSES: CaseExpectation = { status: 200, reason: null };
const INVALID: CaseStep["expect"] = {
  status: 400,
  reason: "ratelimit:cost_invalid",
  grpcStatus: 3,
  body: '{"error":"invalid rate limit cost"}',
};

/** Refused with so many tokens left. */
const refused = (left: number, name = "k"): CaseExpectation => ({
  status: 429,
  reason: "ratelimit:limited",
  grpcStatus: 8,
  response: {
    ratelimit: `"${name}";r=${String(left)}`,
    "ratelimit-policy": `"${name}";q=10`,
    "retry-after": null,
  },
});

const step = (request: CaseRequest, expect: CaseExpectation): CaseStep => ({ request, expect });
const stated = (...costs: string[]): CaseRequest => ({
  headers: costs.map((cost) => ["x-cost", cost]),
});
const passes = (request: CaseRequest): CaseStep => step(request, PASSES);
/** Takes what is left, one token at a time, which is so many. */
const leaves = (left: number): CaseStep[] => [
  ...(left > 0 ? [passes({ ...stated("1"), repeat: left })] : []),
  step(stated("1"), refused(0)),
];
const bearer = async (weight: unknown): Promise<CaseRequest> => ({
  headers: [["authorization", `Bearer ${await token(weight === undefined ? {} : { weight })}`]],
});
const user = (name: string): CaseRequest => ({ headers: [["x-user", name]] });

const INVALID_COSTS = ["-1", "+1", "1e3", "1.5", "0x1", "1 2", "1,2", "one", "9".repeat(20)];

export const rateLimitCostCases: Case[] = [
  {
    name: "a fixed cost is taken each time",
    configuration: "ten, three each",
    steps: [passes({ repeat: 3 }), step({ repeat: 2 }, refused(1))],
  },
  {
    name: "a cost of 0 takes nothing and is not refused",
    configuration: "one, for nothing",
    steps: [passes({ repeat: 5 })],
  },
  {
    name: "a request takes what it states, or nothing",
    configuration: "ten by stated cost",
    steps: [
      passes(stated("7")),
      step({ ...stated("4"), repeat: 3 }, refused(3)),
      passes(stated("3")),
      step(stated("1"), refused(0)),
    ],
  },
  {
    name: "a request can look without taking",
    configuration: "ten by stated cost of all kinds",
    steps: [
      passes({ ...stated("0"), repeat: 5 }),
      passes(stated("10")),
      passes({ ...stated("0"), repeat: 5 }),
      step(stated("1"), refused(0)),
      passes(stated("0000")),
    ],
  },
  {
    name: "a request takes no more than the most, however much it states",
    configuration: "ten by stated cost",
    steps: [passes(stated("9007199254740991")), ...leaves(2)],
  },
  {
    name: "a request takes no less than the least",
    configuration: "ten by stated cost",
    steps: [passes({ ...stated("0"), repeat: 2 }), ...leaves(8)],
  },
  {
    name: "zeros in front say nothing",
    configuration: "ten by stated cost",
    steps: [passes(stated("0003")), ...leaves(7)],
  },
  {
    name: "what states no cost takes the default",
    configuration: "ten by stated cost of all kinds",
    steps: [passes({}), passes(stated("")), passes(stated("5", "5")), ...leaves(4)],
  },
  ...INVALID_COSTS.map((cost) => ({
    name: `${cost} is no cost and takes the default`,
    configuration: "ten by stated cost of all kinds",
    steps: [passes(stated(cost)), ...leaves(8)],
  })),
  {
    name: "what is no cost is refused where it must be one, and takes nothing",
    configuration: "ten by cost that must be a number",
    steps: [
      ...INVALID_COSTS.map((cost) => step(stated(cost), INVALID)),
      step(stated(""), INVALID),
      step(stated("1", "1"), INVALID),
      passes({}),
      ...leaves(9),
    ],
  },
  {
    name: "a claim states the cost, as a number or in digits",
    configuration: "ten by claimed cost",
    steps: [
      passes(await bearer(4)),
      passes(await bearer("5")),
      step(await bearer(2), refused(1)),
      passes(await bearer(undefined)),
      step(await bearer(0), refused(0)),
    ],
  },
  {
    name: "a claim that is no cost takes the default",
    configuration: "ten by claimed cost",
    steps: [
      passes(await bearer(-3)),
      passes(await bearer(2.5)),
      passes(await bearer("1e3")),
      passes(await bearer(true)),
      passes(await bearer([4])),
      passes(await bearer(1e30)),
      step(await bearer(5), refused(4)),
      passes(await bearer(4)),
    ],
  },
  {
    name: "each limit takes its own cost, or none does",
    configuration: "two limits with costs of their own",
    steps: [
      passes(user("a")),
      step({ ...user("a"), repeat: 3 }, refused(3, "dear")),
      passes(user("b")),
      step(user("c"), refused(2, "cheap")),
    ],
  },
];
