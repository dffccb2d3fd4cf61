import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { Engine } from '../support/engine';
import { EngineProcess } from '../support/engine-process';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';

const WORKER = path.join(__dirname, '../../dist/worker/main.js');

describe('a worker that is told by SIGHUP to take its configuration anew', () => {
  let engine: Engine;
  let folder: string;
  let worker: EngineProcess | undefined;
  /** Its configuration, with this login. */
  let configured: (login: string) => string;

  beforeAll(async () => {
    engine = await Engine.start({ bot: 'sip:bot@127.0.0.1:5070' });
  });

  afterAll(() => engine.stop());

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'durable-calls-reload-'));
    const config = parse(await readFile(engine.worker.configFile, 'utf8')) as {
      api: object;
      trunks: { login: string }[];
    };
    const port = await freePort();
    configured = (login) =>
      stringify({ ...config, api: { ...config.api, port }, trunks: [{ ...config.trunks[0]!, login }] });
  });

  afterEach(async () => {
    await worker?.kill();
    // Whoever still waits to write into a pipe waits no more.
    for (const name of await readdir(folder))
      await open(path.join(folder, name), constants.O_RDONLY | constants.O_NONBLOCK).then(
        (file) => file.close(),
        () => undefined
      );
    await rm(folder, { recursive: true, force: true });
  });

  const start = (config: string): EngineProcess =>
    (worker = new EngineProcess(WORKER, ['--config', config], engine.environment));

  /** A pipe of its own stands in the place of the configuration from now on: what is written for one reading is not read by another. */
  async function pipeAt(config: string, name: string): Promise<string> {
    const pipe = path.join(folder, name);
    execFileSync('mkfifo', [pipe]);
    await symlink(pipe, `${config}.next`);
    await rename(`${config}.next`, config);
    return pipe;
  }

  it('does so as soon as it has read it, when it is still loading', async () => {
    const config = path.join(folder, 'config.yaml');
    const first = await pipeAt(config, 'first');
    const starting = start(config);
    // Opens once the worker reads.
    const reading = await open(first, 'w');
    starting.hangUp();
    const second = await pipeAt(config, 'second');
    await reading.writeFile(configured('1000'));
    await reading.close();
    await writeFile(second, configured('2000'));
    await starting.ready(/configuration reloaded[^]*worker ready/);
    expect(starting.isGone).toBe(false);
  });

  it('does so while it waits for the SIP server', async () => {
    const config = path.join(folder, 'config.yaml');
    await writeFile(config, configured('1000'));
    await engine.killSipServer();
    const waiting = start(config);
    await waiting.ready(/connection to the SIP server failed/);
    waiting.hangUp();
    await waiting.ready(/configuration reloaded/);
    await engine.startSipServer();
    await waiting.ready(/worker ready/);
    expect(waiting.isGone).toBe(false);
  });

  it('says what is wrong with one that is no YAML, and stays', async () => {
    const config = path.join(folder, 'config.yaml');
    await writeFile(config, configured('1000'));
    const running = start(config);
    await running.ready(/worker ready/);
    await writeFile(config, 'trunks: *nowhere\n');
    running.hangUp();
    await running.ready(/nothing is changed/);
    await running.ready('config.yaml:1 file: No anchor &nowhere stands before this alias');
    await writeFile(config, configured('2000'));
    running.hangUp();
    await eventually(() => /configuration reloaded/.test(running.output), 'the worker takes the next one');
    expect(running.isGone).toBe(false);
  });
});
