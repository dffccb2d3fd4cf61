import { StoreError } from './store';

/** What the store says about itself. */
export interface StoreMark {
  kind: string;
  version: number;
}

export const kind = 'durable-calls sip-server';

/** Version of the rows' form that this code reads and writes (docs/adr/0006-store-of-the-sip-server.md). */
export const version = 1;

/** Steps from one version to the next, by the version that they start from. Each runs in the commit that raises the version. */
export type Migrations = ReadonlyMap<number, () => void>;

/**
 * Finds the steps that bring a store to the version of this code.
 * @param mark undefined for a new store
 * @throws StoreError for a store of something else, of a newer version, or of one that nothing leads on from
 */
export function stepsFor(mark: StoreMark | undefined, folder: string, migrations: Migrations): (() => void)[] {
  if (mark === undefined) return [];
  if (mark.kind !== kind) throw foreign(folder);
  if (mark.version > version) {
    throw new StoreError(
      `${folder} was written by a newer version (store format ${mark.version}, this one reads ${version}): start that version, or name another folder`
    );
  }
  const steps: (() => void)[] = [];
  for (let from = mark.version; from < version; from++) {
    const step = migrations.get(from);
    if (step === undefined)
      throw new StoreError(`${folder} has store format ${from}, which this version cannot read: name another folder`);
    steps.push(step);
  }
  return steps;
}

export function foreign(folder: string): StoreError {
  return new StoreError(`${folder} holds something else than the store of a SIP server: name another folder`);
}
