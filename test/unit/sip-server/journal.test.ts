import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { Journal } from '../../../sip-server/store/journal';
import { MemoryStore } from '../../../sip-server/store/memory-store';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function journalWith(store = new MemoryStore()): {
  journal: Journal;
  events: string[];
  row: (name: string) => { save(): void };
} {
  const events: string[] = [];
  return {
    journal: new Journal(store, pino({ level: 'silent' })),
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

  it('goes on when the store refuses, and saves the next', async () => {
    const store = new MemoryStore();
    store.commit = () => {
      throw new Error('disk full');
    };
    const { journal, events, row } = journalWith(store);
    journal.note(row('a'));
    journal.afterCommit(() => events.push('left'));
    await turn();
    expect(events).toEqual(['left']);
  });
});
