// Spans of several roots in one VM, and of roots that go.

import { describe, expect, test } from "vitest";

import type { Plugin } from "../../host-sim/src/index.ts";
import { requestOn } from "../support/simulated_filter.ts";
import type { Exporting } from "./span_export.ts";
import {
  COLLECTOR,
  exporting,
  module,
  outcomes,
  pass,
  REFUSING,
  SAMPLED,
  startExporting,
} from "./span_export.ts";

const OTHER = `${COLLECTOR}-2`;
const CLUSTERS = { clusters: [COLLECTOR, OTHER] };

/** Another plugin in the same VM. */
function addPlugin({ filter }: Exporting, trace: object): Plugin {
  return filter.host.addPlugin({
    module,
    name: "second",
    rootId: "second",
    configuration: JSON.stringify({ ...REFUSING, trace }),
    vmId: "vm",
    failurePolicy: "FAIL_RELOAD",
  });
}

/** A refusal by a plugin. */
function refuse(plugin: Plugin): void {
  const stream = plugin.workers[0]?.openStream();
  if (stream === undefined) throw new Error("no worker");
  requestOn(stream, SAMPLED);
  stream.close();
}

const push = ({ filter }: Exporting, trace: object): void =>
  filter.plugin.update(JSON.stringify({ ...REFUSING, trace }));

const spansTo = ({ collector }: Exporting, cluster: string): number =>
  collector.exports
    .filter((_, i) => collector.calls[i]?.cluster === cluster)
    .flatMap(({ spans }) => spans).length;

describe("two plugins of one VM", () => {
  test("send their spans each to its own collector", async () => {
    const started = startExporting(undefined, CLUSTERS);
    const second = addPlugin(started, exporting({ cluster: OTHER, service: "second" }));
    started.filter.send(SAMPLED);
    refuse(second);
    refuse(second);
    await pass(started.filter, 2);
    expect([spansTo(started, COLLECTOR), spansTo(started, OTHER)]).toEqual([1, 2]);
    expect(new Set(started.collector.exports.map(({ service }) => service))).toEqual(
      new Set(["sallyport", "second"]),
    );
    expect(outcomes(started.filter)).toEqual([3, 0, 0]);
  });

  test("send for each other where the collector is the same", async () => {
    const started = startExporting(undefined, CLUSTERS);
    const second = addPlugin(started, exporting());
    refuse(second);
    second.remove();
    await pass(started.filter, 2);
    expect(spansTo(started, COLLECTOR)).toBe(1);
    expect(outcomes(started.filter)).toEqual([1, 0, 0]);
  });

  test("one of which exports nothing: the other's spans are its own alone", async () => {
    const started = startExporting(undefined, CLUSTERS);
    const second = addPlugin(started, {});
    refuse(second);
    await pass(started.filter, 2);
    expect(started.collector.calls).toEqual([]);
  });
});

describe("a push", () => {
  test("to the same collector loses no span that waits", async () => {
    const started = startExporting(undefined, CLUSTERS);
    started.filter.send(SAMPLED);
    push(started, exporting({}, { inject: ["b3"] }));
    await pass(started.filter, 2);
    expect(started.collector.spans).toHaveLength(1);
    expect(outcomes(started.filter)).toEqual([1, 0, 0]);
  });

  test.each([
    ["to another collector", exporting({ cluster: OTHER })],
    ["without an export", {}],
  ])("%s counts those that wait as lost, and frees their places", async (_, trace) => {
    const started = startExporting(undefined, CLUSTERS);
    for (let i = 0; i < 300; i++) started.filter.send(SAMPLED);
    push(started, trace);
    await pass(started.filter, 2);
    expect(started.collector.calls).toEqual([]);
    expect(outcomes(started.filter)).toEqual([0, 44, 256]);
    push(started, exporting());
    started.filter.send(SAMPLED);
    await pass(started.filter, 2);
    expect(outcomes(started.filter)).toEqual([1, 44, 256]);
  });

  test("while a batch is on its way counts it as lost", async () => {
    const started = startExporting(undefined, CLUSTERS);
    started.collector.answer = "hang";
    started.filter.send(SAMPLED);
    await pass(started.filter, 1);
    expect(started.collector.calls).toHaveLength(1);
    started.collector.answer = {};
    push(started, exporting({}, { inject: ["b3"] }));
    expect(outcomes(started.filter)).toEqual([0, 0, 1]);
    started.filter.send(SAMPLED);
    await pass(started.filter, 2);
    expect(outcomes(started.filter)).toEqual([1, 0, 1]);
  });

  test("leaves the spans of requests that the old root still refuses to the new one", async () => {
    const started = startExporting(undefined, CLUSTERS);
    const stream = started.filter.open();
    push(started, exporting({}, { inject: ["b3"] }));
    requestOn(stream, SAMPLED);
    stream.close();
    await pass(started.filter, 2);
    expect(started.collector.spans).toHaveLength(1);
    expect(outcomes(started.filter)).toEqual([1, 0, 0]);
  });

  test("that comes again and again neither loses places nor sends twice", async () => {
    const started = startExporting(undefined, CLUSTERS);
    for (let i = 0; i < 40; i++) {
      started.filter.send(SAMPLED);
      push(started, exporting({}, { inject: [i % 2 === 0 ? "b3" : "tracecontext"] }));
    }
    await pass(started.filter, 3);
    expect(new Set(started.collector.spans.map(({ spanId }) => spanId)).size).toBe(40);
    expect(outcomes(started.filter)).toEqual([40, 0, 0]);
  });
});
