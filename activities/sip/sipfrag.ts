/** The first status line of a `message/sipfrag` body (RFC 3420). Later lines and headers do not count. */
export interface SipfragStatus {
  sipStatus: number;
  reasonPhrase: string;
}

const STATUS_LINE = /^\s*SIP\/\d+\.\d+[ \t]+(\d{3})(?:[ \t]+(.*?))?[ \t]*$/im;

/** Tolerant of line ends, case, a missing reason and headers around it. @returns undefined when there is no status line */
export function parseSipfrag(body: string): SipfragStatus | undefined {
  const match = STATUS_LINE.exec(body.replace(/\r\n?/g, '\n'));
  const sipStatus = Number(match?.[1]);
  if (!match || sipStatus < 100 || sipStatus > 699) return undefined;
  return { sipStatus, reasonPhrase: match[2] ?? '' };
}

/** The Q.850 cause in a Reason header of the fragment (RFC 3326). */
export function parseCause(body: string): number | undefined {
  const cause = /^reason[ \t]*:[^\r\n]*\bQ\.850\b[^\r\n,]*?;[ \t]*cause[ \t]*=[ \t]*(\d{1,3})/im.exec(body)?.[1];
  return cause === undefined ? undefined : Number(cause);
}

/** `Subscription-State` (RFC 6665 section 8.4): state and `reason` parameter, lower case. Absent: `active`. */
export function parseSubscriptionState(header: string | undefined): { state: string; reason?: string } {
  const [state = '', ...parameters] = (header ?? 'active').split(';').map((part) => part.trim().toLowerCase());
  const reason = parameters.find((parameter) => parameter.startsWith('reason='))?.slice('reason='.length);
  return { state: state === '' ? 'active' : state, ...(reason === undefined ? {} : { reason }) };
}

/** `id` of an Event header `refer;id=<CSeq>` (RFC 3515 section 2.4.6). */
export function parseReferEventId(header: string | undefined): number | undefined {
  const id = /;\s*id\s*=\s*(\d+)/i.exec(header ?? '')?.[1];
  return id === undefined ? undefined : Number(id);
}
