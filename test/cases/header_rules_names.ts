// Header rules that refuse, move and remove, end to end.

import type { Case, CaseStep } from "../support/case.ts";
import { GRPC, HTTP, passing, refused } from "./normalise_steps.ts";

const of =
  (configuration: string) =>
  (name: string, ...steps: CaseStep[]): Case => ({ name, configuration, steps });
const rejected = of("headers rejected");
const renamed = of("headers renamed");
const removed = of("headers removed");

export const headerRulesRejectCases: Case[] = [
  rejected(
    "a header can refuse the request, whatever its value",
    refused([["x-debug", "1"]]),
    refused([["x-debug", ""]]),
    passing([["x-debugger", "1"]], { "x-debugger": "1" }),
  ),
  rejected("a name with _ is the one with -", refused([["x_debug", "1"]])),
  {
    name: "also where it is kept",
    configuration: "underscores kept and headers rejected",
    steps: [refused([["x_debug", "1"]]), refused([["x_internal-a", "1"]])],
  },
  rejected(
    "so do all names with a beginning or an end",
    refused([["x-internal-a", "1"]]),
    refused([["x-internal-", "1"]]),
    refused([["x-top-secret", "1"]]),
    refused([["-secret", "1"]]),
    passing(
      [
        ["x-internal", "1"],
        ["secret", "2"],
      ],
      { "x-internal": "1", secret: "2" },
    ),
  ),
  rejected(
    "what is stripped refuses nothing",
    passing([["x-jwt-payload", "1"]], { "x-jwt-payload": null }),
  ),
  rejected(
    "a test of the value decides",
    refused([["x-tenant", "a/../b"]]),
    passing([["x-tenant", "a.b."]], { "x-tenant": "a.b." }),
    refused([["x-env", "test"]]),
    refused([["x-env", "PROD"]]),
    passing([["x-env", "prod"]], { "x-env": "prod" }),
    refused([["x-file", "a.exe"]]),
    passing([["x-file", "a.exe.txt"]], { "x-file": "a.exe.txt" }),
    refused([["x-link", "javascript:a"]]),
    passing([["x-link", "https://a"]], { "x-link": "https://a" }),
    refused([["x-url", "/v1/admin/"]]),
    passing([["x-url", "/v1/users/admin/"]], { "x-url": "/v1/users/admin/" }),
  ),
  rejected(
    "some line is enough",
    refused([
      ["x-tenant", "a"],
      ["x-tenant", ".."],
    ]),
    refused([
      ["x-env", "prod"],
      ["x-env", "test"],
    ]),
  ),
  rejected(
    "a condition decides",
    passing([["x-admin", "1"]], { "x-admin": "1" }, "/publicity"),
    { request: { path: "/public/a", headers: [["x-admin", "1"]] }, expect: refused([]).expect },
    { request: { method: "DELETE" }, expect: refused([]).expect },
    passing([["x-mode", "test"]], { "x-mode": "test" }),
    {
      request: { authority: "a.example.test", headers: [["x-mode", "test"]] },
      expect: refused([]).expect,
    },
  ),
  { ...rejected("gRPC is one", refused([["x-web", "1"]])), protocols: GRPC },
  { ...rejected("and what is none", passing([["x-web", "1"]], { "x-web": "1" })), protocols: HTTP },
];

