import { EC } from "../jwt_tokens.ts";

const jwt = {
  providers: { idp: { audiences: ["orders"], keys: { inline: { keys: [EC.jwk] } } } },
  rules: [
    { match: { prefix: "/open" }, require: "none" },
    { match: { prefix: "/" }, require: "idp" },
  ],
};
const normalise = { underscores: "reject", reject: ["x-bad"] };
const none = {
  limits: [{ name: "none", key: [{ text: "" }], capacity: 0, refill: "0/s", status: 429 }],
};

/** Configurations whose answers tell the trace, by name. */
export const traceAnswerConfigurations = {
  "refusals with a trace": { normalise, trace: {}, jwt },
  "refusals with a trace, as problems": { errors: { form: "problem" }, normalise, trace: {}, jwt },
  "refusals of Google's form with a trace": {
    errors: { form: "google" },
    trace: {},
    rateLimit: none,
  },
  "responses with a trace": {
    normalise,
    trace: { response: ["traceresponse", "server-timing"] },
    jwt,
  },
  "responses with server-timing": { trace: { response: ["server-timing"] } },
  "refusals at the edge": { trace: { mode: "edge" }, jwt },
  "refusals that leave traces alone": { trace: { mode: "yield" }, jwt },
  "refusals without a trace": { jwt },
} as const;
