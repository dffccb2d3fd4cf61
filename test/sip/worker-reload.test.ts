import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
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
  }, 60_000);

  afterAll(() => engine.stop(), 60_000);

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
    // Whoever still waits to write into the pipe waits no more.
    await open(path.join(folder, 'pipe'), constants.O_RDONLY | constants.O_NONBLOCK).then(
      (pipe) => pipe.close(),
      () => undefined
    );
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const start = (config: string): EngineProcess =>
    (worker = new EngineProcess(WORKER, ['--config', config], engine.environment));

  it('does so as soon as it has read it, when it is still loading', async () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const starting = start(pipe);
    for (const login of ['1000', '2000']) {
      // Opens once the worker reads.
      const reading = await open(pipe, 'w');
      if (login === '1000') starting.hangUp();
      await reading.writeFile(configured(login));
      await reading.close();
    }
    await starting.ready(/configuration reloaded[^]*worker ready/);
    expect(starting.isGone).toBe(false);
  }, 90_000);

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
  }, 90_000);

  it('says what is wrong with one that is no YAML, and stays', async () => {
    const config = path.join(folder, 'config.yaml');
    await writeFile(config, configured('1000'));
    const running = start(config);
    await running.ready(/worker ready/);
    await writeFile(config, 'trunks: *nowhere\n');
    running.hangUp();
    await running.ready(/nothing is changed/);
    expect(running.output).toContain('config.yaml:1 file: No anchor &nowhere stands before this alias');
    await writeFile(config, configured('2000'));
    running.hangUp();
    await eventually(() => /configuration reloaded/.test(running.output), 'the worker takes the next one');
    expect(running.isGone).toBe(false);
  }, 90_000);
});
