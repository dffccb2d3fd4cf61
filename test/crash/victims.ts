/** Who is killed. `another worker`: the worker is left dead, with another one of its node running. */
export const VICTIMS = [
  { name: 'worker', does: 'killed, and started again' },
  { name: 'worker of two', does: 'killed and left dead; another one of the node runs' },
  { name: 'SIP server', does: 'killed, and started again on its store' },
  { name: 'Temporal', does: 'killed, and started again on its file 7 s later' },
  { name: 'bot', does: 'SIP and webhook end without a word; a new one that knows no call takes their ports' },
] as const;

export type VictimName = (typeof VICTIMS)[number]['name'];
