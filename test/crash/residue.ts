import type { Cell } from './cells';
import type { World } from './world';

/** Dialogs that have ended are kept for 35 s, so that late NOTIFYs find them; transactions live for 32 s at most. */
const REST_MS = 36_000;

/** What a bot that is left dead is to hear is tried for a minute, and the BYE to it for 32 s, before they are given up. */
const GIVING_UP_MS = 64_000;

/** How long after the last call nothing may be left, in ms. */
export function restOf(cells: readonly Cell[]): number {
  return REST_MS + (cells.some(({ victim }) => victim === 'bot left dead') ? GIVING_UP_MS : 0);
}

/** What an engine still holds of its calls: nothing, `restOf` after the last one has ended. */
export async function residue({ engine }: World): Promise<string[]> {
  const { dialogs } = (await (await engine.control('/dialogs')).json()) as {
    dialogs: { id: string; state: string; tag: string }[];
  };
  const metrics = await (await engine.control('/metrics')).text();
  const numbers = ['transactions{side="client"}', 'transactions{side="server"}', 'waiting_requests'].map((name) => {
    const [, value = 'no number'] =
      metrics
        .split('\n')
        .find((line) => line.startsWith(`sip_server_${name} `))
        ?.split(' ') ?? [];
    return [name, value];
  });
  return [
    ...dialogs.map(({ id, state, tag }) => `${state} dialog ${id} ${tag}`),
    ...numbers.filter(([, value]) => value !== '0').map(([name, value]) => `${name}: ${value}`),
    ...(await engine.openWorkflows()).map((id) => `open workflow ${id}`),
  ];
}
