import { beforeAll, describe, expect, test } from "vitest";
import { NO_KEYS } from "../../host-sim/cli/explain/recorded_keys.ts";
import { createAsk } from "../../host-sim/cli/explain/ask_module.ts";
import type { Section } from "../../host-sim/cli/explain/explanation.ts";
import { explain } from "../../host-sim/cli/explain/explanation.ts";
import { loadModule } from "../../host-sim/cli/module_file.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import { encode, forge, replacePart } from "../support/tokens.ts";
import { CLAIMS, CONFIGURATION, GOOD, HEADER, KEY, NOW } from "./explain_fixture.ts";

describe("the steps of explain are the module's", () => {
  let module: WebAssembly.Module;

  beforeAll(async () => {
    module = await loadModule();
  });

  function jwtSection(token: string, configuration: object = CONFIGURATION): Section | undefined {
    const headers: HeaderList = [
      [":method", "GET"],
      [":path", "/api"],
      [":scheme", "http"],
      [":authority", "localhost"],
      ["authorization", `Bearer ${token}`],
    ];
    const ask = createAsk(module, headers, NOW, NO_KEYS);
    const question = { ask, headers, token, nowSeconds: NOW };
    const { sections } = explain({ ...question, configuration: { ...configuration } });
    return sections.find(({ name }) => name === "jwt");
  }

  test("a token with every defect loses them in their order", () => {
    // What is mended from one token to the next; the reason must move down the steps.
    const claims = { ...CLAIMS, iss: "x", aud: "x", sub: "x", iat: NOW + 400, exp: NOW - 300 };
    const header = { alg: "HS256", kid: "x", typ: "x", crit: ["x"] };
    const broken = ["a.b", "ey!.e30.AA", `${encode("[]")}.${encode("{}")}.AA`];
    const headers = [
      header,
      { ...header, crit: undefined },
      { ...header, crit: undefined, typ: "JWT" },
      { alg: "ES256", kid: "x", typ: "JWT" },
    ];
    const mended = [
      { ...claims, exp: "soon" },
      claims,
      { ...claims, exp: NOW + 900 },
      { ...claims, exp: NOW + 900, iat: NOW },
      { ...claims, exp: NOW + 900, iat: NOW, iss: CLAIMS.iss },
      { ...CLAIMS, sub: "x" },
      CLAIMS,
    ];
    const tokens = [
      ...broken,
      ...headers.map((each) => forge(KEY, each, { ...claims, exp: "soon" })),
      replacePart(forge(KEY, HEADER, mended[0]), 2, encode("x".repeat(64))),
      ...mended.map((each) => forge(KEY, HEADER, each)),
    ];
    const sections = tokens.map((token) => jwtSection(token));
    const failed = sections.map((section) => {
      const [provider] = section?.jwt?.providers ?? [];
      const step = provider?.steps.find(({ mark }) => mark === "failed")?.name;
      return [provider?.reason, step];
    });
    expect(failed).toEqual([
      ["jwt:malformed", "form"],
      ["jwt:malformed", "form"],
      ["jwt:header_invalid", "header"],
      ["jwt:critical_refused", "critical"],
      ["jwt:type_refused", "type"],
      ["jwt:algorithm_refused", "algorithm"],
      ["jwt:key_unknown", "key"],
      ["jwt:signature_invalid", "signature"],
      ["jwt:claims_invalid", "claims"],
      ["jwt:expired", "expiry"],
      ["jwt:not_yet_valid", "start"],
      ["jwt:issuer_refused", "issuer"],
      ["jwt:audience_refused", "audience"],
      ["jwt:subject_refused", "subject"],
      [null, undefined],
    ]);
  });

  test("of many rules, the one that matches is found", () => {
    const { jwt } = CONFIGURATION;
    const others = Array.from({ length: 20 }, (_, index) => ({
      match: { prefix: `/other/${index}` },
      require: "other",
    }));
    const [, , api] = jwt.rules;
    for (const before of [0, 1, 7, 20]) {
      const rules = [...others.slice(0, before), api, ...others.slice(before)];
      const section = jwtSection(GOOD, { ...CONFIGURATION, jwt: { ...jwt, rules } });
      expect(section?.jwt?.rule?.index).toBe(before);
    }
  });

  test("a limit that refuses before the token is told from one after it", () => {
    const { rateLimit } = CONFIGURATION;
    const [everybody, perUser] = rateLimit.limits;
    const marks = (limits: object[]): (string | undefined)[] => {
      const configuration = { ...CONFIGURATION, rateLimit: { limits } };
      return [jwtSection(GOOD, configuration)?.mark];
    };
    expect(marks([{ ...everybody, capacity: 0 }, { ...perUser }])).toEqual(["unreached"]);
    expect(marks([{ ...everybody }, { ...perUser, capacity: 0 }])).toEqual(["ok"]);
  });
});
