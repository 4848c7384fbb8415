// Who may import whom. Docs: CONTRIBUTING.md, "Rooms".

export interface Room {
  name: string;
  /**
   * The files of the room; a group, if there is one, is the name of the part (a filter, a domain).
   */
  files: RegExp;
  /** Paths, or packages, that files of the room may import. `$1` stands for the part. */
  may: string;
  /** Exceptions from `may`. */
  mayNot?: string;
}

/** Parts of core that every domain may use. */
const SHARED_CORE =
  "(((rule|metric|export)_)?limits|reason)\\.ts|" +
  "(bytes|config|crypto|grpc|headers|json|protobuf|table)/";
const PACKAGE = "(@[\\w-]+/)?[\\w-][\\w./:-]*$(?<!\\.ts)";
/** The doors of the other rooms, for tests and tools. */
const DOORS = "host-sim/(src/index\\.ts$|gateway/|cli/)|envoy/|scripts/";

/** The first room that matches a path holds it. */
const ROOMS: readonly Room[] = [
  { name: "assembly/index.ts", files: /^assembly\/index\.ts$/, may: "assembly/(abi/|chain\\.ts)" },
  { name: "assembly/*.d.ts", files: /^assembly\/[^/]+\.d\.ts$/, may: "$^" },
  {
    name: "the chain",
    files: /^assembly\/[^/]+\.ts$/,
    may: "assembly/((abi|core|filters)/|[^/]+\\.ts)",
    mayNot: "assembly/(abi/(exports|imports)|index)\\.ts",
  },
  {
    name: "assembly/filters/*",
    files: /^assembly\/filters\/([^/]+)\//,
    may: "assembly/(abi/|core/|filters/$1/)",
    mayNot: "assembly/abi/(exports|imports)\\.ts",
  },
  {
    name: "assembly/abi",
    files: /^assembly\/abi\//,
    may: "assembly/(abi/|core/(((rule|metric|export)_)?limits\\.ts|bytes/|protobuf/|table/))",
  },
  {
    name: "assembly/core/limits.ts",
    files: /^assembly\/core\/(((rule|metric|export)_)?limits|stream_data)\.ts$/,
    may: "assembly/core/limits\\.ts",
  },
  {
    name: "assembly/core/reason.ts",
    files: /^assembly\/core\/reason\.ts$/,
    may: "assembly/core/(limits\\.ts|bytes/)",
  },
  {
    name: "assembly/core/bytes and table",
    files: /^assembly\/core\/(bytes|table)\//,
    may: "assembly/core/(limits\\.ts|bytes/|table/)",
  },
  {
    name: "assembly/core/value",
    files: /^assembly\/core\/value\//,
    may: `assembly/core/(${SHARED_CORE}|match/|value/)`,
  },
  {
    name: "assembly/core/*",
    files: /^assembly\/core\/([^/]+)\//,
    may: `assembly/core/(${SHARED_CORE}|$1/)`,
  },
  {
    name: "assembly/probe",
    files: /^assembly\/probe\//,
    may: "assembly/((abi|core|probe|filters/normalise/values)/|(index|refusal|snapshot)\\.ts)",
  },
  {
    name: "host-sim/src/load_module.ts",
    files: /^host-sim\/src\/load_module\.ts$/,
    may: "host-sim/src/|node:",
  },
  { name: "host-sim/src", files: /^host-sim\/src\//, may: "host-sim/src/" },
  {
    name: "host-sim/gateway",
    files: /^host-sim\/gateway\//,
    may: `host-sim/(src/index\\.ts$|gateway/)|${PACKAGE}`,
  },
  {
    name: "host-sim/cli",
    files: /^host-sim\/cli\//,
    may: `host-sim/(src/index\\.ts$|gateway/|cli/)|envoy/|${PACKAGE}`,
  },
  {
    name: "host-sim/test",
    files: /^host-sim\/test\//,
    may: `host-sim/|test/support/|scripts/lib/kept_logs\\.ts$|${PACKAGE}`,
  },
  {
    name: "test/support",
    files: /^test\/support\//,
    may: `test/support/|${DOORS}|${PACKAGE}`,
  },
  {
    name: "test/cases",
    files: /^test\/cases\//,
    may: `test/(support|cases)/|${DOORS}|${PACKAGE}`,
  },
  {
    name: "test/*",
    files: /^test\/([^/]+)\//,
    may: `test/(support|cases|$1)/|bench/|${DOORS}|${PACKAGE}`,
  },
  { name: "bench", files: /^bench\//, may: `bench/|test/support/|${DOORS}|${PACKAGE}` },
  { name: "scripts", files: /^scripts\//, may: `${DOORS}|${PACKAGE}` },
  {
    name: "envoy",
    files: /^envoy\//,
    may: `envoy/|scripts/|host-sim/src/index\\.ts$|${PACKAGE}`,
  },
  { name: "the root", files: /^[^/]+\.ts$/, may: PACKAGE },
];

export function roomOf(path: string): Room | undefined {
  return ROOMS.find((room) => room.files.test(path));
}

/** `target` is the path of a file, or the name of a package or of a module of Node. */
export function isAllowed(room: Room, path: string, target: string): boolean {
  const part = room.files.exec(path)?.[1] ?? "";
  const may = new RegExp(`^(${room.may.replaceAll("$1", part)})`);
  const mayNot = room.mayNot === undefined ? undefined : new RegExp(`^(${room.mayNot})`);
  return may.test(target) && mayNot?.test(target) !== true;
}
