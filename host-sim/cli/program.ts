// The `sallyport` command: its subcommands, options and help.

import { Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { DEMO_AUDIENCE, DEMO_SUBJECT } from "./demo.ts";
import { explainCommand } from "./explain.ts";
import type { ExplainOptions } from "./explain.ts";
import { renderCommand } from "./render.ts";
import type { RenderOptions } from "./render.ts";
import { serveCommand } from "./serve.ts";
import type { ServeOptions } from "./serve.ts";
import { colorsFor } from "./terminal.ts";
import { tokenCommand } from "./token.ts";
import type { TokenCommandOptions } from "./token.ts";
import { validateCommand } from "./validate.ts";

/** `setExitCode` gets what the chosen subcommand returns. */
export function createProgram(setExitCode: (code: number) => void): Command {
  const program = styled(new Command("sallyport"))
    .description("Envoy filters in one WebAssembly module, run and checked without an Envoy.")
    .version(packageJson.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help for a command")
    .helpCommand("help [command]", "print help for a command")
    .showSuggestionAfterError(true)
    .exitOverride();

  program
    .command("serve")
    .description("run the embedded gateway with a configuration file")
    .argument("<file>", "configuration, YAML or JSON")
    .requiredOption("-u, --upstream <url>", "origin that requests go to, http://host:port")
    .option("-l, --listen <host:port>", "address to serve on", "127.0.0.1:8080")
    .option("-c, --cluster <name=url...>", "origin of a cluster that keys are fetched from", [])
    .action(async (file: string, options: ServeOptions) => {
      setExitCode(await serveCommand(file, options));
    });

  program
    .command("validate")
    .description("check a configuration file: the schema, then the module's own check")
    .argument("<file>", "configuration, YAML or JSON")
    .action(async (file: string) => {
      setExitCode(await validateCommand(file));
    });

  program
    .command("token")
    .description("mint a token with the demo's keys")
    .option("-s, --sub <subject>", "subject", DEMO_SUBJECT)
    .option("-a, --aud <audience...>", "audience, one or several", [DEMO_AUDIENCE])
    .option("-t, --ttl <duration>", "lifetime: 30s, 5m, 1h", "1h")
    .option("--alg <algorithm>", "ES256 or RS256", "ES256")
    .action(async (options: TokenCommandOptions) => {
      setExitCode(await tokenCommand(options));
    });

  program
    .command("render")
    .description("print the HTTP filters for Envoy, with the least that the module must be granted")
    .argument("<file>", "configuration, YAML or JSON")
    .option("-m, --module <file>", "the module, as Envoy sees it", "/etc/sallyport/sallyport.wasm")
    .option("-n, --name <name>", "of the filter, and its root id", "sallyport")
    .option("--vm-id <id>", "namespace of shared data", "sallyport")
    .action(async (file: string, options: RenderOptions) => {
      setExitCode(await renderCommand(file, options));
    });

  addExplain(program, setExitCode);
  program.commands.forEach((command) => styled(command).copyInheritedSettings(program));
  return program;
}

function addExplain(program: Command, setExitCode: (code: number) => void): void {
  program
    .command("explain")
    .description("walk one request through the module, and say what each step makes of it")
    .argument("[file]", "configuration, YAML or JSON; the demo's when absent")
    .option("-X, --method <method>", "method", "GET")
    .option("-p, --path <path>", "path, with its query", "/")
    .option("-A, --authority <host>", "authority", "localhost")
    .option("-H, --header <field>", 'header field "name: value", once or often', collect)
    .option("-t, --token <token>", "sent as authorization: Bearer")
    .option("--token-file <file>", "the same from a file, - for stdin")
    .option("-c, --cluster <name=url...>", "origin of a cluster that keys are fetched from")
    .option("--at <time>", "as if it were then: an ISO 8601 time, or seconds since 1970")
    .option("--json", "for programs")
    .addHelpText("after", "\nExit codes: 0 it passes, 1 it is refused, 2 there is no verdict.")
    .action(async (file: string | undefined, options: ExplainOptions) => {
      setExitCode(await explainCommand(file, options));
    });
}

function collect(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

function styled(command: Command): Command {
  const colors = colorsFor(process.stdout);
  return command
    .configureHelp({
      sortSubcommands: true,
      styleTitle: (text) => colors.bold(text),
      styleCommandText: (text) => colors.cyan(text),
      styleSubcommandText: (text) => colors.cyan(text),
      styleOptionText: (text) => colors.cyan(text),
      styleArgumentText: (text) => colors.yellow(text),
    })
    .configureOutput({
      outputError: (text, write) => {
        write(text.replace(/^error:/, colorsFor(process.stderr).red("error:")));
      },
    });
}
