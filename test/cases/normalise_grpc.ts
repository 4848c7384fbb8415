// Timeouts and -bin values of gRPC metadata, end to end.

import type { Case } from "../support/case.ts";
import type { Fields } from "./normalise_steps.ts";
import { GRPC, HTTP, passing, refused } from "./normalise_steps.ts";

/** What grpc-timeout and x-timeout-ms are upstream; null is absent. */
const timeouts = (timeout: string | null, milliseconds: string | null): Fields => ({
  "grpc-timeout": timeout,
  "x-timeout-ms": milliseconds,
});
const timeout = (value: string): [string, string] => ["grpc-timeout", value];
const milliseconds = (value: string): [string, string] => ["x-timeout-ms", value];

const MALFORMED = ["S", "5", "-1S", "100000000S", "1s", "0m", "1,2S"];
const NO_MILLISECONDS = ["", "0", "-1", "1.5", "5ms", "9007199254740992", "99999999999999999999"];

const timeoutCases: Case[] = [
  {
    name: "a timeout is said in milliseconds, too, and stays as exact as it was",
    configuration: "grpc timeout",
    steps: [
      passing([timeout("5S")], timeouts("5S", "5000")),
      passing([timeout("1500m")], timeouts("1500m", "1500")),
      passing([timeout("1001u")], timeouts("1001u", "2")),
      passing([timeout("1n")], timeouts("1n", "1")),
      passing([timeout("00000005S")], timeouts("00000005S", "5000")),
    ],
  },
  {
    name: "a timeout is not longer than allowed",
    configuration: "grpc timeout",
    steps: [
      passing([timeout("30S")], timeouts("30S", "30000")),
      passing([timeout("30001m")], timeouts("30000m", "30000")),
      passing([timeout("30000001u")], timeouts("30000m", "30000")),
      passing([timeout("99999999H")], timeouts("30000m", "30000")),
    ],
  },
  {
    name: "a timeout overrules the milliseconds",
    configuration: "grpc timeout",
    steps: [passing([timeout("5S"), milliseconds("1")], timeouts("5S", "5000"))],
  },
  {
    name: "a malformed timeout is taken away",
    configuration: "grpc timeout",
    steps: [
      ...MALFORMED.map((value) => passing([timeout(value)], timeouts(null, null))),
      passing([timeout("1S"), timeout("1S")], timeouts(null, null)),
    ],
  },
  {
    name: "so are malformed milliseconds",
    configuration: "grpc timeout",
    steps: [
      ...NO_MILLISECONDS.map((value) => passing([milliseconds(value)], timeouts(null, null))),
      passing([milliseconds("1"), milliseconds("1")], timeouts(null, null)),
    ],
  },
  {
    name: "malformed ones refuse the request where that is asked for",
    configuration: "grpc timeout rejected",
    steps: [
      ...MALFORMED.map((value) => refused([timeout(value)])),
      ...NO_MILLISECONDS.map((value) => refused([milliseconds(value)])),
      refused([timeout("1S"), timeout("1S")]),
      passing([], timeouts(null, null)),
    ],
  },
  {
    name: "calls without a timeout have the milliseconds as one",
    configuration: "grpc timeout",
    protocols: GRPC,
    steps: [
      passing([milliseconds("1")], timeouts("1m", "1")),
      passing([["x_timeout_ms", "29999"]], timeouts("29999m", "29999")),
      passing([milliseconds("000002")], timeouts("2m", "2")),
      passing([milliseconds("30001")], timeouts("30000m", "30000")),
      passing([timeout("x"), milliseconds("7")], timeouts("7m", "7")),
    ],
  },
  {
    name: "long ones are said in larger units, rounded up",
    configuration: "grpc timeout to gRPC",
    steps: [
      passing([milliseconds("99999999")], timeouts("99999999m", "99999999")),
      passing([milliseconds("100000001")], timeouts("100001S", "100000001")),
      passing([milliseconds("9007199254740991")], timeouts("99999999H", "9007199254740991")),
    ],
  },
  {
    name: "other requests keep theirs in milliseconds, no longer than allowed",
    configuration: "grpc timeout",
    protocols: HTTP,
    steps: [
      passing([milliseconds("1")], timeouts(null, "1")),
      passing([milliseconds("30001")], timeouts(null, "30000")),
    ],
  },
];

