// Configurations of the cases about answers of limits, by name.

import { EC } from "../jwt_tokens.ts";

const ALL = [{ text: "" }];
const TWO_AN_HOUR = { name: "hourly", key: ALL, capacity: 2, refill: "2/h" };
const ONE_EVER = { name: "once", key: ALL, capacity: 1, refill: "0/s" };
/** Every character that a name may have. */
const NAME = "!#$%&'*+-.^_`|~09AZaz";

function section(members: object, ...limits: object[]): { rateLimit: object } {
  return { rateLimit: { ...members, limits } };
}

export const rateLimitAnswerConfigurations = {
  "answers: two an hour, all headers": section({ xRateLimitHeaders: true }, TWO_AN_HOUR),
  "answers: one for ever, all headers": section({ xRateLimitHeaders: true }, ONE_EVER),
  "answers: problem": section({ errors: "problem" }, { ...TWO_AN_HOUR, name: NAME, capacity: 0 }),
  "answers: google": section({ errors: "google" }, { ...TWO_AN_HOUR, capacity: 1, refill: "1/d" }),
  "answers: google, for ever": section({ errors: "google" }, ONE_EVER),
  "answers: json beside problem": {
    ...section({ errors: "json" }, ONE_EVER),
    jwt: {
      errors: "problem",
      providers: { idp: { audiences: ["orders"], keys: { inline: { keys: [EC.jwk] } } } },
      rules: [{ match: { prefix: "/" }, require: "idp" }],
    },
  },
  "answers: status 503": section({}, { ...ONE_EVER, status: 503 }),
  "answers: status 418": section({ errors: "problem" }, { ...ONE_EVER, status: 418 }),
  "answers: shadow": section(
    { headers: "always", xRateLimitHeaders: true },
    { ...ONE_EVER, shadow: true, capacity: 0 },
  ),
  "answers: shadow before a limit": section(
    { headers: "always" },
    { ...ONE_EVER, name: "tried-out", shadow: true },
    { ...ONE_EVER, name: "real", capacity: 3 },
  ),
  "answers: shadow and matches": section(
    { headers: "always" },
    { ...ONE_EVER, name: "tried-out", shadow: true, match: { prefix: "/a" }, capacity: 0 },
    { ...ONE_EVER, name: "a", match: { prefix: "/a" }, capacity: 2, store: "worker" },
    { ...ONE_EVER, name: "b", match: { prefix: "/b" }, capacity: 1 },
    { ...ONE_EVER, name: "posts", match: { methods: ["POST"] }, capacity: 1, shadow: true },
  ),
  "answers: always": section(
    { headers: "always", xRateLimitHeaders: true },
    { ...TWO_AN_HOUR, name: "wide", capacity: 100, refill: "1/d" },
    TWO_AN_HOUR,
  ),
  "answers: always, never refilled": section(
    { headers: "always", xRateLimitHeaders: true },
    { ...ONE_EVER, capacity: 5 },
  ),
  "answers: always, without numbers": section({ headers: "always" }, TWO_AN_HOUR),
  "answers: nothing passes": section({}, { ...ONE_EVER, capacity: 0 }),
  "answers: three limits": section(
    {},
    { ...ONE_EVER, name: "first", capacity: 3 },
    { ...ONE_EVER, name: "second", capacity: 1 },
    { ...ONE_EVER, name: "third", capacity: 1 },
  ),
} as const;
