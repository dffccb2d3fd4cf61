import type { Journal, Stored } from '../store/journal';
import type { Store, Table } from '../store/store';
import { rowOfArrival } from './arrival-row';
import type { ArrivalRow } from './arrival-row';
import type { Delivery } from './delivery';

/**
 * The rows of peers' requests: from their arrival until a client has answered, or was told what the server answered, and until nobody sends
 * them again.
 */
export class Inbox {
  private readonly table: Table<ArrivalRow>;
  private readonly arrivals = new Map<Delivery, Stored>();

  constructor(
    store: Store,
    private readonly journal: Journal
  ) {
    this.table = store.table('arrivals');
  }

  /** What an earlier process left. */
  rows(): ArrivalRow[] {
    return [...this.table.rows()];
  }

  /** Keeps a request from now on. */
  open(delivery: Delivery): void {
    const { transaction } = delivery;
    const arrival = { save: () => this.save(delivery) };
    this.arrivals.set(delivery, arrival);
    transaction.onChange = () => this.journal.note(arrival);
    this.journal.note(arrival);
  }

  /** Something about the delivery changed. */
  note(delivery: Delivery): void {
    const arrival = this.arrivals.get(delivery);
    if (arrival !== undefined) this.journal.note(arrival);
  }

  /** No client has to do with it any more; its transaction may go on. */
  close(delivery: Delivery): void {
    this.note(delivery);
    this.arrivals.delete(delivery);
  }

  private save(delivery: Delivery): void {
    const isOpen = this.arrivals.has(delivery);
    const { id, isOver } = delivery.transaction;
    const isAckAwaited = [...(delivery.dialog?.accepted.values() ?? [])].some(
      ({ transaction }) => transaction === delivery.transaction
    );
    if (isOver && !isOpen && !isAckAwaited) this.table.remove(id);
    else this.table.put(id, rowOfArrival(delivery, isOpen));
  }
}
