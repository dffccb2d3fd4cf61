import { Command, Option } from '@commander-js/extra-typings';
import type { Client } from '@temporalio/client';
import { CallsClient } from '../client/calls';
import type { Config } from '../config/config';
import { CallAnnouncer } from './call-announcer';
import { demonstrate } from './demo/demonstration';
import type { DemoPeers } from './demo/peers';
import { formatLine } from './demo/timeline';
import { visitorLine } from './demo/visitor';
import { apiUrl, configDialLines, demoDialLines, greetingText } from './greeting';
import { errorText, LaunchError } from './launch-error';
import type { SystemOptions } from './options';
import { HOST, withSystemOptions } from './options';
import { OVERRULED_SETTINGS, readOwnConfig } from './own-config';
import { Session } from './session';
import { onStopSignal } from './signals';

interface StartOptions extends SystemOptions {
  demo: boolean;
  config?: string;
}

const say = (text: string): void => console.log(text);

async function start(options: StartOptions, ownConfig: Config | undefined): Promise<void> {
  const session = await Session.prepare({ ...options, withPeers: ownConfig === undefined }, say);
  const stopping = new AbortController();
  onStopSignal((signal) => {
    say(`${signal}: stopping ...`);
    stopping.abort();
    void session.stop().then(() => {
      say('stopped');
      process.exit(0);
    });
  });
  try {
    say('starting ...');
    const { client, peers } = await session.start();
    greet(session, client, ownConfig);
    if (peers) announceVisitors(session, client, peers);
    if (ownConfig) void announceCalls(session, client, ownConfig, stopping.signal);
    if (options.demo && peers) await showDemonstration(session, client, peers);
  } catch (error) {
    if (session.isStopping) return;
    await session.stop();
    throw error;
  }
}

function greet(session: Session, client: Client, ownConfig: Config | undefined): void {
  const { ports, data, plan } = session;
  const text = greetingText({
    dialLines: ownConfig ? configDialLines(ownConfig, ports.sip) : demoDialLines(plan),
    apiPort: ports.api,
    temporal: session.uiUrl(client) ?? `namespace ${client.options.namespace} of your own server`,
    logs: data.logFile('*'),
    records: data.records,
  });
  say(text);
}

/** Tells of each call that somebody else places to the demonstration's bots. */
function announceVisitors(session: Session, client: Client, peers: DemoPeers): void {
  const linkTo = linkToCall(session, client);
  peers.trace.onEntry((entry) => {
    const line = visitorLine(entry, linkTo);
    if (line !== undefined) say(line);
  });
}

/** Tells of each call to the bots of a configuration. */
function announceCalls(session: Session, client: Client, { channels }: Config, stopping: AbortSignal): Promise<void> {
  const botIds = channels.map(({ botId }) => botId);
  const calls = new CallsClient(client);
  return new CallAnnouncer({ calls, botIds, linkTo: linkToCall(session, client), say }).run(stopping);
}

function linkToCall(session: Session, client: Client): (callId: string) => string {
  return (callId) => session.uiUrl(client, `call-${callId}`) ?? apiUrl(session.ports.api, callId);
}

async function showDemonstration(session: Session, client: Client, peers: DemoPeers): Promise<void> {
  say('A demonstration call (npm start -- --no-demo skips it):');
  const { verdicts, callId, runId } = await demonstrate({
    peers,
    client,
    recordsFolder: session.data.records,
    onLine: (line) => say(formatLine(line)),
  });
  const wrong = verdicts.filter(({ isRight }) => !isRight);
  say(`${verdicts.length - wrong.length} of ${verdicts.length} steps came out right.`);
  for (const { name, fault } of wrong) say(`  not so: ${name}: ${fault ?? ''}`);
  const ui = callId === undefined ? undefined : session.uiUrl(client, `call-${callId}`, runId);
  if (ui !== undefined) say(`Its history: ${ui}`);
}

const startCommand = (): Command =>
  withSystemOptions(
    new Command('npm start --')
      .description('Starts the Temporal server, the SIP server and the worker, and places one demonstration call.')
      .option('--no-demo', 'place no demonstration call')
      .addOption(
        new Option(
          '--config <file>',
          'trunks and bots of your own instead of the demonstration; no demonstration call. ' +
            `Of its settings, ${OVERRULED_SETTINGS} are overruled by the options here`
        ).env('DURABLE_CALLS_CONFIG')
      )
      .addHelpText('after', `\nEverything listens on ${HOST}: on this machine only.`),
    '.data'
  );

/** Ends the process at `--help`, at arguments that are wrong and at a faulty configuration. @returns what starts everything */
export function readArguments(args: string[]): () => void {
  const command = startCommand().parse(args, { from: 'user' });
  const options = command.opts() as unknown as StartOptions;
  const ownConfig = readConfigOf(options, command);
  return () =>
    void start(options, ownConfig).catch((error: unknown) => {
      console.error(`Error: ${errorText(error)}`);
      process.exit(1);
    });
}

function readConfigOf(options: StartOptions, command: Command): Config | undefined {
  if (options.config === undefined) return undefined;
  try {
    return readOwnConfig(options.config, options, process.env);
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    return command.error(`Error: ${error.message}`);
  }
}
