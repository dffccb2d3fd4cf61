import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { freePort } from '../../support/free-port';
import { TemporalTunnel } from '../../../worker/temporal-tunnel';

let tunnel: TemporalTunnel;
let temporal: net.Server | undefined;

/** Answers each text with itself in capitals. */
async function comeUp(port: number): Promise<void> {
  temporal = net.createServer((socket) => socket.on('data', (text) => socket.write(text.toString().toUpperCase())));
  await once(temporal.listen(port, '127.0.0.1'), 'listening');
}

async function enter(): Promise<net.Socket> {
  const socket = net.connect(Number(tunnel.address.split(':')[1]), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: net.Socket, text: string): Promise<string> {
  socket.write(text);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

describe('the tunnel to Temporal', () => {
  afterEach(() => {
    tunnel.close();
    temporal?.close();
    temporal = undefined;
  });

  it('ends a connection at once when Temporal is away and nobody should wait', async () => {
    tunnel = await TemporalTunnel.open(`127.0.0.1:${await freePort()}`);
    const socket = await enter();
    await once(socket, 'close');
    expect(socket.bytesRead).toBe(0);
  });

  it('keeps a connection, and what was sent on it, until Temporal is there', async () => {
    const port = await freePort();
    tunnel = await TemporalTunnel.open(`localhost:${port}`);
    tunnel.waits = true;
    const socket = await enter();
    const answer = ask(socket, 'a task, please');
    await comeUp(port);
    expect(await answer).toBe('A TASK, PLEASE');
    expect(await ask(socket, 'and another')).toBe('AND ANOTHER');
    socket.destroy();
  });

  it('ends the connections that wait when it should wait no more', async () => {
    tunnel = await TemporalTunnel.open(`127.0.0.1:${await freePort()}`);
    tunnel.waits = true;
    const socket = await enter();
    tunnel.close();
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });

  it('ends a connection when Temporal does', async () => {
    await comeUp(0);
    tunnel = await TemporalTunnel.open(`127.0.0.1:${(temporal!.address() as AddressInfo).port}`);
    const taken = once(temporal!, 'connection') as Promise<[net.Socket]>;
    const socket = await enter();
    const [far] = await taken;
    far.destroy();
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });

  it('leads to hosts by name, by IPv6 address, and to the usual port', async () => {
    tunnel = await TemporalTunnel.open('[::1]');
    expect(tunnel.host).toBe('::1');
    tunnel.close();
    tunnel = await TemporalTunnel.open('temporal.example:7234');
    expect(tunnel.host).toBe('temporal.example');
  });
});
