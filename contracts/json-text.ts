import type { Fault } from './failures';
import { pathText } from './zod-faults';

/** An object or a list that the scan is in. */
interface Level {
  /** Names seen so far; absent in a list. */
  names?: Set<string>;
  /** The name or index of what comes next. */
  at: PropertyKey;
  /** The next string of an object is a name. */
  awaitsName: boolean;
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * Members whose names stand twice in one object (RFC 8259 section 4: parsers differ on which of them counts).
 * @param text well-formed JSON
 */
export function doubledNames(text: string): Fault[] {
  const levels: Level[] = [];
  const faults: Fault[] = [];
  for (const [token] of text.matchAll(TOKENS)) {
    const level = levels.at(-1);
    if (token === '{') levels.push({ names: new Set(), at: '', awaitsName: true });
    else if (token === '[') levels.push({ at: 0, awaitsName: false });
    else if (token === '}' || token === ']') levels.pop();
    else if (token === ',' && level) goOn(level);
    else if (token.startsWith('"') && level?.names && level.awaitsName) {
      level.at = JSON.parse(token) as string;
      level.awaitsName = false;
      if (level.names.has(level.at))
        faults.push({ path: pathText(levels.map(({ at }) => at)), message: 'is given more than once' });
      level.names.add(level.at);
    }
  }
  return faults;
}

function goOn(level: Level): void {
  if (typeof level.at === 'number') level.at += 1;
  else level.awaitsName = true;
}
