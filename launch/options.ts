import type { TransferMethod } from '../contracts/transfer';
import { TRANSFER_METHODS } from '../contracts/transfer';
import type { Command } from '@commander-js/extra-typings';
import { Option } from '@commander-js/extra-typings';
import { InvalidArgumentError } from 'commander';
import type { DemoPorts } from './demo/plan';
import { demoPorts } from './demo/plan';
import { EXAMPLE_PORTS, examplePorts } from './examples/plan';
import { freePorts } from './ports';

/** Everything listens here: the set-up of `npm start` is for one machine. */
export const HOST = '127.0.0.1';

const LAST_PORT = 65_535;

/** From the first port of the demonstration's peers to the first of the examples. */
const TO_EXAMPLES = 10;

export interface SystemPorts {
  sip: number;
  /** Where the SIP server listens for the worker. */
  admin: number;
  /** Where it listens for operators, and for reconciliation. */
  control: number;
  api: number;
  temporal: number;
  ui: number;
  demo: DemoPorts;
  examples: readonly number[];
}

/** Options of `npm start` and `npm run demo`. */
export interface SystemOptions {
  sipPort: number;
  adminPort: number;
  controlPort: number;
  apiPort: number;
  temporalPort: number;
  uiPort: number;
  demoPortBase: number;
  freePorts?: true | undefined;
  data: string;
  targetAnswers: [number, number];
  /** How the demonstration's trunk transfers. */
  method: TransferMethod;
}

function portOption(flag: string, description: string, variable: string, fallback: number): Option {
  return new Option(`${flag} <port>`, description)
    .env(variable)
    .default(fallback)
    .argParser((text) => readPort(text));
}

/** Adds the options that both commands have. */
export function withSystemOptions(command: Command, defaultData: string): Command {
  return command
    .addOption(portOption('--sip-port', 'SIP, UDP and TCP', 'DURABLE_CALLS_SIP_PORT', 5060))
    .addOption(portOption('--admin-port', 'SIP server, for its applications', 'DURABLE_CALLS_SIP_SERVER_PORT', 9022))
    .addOption(portOption('--control-port', 'SIP server, for operators', 'DURABLE_CALLS_SIP_CONTROL_PORT', 9023))
    .addOption(portOption('--api-port', 'HTTP API', 'DURABLE_CALLS_API_PORT', 8080))
    .addOption(portOption('--temporal-port', 'embedded Temporal server', 'DURABLE_CALLS_TEMPORAL_PORT', 7233))
    .addOption(portOption('--ui-port', 'web UI of the embedded Temporal server', 'DURABLE_CALLS_UI_PORT', 8233))
    .addOption(
      portOption(
        '--demo-port-base',
        `first of the demonstration peers' five ports; the examples have ${EXAMPLE_PORTS} from the tenth after it on`,
        'DURABLE_CALLS_DEMO_PORT_BASE',
        5070
      ).argParser((text) => readPort(text, LAST_PORT - TO_EXAMPLES - EXAMPLE_PORTS + 1))
    )
    .addOption(
      new Option('--method <method>', "how the demonstration's trunk transfers")
        .choices(TRANSFER_METHODS)
        .default('refer' as const)
    )
    .option('--free-ports', 'take any free ports instead of all of the above')
    .addOption(
      new Option('--data <folder>', 'histories, records, logs, secret').env('DURABLE_CALLS_DATA').default(defaultData)
    )
    .addOption(
      new Option('--target-answers <statuses>', 'what the two transfer targets of the demonstration answer')
        .default([486, 200], '486,200')
        .argParser(readTargetAnswers)
    );
}

export async function choosePorts(options: SystemOptions): Promise<SystemPorts> {
  if (options.freePorts) {
    const ports = (await freePorts(HOST, 11 + EXAMPLE_PORTS)) as [...Eleven, ...number[]];
    const [sip, admin, control, api, temporal, ui, bot, webhook, caller, busy, agent, ...examples] = ports;
    return { sip, admin, control, api, temporal, ui, demo: { bot, webhook, caller, busy, agent }, examples };
  }
  return {
    sip: options.sipPort,
    admin: options.adminPort,
    control: options.controlPort,
    api: options.apiPort,
    temporal: options.temporalPort,
    ui: options.uiPort,
    demo: demoPorts(options.demoPortBase),
    examples: examplePorts(options.demoPortBase + TO_EXAMPLES),
  };
}

type Eleven = [number, number, number, number, number, number, number, number, number, number, number];

function readPort(text: string, last = LAST_PORT): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > last)
    throw new InvalidArgumentError(`It must be a port, 1 to ${last}.`);
  return port;
}

function readTargetAnswers(text: string): [number, number] {
  const [first = 0, second = 0, ...more] = text.split(',').map(Number);
  const isFinal = (status: number): boolean => Number.isInteger(status) && status >= 200 && status < 700;
  if (more.length > 0 || !isFinal(first) || !isFinal(second))
    throw new InvalidArgumentError('Give two final SIP statuses, as in 486,200.');
  return [first, second];
}
