import { randomBytes } from 'node:crypto';
import type { EffectId } from '../../../contracts/ids';
import { challengedEffectId } from '../../../contracts/ids';
import type {
  Answer,
  Awaited,
  HeldInvite,
  OutgoingRequest,
  PeerResponse,
  Sending,
  SentRequest,
  SipPort,
} from '../port';
import type { DigestChallenge } from './challenges';
import { strongestChallenge } from './challenges';
import type { Credentials } from './credentials';
import { authorization } from './credentials';
import { NonceCounts } from './nonce-counts';

/** @returns undefined when the trunk has no password */
export type CredentialsOf = (trunkId: string) => Credentials | undefined;

/** A server, a proxy before it, and a nonce of each that ran out: more than that is no honest peer. */
const MAX_CHALLENGES = 4;

/** How each status asks (RFC 3261 sections 22.2 and 22.3). */
const ASKED = {
  401: { challenge: 'WWW-Authenticate', answer: 'Authorization' },
  407: { challenge: 'Proxy-Authenticate', answer: 'Proxy-Authorization' },
} as const;

/** A port that answers the challenges of trunks (RFC 3261 section 22, RFC 8760). */
export class AuthenticatingPort implements SipPort {
  readonly #nonces = new NonceCounts();

  constructor(
    private readonly port: SipPort,
    private readonly credentialsOf: CredentialsOf
  ) {}

  get keepsEffects(): boolean {
    return this.port.keepsEffects;
  }

  get address(): string {
    return this.port.address;
  }

  get host(): string {
    return this.port.host;
  }

  async send(request: OutgoingRequest): Promise<Sending> {
    const sending = await this.port.send(request);
    const { trunk } = request;
    if (sending.kind !== 'sent' || trunk === undefined || request.method === 'ACK') return sending;
    return new AuthenticatedRequest(request, sending, this.port, this.#nonces, () => this.credentialsOf(trunk));
  }

  isWaiting(transaction: HeldInvite): Promise<boolean> {
    return this.port.isWaiting(transaction);
  }

  relayProgress(transaction: HeldInvite, answer: Answer): void {
    this.port.relayProgress(transaction, answer);
  }

  /** The INVITE that is pending may be one that answers a challenge. */
  async cancelEffect(effectId: EffectId): Promise<boolean> {
    for (let n = 0; n <= MAX_CHALLENGES; n++)
      if (await this.port.cancelEffect(n === 0 ? effectId : challengedEffectId(effectId, n))) return true;
    return false;
  }
}

/** A request together with its repeats that answer challenges. */
class AuthenticatedRequest implements SentRequest {
  readonly kind = 'sent';
  readonly #answered = new Map<401 | 407, DigestChallenge>();
  readonly #seen = new Set<string>();
  #challenges = 0;

  constructor(
    private readonly request: OutgoingRequest,
    private sent: SentRequest,
    private readonly port: SipPort,
    private readonly nonces: NonceCounts,
    private readonly credentials: () => Credentials | undefined
  ) {}

  get cseq(): number {
    return this.sent.cseq;
  }

  get uri(): string {
    return this.sent.uri;
  }

  async next(withinMs: number): Promise<Awaited> {
    for (;;) {
      const response = await this.sent.next(withinMs);
      if (response.kind !== 'response' || !this.#takes(response)) return response;
      const credentials = this.credentials();
      if (!credentials) return response;
      const again = await this.port.send(this.#again(credentials));
      if (again.kind === 'unsaid') return { kind: 'lost' };
      if (again.kind !== 'sent') return response;
      this.sent = again;
    }
  }

  acknowledge(): void {
    this.sent.acknowledge();
  }

  cancel(): void {
    this.sent.cancel();
  }

  /** Each nonce is answered once, and another of the same server only when ours was stale: otherwise the password is wrong. */
  #takes(response: PeerResponse): boolean {
    const { status } = response;
    if (status !== 401 && status !== 407) return false;
    const name = ASKED[status].challenge;
    const challenge = strongestChallenge(response.header(`X-${name}`) ?? response.header(name) ?? '');
    if (!challenge || this.#seen.has(challenge.nonce)) return false;
    if ((this.#answered.has(status) && !challenge.isStale) || this.#challenges === MAX_CHALLENGES) return false;
    this.#seen.add(challenge.nonce);
    this.#answered.set(status, challenge);
    this.#challenges++;
    return true;
  }

  /** Outside of dialogs CSeq is ours to raise; inside, the SIP server does. */
  #again(credentials: Credentials): OutgoingRequest {
    const { request } = this;
    const { method, headers = {}, body = '', effectId, dialogId } = request;
    const answers = [...this.#answered].map(([status, challenge]) => {
      const nonceCount = this.nonces.next(challenge.nonce);
      const cnonce = randomBytes(12).toString('base64url');
      const asked = { method, uri: this.sent.uri, body };
      return [ASKED[status].answer, authorization(challenge, credentials, asked, { nonceCount, cnonce })] as const;
    });
    const cseq = dialogId === undefined ? { CSeq: `${this.sent.cseq + 1} ${method}` } : {};
    return {
      ...request,
      headers: { ...headers, ...cseq, ...Object.fromEntries(answers) },
      ...(effectId === undefined ? {} : { effectId: challengedEffectId(effectId, this.#challenges) }),
    };
  }
}
