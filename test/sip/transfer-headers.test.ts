import { describe, expect, it } from '@jest/globals';
import { TRANSFER_LIMITS } from '../../contracts/transfer';
import type { SipHeaderField } from '../../contracts/transfer';
import type { InviteEngine } from '../support/invite-engine';
import { callForEachTest } from '../support/invite-engine';
import type { PhoneCall } from '../support/joined-call';
import type { ReceivedMessage } from '../support/sip-peer';
import { header } from '../support/sip-peer';

const { headers: MOST, headerCharacters: LONGEST } = TRANSFER_LIMITS;
const PATH = 'activities[0].activityParams.transferSipHeaders';
/** Data that would change its meaning in a URI or a header field if it were not kept apart. */
const AWKWARD = '%41;lr?a=b&c="d, é" <sip:x@y>';

let on: InviteEngine;
let call: PhoneCall;

callForEachTest((engine, phones) => {
  [on, call] = [engine, phones];
});

/** As many headers, with as many characters of names and values in all. */
function fields(count: number, characters: number): SipHeaderField[] {
  const names = Array.from({ length: count }, (_, i) => `X-Field-${String(i).padStart(3, '0')}`);
  const ofValues = characters - names.join('').length;
  const share = Math.floor(ofValues / count);
  const lengths = names.map((_, i) => (i === 0 ? ofValues - share * (count - 1) : share));
  return names.map((name, i) => ({ name, value: AWKWARD.padEnd(lengths[i] ?? 0, `${i}.`) }));
}

/** The fields of this kind that came, in order. */
function customOf({ headers }: Pick<ReceivedMessage, 'headers'>): SipHeaderField[] {
  const custom = headers.filter(([name]) => name.startsWith('X-Field'));
  return custom.map(([name, value]) => ({ name, value }));
}

/** The URI headers of a Refer-To, decoded once (RFC 3261 section 19.1.1). */
function uriHeadersOf(refer: ReceivedMessage): SipHeaderField[] {
  const [, text = ''] = /^<[^?>]*\?([^>]*)>$/.exec(header(refer, 'Refer-To') ?? '') ?? [];
  return text.split('&').map((pair) => {
    const [name = '', value = ''] = pair.split('=');
    return { name: decodeURIComponent(name), value: decodeURIComponent(value) };
  });
}

describe('as many and as long headers as a transfer may have', () => {
  const most = fields(MOST, LONGEST);

  it('arrive at the target by INVITE as they were given', async () => {
    const { target, transfer } = call;
    await transfer({ transferSipHeaders: most });
    const invite = await target.peer.expect('INVITE');
    expect(customOf(invite)).toEqual(most);
    target.peer.respond(invite, 486);
    await on.webhook.expect(call.callId, 'transferStatus');
  });

  it('arrive at the transferee in Refer-To, and nowhere else in the REFER', async () => {
    const { caller, transfer } = call;
    await transfer({ transferSipHeaders: most, transferMethod: 'refer' });
    const refer = await caller.peer.expect('REFER');
    expect(uriHeadersOf(refer)).toEqual(most);
    expect(customOf(refer)).toEqual([]);
    caller.peer.respond(refer, 603);
    await on.webhook.expect(call.callId, 'transferStatus');
  });
});

describe('headers beyond the limits', () => {
  it.each([
    ['one header more', fields(MOST + 1, LONGEST), `${MOST + 1} headers`],
    ['one character more', fields(MOST, LONGEST + 1), `${LONGEST + 1} characters`],
  ])('are refused with their path for %s, and the call goes on', async (_, headers, words) => {
    const { callId, caller, callerDialog, target, transfer } = call;
    const answer = await transfer({ transferSipHeaders: headers });
    expect(answer).toMatchObject({
      status: 422,
      body: { errors: [{ path: PATH, message: expect.stringContaining(words) }] },
    });
    expect(await on.engine.view(callId)).toMatchObject({ phase: 'conversing', transfers: [] });
    await transfer();
    target.peer.respond(await target.peer.expect('INVITE'), 486);
    await on.webhook.expect(callId, 'transferStatus');
    expect([target.peer.count('INVITE'), caller.peer.count('BYE')]).toEqual([1, 0]);
    callerDialog.request('BYE');
    await call.byeAtBot();
    expect((await on.engine.recordOf(callId)).transfers).toHaveLength(1);
  });
});

describe('a REFER that is too long for a datagram', () => {
  it('fails the transfer, and the call goes on', async () => {
    const { callId, caller, target, transfer } = call;
    const name = 'X-Field';
    const headers = [{ name, value: '€'.repeat(LONGEST - name.length) }];
    await transfer({ transferSipHeaders: headers, transferMethod: 'refer' });
    expect(await on.webhook.expect(callId, 'transferStatus', 60_000)).toMatchObject({
      value: { status: 'failed', reasonCode: 'error' },
    });
    expect([caller.peer.count('REFER'), caller.peer.count('BYE')]).toEqual([0, 0]);
    await transfer({ transferSipHeaders: headers });
    const invite = await target.peer.expect('INVITE');
    expect(customOf(invite)).toEqual(headers);
    target.peer.respond(invite, 486);
    expect(await on.webhook.expect(callId, 'transferStatus')).toMatchObject({ value: { reasonCode: 'busy' } });
  });
});
