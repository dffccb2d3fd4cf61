import { describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { Journal } from '../../../sip-server/store/journal';
import { MemoryStore } from '../../../sip-server/store/memory-store';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function journalWith(
  store = new MemoryStore(),
  log = pino({ level: 'silent' })
): {
  journal: Journal;
  events: string[];
  row: (name: string) => { save(): void };
} {
  const events: string[] = [];
  return {
    journal: new Journal(store, log),
    events,
    row: (name) => ({ save: () => events.push(`save ${name}`) }),
  };
}

describe('the journal', () => {
  it('lets nothing leave before what was noted is saved, once a turn, in order', async () => {
    const { journal, events, row } = journalWith();
    const dialog = row('dialog');
    journal.afterCommit(() => events.push('first'));
    journal.note(dialog);
    journal.afterCommit(() => events.push('second'));
    journal.note(dialog);
    journal.afterCommit(() => events.push('third'));
    expect(events).toEqual([]);
    await turn();
    expect(events).toEqual(['save dialog', 'first', 'second', 'third']);
  });

  it('keeps the order of what is asked while others leave', async () => {
    const { journal, events, row } = journalWith();
    journal.note(row('a'));
    journal.afterCommit(() => {
      journal.note(row('b'));
      journal.afterCommit(() => events.push('after b'));
    });
    journal.afterCommit(() => events.push('after a'));
    await turn();
    await turn();
    expect(events).toEqual(['save a', 'after a', 'save b', 'after b']);
  });

  it('goes on when the store takes nothing, says so once, and tries again until it does', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const store = new FailingStore();
    const log = { fatal: jest.fn(), warn: jest.fn() };
    const { journal, events, row } = journalWith(store, log as unknown as Logger);
    for (const name of ['a', 'b']) {
      journal.note(row(name));
      journal.afterCommit(() => events.push(`left with ${name}`));
      await turn();
    }
    expect(events).toEqual(['save a', 'left with a', 'save b', 'left with b']);
    expect(log.fatal).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1000);
    expect(log.warn).not.toHaveBeenCalled();
    store.fault = undefined;
    jest.advanceTimersByTime(5000);
    expect([store.tries, log.warn.mock.calls.length]).toEqual([2, 1]);
    jest.useRealTimers();
  });
});

class FailingStore extends MemoryStore {
  override fault: string | undefined = 'disk full';
  tries = 0;

  override retry(): void {
    this.tries += 1;
  }
}
