import { startTemporalServer } from '../../launch/temporal-server';
import type { TemporalServer } from '../../launch/temporal-server';
import { searchAttributeTypes } from '../../contracts/search-attributes';
import { freePort } from './free-port';

declare global {
  /** The Temporal server shared by all test projects of one run. */
  var temporalServer: Promise<TemporalServer> | undefined;
}

/** Starts one Temporal server for the whole run, unless `TEMPORAL_ADDRESS` names one. Jest calls this once per project. */
export default async function setup(): Promise<void> {
  if (globalThis.temporalServer === undefined && process.env['TEMPORAL_ADDRESS'] !== undefined) return;
  const cliPath = process.env['DURABLE_CALLS_TEMPORAL_CLI'];
  if (cliPath === undefined) throw new Error('No Temporal CLI: run the tests with `npm test`, which finds one.');
  globalThis.temporalServer ??= start(cliPath);
  process.env['TEMPORAL_ADDRESS'] = (await globalThis.temporalServer).address;
}

async function start(cliPath: string): Promise<TemporalServer> {
  return startTemporalServer({ cliPath, port: await freePort(), searchAttributes: searchAttributeTypes });
}
