import { describe, expect, it, jest } from '@jest/globals';

type Found = { kind: 'server'; address: string } | { kind: 'cli'; path: string } | { closed: string };
interface Way {
  name: string;
  advice: string;
  find: () => Promise<Found>;
}
interface FindTemporal {
  findTemporal: (ways: Way[], say: (text: string) => void) => Promise<Found>;
}
interface TemporalWays {
  temporalWays: (context: { root: string; env: NodeJS.ProcessEnv; say: (text: string) => void }) => Way[];
  configuredServer: (env: NodeJS.ProcessEnv) => Found;
}

const { findTemporal } = jest.requireActual<FindTemporal>('../../../launch/setup/find-temporal.js');
const { temporalWays, configuredServer } = jest.requireActual<TemporalWays>('../../../launch/setup/temporal-ways.js');

const root = process.cwd();
const silent = (): void => undefined;
/** No profile file of the machine may take part. */
const env = { TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml' };

function way(name: string, found: Found): Way & { find: jest.Mock<() => Promise<Found>> } {
  return { name, advice: `do ${name}`, find: jest.fn(() => Promise.resolve(found)) };
}

describe('finding a Temporal', () => {
  it('takes the first way that is open and tries no further one', async () => {
    const first = way('first', { closed: 'not set' });
    const second = way('second', { kind: 'cli', path: '/bin/temporal' });
    const third = way('third', { kind: 'cli', path: '/other/temporal' });
    await expect(findTemporal([first, second, third], silent)).resolves.toEqual({ kind: 'cli', path: '/bin/temporal' });
    expect(third.find).not.toHaveBeenCalled();
  });

  it('lists every way and why it is closed when none is open', async () => {
    const ways = [way('one', { closed: 'no network' }), way('two', { closed: 'no Go' })];
    const failure = await findTemporal(ways, silent).catch((error: unknown) => (error as Error).message);
    for (const text of ['do one', 'no network', 'do two', 'no Go']) expect(failure).toContain(text);
  });

  it('prefers settings to PATH, PATH to kept CLIs, those to a download, and Go comes last', () => {
    expect(temporalWays({ root, env, say: silent }).map(({ name }) => name)).toEqual([
      'the CLI named by DURABLE_CALLS_TEMPORAL_CLI',
      'the server of your Temporal settings',
      'the CLI on PATH',
      'the CLI downloaded earlier by the Temporal SDK',
      'the CLI in the project cache',
      'the CLI downloaded by the Temporal SDK',
      'the CLI built with Go',
    ]);
  });

  it('does not take a program on PATH that is no Temporal CLI', async () => {
    const [, , onPath] = temporalWays({
      root,
      env: { ...env, PATH: `${root}/test/unit/launch/fixtures/bin` },
      say: silent,
    });
    await expect(onPath?.find()).resolves.toEqual({ closed: expect.stringContaining('has no "server start-dev"') });
  });
});

describe("the user's Temporal settings", () => {
  it('name a server by TEMPORAL_ADDRESS', () => {
    expect(configuredServer({ ...env, TEMPORAL_ADDRESS: 'cluster:7233' })).toEqual({
      kind: 'server',
      address: 'cluster:7233',
    });
  });

  it('name a server by the address of a profile', () => {
    const file = `${root}/test/unit/launch/fixtures/temporal.toml`;
    expect(configuredServer({ TEMPORAL_CONFIG_FILE: file })).toEqual({
      kind: 'server',
      address: 'default.example:7233',
    });
    expect(configuredServer({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'other' })).toEqual({
      kind: 'server',
      address: 'other.example:7233',
    });
  });

  it('mean the local server, as for the Temporal CLI, when they have credentials but no address', () => {
    expect(configuredServer({ ...env, TEMPORAL_API_KEY: 'key' })).toEqual({
      kind: 'server',
      address: '127.0.0.1:7233',
    });
  });

  it('name no server when there is only a namespace, or an empty address', () => {
    expect(configuredServer({ ...env, TEMPORAL_NAMESPACE: 'mine' })).toEqual({ closed: 'not set' });
    expect(configuredServer({ ...env, TEMPORAL_ADDRESS: '' })).toEqual({ closed: 'not set' });
  });

  it('are an error that says so when the profile does not exist', () => {
    expect(() => configuredServer({ ...env, TEMPORAL_PROFILE: 'missing' })).toThrow(
      /Temporal settings cannot be read.*missing/
    );
  });
});
