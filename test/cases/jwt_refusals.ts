// What a refusal says: status, WWW-Authenticate, and the body in each form.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Case, CaseExpectation, CaseRequest, Protocol } from "../support/case.ts";
import { bearer, one, passes, refused, step } from "./jwt_expectations.ts";
import { token } from "./jwt_tokens.ts";

const HTTP: readonly Protocol[] = ["http1", "http2"];
const WITH_BODY = { path: "/api" };

interface Refused {
  reason: string;
  request: CaseRequest;
}

const EXPIRED: Refused = {
  reason: "jwt:expired",
  request: { ...WITH_BODY, headers: bearer(await token({ exp: 1 })) },
};
const BOB = bearer(await token({ sub: "bob" }));
const FOR_OTHERS = bearer(await token({ aud: "billing" }));

const REFUSED: readonly Refused[] = [
  { reason: "jwt:missing", request: WITH_BODY },
  EXPIRED,
  { reason: "jwt:subject_refused", request: { ...WITH_BODY, headers: BOB } },
  {
    reason: "jwt:multiple",
    request: { ...WITH_BODY, headers: [...bearer("a"), ...bearer("b")] },
  },
  { reason: "jwt:no_rule", request: { path: "/" } },
  { reason: "jwt:path_refused", request: { path: "/api;x" } },
];

const TITLES: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
};
const CODES: Record<number, string> = {
  3: "INVALID_ARGUMENT",
  7: "PERMISSION_DENIED",
  16: "UNAUTHENTICATED",
};

type Body = (reason: string, status: number, grpcStatus: number, message: string) => object;

const problem: Body = (reason, status) => ({
  type: "about:blank",
  title: TITLES[status],
  status,
  detail: reason,
});

const google: Body = (reason, status, grpcStatus, message) => ({
  error: {
    code: status,
    message,
    status: CODES[grpcStatus],
    details: [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: reason.toUpperCase().replace(":", "_"),
        domain: "sallyport",
        metadata: { reason },
      },
    ],
  },
});

/** The JSON form of an expectation, in another form. */
function inForm(expected: CaseExpectation, form: Body, contentType: string): CaseExpectation {
  const { error }: { error: string } = JSON.parse(expected.body ?? "");
  const { status, grpcStatus = 0 } = expected;
  const body = JSON.stringify(form(expected.reason ?? "", status, grpcStatus, error));
  return { ...expected, body, response: { ...expected.response, "content-type": contentType } };
}

const FORMS = [
  { name: "problems", form: problem, contentType: "application/problem+json" },
  { name: "google.rpc.Status", form: google, contentType: "application/json" },
];

/** What its body says beside: ratelimit_answers.ts. */
const limitedAs = (contentType: string): CaseExpectation => ({
  status: 429,
  reason: "ratelimit:limited",
  response: { "content-type": contentType },
});
const UNDERSCORE: CaseExpectation = {
  status: 400,
  reason: "normalise:header_refused",
  grpcStatus: 3,
  body: JSON.stringify({ error: "bad header" }),
};
const WITH_UNDERSCORE: HeaderList = [["x_a", "1"]];

const bodies: Case[] = FORMS.flatMap(({ name, form, contentType }) => [
  ...REFUSED.map(({ reason, request }) =>
    one(
      `${reason} in the form ${name}`,
      `refusals as ${name}`,
      request,
      inForm(refused(reason), form, contentType),
      HTTP,
    ),
  ),
  one(
    `over gRPC the form ${name} changes nothing`,
    `refusals as ${name}`,
    EXPIRED.request,
    refused(EXPIRED.reason),
    ["grpc"],
  ),
  {
    name: `refusals of other filters in the form ${name}`,
    configuration: `refusals of every filter as ${name}`,
    protocols: HTTP,
    steps: [
      step({ path: "/api", headers: WITH_UNDERSCORE }, inForm(UNDERSCORE, form, contentType)),
      step({ path: "/api" }, inForm(refused("jwt:missing"), form, contentType)),
      step({ path: "/api" }, limitedAs(contentType)),
    ],
  },
]);

const METADATA =
  ', resource_metadata="https://shop.test/.well-known/oauth-protected-resource?a=(b)"';

/** An expectation with another challenge. */
function challenged(expected: CaseExpectation, value: string): CaseExpectation {
  return { ...expected, response: { "www-authenticate": value } };
}

const challenges: Case[] = [
  ...REFUSED.map(({ reason, request }) =>
    one(`${reason} as JSON by name`, "refusals as JSON by name", request, {
      ...refused(reason),
      response: { ...refused(reason).response, "retry-after": null },
    }),
  ),
  one(
    "metadata of the resource for who presents nothing",
    "refusals with a realm and metadata",
    WITH_BODY,
    challenged(refused("jwt:missing"), `Bearer realm="the shop"${METADATA}`),
  ),
  one(
    "and behind the error",
    "refusals with a realm and metadata",
    EXPIRED.request,
    challenged(
      refused("jwt:expired"),
      `Bearer realm="the shop", error="invalid_token", error_description="jwt:expired"${METADATA}`,
    ),
  ),
  one(
    "no challenge where no token would help",
    "refusals with a realm and metadata",
    { path: "/", headers: bearer("x") },
    refused("jwt:no_rule"),
  ),
  one(
    "a token for others is 403 where that is asked for",
    "403 for audiences",
    { ...WITH_BODY, headers: FOR_OTHERS },
    {
      ...refused("jwt:audience_refused"),
      status: 403,
      grpcStatus: 7,
      response: {
        "www-authenticate":
          'Bearer realm="sallyport", error="insufficient_scope", ' +
          'error_description="jwt:audience_refused"',
      },
    },
  ),
  {
    name: "only that, and only for that request",
    configuration: "403 for audiences",
    steps: [
      step(
        { ...WITH_BODY, headers: FOR_OTHERS },
        {
          status: 403,
          grpcStatus: 7,
          reason: "jwt:audience_refused",
        },
      ),
      step(EXPIRED.request, refused("jwt:expired")),
      step(WITH_BODY, refused("jwt:missing")),
      step({ ...WITH_BODY, headers: bearer(await token()) }, passes({ "x-user": "alice" })),
    ],
  },
  one(
    "otherwise 401",
    "refusals as JSON by name",
    { ...WITH_BODY, headers: FOR_OTHERS },
    refused("jwt:audience_refused"),
  ),
];

export const jwtRefusalCases: Case[] = [...bodies, ...challenges];
