import os from 'node:os';
import { Command } from '@commander-js/extra-typings';
import type { Plan, Result } from './measure';
import { cpuPerCall, highestCleanRate, memoryPerDialog, soak } from './measure';
import { foreignSubject, ownSubject } from './subject';
import type { Subject } from './subject';

const count = (text: string): number => {
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) <= 0) throw new Error(`"${text}" is no number above 0`);
  return Number(text);
};

const command = new Command('bench:sip')
  .description(
    "SIPp's built-in caller against an answering drachtio-srf application. Needs `sipp`; reads /proc of Linux."
  )
  .option('--server <host:port>', 'a drachtio-compatible server that runs already, by its port for applications')
  .option('--secret <secret>', 'what that server takes', 'cymru')
  .option('--pid <pid>', 'process of that server, for CPU time and memory', count)
  .option('--rounds <n>', 'the medians of so many rounds are reported', count, 3)
  .option('--step <n>', 'first rate and distance between rates, in calls per second', count, 100)
  .option('--step-seconds <n>', 'how long each rate is kept up', count, 5)
  .option('--rate <n>', 'calls per second for CPU time, set-up of dialogs and soak', count, 200)
  .option('--held <n>', 'dialogs held for the measurement of memory; 0.1 leaves it out', count, 10_000)
  .option('--soak <minutes>', 'only this: memory while calls come and go', count)
  .option('--json', 'print the result as JSON');

interface Report {
  machine: string;
  results: (Result & { server: string })[];
}

async function main(): Promise<void> {
  const options = command.parse().opts();
  const plan: Plan = {
    step: options.step,
    stepS: options.stepSeconds,
    rate: options.rate,
    held: Math.floor(options.held),
  };
  const subjects = subjectsOf(options);
  if (options.soak !== undefined) {
    await runSoak(subjects, plan, options.soak);
    return;
  }
  const results: Report['results'] = [];
  for (const [server, start] of subjects) results.push({ server, ...(await medians(start, plan, options.rounds)) });
  const report: Report = { machine: machine(), results };
  console.log(options.json === true ? JSON.stringify(report, null, 2) : tableOf(report));
}

type Start = () => Promise<Subject>;

function subjectsOf(options: {
  server?: string | undefined;
  secret: string;
  pid?: number | undefined;
}): [string, Start][] {
  const { server, secret, pid } = options;
  if (server !== undefined) {
    const [, host = '', port = ''] = /^(.+):(\d+)$/.exec(server) ?? [];
    return [[server, () => foreignSubject({ host, port: Number(port), secret, pid })]];
  }
  return [
    ['in memory', () => ownSubject({ withStore: false })],
    ['with store', () => ownSubject({ withStore: true })],
  ];
}

/** Each round has a server of its own, so that none inherits what another left behind. */
async function medians(start: Start, plan: Plan, rounds: number): Promise<Result> {
  const all: Result[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    all.push(await measure(start, plan));
    console.error(`round ${round}: ${JSON.stringify(all.at(-1))}`);
  }
  return {
    callsPerS: median(all.map(({ callsPerS }) => callsPerS)) ?? 0,
    cpuMsPerCall: median(all.map(({ cpuMsPerCall }) => cpuMsPerCall)),
    bytesPerDialog: median(all.map(({ bytesPerDialog }) => bytesPerDialog)),
  };
}

/** Memory is measured on a server that has done nothing before: what a load leaves behind would count as negative. */
async function measure(start: Start, plan: Plan): Promise<Result> {
  const bytesPerDialog = plan.held < 1 ? null : await withSubject(start, (subject) => memoryPerDialog(subject, plan));
  return withSubject(start, async (subject) => {
    const cpuMsPerCall = await cpuPerCall(subject, plan);
    return { callsPerS: await highestCleanRate(subject, plan), cpuMsPerCall, bytesPerDialog };
  });
}

async function runSoak(subjects: [string, Start][], plan: Plan, minutes: number): Promise<void> {
  for (const [server, start] of subjects) {
    const samples = await withSubject(start, (subject) => soak(subject, plan, minutes));
    const third = Math.ceil(samples.length / 3);
    const [first, last] = [samples.slice(third, 2 * third), samples.slice(-third)].map((part) =>
      mebibytes(median(part))
    );
    console.log(`${server}: ${first ?? '?'} MiB in the second third, ${last ?? '?'} MiB in the last`);
  }
}

async function withSubject<T>(start: Start, use: (subject: Subject) => Promise<T>): Promise<T> {
  const subject = await start();
  try {
    return await use(subject);
  } finally {
    await subject.end();
  }
}

function median(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known[Math.floor((known.length - 1) / 2)] ?? null;
}

function mebibytes(bytes: number | null): string {
  return bytes === null ? '?' : (bytes / 2 ** 20).toFixed(1);
}

function machine(): string {
  const [cpu] = os.cpus();
  return `${os.cpus().length} × ${cpu?.model.trim() ?? 'unknown CPU'}, Node ${process.version}, load ${os.loadavg()[0]?.toFixed(1) ?? '?'} before`;
}

function tableOf({ machine: on, results }: Report): string {
  const rows = results.map(({ server, callsPerS, cpuMsPerCall, bytesPerDialog }) =>
    [server, callsPerS, cpuMsPerCall?.toFixed(2) ?? '-', bytesPerDialog?.toFixed(0) ?? '-'].join(' | ')
  );
  const head = 'server | calls/s without a failure | CPU ms per call | bytes per held dialog';
  return [on, '', head, '--- | --- | --- | ---', ...rows].join('\n');
}

main().catch((error: unknown) => {
  console.error(`bench:sip: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
