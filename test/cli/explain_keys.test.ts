// `sallyport explain` with keys that are fetched: from the clusters that it is given.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JwksServer } from "../support/jwks_server.ts";
import { startJwksServer } from "../support/jwks_server.ts";
import { CONFIGURATION, GOOD, KEY } from "./explain_fixture.ts";
import { sallyport, temporaryFile } from "./run_command.ts";

const AT = ["--at", "2027-01-15T08:00:00Z"];
const ISSUER = "https://issuer.example.org";

describe("explain with fetched keys", () => {
  let server: JwksServer;
  beforeAll(async () => {
    server = await startJwksServer();
  });
  afterAll(() => server.close());

  async function explained(keys: object, ...args: string[]) {
    const { jwt } = CONFIGURATION;
    const idp = { ...jwt.providers.idp, keys };
    const configuration = { jwt: { ...jwt, providers: { ...jwt.providers, idp } } };
    const file = await temporaryFile("sallyport.json", JSON.stringify(configuration));
    return sallyport("explain", file, "--path", "/api/1", ...AT, "--token", GOOD, ...args);
  }

  const cluster = (): string[] => ["--cluster", `idp=http://127.0.0.1:${server.port}`];
  const remote = { remote: { uri: `${ISSUER}/keys`, cluster: "idp" } };

  test("verifies with what the cluster answers", async () => {
    server.serve(200, { keys: [KEY.jwk] });
    const { code, stdout, stderr } = await explained(remote, ...cluster());
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/✓ signature +verifies with this key/);
    expect(server.requests.at(-1)).toMatchObject({
      path: "/keys",
      headers: { host: "issuer.example.org" },
    });
  });

  test("finds the keys of an issuer by its metadata", async () => {
    const metadata = { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` };
    server.serve(200, { ...metadata, keys: [KEY.jwk] });
    const { code, stderr } = await explained({ discovery: { cluster: "idp" } }, ...cluster());
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("says that there are no keys when the cluster fails", async () => {
    server.serve(500, {});
    const { code, stdout } = await explained(remote, ...cluster());
    expect(code).toBe(1);
    expect(stdout).toContain("← jwt:keys_unavailable");
  });

  test("says so too when it may fetch from nowhere", async () => {
    const { code, stdout } = await explained(remote);
    expect(code).toBe(1);
    expect(stdout).toContain("← jwt:keys_unavailable");
  });

  test("says which cluster could not be reached", async () => {
    const { code, stderr } = await explained(remote, "--cluster", "idp=http://127.0.0.1:9");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^warning: cluster idp: .+\n$/);
  });
});