/** A header of more than 8 KiB that would have to be written anew. */
const LONG = "YQ==,".repeat(3000);
const KEPT = "A".repeat(12_000);

const binaryCases: Case[] = [
  {
    name: "binary metadata has no padding and no whitespace",
    configuration: "grpc binary",
    protocols: GRPC,
    steps: [
      passing([["x-bin", "YQ=="]], { "x-bin": "YQ" }),
      passing([["x-bin", "YQ"]], { "x-bin": "YQ" }),
      passing([["x-bin", ""]], { "x-bin": "" }),
      passing([["x-bin", "YQ,Yg"]], { "x-bin": "YQ,Yg" }),
      passing([["x-bin", "YQ== ,\tYg=="]], { "x-bin": "YQ,Yg" }),
      passing([["x_bin", "YWI="]], { x_bin: null, "x-bin": "YWI" }),
      passing([["x-bins", "YQ=="]], { "x-bins": "YQ==" }),
    ],
  },
  {
    name: "its lines become one when one of them changes",
    configuration: "grpc binary",
    protocols: GRPC,
    steps: [
      passing(
        [
          ["x-bin", "YQ"],
          ["y-bin", "AA"],
          ["x-bin", "Yg=="],
          ["x-bin", "Yw"],
        ],
        { "x-bin": "YQ,Yg,Yw", "y-bin": "AA" },
      ),
      passing(
        [
          ["listed-bin", "YQ"],
          ["listed-bin", "Yg=="],
        ],
        { "listed-bin": "YQ,Yg" },
      ),
      passing(
        [
          ["x_bin", "YQ"],
          ["x_bin", "Yg=="],
        ],
        { x_bin: null, "x-bin": "YQ,Yg" },
      ),
      passing([["listed-bin", "YQ=="]], { "listed-bin": "YQ" }),
      passing([["a-bin", "YQ=="]], { "a-bin": null, "listed-bin": "YQ" }),
    ],
  },
  {
    name: "what is no base64 is taken away, with all lines of its name",
    configuration: "grpc binary",
    protocols: GRPC,
    steps: [
      ...["a", "====", "YR", "YQ=", "-_-_", "YQ;Yg", "é"].map((value) =>
        passing([["x-bin", value]], { "x-bin": null }),
      ),
      passing(
        [
          ["x-bin", "YQ"],
          ["x-other", "é"],
          ["x-bin", "a"],
          ["x-bin", "Yg=="],
        ],
        { "x-bin": null, "x-other": "é" },
      ),
      passing(
        [
          ["x-bin", "Yg=="],
          ["x-bin", "a"],
        ],
        { "x-bin": null },
      ),
      passing(
        [
          ["listed-bin", "Yg=="],
          ["listed-bin", "a"],
        ],
        { "listed-bin": null },
      ),
      passing([["listed-bin", "a"]], { "listed-bin": null }),
    ],
  },
  {
    name: "what is no base64 refuses the request where that is asked for",
    configuration: "grpc binary rejected",
    protocols: GRPC,
    steps: [
      refused([["x-bin", "a"]]),
      refused([
        ["x-bin", "YQ=="],
        ["x-bin", "YR=="],
      ]),
      passing([["x-bin", "YQ==,Yg"]], { "x-bin": "YQ==,Yg" }),
      passing([["x-bin", "YQ==, Yg"]], { "x-bin": "YQ==,Yg" }),
    ],
  },
  {
    name: "a long value passes as it is, but is not written anew",
    configuration: "grpc binary",
    protocols: GRPC,
    steps: [
      passing([["x-bin", KEPT]], { "x-bin": KEPT }),
      {
        request: { headers: [["x-bin", LONG]] },
        expect: { status: 431, reason: "headers_too_large", grpcStatus: 8 },
      },
    ],
  },
  {
    name: "headers of other requests are no metadata",
    configuration: "grpc binary rejected",
    protocols: HTTP,
    steps: [passing([["x-bin", "a"]], { "x-bin": "a" })],
  },
];

export const normaliseGrpcCases: Case[] = [...timeoutCases, ...binaryCases];
