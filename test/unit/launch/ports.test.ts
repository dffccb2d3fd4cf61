import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { PortUse } from '../../../launch/ports';
import { freePorts, requireFreePorts } from '../../../launch/ports';

const HOST = '127.0.0.1';

function sipUse(port: number): PortUse {
  return { purpose: 'SIP', option: '--sip-port', port, transports: ['udp', 'tcp'] };
}

describe('the check of ports', () => {
  it('passes when they are free', async () => {
    const [port = 0] = await freePorts(HOST, 1);
    await expect(requireFreePorts(HOST, [sipUse(port)])).resolves.toBeUndefined();
  });

  it('names a taken TCP port, its purpose and the option that moves it', async () => {
    const [port = 0] = await freePorts(HOST, 1);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, HOST, resolve));
    const check = requireFreePorts(HOST, [sipUse(port)]);
    await expect(check).rejects.toThrow(`Port ${port}/tcp (SIP) is taken on ${HOST}`);
    await expect(check).rejects.toThrow('--sip-port');
    await new Promise((resolve) => server.close(resolve));
  });

  it('names a taken UDP port', async () => {
    const [port = 0] = await freePorts(HOST, 1);
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(port, HOST, resolve));
    await expect(requireFreePorts(HOST, [sipUse(port)])).rejects.toThrow(`Port ${port}/udp (SIP) is taken`);
    await new Promise<void>((resolve) => socket.close(resolve));
  });

  it('finds a port that is asked for twice', async () => {
    const [port = 0] = await freePorts(HOST, 1);
    const api: PortUse = { purpose: 'HTTP API', option: '--api-port', port, transports: ['tcp'] };
    await expect(requireFreePorts(HOST, [sipUse(port), api])).rejects.toThrow(/asked for twice: SIP .* and HTTP API/);
  });

  it('gives as many different free ports as asked for', async () => {
    expect(new Set(await freePorts(HOST, 10)).size).toBe(10);
  });
});
