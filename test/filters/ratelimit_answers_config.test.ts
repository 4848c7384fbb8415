// What the section and a limit may say of answers.

import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";

const errorOf = await loadConfigurationError();

const LIMIT = { name: "a", key: [{ text: "" }], capacity: 1, refill: "1/s" };
const section = (members: object): object => ({ ...members, limits: [LIMIT] });
const limit = (members: object): object => ({ limits: [{ ...LIMIT, ...members }] });

const AT = "$.rateLimit.limits[0]";
const STATUS = "a whole number from 400 to 599";
const FORMS = "json, problem, google";

describe("answers in the section rateLimit", () => {
  test.each([
    section({ headers: "always", xRateLimitHeaders: true, errors: "problem" }),
    section({ headers: "refused", xRateLimitHeaders: false, errors: "json" }),
    section({ errors: "google" }),
    limit({ status: 400, shadow: false }),
    limit({ status: 599, shadow: true }),
  ])("accepts %j", (rateLimit) => {
    expect(errorOf({ rateLimit })).toBeNull();
  });

  test.each([
    [section({ headers: "never" }), '$.rateLimit.headers: found "never", allowed: refused, always'],
    [section({ xRateLimitHeaders: "yes" }), '$.rateLimit.xRateLimitHeaders: found "yes"'],
    [section({ xRateLimitHeaders: 1 }), "$.rateLimit.xRateLimitHeaders: found 1"],
    [section({ errors: "html" }), `$.rateLimit.errors: found "html", allowed: ${FORMS}`],
    [section({ errors: null }), `$.rateLimit.errors: found null, allowed: ${FORMS}`],
    [limit({ status: 399 }), `${AT}.status: found 399, allowed: ${STATUS}`],
    [limit({ status: 600 }), `${AT}.status: found 600, allowed: ${STATUS}`],
    [limit({ status: 429.5 }), `${AT}.status: found 429.5, allowed: ${STATUS}`],
    [limit({ status: "429" }), `${AT}.status: found "429", allowed: ${STATUS}`],
    [limit({ shadow: "true" }), `${AT}.shadow: found "true"`],
    [limit({ errors: "json" }), `${AT}.errors: found an unknown member`],
  ])("refuses %j", (rateLimit, message) => {
    expect(errorOf({ rateLimit })).toContain(message);
  });
});
