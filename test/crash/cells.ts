import type { Method, StepName } from './steps';
import { METHODS, STEPS } from './steps';
import type { VictimName } from './victims';
import { VICTIMS } from './victims';

/** One call of the matrix: who is killed, at which step, with which kind of transfer. */
export interface Cell {
  step: StepName;
  victim: VictimName;
  method: Method;
}

export const ALL_CELLS: readonly Cell[] = VICTIMS.flatMap(({ name: victim }) =>
  METHODS.flatMap((method) =>
    STEPS.filter(({ pause }) => method in pause).map(({ name: step }) => ({ step, victim, method }))
  )
);

/** A pattern that means no cell. */
export class UnknownCell extends Error {}

export function nameOf({ step, victim, method }: Cell): string {
  return `${step}/${victim}/${method}`;
}

/**
 * The cells that a pattern means: `step`, `step/victim` or `step/victim/method`, each `*` or a name in any case.
 * @throws UnknownCell when it means none
 */
export function selectCells(pattern: string): Cell[] {
  const [step = '*', victim = '*', method = '*'] = pattern.toLowerCase().split('/');
  const isMeant = (wanted: string, name: string): boolean => wanted === '*' || wanted === name.toLowerCase();
  const meant = ALL_CELLS.filter(
    (cell) => isMeant(step, cell.step) && isMeant(victim, cell.victim) && isMeant(method, cell.method)
  );
  if (meant.length === 0)
    throw new UnknownCell(`"${pattern}" is no cell; steps are ${STEPS.map(({ name }) => name).join(', ')}`);
  return meant;
}
