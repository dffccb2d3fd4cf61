/** @returns an amount with its noun: `1 call`, `2 calls` */
export function counted(amount: number | bigint, one: string, many = `${one}s`): string {
  return `${amount} ${Number(amount) === 1 ? one : many}`;
}
