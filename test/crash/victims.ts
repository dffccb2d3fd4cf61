/** What can be killed. */
export type Part = 'worker' | 'SIP server' | 'Temporal' | 'bot';

/** Who is killed, all at once. */
export const VICTIMS = [
  { name: 'worker', kills: ['worker'], does: 'killed, and started again' },
  { name: 'worker of two', kills: ['worker'], does: 'killed and left dead; another one of the node runs' },
  { name: 'SIP server', kills: ['SIP server'], does: 'killed, and started again on its store' },
  { name: 'Temporal', kills: ['Temporal'], does: 'killed, and started again on its file 7 s later' },
  {
    name: 'bot',
    kills: ['bot'],
    does: 'SIP phone and webhook, one process, killed; a new one that knows no call takes their place',
  },
  { name: 'bot left dead', kills: ['bot'], does: 'killed, and nothing answers in its place' },
  { name: 'worker and bot', kills: ['worker', 'bot'], does: 'killed at once, and both started again' },
  {
    name: 'engine',
    kills: ['worker', 'SIP server', 'Temporal'],
    does: 'worker, SIP server and Temporal killed at once and started again, as when the machine of all three goes down',
  },
] as const satisfies readonly { name: string; kills: readonly Part[]; does: string }[];

export type VictimName = (typeof VICTIMS)[number]['name'];

export function isKilledBy(part: Part, wanted: VictimName): boolean {
  const kills: readonly Part[] = VICTIMS.find(({ name }) => name === wanted)!.kills;
  return kills.includes(part);
}
