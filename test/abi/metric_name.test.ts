// Names of metrics with their labels.

import { expect, it } from "vitest";

import { run, startGuest, STATUS_OK } from "../support/abi_guest.ts";

const STATUS_BAD_ARGUMENT = 2;
const STATUS_INTERNAL_FAILURE = 10;
const NAME_BYTES_MAX = 576;
const PLAIN = ":authority=.=answers;.;";
const ANY = ":authority=.=_path;.;";
const NUMBER = ":authority=.=4294967295;.;";
const METRIC = "Ask";

it("a metric has its labels in front, in the order in which they were put", async () => {
  const guest = await startGuest();
  expect(run(guest, "defineMetricWith", 0, 0, 0)).toBe(STATUS_OK);
  expect(run(guest, "defineMetricWith", 1, 2, 1)).toBe(STATUS_OK);
  expect(guest.metrics).toEqual([METRIC, `${PLAIN}${ANY}${ANY}${NUMBER}${METRIC}`]);
});

it.each([
  [PLAIN, [1, 0, 0]],
  [ANY, [0, 1, 0]],
  [NUMBER, [0, 0, 1]],
])("one that is too long with labels such as %s is not told to the host", async (label, put) => {
  const guest = await startGuest();
  const most = Math.floor((NAME_BYTES_MAX - METRIC.length) / label.length);
  const define = (count: number): number =>
    run(guest, "defineMetricWith", ...put.map((each) => each * count));
  // A number must have room for all of its digits before it is written.
  const last = label === NUMBER ? most - 1 : most;
  expect(define(last)).toBe(STATUS_OK);
  expect(guest.metrics).toEqual([label.repeat(last) + METRIC]);
  for (const count of [most + 1, 1000]) expect(define(count)).toBe(STATUS_BAD_ARGUMENT);
  expect(guest.metrics).toHaveLength(1);
  // Nothing of it is left in the next one.
  expect(define(1)).toBe(STATUS_OK);
  expect(guest.metrics.at(-1)).toBe(label + METRIC);
});

it("a metric that the host refuses leaves nothing in the next one", async () => {
  const guest = await startGuest();
  guest.statuses.push(STATUS_INTERNAL_FAILURE);
  expect(run(guest, "defineMetricWith", 2, 0, 0)).toBe(STATUS_INTERNAL_FAILURE);
  expect(run(guest, "defineMetricWith", 1, 0, 0)).toBe(STATUS_OK);
  expect(guest.metrics.at(-1)).toBe(PLAIN + METRIC);
});
