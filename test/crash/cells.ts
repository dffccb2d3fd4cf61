import type { StepName } from './steps';
import { pauseAt, STEPS } from './steps';
import type { TransferName } from './transfers';
import { TRANSFER_NAMES } from './transfers';
import type { VictimName } from './victims';
import { VICTIMS } from './victims';

/** One call of the matrix: who is killed, at which step, with which transfer. */
export interface Cell {
  step: StepName;
  victim: VictimName;
  transfer: TransferName;
}

export const ALL_CELLS: readonly Cell[] = VICTIMS.flatMap(({ name: victim }) =>
  TRANSFER_NAMES.flatMap((transfer) =>
    STEPS.filter(({ name }) => pauseAt(name, transfer)).map(({ name: step }) => ({ step, victim, transfer }))
  )
);

/** A pattern that means no cell. */
export class UnknownCell extends Error {}

export function nameOf({ step, victim, transfer }: Cell): string {
  return `${step}/${victim}/${transfer}`;
}

/**
 * The cells that a pattern means: `step`, `step/victim` or `step/victim/transfer`, each `*` or a name in any case.
 * @throws UnknownCell when it means none
 */
export function selectCells(pattern: string): Cell[] {
  const [step = '*', victim = '*', transfer = '*'] = pattern.toLowerCase().split('/');
  const isMeant = (wanted: string, name: string): boolean => wanted === '*' || wanted === name.toLowerCase();
  const meant = ALL_CELLS.filter(
    (cell) => isMeant(step, cell.step) && isMeant(victim, cell.victim) && isMeant(transfer, cell.transfer)
  );
  if (meant.length === 0)
    throw new UnknownCell(`"${pattern}" is no cell; steps are ${STEPS.map(({ name }) => name).join(', ')}`);
  return meant;
}
