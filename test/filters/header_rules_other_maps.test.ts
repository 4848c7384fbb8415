// Rules for the headers of responses and for trailers: the same verbs as for requests, with
// conditions about the request, which are decided when that passes.

import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { OtherMap, SentRequest } from "./other_maps_run.ts";
import {
  fieldsOf,
  give,
  giveTo,
  OTHER_MAPS,
  OVER_GRPC,
  passed,
  simulate,
  withRules,
} from "./other_maps_run.ts";

type Row = [name: string, rules: object, given: HeaderList, left: HeaderList];

const MOVES: Row[] = [
  [
    "renames all lines of a header",
    { rename: [{ header: "x-old", to: "x-new" }] },
    [
      ["x-old", "1"],
      ["x-a", "2"],
      ["x-old", "3"],
    ],
    [
      ["x-a", "2"],
      ["x-new", "1"],
      ["x-new", "3"],
    ],
  ],
  [
    "renames nothing onto what is there",
    { rename: [{ header: "x-old", to: "x-new" }] },
    [
      ["x-old", "1"],
      ["x-new", "2"],
    ],
    [["x-new", "2"]],
  ],
  [
    "renames names by their beginning",
    { rename: [{ header: "x-legacy-*", to: "x-*" }] },
    [
      ["x-legacy-a", "1"],
      ["x-legacy-b", "2"],
      ["x-legacy", "3"],
    ],
    [
      ["x-a", "1"],
      ["x-b", "2"],
      ["x-legacy", "3"],
    ],
  ],
  [
    "maps a header with a prefix",
    { map: [{ from: "x-from", to: "x-to", prefix: "v1 " }] },
    [["x-from", "a"]],
    [["x-to", "v1 a"]],
  ],
  [
    "removes names by beginning and end, and lines by value",
    { remove: ["x-internal-*", "*-debug", { header: "x-a", value: { prefix: "tmp" } }] },
    [
      ["x-internal-host", "1"],
      ["x-my-debug", "2"],
      ["x-a", "tmp3"],
      ["x-a", "4"],
    ],
    [["x-a", "4"]],
  ],
];

const WRITES: Row[] = [
  [
    "sets one line in place of several",
    { set: [{ header: "x-a", value: "new" }] },
    [
      ["x-a", "1"],
      ["x-a", "2"],
    ],
    [["x-a", "new"]],
  ],
  ["sets what is not there", { set: [{ header: "x-a", value: "new" }] }, [], [["x-a", "new"]]],
  [
    "sets a value made of the same map",
    { set: [{ header: "x-a", value: "<{header:x-b}>", apply: ["upper"] }] },
    [["x-b", "b"]],
    [
      ["x-a", "<B>"],
      ["x-b", "b"],
    ],
  ],
  [
    "removes what is set to an absent value",
    { set: [{ header: "x-a", value: "{header:x-b}" }] },
    [["x-a", "1"]],
    [],
  ],
  [
    "adds what is absent alone",
    {
      add: [
        { header: "x-a", value: "new" },
        { header: "x-b", value: "new" },
      ],
    },
    [["x-a", "1"]],
    [
      ["x-a", "1"],
      ["x-b", "new"],
    ],
  ],
  [
    "appends a line",
    { append: [{ header: "x-a", value: "new" }] },
    [["x-a", "1"]],
    [
      ["x-a", "1"],
      ["x-a", "new"],
    ],
  ],
  [
    "rewrites the lines that match",
    { rewrite: [{ header: "x-a", pattern: "/v1/{rest**}", to: "/v2/{rest}" }] },
    [
      ["x-a", "/v1/a/b"],
      ["x-a", "/v3"],
    ],
    [
      ["x-a", "/v2/a/b"],
      ["x-a", "/v3"],
    ],
  ],
  [
    "splits a list into lines",
    { rewrite: [{ header: "x-a", lines: "split" }] },
    [["x-a", '1, "2,3" ,4']],
    [
      ["x-a", "1"],
      ["x-a", '"2,3"'],
      ["x-a", "4"],
    ],
  ],
  [
    "joins lines, and leaves one of each member",
    { rewrite: [{ header: "x-a", lines: "join" }], dedupe: [{ header: "x-a" }] },
    [
      ["x-a", "1,2"],
      ["x-a", "1"],
    ],
    [["x-a", "1, 2"]],
  ],
  [
    "drops or keeps a line that cannot be rewritten",
    {
      rewrite: [
        { header: "x-a", apply: ["base64Decode"] },
        { header: "x-b", apply: ["base64Decode"], onInvalid: "keep" },
      ],
    },
    [
      ["x-a", "?"],
      ["x-a", "eA=="],
      ["x-b", "?"],
    ],
    [
      ["x-a", "x"],
      ["x-b", "?"],
    ],
  ],
  [
    "sees in each rule what those before it left",
    {
      rename: [{ header: "x-a", to: "x-b" }],
      remove: [{ header: "x-b", value: { exact: "1" } }],
      add: [{ header: "x-b", value: "{header:x-c}" }],
      append: [{ header: "x-b", value: "z" }],
      dedupe: [{ header: "x-b", keep: "last" }],
    },
    [
      ["x-a", "1"],
      ["x-c", "c"],
    ],
    [
      ["x-b", "z"],
      ["x-c", "c"],
    ],
  ],
];

