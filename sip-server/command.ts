import { Command, Option } from '@commander-js/extra-typings';
import { addLimitOptions } from './limit-options';
import { OptionError } from './option-error';
import { settingsSchema } from './settings';

const example = `
An application with drachtio-srf:

  const Srf = require('drachtio-srf');
  const srf = new Srf();
  srf.connect({ host: '127.0.0.1', port: 9022, secret: process.env.DRACHTIO_SECRET });
  srf.on('connect', (err, hostport) => console.log(err || \`connected to \${hostport}\`));
  srf.invite((req, res) => res.send(486));

EXIT_WITH_PARENT=1 makes the server stop when its standard input ends.

Start the server for it:

  DRACHTIO_SECRET=open-sesame npm run sip-server -- --listen udp:127.0.0.1:5060,tcp:127.0.0.1:5060
`;

const defaults = settingsSchema.parse({ secret: 'unused' });

/** The command line of the SIP server. */
export const command = new Command('sip-server')
  .description(
    'SIP server that drachtio-srf applications drive. Calls survive the application: another one takes over.'
  )
  .option(
    '--listen <protocol:address:port...>',
    'SIP addresses, udp, tcp or tls, comma-separated or repeated; port 0 for any',
    ['udp:127.0.0.1:5060,tcp:127.0.0.1:5060']
  )
  .option('--external <host[:port]>', 'what Via and Contact show, such as the public side of a NAT')
  .option('--local-network <address/prefix...>', 'networks whose peers are shown the bound address all the same')
  .option(
    '--dns-server <address:port...>',
    'ask these for names first, comma-separated or repeated; port 53 may be left out. Default: those of the system'
  )
  .option('--no-nat-detection', 'follow the Contact of peers, also where they send from elsewhere')
  .option(
    '--tls-cert <path>',
    'our certificate and those behind it, PEM; read again when the file changes or on SIGHUP'
  )
  .option('--tls-key <path>', 'its private key')
  .option('--tls-ca <path>', 'whom to trust when we connect to peers; default: what Node.js trusts')
  .option(
    '--tls-verify <who>',
    'what the certificate of such a peer must name: name (the host dialled), wildcard (that, or *.domain), none',
    'name'
  )
  .option('--admin <host:port>', 'where applications connect', '127.0.0.1:9022')
  .option('--control <host:port>', 'HTTP port for operators, on loopback only; "off" for none', '127.0.0.1:9023')
  .option(
    '--control-token-file <path>',
    'file with the token of the control port, made when it does not exist; SIP_CONTROL_TOKEN does as well. Default: a new file'
  )
  .option('--secret <secret>', 'what applications authenticate with; visible in the process list, so prefer the next')
  .option('--secret-file <path>', 'file with the secret; the environment variable DRACHTIO_SECRET does as well')
  .option(
    '--store <folder>',
    'keep dialogs, inbox and effects in this folder, so that calls survive the server as well'
  )
  .option('--no-store', 'keep them in memory, which is the default')
  .option(
    '--answer-after-ms <ms>',
    'answer in-dialog requests that no application answered',
    toMs,
    defaults.answerAfterMs
  )
  .option('--owner-grace-ms <ms>', 'wait with an INVITE whose application is gone', toMs, defaults.ownerGraceMs)
  .option('--route-wait-ms <ms>', 'wait with a new request that no application wants', toMs, defaults.routeWaitMs)
  .option('--log-level <level>', 'fatal, error, warn, info, debug, trace or silent; the log goes to stderr', 'info')
  .addOption(
    new Option(
      '--trace [what]',
      'print one line per SIP message in and out; with "full" all of it, without secrets'
    ).choices(['full'])
  )
  .addHelpText('after', example);
addLimitOptions(command);

function toMs(text: string): number {
  if (!/^\d+$/.test(text)) throw new OptionError(`"${text}" is not a number of milliseconds`);
  return Number(text);
}
