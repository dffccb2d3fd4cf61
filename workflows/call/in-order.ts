import type { ParsedHangup, ParsedSendDtmf, ParsedSendMetaData } from '../../contracts/activities-read';
import { effectId } from '../../contracts/ids';
import { postMetaData, sendInfo } from './effects';
import { failureText, isActivityFailure } from './failure';
import type { CallSession } from './session';

/** Length of one digit in ms, as DTMF relays write it. */
const DIGIT_MS = 160;

/** Digits to the caller's side, one INFO each, in order. */
export function sendDigits(call: CallSession, { digits }: ParsedSendDtmf): void {
  for (const digit of digits)
    inOrder(call, () =>
      info(call, `DTMF ${digit}`, 'application/dtmf-relay', `Signal=${digit}\r\nDuration=${DIGIT_MS}\r\n`)
    );
}

/** Metadata to its URL, or to the caller's side as INFO. */
export function sendMetaData(call: CallSession, { data, url, timeoutMs }: ParsedSendMetaData): void {
  if (url === undefined) inOrder(call, () => info(call, 'metadata', 'application/json', data));
  else
    inOrder(call, () =>
      postMetaData.executeWithOptions({ summary: `metadata → ${url}` }, [
        { url, callId: call.input.callId, data, timeoutMs },
      ])
    );
}

/** The end of the call, after what the bot sent before it. */
export function hangUp(call: CallSession, { reason }: ParsedHangup): void {
  inOrder(call, () => {
    call.apply({ type: 'HangupRequested', ...(reason === undefined ? {} : { reason }), atMs: Date.now() });
    return Promise.resolve();
  });
}

async function info(call: CallSession, what: string, contentType: string, body: string): Promise<void> {
  const record = call.state.caller?.record;
  if (!record || !call.state.caller?.isUp) return;
  const effect = effectId(call.input.callId, 'info-caller', call.nextInfo());
  const input = { effectId: effect, dialogId: record.dialogId, contentType, body };
  const status = await sendInfo.executeWithOptions({ summary: `INFO ${what} → caller` }, [input]);
  if (status >= 300) call.note({ event: 'InfoRefused', detail: `${what}: ${status}` });
}

/** One after the other: a failed one is noted and holds nothing up. */
function inOrder(call: CallSession, send: () => Promise<unknown>): void {
  call.infos = call.infos.then(send).then(
    () => undefined,
    (err: unknown) => {
      if (!isActivityFailure(err)) throw err;
      call.note({ event: 'InfoFailed', detail: failureText(err) });
    }
  );
}
