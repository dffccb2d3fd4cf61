import type { AnswerWithoutMediaInput } from '../../contracts/activities-sip';
import { dialogId, legTag } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import { networkAddress, withOwnOrigin } from './session-description';

/** The discard port (RFC 863): no media is sent or expected. */
const NO_MEDIA_PORT = 9;

const TELEPHONE_AUDIO = ['a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000', 'a=rtpmap:101 telephone-event/8000'];

/** The caller's leg when nobody speaks: every offered medium is taken, inactive, at our address and port 9 (RFC 3264 section 6.1). */
export function answerWithoutMedia(input: AnswerWithoutMediaInput, host: string): LegRecord {
  const { callId, name, sipCallId, remoteTag, offer, trunk } = input;
  const localTag = legTag(callId, name);
  const body = offer === '' ? inactiveOffer(host) : inactiveAnswer(offer, host);
  return {
    name,
    dialogId: dialogId(sipCallId, remoteTag),
    localTag,
    remoteTag,
    localSdp: withOwnOrigin(body, { tag: localTag, host }),
    remoteSdp: offer,
    ...(trunk === undefined ? {} : { trunk }),
  };
}

/** Declines every medium of an offer: port 0 (RFC 3264 section 6). */
export function declineAll(offer: string, host: string): string {
  return describe(
    host,
    mediaOf(offer).map(({ kind, protocol, formats }) => [`m=${kind} 0 ${protocol} ${formats}`])
  );
}

/** Takes every medium of an offer, inactive, at our address and port 9 (RFC 3264 section 6.1). */
export function inactiveAnswer(offer: string, host: string): string {
  return describe(
    host,
    mediaOf(offer).map(({ kind, port, protocol, formats, maps }) =>
      port === '0'
        ? [`m=${kind} 0 ${protocol} ${formats}`]
        : [`m=${kind} ${NO_MEDIA_PORT} ${protocol} ${formats}`, ...maps, 'a=inactive']
    )
  );
}

function inactiveOffer(host: string): string {
  return describe(host, [[`m=audio ${NO_MEDIA_PORT} RTP/AVP 0 8 101`, ...TELEPHONE_AUDIO, 'a=inactive']]);
}

function describe(host: string, media: string[][]): string {
  return ['v=0', 's=-', `c=${networkAddress(host)}`, 't=0 0', ...media.flat(), ''].join('\r\n');
}

interface Medium {
  kind: string;
  port: string;
  protocol: string;
  formats: string;
  /** `a=rtpmap` and `a=fmtp` lines. */
  maps: string[];
}

function mediaOf(description: string): Medium[] {
  const media: Medium[] = [];
  for (const line of description.split(/\r?\n/)) {
    const [, kind, port, protocol, formats] = /^m=(\S+) (\d+)(?:\/\d+)? (\S+) (.+)$/.exec(line) ?? [];
    if (kind !== undefined && port !== undefined && protocol !== undefined && formats !== undefined)
      media.push({ kind, port, protocol, formats, maps: [] });
    else if (/^a=(rtpmap|fmtp):/.test(line)) media.at(-1)?.maps.push(line);
  }
  return media;
}
