import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { stringify } from 'yaml';
import type { DemoPlan } from './demo/plan';
import { EXAMPLES, exampleConfig } from './examples/plan';
import { DEMO_BOT_ID, DEMO_NUMBER, DEMO_TRUNK, QUIET_NUMBER, QUIET_USER } from './demo/plan';

/** A softphone on this machine may send from any of its addresses. */
function ownAddresses(host: string): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address));
  return [...new Set([host, ...addresses.filter((address) => !address.startsWith('fe80:'))])];
}

export interface DemoSettings {
  recordsFolder: string;
  /** Ports of the examples. */
  examples: readonly number[];
}

/** Writes a worker configuration with the trunks and bots of the demonstration and of the examples. */
export function writeDemoConfig(file: string, plan: DemoPlan, settings: DemoSettings): void {
  const { host, ports, sipPort } = plan;
  const trunk = { sources: ownAddresses(host), host: `${host}:${sipPort}` };
  const webhook = `http://${host}:${ports.webhook}/events`;
  const examples = EXAMPLES.map((name) => exampleConfig(plan, settings.examples, name));
  const config = {
    records: { folder: settings.recordsFolder },
    trunks: [
      { id: DEMO_TRUNK, login: DEMO_NUMBER, transferMethod: plan.method, ...trunk },
      { id: QUIET_USER, login: QUIET_NUMBER, ...trunk },
      ...examples.map((example) => ({ ...example.trunk, ...trunk })),
    ],
    channels: [
      {
        botId: DEMO_BOT_ID,
        trunk: DEMO_TRUNK,
        leg: `sip:bot@${host}:${ports.bot}`,
        webhook,
      },
      { botId: `${QUIET_USER}-bot`, trunk: QUIET_USER, leg: `sip:${QUIET_USER}@${host}:${ports.bot}`, webhook },
      ...examples.map(({ channel }) => channel),
    ],
  };
  const heading =
    '# Written by `npm start`; give your own file with --config. examples/durable-calls.yaml shows every setting.\n';
  writeFileSync(file, heading + stringify(config));
}
