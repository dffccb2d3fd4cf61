import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { parse, stringify } from 'yaml';
import { registrationWorkflowId } from '../../contracts/registration';
import { EngineProcess } from '../support/engine-process';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { Kamailio } from '../support/kamailio';
import { header, sdp, SipPeer } from '../support/sip-peer';

const ROOT = path.join(__dirname, '../..');
const EXAMPLE = path.join(ROOT, 'examples/two-logins.yaml');
const PASSWORDS = { '+4930111': 'sales-password', '+4930222': 'support-password' };

describe('examples/two-logins.yaml', () => {
  let folder: string;
  let node: string;
  let config: string;
  let bots: [sales: SipPeer, support: SipPeer];
  let caller: SipPeer;
  let provider: Kamailio;
  let sipServer: EngineProcess;
  let worker: EngineProcess;
  let env: NodeJS.ProcessEnv;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'durable-calls-example-'));
    bots = [await SipPeer.open(), await SipPeer.open()];
    caller = await SipPeer.open();
    node = path
      .basename(folder)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .slice(-20);
    const [sipPort, adminPort, apiPort] = [await freePort(), await freePort(), await freePort()];
    provider = await Kamailio.start({ accounts: PASSWORDS, customerPort: sipPort });
    env = {
      ...process.env,
      DRACHTIO_SECRET: 'test-secret',
      DURABLE_CALLS_PASSWORD_SALES: PASSWORDS['+4930111'],
      DURABLE_CALLS_PASSWORD_SUPPORT: PASSWORDS['+4930222'],
      DURABLE_CALLS_NODE: node,
      DURABLE_CALLS_SIP_SERVER_PORT: String(adminPort),
      DURABLE_CALLS_API_PORT: String(apiPort),
      DURABLE_CALLS_RECORDS: path.join(folder, 'records'),
    };
    const listen = ['--listen', `udp:127.0.0.1:${sipPort}`, '--admin', `127.0.0.1:${adminPort}`];
    sipServer = new EngineProcess(
      path.join(ROOT, 'dist/sip-server/main.js'),
      [...listen, '--control', '127.0.0.1:0'],
      env
    );
    await sipServer.ready(/sip-server listening/);
    config = path.join(folder, 'two-logins.yaml');
    // As it stands, but with ports that are free here.
    const ports = { 5080: provider.port, 5070: bots[0].port, 5071: bots[1].port };
    const text = await readFile(EXAMPLE, 'utf8');
    await writeFile(
      config,
      text.replace(/(?<=127\.0\.0\.1:)(50\d\d)\b/g, (port) => String(ports[port as '5080']))
    );
    await startWorker();
  });

  afterEach(async () => {
    await Promise.all([worker, sipServer].map((each) => each.kill()));
    await provider.stop();
    await Promise.all([...bots, caller].map((peer) => peer.close()));
    await rm(folder, { recursive: true, force: true });
  });

  async function startWorker(): Promise<void> {
    worker = new EngineProcess(path.join(ROOT, 'dist/worker/main.js'), ['--config', config], env);
    await worker.ready(/worker ready/);
  }

  const isRegistered = (login: string): boolean => provider.lines(new RegExp(`registered \\${login} `)).length > 0;

  it('runs as it stands: both logins register, and calls to each number go to its bot', async () => {
    for (const [i, login] of Object.keys(PASSWORDS).entries()) {
      await eventually(() => isRegistered(login), `${login} registers`);
      caller.dial({ port: provider.port }, { to: `sip:${login}@127.0.0.1:${provider.port}`, body: sdp() });
      const invite = await bots[i]!.expect('INVITE');
      expect(header(invite, 'P-Called-Party-ID')).toContain(`sip:${login}@`);
      bots[i]!.respond(invite, 486);
      await caller.expect(480);
    }
  });

  it('leaves the binding of what was removed while no worker ran to its end: none knows its password', async () => {
    for (const login of Object.keys(PASSWORDS)) await eventually(() => isRegistered(login), `${login} registers`);
    await worker.kill();
    const { trunks, channels, ...rest } = parse(await readFile(config, 'utf8')) as Record<string, object[]>;
    await writeFile(config, stringify({ ...rest, trunks: [trunks![0]], channels: [channels![0]] }));
    await startWorker();
    const connection = await Connection.connect({ address: env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233' });
    const statusOf = async (trunk: string): Promise<string> =>
      (await new Client({ connection }).workflow.getHandle(registrationWorkflowId(trunk, node)).describe()).status.name;
    await eventually(async () => (await statusOf('support')) === 'COMPLETED', 'its registration ends');
    expect(await statusOf('sales')).toBe('RUNNING');
    expect(provider.lines(/registered .* expires 0/)).toEqual([]);
    await connection.close();
  });
});
