import { describe, expect, it } from "vitest";

import { insideMadeCode, sumCosts } from "../../bench/code/dump.ts";

const MAPS = `55e0c0000000-55e0c1000000 r-xp 00000000 08:01 42 /usr/bin/envoy
1000-3000 rwxp 00000000 00:00 0 
7f0000000000-7f0000001000 rw-p 00000000 00:00 0 
`;

const DUMP = `version: 1
positions: instr line
events: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw

ob=(1) /usr/bin/envoy
fn=(1) serve
0x55e0c0000010 0 7 1 1 2 3 4
+4 0 5
cfn=(2) run
calls=1 0x1000
* 0 900 90 90 90 90 90
ob=(2) ???
fn=(2) run
0x1000 0 10 1 1 1 1
+8 0 20 0 0 0 0 2
-4 0 30
0x3000 0 100
`;

describe("a dump of callgrind", () => {
  it("is summed where costs arose, not where they were called for", () => {
    const { all } = sumCosts(DUMP, () => false);
    expect(all).toEqual({ instructions: 172, code_lines: 3, data_lines: 10 });
  });

  it("tells the code that the process made from the rest", () => {
    const { inside } = sumCosts(DUMP, insideMadeCode(MAPS));
    expect(inside).toEqual({ instructions: 60, code_lines: 1, data_lines: 3 });
  });
});