export const headerRulesMoveCases: Case[] = [
  renamed(
    "all lines of a header move to another name",
    passing(
      [
        ["x-old", "a"],
        ["x-old", "b"],
      ],
      { "x-old": null, "x-new": ["a", "b"] },
    ),
    passing([["x_old", ""]], { x_old: null, "x-old": null, "x-new": "" }),
  ),
  renamed(
    "a name that is there wins",
    passing(
      [
        ["x-old", "a"],
        ["x-new", "b"],
        ["x-new", "c"],
      ],
      { "x-old": null, "x-new": ["b", "c"] },
    ),
  ),
  renamed(
    "beginnings and ends of names are replaced",
    passing(
      [
        ["x-legacy-a", "1"],
        ["x-legacy-a", "2"],
        ["x-legacy-b", "3"],
        ["x-c-ref", "4"],
      ],
      {
        "x-legacy-a": null,
        "x-a": ["1", "2"],
        "x-legacy-b": null,
        "x-b": "3",
        "x-c-ref": null,
        "x-c-key": "4",
      },
    ),
    passing(
      [
        ["x-legacy-a", "1"],
        ["x-a", "2"],
      ],
      { "x-legacy-a": null, "x-a": "2" },
    ),
  ),
  renamed(
    "all at once: a name that goes is free for another, in whatever order they come",
    passing(
      [
        ["x-legacy-legacy-a", "1"],
        ["x-legacy-a", "2"],
      ],
      { "x-legacy-legacy-a": null, "x-legacy-a": "1", "x-a": "2" },
    ),
    passing(
      [
        ["x-legacy-a", "2"],
        ["x-legacy-legacy-a", "1"],
        ["x-a", "3"],
      ],
      { "x-legacy-legacy-a": null, "x-legacy-a": "1", "x-a": "3" },
    ),
  ),
  renamed(
    "a name that clients may not send is not made of another one",
    passing(
      [
        ["x-legacy-user", "forged"],
        ["x-legacy-spiffe-id", "forged"],
        ["x-legacy-sallyport-checked", "forged"],
        ["x-legacy-envoy-retry-on", "forged"],
      ],
      {
        "x-legacy-user": null,
        "x-user": null,
        "x-legacy-spiffe-id": null,
        "x-spiffe-id": null,
        "x-sallyport-checked": null,
        "x-envoy-retry-on": null,
      },
    ),
  ),
  renamed(
    "a rule sees what the one before it left",
    passing([["x-one", "1"]], { "x-one": null, "x-two": null, "x-three": "1" }),
    passing([["x-legacy-one", "1"]], { "x-one": null, "x-three": "1" }),
    passing([["x-legacy-old", "1"]], { "x-old": "1" }),
    passing([["x-legacy-legacy-a", "1"]], { "x-legacy-a": "1", "x-a": null }),
  ),
  renamed(
    "a condition decides about a name",
    passing([["x-vanity", "a"]], { "x-vanity": "a", "x-tenant": null }),
    {
      request: { authority: "a.example.test", headers: [["x-vanity", "a"]] },
      expect: { status: 200, reason: null, upstream: { "x-vanity": null, "x-tenant": "a" } },
    },
  ),
  renamed(
    "and about a line of map",
    passing([["x-old", "a"]], { "x-new": null, "x-newest": "a" }, "/map"),
    passing([["x-new", "a"]], { "x-new": "a", "x-newest": null }),
  ),
];

export const headerRulesRemoveCases: Case[] = [
  removed(
    "headers are removed by name, beginning and end",
    passing(
      [
        ["x-debug-a", "1"],
        ["x-debug-a", "2"],
        ["x_debug_b", "3"],
        ["x-post-draft", "4"],
        ["x-debug", "5"],
      ],
      {
        "x-debug-a": null,
        "x-debug-b": null,
        "x-post-draft": null,
        "x-debug": "5",
      },
    ),
  ),
  removed(
    "a test of the value takes lines away",
    passing(
      [
        ["x-a", "tmp-1"],
        ["x-a", "b"],
        ["x-a", "tmp"],
        ["x-b", "keep-1"],
        ["x-b", "b"],
        ["x-b", "keep-2"],
      ],
      { "x-a": "b", "x-b": ["keep-1", "keep-2"] },
    ),
    passing([["x-a", "tmp"]], { "x-a": null }),
  ),
  removed(
    "a condition decides, too",
    passing([["x-c", "1"]], { "x-c": null }, "/very/public"),
    passing([["x-c", "1"]], { "x-c": "1" }, "/private"),
    passing(
      [
        ["x-d", "1"],
        ["x-e", "2"],
      ],
      { "x-d": null, "x-e": "2" },
    ),
  ),
];
