import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

type Question = (ptr: number, len: number) => number;
interface Exports {
  isMetadataName: Question;
  isBinaryName: Question;
  isReservedName: Question;
  isPermanentName: Question;
  isFreeName: Question;
}

const probe = await loadCore<Exports>();

function ask(question: keyof Exports, name: string): boolean {
  probe.reset();
  return probe.core[question](probe.put(name), name.length) === 1;
}

describe("names of metadata", () => {
  test("have small letters, digits and - _ .", () => {
    for (let byte = 0; byte < 256; byte++) {
      const character = String.fromCharCode(byte);
      expect(ask("isMetadataName", `a${character}`), character).toBe(/[0-9a-z_.-]/.test(character));
    }
    expect(ask("isMetadataName", "")).toBe(false);
  });

  const names: [name: string, is: (keyof Exports)[]][] = [
    ["x-bin", ["isBinaryName", "isFreeName"]],
    ["-bin", ["isBinaryName", "isFreeName"]],
    ["bin", ["isFreeName"]],
    ["x-bins", ["isFreeName"]],
    ["grpc-status", ["isReservedName"]],
    ["grpc-message", ["isReservedName"]],
    ["grpc-status-details-bin", ["isReservedName", "isBinaryName"]],
    ["grpc-", ["isReservedName"]],
    ["grpc-foo", ["isReservedName"]],
    ["grpc-timeouts", ["isReservedName"]],
    ["grpc", ["isFreeName"]],
    ["grpc-timeout", []],
    ["grpc-encoding", []],
    ["grpc-accept-encoding", []],
    ["grpc-message-type", []],
    ["grpc-trace-bin", ["isBinaryName"]],
    ["grpc-tags-bin", ["isBinaryName"]],
    ["grpc-previous-rpc-attempts", []],
    ["grpcgateway-cookie", []],
    ["authorization", ["isPermanentName", "isFreeName"]],
    ["if-schedule-tag-match", ["isPermanentName", "isFreeName"]],
    ["content-type", ["isPermanentName"]],
    ["expect", ["isPermanentName"]],
    ["host", []],
    ["te", []],
    ["content-length", []],
    ["x-envoy-retry-on", []],
    ["x-forwarded-for", []],
    ["x-request-id", ["isFreeName"]],
    ["x!y", []],
    [":path", []],
    ["", []],
  ];
  test.each(names)("%j", (name, is) => {
    const questions = ["isBinaryName", "isReservedName", "isPermanentName", "isFreeName"] as const;
    expect(questions.filter((question) => ask(question, name))).toEqual(
      questions.filter((question) => is.includes(question)),
    );
  });
});
