import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dialogPage, InvalidCursor } from '../../../sip-server/control/dialog-page';
import type { Dialog } from '../../../sip-server/dialog/dialog';

function dialog(id: string, startedAt: number): Dialog {
  const parties = { localTag: 'ours', remoteParty: '"Ann" <sip:ann@h>;tag=1', owner: undefined };
  return { id, callId: id, startedAt, state: 'confirmed', role: 'uas', ...parties } as unknown as Dialog;
}

const nobody = (): boolean => false;

describe('pages of dialogs', () => {
  it('tell every dialog that stays once, whatever comes and goes between them', () => {
    const start = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-f0-9]{1,3}$/), start, fc.boolean()), {
          selector: ([id]) => id,
        }),
        fc.integer({ min: 1, max: 4 }),
        (all, limit) => {
          const staying = all.filter(([, , stays]) => stays);
          const seen: string[] = [];
          let cursor: string | undefined;
          for (let more = true, turn = 0; more; turn += 1) {
            const present = turn % 2 === 0 ? all : staying;
            const page = dialogPage(
              present.map(([id, at]) => dialog(id, at)),
              cursor,
              limit,
              nobody
            );
            seen.push(...page.dialogs.map(({ id }) => id));
            cursor = page.next ?? undefined;
            more = page.more;
          }
          expect(new Set(seen).size).toBe(seen.length);
          expect(seen).toEqual(expect.arrayContaining(staying.map(([id]) => id)));
        }
      )
    );
  });

  it('go on behind the last one that was there', () => {
    const first = dialogPage([dialog('a', 1)], undefined, 10, nobody);
    expect(first).toMatchObject({ more: false, dialogs: [{ id: 'a', tag: 'ours', peer: 'sip:ann@h', owner: null }] });
    const nothingNew = dialogPage([dialog('a', 1)], first.next!, 10, nobody);
    expect(nothingNew).toEqual({ dialogs: [], next: first.next, more: false });
    expect(dialogPage([dialog('a', 1), dialog('b', 2)], first.next!, 10, nobody).dialogs).toHaveLength(1);
  });

  it.each(['', 'nonsense', 'MTIzNA'])('refuse the cursor "%s"', (cursor) => {
    expect(() => dialogPage([], cursor, 10, nobody)).toThrow(InvalidCursor);
  });
});
