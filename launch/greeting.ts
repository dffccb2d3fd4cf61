import type { Config } from '../config/config';
import type { DemoPlan } from './demo/plan';
import { dialledUri, QUIET_NUMBER } from './demo/plan';
import { EXAMPLES, numberOf } from './examples/plan';
import { HOST } from './options';

/** A number that can be dialled, and who answers. */
export interface DialLine {
  uri: string;
  who: string;
}

export interface Greeting {
  dialLines: readonly DialLine[];
  apiPort: number;
  /** Link to the UI, or where else Temporal is. */
  temporal: string;
  logs: string;
  records: string;
}

export function demoDialLines(plan: DemoPlan): DialLine[] {
  return [
    { uri: dialledUri(plan), who: 'the demonstration: a bot that hands you over' },
    { uri: dialledUri(plan, QUIET_NUMBER), who: 'a bot that only answers' },
    { uri: dialledUri(plan, numberOf(EXAMPLES[0])), who: 'and the next ones: the bots of `npm run example -- <name>`' },
  ];
}

/** The logins of the configuration's trunks, each with its bot. */
export function configDialLines({ trunks, channels }: Config, sipPort: number): DialLine[] {
  return trunks.map(({ id, login }) => {
    const bot = channels.find(({ trunk }) => trunk === id)?.botId;
    return { uri: `sip:${login}@${HOST}:${sipPort}`, who: `trunk ${id}, bot ${bot ?? 'none'}` };
  });
}

/** What the start screen says when everything runs. */
export function greetingText({ dialLines, apiPort, temporal, logs, records }: Greeting): string {
  const width = Math.max(0, ...dialLines.map(({ uri }) => uri.length));
  const lines = [
    ...dialLines.map(({ uri, who }) => `dial      ${uri.padEnd(width)}   ${who}`),
    'SIP       UDP and TCP, from this machine only',
    `API       ${apiUrl(apiPort)}`,
    `Temporal  ${temporal}`,
    `logs      ${logs}`,
    `records   ${records}`,
    'Ctrl-C stops everything.',
  ];
  return `\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

/** Address of the calls, or of one, in the HTTP API. */
export function apiUrl(port: number, callId?: string): string {
  const calls = `http://${HOST}:${port}/v1/calls`;
  return callId === undefined ? calls : `${calls}/${callId}`;
}
