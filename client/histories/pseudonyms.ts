import { createHmac, randomBytes } from 'node:crypto';

const DIGITS = '0123456789';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** The alphabet of call ids, so that the pseudonym of one is one. */
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Words of protocols and of ours that say nothing of anybody. One or two characters never do. */
const KEPT = new Set(
  (
    'sip sips tel http https udp tcp tls transport user phone tag from call caller bot target returned transfer cancel true false null ' +
    'invite refer notify info bye reinvite relay offer answer request param audio video rtp avp inactive sendrecv sendonly recvonly ' +
    'deactivated probation rejected timeout giveup noresource invariant'
  ).split(' ')
);

/**
 * Other words for every run of letters and digits: of the same length and kind, the same for the same run within one history, so that what
 * was equal stays equal. The key is never kept: nobody can compute a pseudonym back, or find the same person in two histories.
 */
export class Pseudonyms {
  readonly #key = randomBytes(32);
  readonly #known = new Map<string, string>();

  of(text: string): string {
    return text.replace(/[\p{L}\p{N}]+/gu, (run) => this.#ofRun(run));
  }

  #ofRun(run: string): string {
    const plain = run.toLowerCase();
    if (plain.length <= 2 || KEPT.has(plain)) return run;
    const known = this.#known.get(plain) ?? this.#drawn(plain);
    this.#known.set(plain, known);
    return known;
  }

  #drawn(run: string): string {
    const alphabet = /^\d+$/.test(run) ? DIGITS : /^[a-z2-7]{16}$/.test(run) ? BASE32 : LETTERS;
    const bytes = createHmac('sha512', this.#key).update(run).digest();
    return Array.from(run, (_, n) => alphabet[(bytes[n % bytes.length] ?? 0) % alphabet.length]).join('');
  }
}