const sorted = (fields: HeaderList): HeaderList =>
  [...fields].sort(([one], [other]) => (one < other ? -1 : Number(one > other)));

const ROWS = OTHER_MAPS.flatMap((map) =>
  [...MOVES, ...WRITES].map((row): [string, OtherMap, Row] => [`${map}: ${row[0]}`, map, row]),
);

test.each(ROWS)("%s", (_name, map, [, rules, given, left]) => {
  const filter = withRules(map, rules);
  expect(sorted(fieldsOf(giveTo(filter, map, given)))).toEqual(sorted(left));
  // Nothing of it is about another map.
  for (const other of OTHER_MAPS) {
    if (other !== map) expect(fieldsOf(giveTo(filter, other, given))).toEqual(given);
  }
});

test.each(OTHER_MAPS)("%s without a reason for a rule goes on without an edit", (map) => {
  const filter = withRules(map, { rename: [{ header: "x-old-*", to: "x-*" }], remove: ["x-b"] });
  const edits = (): number =>
    [...filter.host.hostCallsByName()]
      .filter(([name]) => /_header_map_value$/.test(name))
      .reduce((sum, [, count]) => sum + count, 0);
  expect(edits()).toBe(0);
  expect(fieldsOf(giveTo(filter, map, [["x-a", "1"]]))).toEqual([["x-a", "1"]]);
  expect(edits()).toBe(0);
  expect(fieldsOf(giveTo(filter, map, [["x-b", "1"]]))).toEqual([]);
  expect(edits()).toBe(1);
});

test("each line of set-cookie is rewritten by itself, and they stay apart and in order", () => {
  const filter = withRules("response", {
    remove: [{ header: "set-cookie", value: { prefix: "debug=" } }],
    rewrite: [{ header: "set-cookie", pattern: "{all**}; Domain=a.test", to: "{all}" }],
    append: [{ header: "set-cookie", value: "last=1" }],
  });
  const given: HeaderList = [
    ["set-cookie", "a=1, 2; Expires=Thu, 01 Jan 2026 00:00:00 GMT; Domain=a.test"],
    ["set-cookie", "debug=1"],
    ["x-a", "1"],
    ["set-cookie", "b=2; Domain=b.test"],
  ];
  const cookies = fieldsOf(giveTo(filter, "response", given)).filter(([name]) => name !== "x-a");
  expect(cookies.map(([, value]) => value)).toEqual([
    "a=1, 2; Expires=Thu, 01 Jan 2026 00:00:00 GMT",
    "b=2; Domain=b.test",
    "last=1",
  ]);
});

