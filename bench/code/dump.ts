// Dumps of callgrind: costs by address. https://valgrind.org/docs/manual/cl-format.html

export interface Cost {
  instructions: number;
  /** Lines of code that were not in the first-level cache. */
  code_lines: number;
  /** Lines of data that were not. */
  data_lines: number;
}

const NO_COST: Cost = { instructions: 0, code_lines: 0, data_lines: 0 };

/** Sums of all costs and of those at addresses for which `isInside` is true. */
export function sumCosts(
  dump: string,
  isInside: (address: number) => boolean,
): { all: Cost; inside: Cost } {
  const sums = { all: { ...NO_COST }, inside: { ...NO_COST } };
  let columns: string[] = [];
  let address = 0;
  let isCallee = false;
  for (const line of dump.split("\n")) {
    if (line.startsWith("events: ")) columns = line.slice(8).split(" ");
    // The line behind it has what the call cost in all: it is counted where it was spent.
    else if (line.startsWith("calls=")) isCallee = true;
    else if (/^[0-9*+-]/.test(line)) {
      const [position = "", , ...counts] = line.split(" ");
      address = moved(address, position);
      if (!isCallee) add(sums.all, columns, counts);
      if (!isCallee && isInside(address)) add(sums.inside, columns, counts);
      isCallee = false;
    }
  }
  return sums;
}

/** Positions are absolute, or relative to the one before. */
function moved(address: number, position: string): number {
  if (position === "*") return address;
  if (position.startsWith("+")) return address + Number(position.slice(1));
  if (position.startsWith("-")) return address - Number(position.slice(1));
  return Number(position);
}

function add(sum: Cost, columns: readonly string[], counts: readonly string[]): void {
  const count = (event: string): number => Number(counts[columns.indexOf(event)] ?? 0);
  sum.instructions += count("Ir");
  sum.code_lines += count("I1mr");
  sum.data_lines += count("D1mr") + count("D1mw");
}

/** Whether an address lies where a process has code that it made itself, by /proc/PID/maps. */
export function insideMadeCode(maps: string): (address: number) => boolean {
  const ranges = [...maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rwxp \S+ \S+ 0 *$/gm)];
  const numbers = ranges.map(([, from = "", to = ""]) =>
    [from, to].map((end) => parseInt(end, 16)),
  );
  return (address) => numbers.some(([from = 0, to = 0]) => address >= from && address < to);
}
