import type { Client } from '@temporalio/client';
import type { CallId, LegKind } from '../../contracts/ids';
import { parseLegTag } from '../../contracts/ids';
import type { LegRecord } from '../../contracts/leg';
import type { Reconciled, ReconciliationActivities, ReconciliationInput } from '../../contracts/reconciliation';
import { heartbeating } from '../heartbeating';
import type { Log } from '../log';
import { NodeCalls } from './node-calls';
import { Pace } from './pace';
import type { SipControlOptions } from './sip-control';
import { SipControl } from './sip-control';

export interface ReconciliationOptions {
  client: Client;
  /** Absent: a worker that has no control port configured; another one of the node has. */
  control?: SipControlOptions;
  log: Pick<Log, 'warn'>;
}

interface OwnDialog {
  id: string;
  kind: LegKind;
  isOver: boolean;
  startedAtMs: number;
}

/** Dialogs of the node: all ids, and those with a tag of a call by that call. */
interface Dialogs {
  ids: Set<string>;
  byCall: Map<CallId, OwnDialog[]>;
}

export function createReconciliationActivities(options: ReconciliationOptions): ReconciliationActivities {
  return {
    reconcileNode: (input) =>
      heartbeating(() => {
        if (!options.control) throw new Error('this worker has no token of the SIP server’s control port');
        return new Reconciliation(input, new SipControl(options.control), options).run();
      }),
  };
}

/** One comparison. */
class Reconciliation {
  readonly #calls: NodeCalls;
  readonly #pace: Pace;
  readonly #result: Reconciled = { dialogs: 0, calls: 0, endedDialogs: 0, lostLegs: 0, young: 0, silent: 0 };
  readonly #youngFromMs: number;

  constructor(
    private readonly input: ReconciliationInput,
    private readonly control: SipControl,
    private readonly options: Pick<ReconciliationOptions, 'client' | 'log'>
  ) {
    this.#calls = new NodeCalls(options.client, input.node);
    this.#pace = new Pace(input.perSecond);
    this.#youngFromMs = Date.now() - input.graceMs;
  }

  async run(): Promise<Reconciled> {
    const dialogs = await this.#dialogs();
    const open = await this.#calls.open();
    this.#result.dialogs = dialogs.ids.size;
    this.#result.calls = open.size;
    for (const [callId, ofCall] of dialogs.byCall) if (!open.has(callId)) await this.#endStrays(callId, ofCall);
    await this.#tellOfLostLegs(await this.#missingLegs(open, dialogs));
    return this.#result;
  }

  async #dialogs(): Promise<Dialogs> {
    const dialogs: Dialogs = { ids: new Set(), byCall: new Map() };
    for await (const { id, tag, state, since, owner } of this.control.dialogs()) {
      // An application of another node at the same SIP server answers for its own calls.
      if (owner && !owner.tags.includes(`node-${this.input.node}`)) continue;
      dialogs.ids.add(id);
      const place = parseLegTag(tag ?? '');
      if (!place) continue;
      const { callId, leg } = place;
      const own = { id, kind: leg.kind, isOver: state === 'ended', startedAtMs: Date.parse(since) };
      dialogs.byCall.set(callId, [...(dialogs.byCall.get(callId) ?? []), own]);
    }
    return dialogs;
  }

  /** Dialogs of a call that the list does not have: asked for by its id, since the list lags behind. */
  async #endStrays(callId: CallId, dialogs: OwnDialog[]): Promise<void> {
    const up = dialogs.filter(({ isOver }) => !isOver);
    if (up.length === 0) return;
    await this.#pace.turn();
    if (await this.#calls.isOpen(callId)) return;
    for (const { id, startedAtMs } of up) {
      if (startedAtMs > this.#youngFromMs) {
        this.#result.young++;
        continue;
      }
      await this.#pace.turn();
      await this.control.end(id, 'the call has ended');
      this.options.log.warn({ callId, dialogId: id }, 'a dialog of no call was ended');
      this.#result.endedDialogs++;
    }
  }

  /** Asks the calls whose dialogs at the SIP server are not those of a caller and somebody else; most calls need not be asked. */
  async #missingLegs(open: Map<CallId, number>, { ids, byCall }: Dialogs): Promise<Map<LegRecord, CallId>> {
    const missing = new Map<LegRecord, CallId>();
    for (const [callId, startedAtMs] of open) {
      const kinds = new Set(byCall.get(callId)?.map(({ kind }) => kind));
      if (kinds.has('caller') && kinds.size > 1) continue;
      if (startedAtMs > this.#youngFromMs) {
        this.#result.young++;
        continue;
      }
      await this.#pace.turn();
      for (const leg of await this.#legs(callId)) if (!ids.has(leg.dialogId)) missing.set(leg, callId);
    }
    return missing;
  }

  async #legs(callId: CallId): Promise<LegRecord[]> {
    try {
      return await this.#calls.legs(callId);
    } catch (err) {
      this.#result.silent++;
      this.options.log.warn({ callId, err: String(err) }, 'a call does not say which legs it has');
      return [];
    }
  }

  /** The SIP server is asked once more: a leg may have come up between the first list of dialogs and the call's word. */
  async #tellOfLostLegs(missing: Map<LegRecord, CallId>): Promise<void> {
    if (missing.size === 0) return;
    const { ids } = await this.#dialogs();
    for (const [leg, callId] of missing) {
      if (ids.has(leg.dialogId)) continue;
      await this.#pace.turn();
      await this.#calls.tellLost(callId, leg);
      this.options.log.warn({ callId, leg: leg.name.kind, dialogId: leg.dialogId }, 'a call has lost a leg');
      this.#result.lostLegs++;
    }
  }
}
