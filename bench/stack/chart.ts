// The stack as a chart: an SVG that stands for itself, on a page of either colour.

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Summary } from "../harness/measure.ts";
import type { StackReport } from "./result.ts";

interface Bar extends Summary {
  /** Place from the top. */
  row: number;
  name: string;
  colour: string;
}

interface Heading {
  row: number;
  text: string;
}

const COLOURS = { sallyport: "#2f81f7", envoy: "#8b949e", peer: "#bf8700" };
type Who = keyof typeof COLOURS;

const GROUPS: readonly [
  heading: string,
  names: readonly [name: string, who: Who, as?: string][],
][] = [
  [
    "The whole chain: four header edits, trace, cached ES256 token, one limit",
    [
      ["chain", "sallyport", "Sallyport"],
      ["calls", "peer", "its calls of the host alone"],
      ["native", "envoy", "Envoy's own filters"],
      ["rust", "peer", "Rust: proxy-wasm crate"],
      ["solo", "peer", "AssemblyScript: Solo's SDK"],
    ],
  ],
  [
    "Without the token",
    [
      ["chain without token", "sallyport", "Sallyport"],
      ["lua", "peer", "Envoy's Lua filter"],
    ],
  ],
  [
    "Each filter alone",
    [
      ["headers", "sallyport"],
      ["header_mutation", "envoy"],
      ["trace", "sallyport"],
      ["header_to_metadata", "envoy"],
      ["jwt", "sallyport"],
      ["jwt_authn", "envoy"],
      ["rateLimit", "sallyport"],
      ["local_ratelimit", "envoy"],
    ],
  ],
  [
    "A module that does nothing",
    [
      ["idle", "sallyport", "Sallyport, nothing configured"],
      ["empty", "envoy", "empty module"],
    ],
  ],
];

const WIDTH = 860;
const ROW_HEIGHT = 22;
const MARGINS = { marginLeft: 210, marginRight: 150, marginTop: 64, marginBottom: 44 };
/** What lies beyond this times the longest bar is cut: a neighbour's burst, not a cost. */
const CUT = 1.25;
/** Text and ground follow the reader's system; bars are legible on both. */
const STYLE = `
svg { color: #1f2328; }
.ground { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
  svg { color: #e6edf3; }
  .ground { fill: #0d1117; }
}
`;

export type Charted = Pick<StackReport, "added_us" | "machine" | "rounds" | "quick" | "noisy">;

export function drawChart(report: Charted): string {
  const { bars, headings, rows } = layOut(report);
  const end = CUT * Math.max(1, ...bars.map(({ median }) => median));
  const height = MARGINS.marginTop + MARGINS.marginBottom + rows * ROW_HEIGHT;
  const { document } = parseHTML("<html></html>");
  const svg = Plot.plot({
    document,
    width: WIDTH,
    height,
    ...MARGINS,
    ariaLabel: "CPU that a request costs more than in Envoy without filters",
    style: { fontSize: "12px" },
    x: {
      domain: [0, end],
      clamp: true,
      grid: true,
      label: "µs of CPU added to a request",
      labelAnchor: "center",
      labelArrow: "none",
    },
    y: { domain: Array.from({ length: rows }, (_, row) => row), axis: null, padding: 0.25 },
    marks: [
      Plot.barX(bars, { x1: 0, x2: "median", y: "row", fill: "colour" }),
      Plot.ruleY(bars, { x1: "min", x2: "max", y: "row", strokeWidth: 1.5 }),
      ...["min", "max"].map((end) => Plot.tickX(bars, { x: end, y: "row", inset: 5 })),
      Plot.text(bars, { x: 0, y: "row", text: "name", textAnchor: "end", dx: -8 }),
      Plot.text(bars, {
        y: "row",
        text: figures,
        frameAnchor: "right",
        textAnchor: "start",
        dx: 8,
      }),
      Plot.text(headings, { ...HEADING, y: "row", text: "text" }),
      Plot.text([TITLE], { ...CORNER, dy: -50, fontSize: 16, fontWeight: 600 }),
      Plot.text([subtitle(report)], { ...CORNER, dy: -28, fillOpacity: 0.75 }),
    ],
  });
  return standAlone(svg, document, height);
}

const TITLE = "CPU that a request costs more than in Envoy without filters";
const CORNER = {
  frameAnchor: "top-left",
  textAnchor: "start",
  dx: 16 - MARGINS.marginLeft,
} as const;
const HEADING = { ...CORNER, frameAnchor: "left", fontWeight: 600 } as const;

function layOut({ added_us: figures }: Charted): {
  bars: Bar[];
  headings: Heading[];
  rows: number;
} {
  const bars: Bar[] = [];
  const headings: Heading[] = [];
  let row = 0;
  for (const [text, names] of GROUPS) {
    const found = names.flatMap(([name, who, as]) => {
      const summary = figures[name];
      return summary === undefined ? [] : [{ ...summary, name: as ?? name, colour: COLOURS[who] }];
    });
    if (found.length === 0) continue;
    headings.push({ row: row++, text });
    for (const bar of found) bars.push({ ...bar, row: row++ });
  }
  return { bars, headings, rows: row };
}

function figures({ median, min, max }: Bar): string {
  return `${median.toFixed(1)}  (${min.toFixed(1)} to ${max.toFixed(1)})`;
}

function subtitle({ machine, rounds, quick, noisy }: Charted): string {
  const parts = [
    machine.date.slice(0, 10),
    `${machine.cpu}, ${machine.cores} cores`,
    `Envoy ${machine.envoy}`,
    `${rounds} rounds, median with min and max`,
  ];
  if (quick) parts.push("quick run, not for quoting");
  if (noisy) parts.push("noisy machine");
  return parts.join(" · ");
}

/** With a namespace, its colours and a ground, so that it can be shown by itself. */
function standAlone(svg: Element, document: Document, height: number): string {
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = STYLE;
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const attributes = { class: "ground", width: WIDTH, height, rx: 8 };
  for (const [name, value] of Object.entries(attributes)) ground.setAttribute(name, String(value));
  svg.prepend(style, ground);
  return svg.outerHTML;
}
