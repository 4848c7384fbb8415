import { describe, expect, test } from "vitest";
import { HeaderMap } from "../src/headers.ts";

describe("a header map", () => {
  test("keeps pseudo headers in front, in the order in which they came", () => {
    const map = HeaderMap.from("request_headers", [
      ["a", "1"],
      [":path", "/"],
      ["b", "2"],
      [":method", "GET"],
    ]);
    expect(map.names).toEqual([":path", ":method", "a", "b"]);
    map.remove(":path");
    map.add(":path", "/again");
    expect(map.names).toEqual([":method", ":path", "a", "b"]);
  });

  test("merges a second value of an inline header and appends any other", () => {
    const map = HeaderMap.from("request_headers", [
      ["Authorization", "one"],
      ["X-Other", "one"],
      ["authorization", "two"],
      ["x-other", "two"],
      ["authorization", ""],
    ]);
    expect(map.toList()).toEqual([
      ["authorization", "one,two"],
      ["x-other", "one"],
      ["x-other", "two"],
    ]);
  });

  test("puts a value into an empty inline header without a comma", () => {
    const map = HeaderMap.from("request_headers", [
      ["user-agent", ""],
      ["user-agent", "probe"],
    ]);
    expect(map.get("user-agent")).toBe("probe");
  });

  test("moves a replaced header to the end", () => {
    const map = HeaderMap.from("response_headers", [
      ["a", "1"],
      ["b", "2"],
      ["a", "3"],
    ]);
    map.replace("A", "4");
    expect(map.toList()).toEqual([
      ["b", "2"],
      ["a", "4"],
    ]);
  });

  test("reads and writes host as :authority in requests only", () => {
    const request = HeaderMap.from("request_headers", [[":authority", "a"]]);
    request.replace("Host", "b");
    expect(request.toList()).toEqual([[":authority", "b"]]);
    const response = HeaderMap.from("response_headers", [["host", "a"]]);
    expect(response.get(":authority")).toBeNull();
  });

  test("finds the first of repeated values and counts the bytes of all", () => {
    const map = HeaderMap.from("request_trailers", [
      ["a", "12"],
      ["a", "345"],
    ]);
    expect(map.get("a")).toBe("12");
    expect(map.byteSize()).toBe(7);
    map.remove("a");
    expect(map.size).toBe(0);
  });
});
