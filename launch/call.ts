import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { EXAMPLES_FILE } from './data-folder';
import { openCaller } from './demo/caller';
import { sayTimeline } from './demo/timeline';
import { Trace } from './demo/trace';
import type { UserAgent } from './demo/user-agent';
import { readPlan } from './examples/plan';
import { errorText, LaunchError } from './launch-error';
import { HOST } from './options';
import { freePorts, listensOn } from './ports';
import { onStopSignal } from './signals';

/** The caller talks on with a target for so long, in ms. */
const TALK_MS = 5_000;
const LOOK_MS = 100;
const HANG_UP_MS = 2_000;

interface CallOptions {
  sipPort: number;
  seconds: number;
}

/** @returns the exit code */
async function placeCall(number: string, { sipPort, seconds }: CallOptions): Promise<number> {
  const trace = new Trace();
  sayTimeline(trace, (line) => console.log(line));
  if (!(await listensOn(HOST, sipPort)))
    throw new LaunchError(
      `Nothing listens on ${HOST}:${sipPort}: start \`npm start\` in another terminal, or give its --sip-port.`
    );
  const [port = 0] = await freePorts(HOST, 1);
  const caller = await openCaller({ host: HOST, port }, trace, TALK_MS, 'visitor');
  onStopSignal(() => void hangUp(caller).then(() => process.exit(130)));
  const { status } = await caller.call(`sip:${number}@${HOST}:${sipPort}`);
  for (const until = Date.now() + seconds * 1000; caller.isTalking && Date.now() < until;) await delay(LOOK_MS);
  await hangUp(caller);
  return status < 300 ? 0 : 1;
}

async function hangUp(caller: UserAgent): Promise<void> {
  await Promise.race([caller.hangUpAll(), delay(HANG_UP_MS, undefined, { ref: false })]);
  await caller.close();
}

const positive = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Give a number above 0.');
  return Number(text);
};

const command = new Command('npm run call --')
  .description(
    'Calls a number from this machine, goes where REFERs lead, and prints what the caller sees, until the call ends. ' +
      'Exit codes: 0 it was answered, 1 it was refused, or nothing listens there.'
  )
  .argument('<number>', 'a login of a trunk, such as 1000')
  .showHelpAfterError()
  .addOption(
    new Option('--sip-port <port>', 'that of `npm start`; default: of the one that runs in --data, else 5060')
      .env('DURABLE_CALLS_SIP_PORT')
      .argParser(positive)
  )
  .addOption(new Option('--seconds <n>', 'the caller hangs up after so long').default(60).argParser(positive))
  .addOption(new Option('--data <folder>', 'that of `npm start`').env('DURABLE_CALLS_DATA').default('.data'))
  .action(async (number, { sipPort, seconds, data }) => {
    const port = sipPort ?? readPlan(join(resolve(data), EXAMPLES_FILE))?.sipPort ?? 5060;
    process.exit(await placeCall(number, { sipPort: port, seconds }));
  });

command.parseAsync().catch((error: unknown) => {
  console.error(`Error: ${errorText(error)}`);
  process.exit(1);
});
