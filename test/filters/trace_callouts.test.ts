// Calls that the module makes carry the trace of the request that they are made for.

import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { KeyServer, settle } from "../support/key_server.ts";
import { allOk } from "../support/rls_service.ts";
import { requestOn } from "../support/simulated_filter.ts";
import { ecKey } from "../support/tokens.ts";
import { Rig } from "./redis_rig.ts";
import { bearer, CLUSTER, configuration, jwks, pass, started, token } from "./remote_keys.ts";
import { start } from "./rls_filter.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const PARENT_ID = "b7ad6b7169203331";
const TRACED: HeaderList = [["traceparent", `00-${TRACE_ID}-${PARENT_ID}-01`]];
/** A span of its own in the trace. */
const CHILD = new RegExp(`^00-${TRACE_ID}-(?!${PARENT_ID})(?!0{16})[0-9a-f]{16}-01$`);

const KEY = ecKey("k");
const OTHER = ecKey("other");

const traceparents = (lists: readonly HeaderList[]): (string | undefined)[] =>
  lists.map((headers) => new Map(headers).get("traceparent"));

describe("calls for keys", () => {
  test("for an unknown key carry the request's trace, others none", async () => {
    const server = new KeyServer(jwks(KEY));
    const keys = { remote: { uri: "https://idp.test/keys", cluster: CLUSTER } };
    const filter = await started(server, { configuration: { ...configuration(keys), trace: {} } });
    await pass(filter, 60, 1);
    const known = server.calls.length;
    expect(traceparents(server.calls.map(({ headers }) => headers))).toEqual(
      Array.from({ length: known }, () => undefined),
    );
    const stream = filter.open();
    requestOn(stream, [...bearer(await token(OTHER)), ...TRACED]);
    await settle();
    const [sent] = traceparents(server.calls.slice(known).map(({ headers }) => headers));
    expect(sent).toMatch(CHILD);
    stream.close();
  });

  test("of an issuer's metadata, and then of its keys, are two spans of one trace", async () => {
    const issuer = "https://idp.test";
    const metadata = { issuer, jwks_uri: `${issuer}/keys` };
    const server = new KeyServer((call) => {
      const path = new Map(call.headers).get(":path") ?? "";
      return path.includes("openid-configuration") ? { body: metadata } : jwks(KEY);
    });
    const keys = { discovery: { issuer, cluster: CLUSTER } };
    const filter = await started(server, { configuration: { ...configuration(keys), trace: {} } });
    await pass(filter, 60, 1);
    const known = server.calls.length;
    const stream = filter.open();
    requestOn(stream, [...bearer(await token(OTHER)), ...TRACED]);
    await settle();
    const sent = traceparents(server.calls.slice(known).map(({ headers }) => headers));
    expect(sent).toHaveLength(2);
    for (const each of sent) expect(each).toMatch(CHILD);
    expect(new Set(sent).size).toBe(2);
    stream.close();
  });
});

describe("calls for limits", () => {
  test("carry the request's trace to Redis, also when the script has to be sent", async () => {
    const rig = new Rig({ others: { trace: {} } });
    rig.webdis.knowsScript = false;
    const { stream } = rig.ask("a", 0, TRACED);
    await settle();
    const sent = traceparents(rig.webdis.commands.map(({ call }) => call.headers));
    expect(sent).toHaveLength(2);
    for (const each of sent) expect(each).toMatch(CHILD);
    stream.close();
  });

  test("have no trace without the section trace", async () => {
    const rig = new Rig();
    const { stream } = rig.ask("a", 0, TRACED);
    await settle();
    expect(traceparents(rig.webdis.commands.map(({ call }) => call.headers))).toEqual([undefined]);
    stream.close();
  });

  test("carry it to a service as metadata", async () => {
    const { filter, service } = start(allOk, undefined, {}, ["limits"], { trace: {} });
    const stream = filter.open();
    requestOn(stream, TRACED);
    await settle();
    const [sent] = traceparents(service.calls.map(({ metadata }) => metadata));
    expect(sent).toMatch(CHILD);
    stream.close();
  });
});
