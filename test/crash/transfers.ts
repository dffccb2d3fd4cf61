/** How the engine carries a transfer out. */
export type Method = 'REFER' | 'INVITE';

/** What a call does for its transfer. Where the first attempt fails, the bot asks for another one, which succeeds. */
export const TRANSFERS = [
  { name: 'REFER', method: 'REFER', does: 'the caller’s side takes the REFER, reports, and hangs up' },
  { name: 'INVITE', method: 'INVITE', does: 'the target answers, caller and target are joined' },
  { name: 'REFER, busy', method: 'REFER', fails: 'busy', does: 'the last report of the first REFER is 486' },
  { name: 'INVITE, busy', method: 'INVITE', fails: 'busy', does: 'the first target refuses with 486' },
  {
    name: 'INVITE, undone',
    method: 'INVITE',
    fails: 'undone',
    does: 'the first target answers, the caller refuses its media with 488: it is let go, and the bot taken off hold',
  },
] as const satisfies readonly { name: string; method: Method; fails?: 'busy' | 'undone'; does: string }[];

export type TransferName = (typeof TRANSFERS)[number]['name'];

export const TRANSFER_NAMES: readonly TransferName[] = TRANSFERS.map(({ name }) => name);

/** @returns its method, and how its first attempt fails when it does */
export function transferNamed(wanted: TransferName): { method: Method; fails: 'busy' | 'undone' | undefined } {
  const found = TRANSFERS.find(({ name }) => name === wanted)!;
  return { method: found.method, fails: 'fails' in found ? found.fails : undefined };
}
