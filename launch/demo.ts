import { Command } from '@commander-js/extra-typings';
import type { DemonstrationResult } from './demo/demonstration';
import { demonstrate } from './demo/demonstration';
import type { TimelineLine } from './demo/timeline';
import { formatLine } from './demo/timeline';
import { errorText } from './launch-error';
import type { SystemOptions } from './options';
import { withSystemOptions } from './options';
import { Session } from './session';
import { onStopSignal } from './signals';

interface DemoOptions extends SystemOptions {
  json?: true;
  fail?: true;
}

/** Exit codes: 0 every step came out right, 1 not so. */
async function demo(options: DemoOptions): Promise<number> {
  const say = (text: string): void => (options.json ? console.error(text) : console.log(text));
  const targetAnswers: [number, number] = options.fail ? [486, 486] : options.targetAnswers;
  const session = await Session.prepare({ ...options, targetAnswers, withPeers: true }, say);
  onStopSignal((signal) => {
    say(`${signal}: stopping ...`);
    void session.stop().then(() => process.exit(130));
  });
  try {
    say('starting ...');
    const { client, peers } = await session.start();
    if (!peers) throw new Error('the demonstration has no peers');
    const onLine = (line: TimelineLine): void => say(formatLine(line));
    const result = await demonstrate({ peers, client, recordsFolder: session.data.records, onLine });
    return report(result, options.json === true);
  } finally {
    await session.stop();
  }
}

function report({ verdicts, timeline, records }: DemonstrationResult, asJson: boolean): number {
  const isRight = verdicts.every((verdict) => verdict.isRight);
  if (asJson) {
    const checks = verdicts.map(({ name, isRight: ok, fault }) => ({
      name,
      ok,
      ...(fault !== undefined && { fault }),
    }));
    console.log(JSON.stringify({ ok: isRight, checks, timeline, cdr: records[0] ?? null }, null, 2));
  } else {
    for (const verdict of verdicts)
      console.log(verdict.isRight ? `ok      ${verdict.name}` : `FAILED  ${verdict.name}: ${verdict.fault ?? ''}`);
    console.log(isRight ? 'Every step came out right.' : 'Not every step came out right.');
  }
  return isRight ? 0 : 1;
}

const demoCommand = (): Command =>
  withSystemOptions(
    new Command('npm run demo --')
      .description(
        'Starts everything, places one call, judges it by what its peers saw, and exits: 0 when every step came out right.'
      )
      .option('--json', 'print one JSON document: {ok, checks, timeline, cdr}; run as `npm run -s demo -- --json`')
      .option('--fail', 'let the second target be busy too: short for --target-answers 486,486; its steps fail then'),
    '.data/demo'
  );

/** Ends the process at `--help` and at arguments that are wrong. @returns what starts the demonstration */
export function readArguments(args: string[]): () => void {
  const command = demoCommand().parse(args, { from: 'user' });
  return () =>
    void demo(command.opts() as unknown as DemoOptions).then(
      (code) => process.exit(code),
      (error: unknown) => {
        console.error(`Error: ${errorText(error)}`);
        process.exit(1);
      }
    );
}
