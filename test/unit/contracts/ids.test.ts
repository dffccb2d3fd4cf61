import { describe, it, expect } from '@jest/globals';
import fc from 'fast-check';
import type { CallId } from '../../../contracts/ids';
import {
  callIdOfWorkflow,
  callWorkflowId,
  dialogId,
  effectId,
  isCallId,
  LEG_KINDS,
  legTag,
  nodeTaskQueue,
  parseLegTag,
  recordKey,
} from '../../../contracts/ids';

const callIds = fc.stringMatching(/^[a-z2-7]{16}$/).map((text) => text as CallId);
const legNames = fc.record({ kind: fc.constantFrom(...LEG_KINDS), attempt: fc.nat(999_999) });
const callId = 'mfrggzdfmztwq2lk' as CallId;

describe('identifiers', () => {
  it('finds call and leg again in every tag it makes', () => {
    fc.assert(
      fc.property(callIds, legNames, (id, leg) => {
        expect(parseLegTag(legTag(id, leg))).toEqual({ callId: id, leg });
      })
    );
  });

  it('reads a tag whose case a peer has changed', () => {
    fc.assert(
      fc.property(callIds, legNames, (id, leg) => {
        expect(parseLegTag(legTag(id, leg).toUpperCase())).toEqual({ callId: id, leg });
      })
    );
  });

  it('finds the call id again in every workflow id it makes', () => {
    fc.assert(
      fc.property(callIds, (id) => {
        expect(callIdOfWorkflow(callWorkflowId(id))).toBe(id);
      })
    );
  });

  it.each(['', 'call-', 'call-MFRGGZDFMZTWQ2LK', 'order-mfrggzdfmztwq2lk', 'call-call-mfrggzdfmztwq2lk', callId])(
    'finds no call in the workflow id "%s"',
    (workflowId) => {
      expect(callIdOfWorkflow(workflowId)).toBeUndefined();
    }
  );

  it.each([
    '',
    'a6c85cf',
    callId,
    `${callId}-caller`,
    `${callId}-caller-`,
    `${callId}-callee-0`,
    `${callId}-bot-1234567`,
    `${callId}-bot--1`,
    `${callId}-bot-0 `,
    `x${callId}-bot-0`,
  ])('takes "%s" for a tag of someone else', (tag) => {
    expect(parseLegTag(tag)).toBeUndefined();
  });

  it.each(['mfrggzdfmztwq2l', 'mfrggzdfmztwq2lk7', 'mfrggzdfmztwq2l1', 'Mfrggzdfmztwq2lk', "mfrggzdfmztwq2l'"])(
    'does not take "%s" for a call id',
    (text) => {
      expect(isCallId(text)).toBe(false);
    }
  );

  it('writes the formats that histories, peers and records keep', () => {
    expect(callWorkflowId(callId)).toBe('call-mfrggzdfmztwq2lk');
    expect(legTag(callId, { kind: 'target', attempt: 2 })).toBe('mfrggzdfmztwq2lk-target-2');
    expect(effectId(callId, 'relay-info-bot', 17)).toBe('mfrggzdfmztwq2lk/relay-info-bot/17');
    expect(recordKey(callId, new Date(Date.UTC(2025, 0, 2, 3, 4, 5, 6)))).toBe('mfrggzdfmztwq2lk-20250102T030405006Z');
    expect(nodeTaskQueue('local')).toBe('sip-local');
    expect(dialogId('abc@host', 'tag1')).toBe('abc@host;from-tag=tag1');
  });
});
