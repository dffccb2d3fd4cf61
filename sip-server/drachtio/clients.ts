import { isToken } from '../message/header-names';
import type { ClientConnection } from './connection';

/** The authenticated clients, and which of them a request is for. */
export class Clients {
  private readonly byId = new Map<string, ClientConnection>();
  private readonly turns = new Map<string, number>();

  add(connection: ClientConnection): void {
    this.byId.set(connection.id, connection);
  }

  /** @returns false when it was not there, for one that never authenticated */
  remove(connection: ClientConnection): boolean {
    return this.byId.delete(connection.id);
  }

  /** The connection when it is still there and does not hang. */
  live(id: string | undefined): ClientConnection | undefined {
    const connection = this.get(id);
    return connection?.isHung === false ? connection : undefined;
  }

  /** The connection when it is still there. */
  get(id: string | undefined): ClientConnection | undefined {
    const connection = this.byId.get(id ?? '');
    return connection?.isOpen === true ? connection : undefined;
  }

  all(): ClientConnection[] {
    return [...this.byId.values()].filter(({ isOpen }) => isOpen);
  }

  /** The SIP methods that any of them wants, in upper case. */
  wantedMethods(): Set<string> {
    const routes = this.all().flatMap((connection) => [...connection.routes]);
    return new Set(routes.filter((route) => isToken(route)).map((route) => route.toUpperCase()));
  }

  /** The next in turn of those that want this method. */
  nextFor(method: string): ClientConnection | undefined {
    const verb = method.toLowerCase();
    return this.next(
      verb,
      this.allLive().filter(({ routes }) => routes.has(verb))
    );
  }

  /** The next in turn of those with exactly these tags, else of those that have them among others, else of all. */
  nextLike(tags: readonly string[]): ClientConnection | undefined {
    const wanted = tagSet(tags);
    const all = this.allLive();
    const alike = all.filter((connection) => tagSet(connection.tags) === wanted);
    const able = all.filter((connection) => tags.every((tag) => connection.tags.includes(tag)));
    return this.next(`tags ${wanted}`, [alike, able, all].find(({ length }) => length > 0) ?? []);
  }

  /** Another client with exactly the same tags is there and does not hang. */
  hasTwin(connection: ClientConnection): boolean {
    const wanted = tagSet(connection.tags);
    return this.allLive().some((other) => other !== connection && tagSet(other.tags) === wanted);
  }

  private allLive(): ClientConnection[] {
    return this.all().filter(({ isHung }) => !isHung);
  }

  private next(purpose: string, candidates: ClientConnection[]): ClientConnection | undefined {
    if (candidates.length === 0) return undefined;
    const turn = ((this.turns.get(purpose) ?? -1) + 1) % candidates.length;
    this.turns.set(purpose, turn);
    return candidates[turn];
  }
}

function tagSet(tags: readonly string[]): string {
  return [...new Set(tags)].sort().join(',');
}
