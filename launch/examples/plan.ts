import { readFileSync, writeFileSync } from 'node:fs';
import { DIALECT_NAMES } from '../../contracts/dialects';
import type { DemoPlan } from '../demo/plan';
import { targetsOf, uriIn } from '../demo/plan';

/** The bots under `examples/bots`, each with the number that leads to it. */
export const EXAMPLES = [...DIALECT_NAMES, 'sip'] as const;
export type ExampleName = (typeof EXAMPLES)[number];

/** A port for each example, and the last one for the SIP server of `sip`. */
export const EXAMPLE_PORTS = EXAMPLES.length + 1;

const FIRST_NUMBER = 3001;

/** What an example needs to know of the running `npm start`. */
export interface ExamplesPlan {
  host: string;
  sipPort: number;
  /** The one that is busy, and the one that answers. */
  targets: readonly string[];
  /** `transferNotificationsHangupMS` */
  graceMs: number;
  ports: readonly number[];
}

/** Ports in a row from `base`. */
export function examplePorts(base: number): number[] {
  return Array.from({ length: EXAMPLE_PORTS }, (_, i) => base + i);
}

export function examplesPlan(plan: DemoPlan, ports: readonly number[]): ExamplesPlan {
  const { host, sipPort, graceMs } = plan;
  return { host, sipPort, targets: targetsOf(plan), graceMs, ports };
}

export function numberOf(name: ExampleName): string {
  return String(FIRST_NUMBER + EXAMPLES.indexOf(name));
}

export function portOf({ ports }: ExamplesPlan, name: ExampleName): number {
  return ports[EXAMPLES.indexOf(name)] ?? 0;
}

/** Port of the SIP server that the example `sip` starts for itself. */
export function adminPortOf({ ports }: ExamplesPlan): number {
  return ports.at(-1) ?? 0;
}

/** Trunk and channel of an example, as a worker's configuration has them. */
export function exampleConfig(
  plan: DemoPlan,
  ports: readonly number[],
  name: ExampleName
): { trunk: Record<string, unknown>; channel: Record<string, unknown> } {
  const id = `example-${name}`;
  const at = `${plan.host}:${ports[EXAMPLES.indexOf(name)] ?? 0}`;
  const presets = { transferNotifications: true, transferNotificationsHangupMS: plan.graceMs };
  const bot = name === 'sip' ? { leg: `sip:bot@${at}` } : { dialect: name, webhook: `http://${at}/` };
  const preset = name === 'copilot-legacy' ? { transferTarget: uriIn(plan, 'agent') } : {};
  const isDialogflow = name === 'dialogflow-cx' || name === 'dialogflow-es';
  return {
    trunk: { id, login: numberOf(name) },
    channel: {
      botId: id,
      trunk: id,
      ...bot,
      ...(isDialogflow ? { sendEventsToBot: ['conversationEnd'] } : {}),
      presets: { ...presets, ...preset },
    },
  };
}

export function writePlan(file: string, plan: ExamplesPlan): void {
  writeFileSync(file, `${JSON.stringify(plan)}\n`);
}

/** @returns undefined when nothing was started there */
export function readPlan(file: string): ExamplesPlan | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ExamplesPlan;
  } catch {
    return undefined;
  }
}
