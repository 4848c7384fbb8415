import tseslint from "typescript-eslint";

// AssemblyScript decorates functions and variables, which the parser refuses.
// Blanking decorators with spaces keeps every position true.
const DECORATORS = /^[ \t]*(?:@\w+(?:\([^)]*\))?\s*)+/gm;
const assemblyParser = {
  meta: { name: "assembly-parser", version: "1.0.0" },
  parseForESLint: (text, options) =>
    tseslint.parser.parseForESLint(
      text.replace(DECORATORS, (found) => found.replace(/[^\n]/g, " ")),
      options,
    ),
};

const sizes = {
  "max-lines": ["error", { max: 350 }],
  "max-lines-per-function": ["error", { max: 70 }],
  "max-depth": ["error", 4],
  "max-params": ["error", 8],
  complexity: ["error", 20],
};

const shared = {
  "no-var": "error",
  "prefer-const": "error",
  "no-empty": "error",
  "no-fallthrough": "error",
  "no-self-compare": "error",
  "no-unreachable": "error",
  "no-constant-binary-expression": "error",
  "no-warning-comments": ["error", { terms: ["fixme", "todo", "xxx"], location: "anywhere" }],
  "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true } }],
  "@typescript-eslint/no-explicit-any": "error",
  "@typescript-eslint/no-non-null-assertion": "error",
  "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
};

const ambient = ["Date.now", "Math.random", "performance.now"].map((name) => {
  const [object, property] = name.split(".");
  return { object, property, message: "Time and randomness are given to the host, never read." };
});

const OBJECTS = ["Array", "ArrayBuffer", "DataView", "Date", "Error", "Map", "Set"].concat([
  "StaticArray",
  "String",
  "Uint8Array",
]);

// Whatever asc turns into an allocation, an indirect call or a trap.
const HOT_ROOMS_BAN = [
  ["NewExpression", "`new` allocates"],
  ["TemplateLiteral", "a template allocates"],
  ["ThrowStatement", "a throw traps and takes the VM with it"],
  ["TryStatement", "AssemblyScript has no exceptions to catch"],
  [
    "ArrowFunctionExpression, FunctionExpression:not(MethodDefinition > *)",
    "a closure is an indirect call",
  ],
  [
    "ArrayExpression:not(CallExpression[callee.object.name='memory'] > *)",
    "an array literal allocates",
  ],
  ["ObjectExpression", "an object literal allocates"],
  ["ForOfStatement, ForInStatement", "iteration over objects is not for bytes"],
  ["SpreadElement, RestElement", "a spread allocates"],
  ["MemberExpression[computed=true]", "an index can trap: use load and store behind a check"],
  ["TSNonNullExpression", "`!` can trap"],
  [`Identifier[name=/^(${OBJECTS.join("|")})$/]`, "objects of the standard library allocate"],
  [":function :function", "a nested function is a closure"],
].map(([selector, reason]) => ({
  selector,
  message: `Not in a hot room: ${reason}.`,
}));

const OLD_PROPAGATORS = [
  ["JaegerPropagator", "@opentelemetry/propagator-jaeger"],
  ["CloudPropagator", "@google-cloud/opentelemetry-cloud-trace-propagator"],
].map(([name, from]) => ({ from: "package", name, package: from }));

const typeScript = ["**/*.ts"];
const assembly = ["assembly/**/*.ts"];

export default tseslint.config(
  {
    // Peers are written for compilers of their own.
    ignores: ["build/", "coverage/", ".cache/", ".keys/", "bench/peers/", "**/*.js"].concat([
      "!eslint.config.js",
    ]),
  },
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
  },
  {
    files: typeScript,
    ignores: assembly,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      ...sizes,
      ...shared,
      eqeqeq: "error",
      "no-console": "off",
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "separate-type-imports" },
      ],
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Text here is latin1 or ASCII: spreading it gives its characters.
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    files: ["host-sim/src/**/*.ts"],
    rules: { "no-restricted-properties": ["error", ...ambient] },
  },
  {
    files: ["host-sim/src/guest_exports.ts"],
    // The border to the module: WebAssembly's own types say nothing about an export's signature.
    rules: { "@typescript-eslint/consistent-type-assertions": "off" },
  },
  {
    files: ["vitest.config.ts", "vitest.long.config.ts"],
    rules: { "no-restricted-exports": "off" },
  },
  {
    files: ["{test,bench,scripts}/**/*.ts", "host-sim/test/**/*.ts"],
    // What these parse is their own output: `const report: Report = JSON.parse(text)`.
    rules: { "@typescript-eslint/no-unsafe-assignment": "off" },
  },
  {
    files: ["test/support/trace_sdk.ts"],
    // Old formats have old propagators.
    rules: { "@typescript-eslint/no-deprecated": ["error", { allow: OLD_PROPAGATORS }] },
  },
  {
    files: ["**/*.test.ts"],
    // A describe block holds all the cases of one unit.
    rules: { "max-lines-per-function": "off" },
  },
  {
    files: assembly,
    plugins: { "@typescript-eslint": tseslint.plugin },
    languageOptions: { parser: assemblyParser },
    rules: {
      ...sizes,
      ...shared,
      // A default method of `Handler` names what an override receives.
      "@typescript-eslint/no-unused-vars": ["error", { args: "none" }],
    },
  },
  {
    files: ["assembly/abi/**/*.ts", "host-sim/src/hostcalls*.ts"],
    // The ABI sets the number of parameters.
    rules: { "max-params": "off" },
  },
  {
    files: [
      "assembly/core/**/*.ts",
      "assembly/abi/**/*.ts",
      "assembly/filters/**/*.ts",
      "assembly/{chain,decisions,edits,refusal,waiting}.ts",
    ],
    // What reads configurations.
    ignores: [
      "assembly/core/config/**/*.ts",
      "assembly/core/json/tree.ts",
      "assembly/{core,filters}/**/{config,*_config}.ts",
    ],
    rules: { "no-restricted-syntax": ["error", ...HOT_ROOMS_BAN] },
  },
  {
    // Tables, and what is generated from the schema.
    files: ["**/*_table.ts", "host-sim/cli/configuration.ts"],
    rules: { "max-lines": "off" },
  },
  {
    files: ["assembly/core/crypto/generated/**/*.ts"],
    // Unrolled by scripts/crypto: locals cannot be passed by reference, so the text repeats itself.
    rules: { "max-lines": "off", "max-lines-per-function": "off" },
  },
);