describe("names that no rule touches", () => {
  const REMOVES = { remove: ["*s", "g*"], rename: [{ header: "x-*", to: "grpc-*" }] };

  test("are those of the protocol in a response, and of gRPC in trailers", () => {
    const given: HeaderList = [
      ["grpc-status", "0"],
      ["grpc-details", "1"],
      ["x-sallyport-a", "2"],
      ["x-status", "3"],
    ];
    const kept: HeaderList = given.slice(0, 3);
    for (const map of ["requestTrailers", "responseTrailers"] as const) {
      expect(fieldsOf(giveTo(withRules(map, REMOVES), map, given))).toEqual(kept);
    }
    const headers: HeaderList = [
      ["content-length", "0"],
      ["transfer-encoding", "chunked"],
      ["x-hops", "1"],
    ];
    const left = fieldsOf(giveTo(withRules("response", REMOVES), "response", headers));
    expect(left).toEqual(headers.slice(0, 2));
  });
});

const { publicKey, privateKey } = await generateKeyPair("ES256");
const jwk = { ...(await exportJWK(publicKey)), alg: "ES256" };
const TOKEN = await new SignJWT({ tenant: "gold" })
  .setProtectedHeader({ alg: "ES256" })
  .setAudience("orders")
  .setExpirationTime(2 ** 40)
  .sign(privateKey);
const BEARER: HeaderList = [["authorization", `Bearer ${TOKEN}`]];
const JWT = {
  providers: { one: { audiences: ["orders"], keys: { inline: { keys: [jwk] } } } },
  rules: [{ match: { prefix: "/" }, require: { optional: "one" } }],
};

const CONDITIONS: [string, object, holds: SentRequest, not: SentRequest][] = [
  ["path", { path: "/a" }, { path: "/a?b" }, { path: "/b" }],
  ["prefix", { prefix: "/a" }, { path: "/a/b" }, { path: "/b/a" }],
  ["method", { methods: ["POST"] }, { method: "POST" }, { method: "GET" }],
  ["host", { hosts: ["*.test"] }, { host: "a.test" }, { host: "a.example" }],
  [
    "header",
    { headers: [{ name: "x-a", exact: "1" }] },
    { headers: [["x-a", "1"]] },
    { headers: [["x-a", "2"]] },
  ],
  [
    "header that is absent",
    { headers: [{ name: "x-a", present: false }] },
    {},
    { headers: [["x-a", "2"]] },
  ],
  ["claim", { claims: [{ claim: "tenant", equals: "gold" }] }, { headers: BEARER }, {}],
  ["gRPC", { grpc: true }, OVER_GRPC, {}],
  ["no gRPC", { grpc: false }, {}, OVER_GRPC],
  ["gRPC and path", { grpc: true, path: "/a" }, { ...OVER_GRPC, path: "/a" }, OVER_GRPC],
];

describe.each(OTHER_MAPS)("a condition about the request, for %s", (map) => {
  test.each(CONDITIONS)("%s", (_name, when, holds, not) => {
    const rules = { set: [{ header: "x-b", value: "1", when }] };
    const filter = withRules(map, rules, { jwt: JWT });
    const given: HeaderList = [["x-a", "9"]];
    expect(fieldsOf(giveTo(filter, map, given, holds))).toEqual([...given, ["x-b", "1"]]);
    expect(fieldsOf(giveTo(filter, map, given, not))).toEqual(given);
  });

  test("is decided for each stream by itself, by the request that goes to the upstream", () => {
    const filter = simulate({
      normalise: {
        set: [{ header: "x-new", value: "1", when: { path: "/a" } }],
        [map]: {
          set: [
            { header: "x-b", value: "a", when: { headers: [{ name: "x-new", present: true }] } },
            { header: "x-b", value: "b", when: { path: "/b" } },
          ],
        },
      },
    });
    const paths = ["/a", "/b", "/c"];
    const isLast = map !== "requestTrailers";
    const streams = paths.map((path) => passed(filter, { path }, isLast));
    const values = streams.map((stream) => fieldsOf(give(stream, map, [])).map(([, one]) => one));
    expect(values).toEqual([["a"], ["b"], []]);
    for (const stream of streams) stream.close();
  });
});
