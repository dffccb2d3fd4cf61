import { describe, expect, it } from '@jest/globals';
import type { CallId } from '../../../contracts/ids';
import { readTransferToken, transferToken } from '../../../contracts/transfer-token';

const token = { callId: 'abcdefghijklmnop' as CallId, attempt: 2, secret: '0123456789abcdef0123456789abcdef' };
const text = transferToken(token);
const reading = (headers: Record<string, string>) => readTransferToken((name) => headers[name]);

describe('the token of a REFER to a number', () => {
  it.each([
    [{ 'X-Transfer-Token': text }],
    [{ 'X-Transfer-Token': ` ${text.toUpperCase()} ` }],
    [{ 'Referred-By': `<sip:1000@us;transfer-token=${text}>` }],
    [{ 'Referred-By': `"Bot" <sip:1000@us;transfer-token=${text};x=1>;cid="a@b"` }],
    [{ 'X-Transfer-Token': 'cut off', 'Referred-By': `<tel:1000;transfer-token=${text}>` }],
  ])('is read from %j', (headers) => {
    expect(reading(headers)).toEqual(token);
  });

  it.each([
    [{}],
    [{ 'X-Transfer-Token': text.slice(1) }],
    [{ 'X-Transfer-Token': `${text}0` }],
    [{ 'X-Transfer-Token': text.replace('.2.', '.-2.') }],
    [{ 'Referred-By': '<sip:1000@us;transfer-token=>' }],
  ])('is not read from %j', (headers) => {
    expect(reading(headers)).toBeUndefined();
  });
});
