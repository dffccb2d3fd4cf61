import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { Command, CommanderError } from '@commander-js/extra-typings';
import { configCommand } from './config-command';
import { doctorCommand } from './doctor-command';
import { errorReport, EXIT, Exit, exitCodeOf, UsageError } from './exit';
import { historiesCommand } from './histories-command';
import { lookCommands } from './look-commands';
import { nodeCommand } from './node-command';
import { recordsCommand } from './records-command';
import { steerCommands } from './steer-commands';
import { trunksCommand } from './trunk-commands';
import type { Terminal } from './terminal';

const HELP = `
Temporal's address, namespace and credentials: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the other settings of the Temporal CLI.
Exit codes: 0 done, 1 refused or not found, 2 not understood, 3 Temporal cannot be reached.
With --json, standard output holds JSON and nothing else, and an error is {"error": {...}} on standard error.`;

/** A usage error that commander has printed for people. */
class ToldUsageError extends UsageError {}

/** Runs one command line. @param args without node and script. @returns the exit code */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const isJson = args.includes('--json');
  try {
    await program(terminal, isJson).parseAsync([...args], { from: 'user' });
    return EXIT.ok;
  } catch (err) {
    const error = err instanceof CommanderError ? fromCommander(err) : err;
    if (!(error instanceof Exit)) reportError(terminal, isJson, error);
    return exitCodeOf(error);
  }
}

function program(terminal: Terminal, isJson: boolean): CommandUnknownOpts {
  const calls = new Command('calls').description('watch and steer calls');
  for (const command of [...lookCommands(terminal), ...steerCommands(terminal)]) calls.addCommand(command);
  const root = new Command('durable-calls')
    .description('Watches and steers the calls of durable-calls, directly over Temporal.')
    .addCommand(calls)
    .addCommand(trunksCommand(terminal))
    .addCommand(nodeCommand(terminal))
    .addCommand(historiesCommand(terminal))
    .addCommand(recordsCommand(terminal))
    .addCommand(configCommand(terminal))
    .addCommand(doctorCommand(terminal))
    .addHelpText('after', HELP);
  withOutput(root, terminal, isJson);
  return root;
}

/** Every command of the tree throws instead of ending the process, and writes where the terminal says. */
function withOutput(command: CommandUnknownOpts, terminal: Terminal, isJson: boolean): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => terminal.out(text),
    // As JSON it is told once, by the error itself.
    writeErr: (text) => (isJson ? undefined : terminal.err(text)),
  });
  for (const child of command.commands) withOutput(child, terminal, isJson);
}

/** Help that was asked for is no error; any other has been told by commander already, unless as JSON. */
function fromCommander({ exitCode, message }: CommanderError): Error {
  return exitCode === 0 ? new Exit(EXIT.ok) : new ToldUsageError(message.replace(/^error: /, ''));
}

function reportError(terminal: Terminal, isJson: boolean, err: unknown): void {
  const report = errorReport(err);
  if (isJson) terminal.err(`${JSON.stringify({ error: report })}\n`);
  else if (!(err instanceof ToldUsageError)) terminal.err(`Error: ${report.message}\n`);
}
