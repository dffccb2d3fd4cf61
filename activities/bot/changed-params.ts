type Params = Readonly<Record<string, unknown>>;

/**
 * Which parameters that the bot watches (`notifyParamChange`) have other values than before.
 * @returns each with its new value, null where there is none any more
 */
export function changedParams(before: Params, after: Params): Record<string, unknown> {
  const { notifyParamChange: watched } = after;
  if (!Array.isArray(watched)) return {};
  const names = watched.filter((name): name is string => typeof name === 'string');
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
}
