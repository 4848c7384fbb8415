// Wycheproof's Ed25519 signatures, and the first of the signatures published with Ed25519.

import { readFile } from "node:fs/promises";

import { describe, expect, test } from "vitest";

import type { Verifier } from "../../support/verifier.ts";
import { EDDSA, loadVerifier } from "../../support/verifier.ts";
import { answerOnEachPath, wrongAnswers } from "./paths.ts";
import type { EdGroup } from "./wycheproof.ts";
import { readGroups, unbase64url, unhex } from "./wycheproof.ts";

const verifier: Verifier = await loadVerifier();

describe("ed25519_test.json", () => {
  const file = "ed25519_test.json";

  test("every signature has its result, cold and with tables", async () => {
    const wrong: string[] = [];
    let ran = 0;
    for (const [index, group] of (await readGroups<EdGroup>(file, 151)).entries()) {
      verifier.forgetKeys();
      const x = unhex(group.publicKey.pk);
      expect(unbase64url(group.publicKeyJwk.x)).toEqual(x);
      const key = verifier.okpKey(x);
      expect(key, `key of group ${index}`).not.toBe(0);
      const signed = group.tests.map(({ msg, sig }) => ({
        message: unhex(msg),
        signature: unhex(sig),
      }));
      const results = answerOnEachPath(verifier, key, index, () =>
        signed.map((each) => verifier.verify(EDDSA.number, key, each)),
      );
      wrong.push(...wrongAnswers(file, group.tests, results));
      ran += group.tests.length;
    }
    expect(wrong).toEqual([]);
    expect(ran).toBe(151);
  });
});

describe("ed25519_sign.input", () => {
  test("every signature is right, and not of another message, cold and with tables", async () => {
    const file = new URL("../../vectors/cryptography_vectors/ed25519_sign.input", import.meta.url);
    const lines = (await readFile(file, "latin1")).trimEnd().split("\n");
    expect(lines).toHaveLength(257);
    const wrong: string[] = [];
    for (const [index, line] of lines.entries()) {
      verifier.forgetKeys();
      const [x = Buffer.of(), message = Buffer.of(), signature = Buffer.of()] = line
        .split(":")
        .map(unhex);
      const key = verifier.okpKey(x);
      const other = Buffer.concat([message, Buffer.of(0)]);
      const results = answerOnEachPath(verifier, key, index, () =>
        [message, other].map((each) =>
          verifier.verify(EDDSA.number, key, { message: each, signature }),
        ),
      );
      for (const { path, answers } of results) {
        if (answers[0] !== true || answers[1] !== false) wrong.push(`${index + 1}, ${path}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
