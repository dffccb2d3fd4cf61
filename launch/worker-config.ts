import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { stringify } from 'yaml';
import type { DemoPlan } from './demo/plan';
import { DEMO_BOT_ID, DEMO_NUMBER, DEMO_TRUNK, QUIET_NUMBER, QUIET_USER } from './demo/plan';

/** A softphone on this machine may send from any of its addresses. */
function ownAddresses(host: string): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address));
  return [...new Set([host, ...addresses.filter((address) => !address.startsWith('fe80:'))])];
}

/** Writes a worker configuration with the demonstration's trunk and bot. */
export function writeDemoConfig(file: string, plan: DemoPlan, settings: { recordsFolder: string }): void {
  const { host, ports, sipPort } = plan;
  const trunk = { sources: ownAddresses(host), host: `${host}:${sipPort}` };
  const webhook = `http://${host}:${ports.webhook}/events`;
  const config = {
    records: { folder: settings.recordsFolder },
    trunks: [
      { id: DEMO_TRUNK, login: DEMO_NUMBER, transferMethod: plan.method, ...trunk },
      { id: QUIET_USER, login: QUIET_NUMBER, ...trunk },
    ],
    channels: [
      {
        botId: DEMO_BOT_ID,
        trunk: DEMO_TRUNK,
        leg: `sip:bot@${host}:${ports.bot}`,
        webhook,
      },
      { botId: `${QUIET_USER}-bot`, trunk: QUIET_USER, leg: `sip:${QUIET_USER}@${host}:${ports.bot}`, webhook },
    ],
  };
  const heading =
    '# Written by `npm start`; give your own file with --config. examples/durable-calls.yaml shows every setting.\n';
  writeFileSync(file, heading + stringify(config));
}
