import { jest } from '@jest/globals';
import type { CallsClient } from '../../../client/calls';
import { runCli } from '../../../client/cli/program';
import type { ConnectedCalls } from '../../../client/connect';
import { callId, fakeCalls, listed, receipts, view } from './api-client';

export const item = {
  callId,
  phase: 'grace' as const,
  trunk: 'demo',
  botId: 'demo-bot',
  caller: '+4930123',
  callee: '1000',
  startedAt: view.startedAt,
};

export type Fake = { [Name in keyof CallsClient]: jest.MockedFunction<CallsClient[Name]> };

export function fakeClient(): Fake {
  return {
    ...fakeCalls(),
    transfer: jest.fn<CallsClient['transfer']>().mockResolvedValue(receipts[0]!),
    hangup: jest.fn<CallsClient['hangup']>(),
    end: jest.fn<CallsClient['end']>().mockResolvedValue(),
    all: jest.fn<CallsClient['all']>(() => listed([item, item])),
    histories: jest.fn<CallsClient['histories']>(),
  };
}

interface Run {
  code: number;
  out: string;
  err: string;
  calls: Fake;
  close: jest.Mock;
}

/** Runs one command line with a client that calls nobody. */
export async function run(
  args: string[],
  given: { calls?: Fake; input?: string; env?: NodeJS.ProcessEnv } = {}
): Promise<Run> {
  const { calls = fakeClient(), input = '', env = {} } = given;
  let [out, err] = ['', ''];
  const close = jest.fn<() => Promise<void>>().mockResolvedValue();
  const code = await runCli(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    readInput: () => Promise.resolve(input),
    connect: () => Promise.resolve({ calls, close } as unknown as ConnectedCalls),
    serveLostNode: () => Promise.reject(new Error('no worker in this test')),
    env,
  });
  return { code, out, err, calls, close };
}
