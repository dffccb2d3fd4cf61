/** Quotation marks that editors put in the place of `"`. */
const CURLY_QUOTES = /[\u201c\u201d\u201e\u201f\u2033]/g;

/**
 * Reads JSON out of a text that people or language models write: it may stand between words or in a code fence, with quotation marks as
 * editors make them.
 * @returns undefined for prose
 */
export function paramsText(text: string): unknown {
  const [object] = /\{.*\}/s.exec(text) ?? [];
  if (object === undefined) return undefined;
  return parsed(object) ?? parsed(object.replace(CURLY_QUOTES, '"'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
