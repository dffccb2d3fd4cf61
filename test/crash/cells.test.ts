import { expect, it } from '@jest/globals';
import { ALL_CELLS, nameOf, selectCells } from './cells';
import { lineOf } from './result';

it('a pattern selects cells by step, victim and transfer, in any case', () => {
  expect(selectCells('REFER sent/worker').map(nameOf)).toEqual(['REFER sent/worker/REFER']);
  expect(selectCells('grace timer/TEMPORAL').map(nameOf)).toEqual([
    'grace timer/Temporal/REFER',
    'grace timer/Temporal/INVITE',
  ]);
  expect(selectCells('*/bot/refer')).toEqual(
    ALL_CELLS.filter(({ victim, transfer }) => victim === 'bot' && transfer === 'REFER')
  );
  expect(() => selectCells('REFER send')).toThrow('"REFER send" is no cell');
});

it('no cell is there twice', () => {
  expect(new Set(ALL_CELLS.map(nameOf)).size).toBe(ALL_CELLS.length);
});

it('a red cell says why on the terminal', () => {
  const cell = { step: 'arriving', victim: 'bot', transfer: 'REFER', faults: ['2 call records'] } as const;
  expect(lineOf({ ...cell, faults: [...cell.faults] })).toMatch(/^RED {3}arriving\/bot\/REFER\s+2 call records$/);
});
