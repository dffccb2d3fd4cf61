import { join, resolve } from 'node:path';
import { Argument, Command, Option } from '@commander-js/extra-typings';
import { openCaller } from './demo/caller';
import { sayTimeline } from './demo/timeline';
import { Trace } from './demo/trace';
import { BotProcess } from './examples/bot-process';
import type { ExampleName, ExamplesPlan } from './examples/plan';
import { EXAMPLES, numberOf, readPlan } from './examples/plan';
import { errorText, LaunchError } from './launch-error';
import { EXAMPLES_FILE } from './data-folder';
import { freePorts, listensOn } from './ports';

/** A call of an example takes about 5 s. */
const DEADLINE_MS = 45_000;
const CALLER_GRACE_MS = 2_000;

const say = (text: string): void => console.log(text);

/** @returns true when the bot has heard what it was to hear */
async function showExample(name: ExampleName, plan: ExamplesPlan): Promise<boolean> {
  const bot = await BotProcess.start(name, plan, say);
  process.on('exit', () => void bot.stop());
  const trace = new Trace();
  sayTimeline(trace, say);
  const [port = 0] = await freePorts(plan.host, 1);
  const caller = await openCaller({ host: plan.host, port }, trace, plan.graceMs);
  try {
    const { status } = await caller.call(`sip:${numberOf(name)}@${plan.host}:${plan.sipPort}`);
    if (status >= 300) throw new LaunchError(`The call was refused with ${status}.`);
    const missed = await bot.missed(DEADLINE_MS);
    for (const step of missed) say(`The bot did not hear ${step}.`);
    if (missed.length === 0) say('The bot heard that a transfer failed, that one was answered, and the end.');
    return missed.length === 0;
  } finally {
    const isLate = new Promise((late) => setTimeout(late, CALLER_GRACE_MS).unref());
    await Promise.race([caller.hangUpAll(), isLate]);
    await Promise.all([caller.close(), bot.stop()]);
  }
}

/** @throws LaunchError when no `npm start` runs there */
async function planIn(folder: string): Promise<ExamplesPlan> {
  const plan = readPlan(join(resolve(folder), EXAMPLES_FILE));
  if (plan === undefined || !(await listensOn(plan.host, plan.sipPort)))
    throw new LaunchError(
      `No \`npm start\` with the demonstration's bots runs in ${folder}: start it in another terminal, without --config.`
    );
  return plan;
}

const command = new Command('npm run example --')
  .description(
    'Runs a bot of examples/bots beside `npm start` and calls it: it asks for a transfer that fails, hears so, asks again, and hears the end. ' +
      'Exit codes: 0 it did, 1 it did not.'
  )
  .addArgument(new Argument('<name>', 'the bot').choices(EXAMPLES))
  .showHelpAfterError()
  .addOption(new Option('--data <folder>', 'that of `npm start`').env('DURABLE_CALLS_DATA').default('.data'))
  .action(async (name, { data }) => {
    process.exit((await showExample(name, await planIn(data))) ? 0 : 1);
  });

command.parseAsync().catch((error: unknown) => {
  console.error(`Error: ${errorText(error)}`);
  process.exit(1);
});
