import { Command, Option } from '@commander-js/extra-typings';
import type { Client } from '@temporalio/client';
import { demonstrate } from './demo/demonstration';
import type { DemoPeers } from './demo/peers';
import { dialledUri } from './demo/plan';
import { formatLine } from './demo/timeline';
import { errorText } from './launch-error';
import type { SystemOptions } from './options';
import { HOST, withSystemOptions } from './options';
import { Session } from './session';
import { onStopSignal } from './signals';

interface StartOptions extends SystemOptions {
  demo: boolean;
  config?: string;
}

const say = (text: string): void => console.log(text);

async function start(options: StartOptions): Promise<void> {
  const withPeers = options.demo && options.config === undefined;
  const session = await Session.prepare({ ...options, withPeers: options.config === undefined }, say);
  onStopSignal((signal) => {
    say(`${signal}: stopping ...`);
    void session.stop().then(() => {
      say('stopped');
      process.exit(0);
    });
  });
  try {
    say('starting ...');
    const { client, peers } = await session.start();
    greet(session, client);
    if (withPeers && peers) await showDemonstration(session, client, peers);
  } catch (error) {
    if (session.isStopping) return;
    await session.stop();
    throw error;
  }
}

function greet(session: Session, client: Client): void {
  const { ports, data, plan } = session;
  const ui = session.uiUrl(client);
  say(`
  dial      ${dialledUri(plan)}   (UDP or TCP)
  API       http://${HOST}:${ports.api}
  Temporal  ${ui ?? `namespace ${client.options.namespace} of your own server`}
  logs      ${data.logFile('*')}
  records   ${data.records}
  Ctrl-C stops everything.
`);
}

async function showDemonstration(session: Session, client: Client, peers: DemoPeers): Promise<void> {
  say('A demonstration call (npm start -- --no-demo skips it):');
  const { verdicts, callId } = await demonstrate({
    peers,
    client,
    recordsFolder: session.data.records,
    onLine: (line) => say(formatLine(line)),
  });
  const wrong = verdicts.filter(({ isRight }) => !isRight);
  say(`${verdicts.length - wrong.length} of ${verdicts.length} steps came out right.`);
  for (const { name, fault } of wrong) say(`  not so: ${name}: ${fault ?? ''}`);
  const ui = callId === undefined ? undefined : session.uiUrl(client, `call-${callId}`);
  if (ui !== undefined) say(`Its history: ${ui}`);
}

const command = withSystemOptions(
  new Command('npm start --')
    .description('Starts the Temporal server, the SIP server and the worker, and places one demonstration call.')
    .option('--no-demo', 'place no demonstration call')
    .addOption(
      new Option(
        '--config <file>',
        'trunks and bots of your own instead of the demonstration; no demonstration call'
      ).env('DURABLE_CALLS_CONFIG')
    ),
  '.data'
);

command.parse();
start(command.opts() as StartOptions).catch((error: unknown) => {
  console.error(`Error: ${errorText(error)}`);
  process.exit(1);
});
