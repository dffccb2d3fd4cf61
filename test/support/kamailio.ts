import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './free-port';
import { WAIT_LIMIT_MS } from './limits';
import { PeerProcess } from './peer-process';

const POLL_MS = 20;

/** Where Debian's kamailio has its modules. */
const MODULES = process.env['KAMAILIO_MODULES'] ?? '/usr/lib/x86_64-linux-gnu/kamailio/modules/';

export interface KamailioOptions {
  /** Password of each login. */
  accounts: Record<string, string>;
  /** `sip:` URI of each number behind it. */
  numbers?: Record<string, string>;
  /** Its port; default: a free one. */
  port?: number;
  /** Port of the customer, whose calls out must authenticate. */
  customerPort: number;
  algorithm?: 'MD5' | 'SHA-256';
}

/**
 * The proxy Kamailio as a provider on 127.0.0.1: a registrar with digest, several accounts on one host and port, calls to each registered
 * contact, and calls out with digest, which it asks for within dialogs as well.
 */
export class Kamailio {
  static async start(options: KamailioOptions): Promise<Kamailio> {
    const folder = await mkdtemp(path.join(tmpdir(), 'kamailio-'));
    const port = options.port ?? (await freePort());
    await writeFile(path.join(folder, 'kamailio.cfg'), script(port, options));
    const args = ['-DD', '-E', '-f', path.join(folder, 'kamailio.cfg'), '-Y', folder, '-m', '32', '-M', '4'];
    const provider = new Kamailio(folder, port, new PeerProcess('kamailio', args, 'kamailio'));
    try {
      await provider.until(/provider is ready/);
      return provider;
    } catch (error) {
      await provider.stop();
      throw error;
    }
  }

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly process: PeerProcess
  ) {}

  /** Waits for a line of its log. */
  async until(line: RegExp): Promise<void> {
    for (const deadline = Date.now() + WAIT_LIMIT_MS; !line.test(this.process.output);) {
      if (this.process.isGone || Date.now() > deadline)
        throw new Error(`kamailio did not print ${line}: ${this.process.output}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Lines of its log that match, one for each request of its script. */
  lines(pattern: RegExp): string[] {
    return this.process.output.split('\n').filter((line) => pattern.test(line));
  }

  async stop(): Promise<void> {
    await this.process.end('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }
}

const MODULE_NAMES = [
  'tm',
  'sl',
  'rr',
  'pv',
  'maxfwd',
  'usrloc',
  'registrar',
  'auth',
  'textops',
  'siputils',
  'htable',
  'xlog',
];

function script(port: number, { accounts, numbers = {}, customerPort, algorithm = 'MD5' }: KamailioOptions): string {
  const entries = (table: string, values: Record<string, string>): string[] =>
    Object.entries(values).map(([key, value]) => `  $sht(${table}=>${key}) = "${value}";`);
  return [
    '#!KAMAILIO',
    'debug=0',
    'log_stderror=yes',
    'children=2',
    // Told to end while it is busy it may wait for one of its processes for as long as this, in s; its default is 60.
    'exit_timeout=1',
    'disable_tcp=no',
    'auto_aliases=no',
    `listen=udp:127.0.0.1:${port}`,
    `listen=tcp:127.0.0.1:${port}`,
    `mpath="${MODULES}"`,
    ...MODULE_NAMES.map((name) => `loadmodule "${name}.so"`),
    'modparam("htable", "htable", "accounts=>size=6;")',
    'modparam("htable", "htable", "numbers=>size=6;")',
    ...(algorithm === 'MD5' ? [] : [`modparam("auth", "algorithm", "${algorithm}")`]),
    'modparam("auth", "nonce_count", 1)',
    'modparam("registrar", "min_expires", 1)',
    'event_route[htable:mod-init] {',
    ...entries('accounts', accounts),
    ...entries('numbers', numbers),
    '  xlog("L_ERR", "provider is ready\\n");',
    '}',
    ROUTES.replaceAll('CUSTOMER', String(customerPort)),
  ].join('\n');
}

const ROUTES = `
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) { t_relay(); } exit; }
  if (is_method("ACK") && !has_totag()) { t_check_trans(); exit; }
  if (has_totag()) { route(WITHIN); exit; }
  t_check_trans();
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  if (is_method("REGISTER")) { route(REGISTRAR); exit; }
  if ($sp == CUSTOMER) {
    route(CHALLENGE);
    xlog("L_ERR", "call by $au to $rU asserted $hdr(P-Asserted-Identity)\\n");
  }
  record_route();
  if ($sht(numbers=>$rU) != $null) {
    $du = $sht(numbers=>$rU);
    t_relay();
  } else if (lookup("location")) {
    t_relay();
  } else {
    sl_send_reply("404", "Not Found");
  }
}
route[CHALLENGE] {
  if (!pv_proxy_authenticate("127.0.0.1", "$sht(accounts=>$fU)", "0")) { proxy_challenge("127.0.0.1", "1"); exit; }
  consume_credentials();
}
route[REGISTRAR] {
  if (!pv_www_authenticate("127.0.0.1", "$sht(accounts=>$tU)", "0")) { www_challenge("127.0.0.1", "1"); exit; }
  save("location");
  xlog("L_ERR", "registered $tU expires $hdr(Expires) cseq $cs call-id $ci\\n");
}
route[WITHIN] {
  if ($sp == CUSTOMER && !is_method("ACK|CANCEL|PRACK")) { route(CHALLENGE); }
  if (loose_route()) { t_relay(); exit; }
  if (is_method("ACK") && t_check_trans()) { t_relay(); exit; }
  if (!is_method("ACK")) { sl_send_reply("404", "Not Found"); }
}
`;
