// What limits that are only tried out leave on a request.

import type { Case } from "../support/case.ts";
import { PASSES, step } from "./ratelimit_answers.ts";

export const rateLimitShadowCases: Case[] = [
  {
    name: "a limit that is tried out lets everything pass, and tells the upstream alone",
    configuration: "answers: shadow",
    steps: [
      step(
        { repeat: 3, headers: [["x-sallyport-shadow", "forged"]] },
        { ...PASSES, upstream: { "x-sallyport-shadow": "once" } },
      ),
    ],
  },
  {
    name: "a limit that is tried out tells nothing of what it would let pass",
    configuration: "answers: shadow before a limit",
    steps: [
      step(
        { headers: [["x_sallyport_shadow", "forged"]] },
        { status: 200, reason: null, upstream: { "x-sallyport-shadow": null } },
      ),
      step({}, { status: 200, reason: null, upstream: { "x-sallyport-shadow": "tried-out" } }),
    ],
  },
];
