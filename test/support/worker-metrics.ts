/** @returns the value of a metric that has these labels, from the metrics of a worker; 0 for one that has not been counted */
export async function metricOf(listen: string, name: string, labels: Record<string, string>): Promise<number> {
  const text = await (await fetch(`http://${listen}/metrics`)).text();
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const line = text.split('\n').find((each) => each.startsWith(name) && wanted.every((label) => each.includes(label)));
  return Number(line?.split(' ').at(-1) ?? 0);
}
