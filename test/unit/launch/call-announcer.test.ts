import { describe, expect, it } from '@jest/globals';
import type { CallListItem } from '../../../client/call-list';
import { CallAnnouncer } from '../../../launch/call-announcer';
import { callId } from '../client/api-client';

const SINCE = '2026-11-21T20:00:00.000Z';
const up: CallListItem = {
  callId,
  phase: 'conversing',
  trunk: 'sales',
  botId: 'sales-bot',
  caller: '+4930123',
  callee: '1000',
  startedAt: SINCE,
};
const ended: CallListItem = { ...up, phase: 'ended', outcome: 'client-disconnected' };

/** @returns what is said at each look, when the list has these calls */
async function saidOf(lists: CallListItem[][]): Promise<string[][]> {
  let said: string[] = [];
  let list: CallListItem[] = [];
  const announcer = new CallAnnouncer({
    calls: {
      async *all() {
        yield* await Promise.resolve(list);
      },
    },
    botIds: ['sales-bot'],
    linkTo: (id) => `http://ui/call-${id}`,
    say: (text) => said.push(text),
  });
  const looks: string[][] = [];
  for (list of lists) {
    said = [];
    await announcer.look(SINCE);
    looks.push(said);
  }
  return looks;
}

const BEGIN = `call ${callId} from +4930123 to 1000, bot sales-bot: http://ui/call-${callId}`;
const END = `call ${callId} ended: client-disconnected`;

describe('what npm start tells of calls', () => {
  it('is their beginning and their end, each once', async () =>
    expect(await saidOf([[], [up], [up], [ended], [ended]])).toEqual([[], [BEGIN], [], [END], []]));

  it('is both of a call that was over between two looks', async () =>
    expect(await saidOf([[ended]])).toEqual([[BEGIN, END]]));

  it('is nothing of other bots’ calls', async () => expect(await saidOf([[{ ...up, botId: 'other' }]])).toEqual([[]]));

  it('passes no control characters on to the terminal', async () =>
    expect(await saidOf([[{ ...up, caller: 'me\u001b[2J' }]])).toEqual([[BEGIN.replace('+4930123', 'me[2J')]]));
});
