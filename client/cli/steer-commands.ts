import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { doubledNames } from '../../contracts/json-text';
import type { SipHeaderField } from '../../contracts/transfer';
import { TRANSFER_LIMITS } from '../../contracts/transfer';
import type { TransferParams } from '../calls';
import { resolveCallId } from './call-id';
import { UsageError } from './exit';
import { receiptText } from './format';
import { integerWithin } from './read-integer';
import type { Terminal } from './terminal';
import { print } from './terminal';
import { withCalls } from './with-calls';

/** Commands that do something to a call. */
export function steerCommands(terminal: Terminal): CommandUnknownOpts[] {
  return [transferCommand(terminal), hangupCommand(terminal), sendCommand(terminal)];
}

interface TransferOptions {
  reason?: string | undefined;
  header: SipHeaderField[];
  referredBy?: string | undefined;
  channel?: string | undefined;
  notify?: boolean | undefined;
  graceMs?: number | undefined;
}

function transferCommand(terminal: Terminal): CommandUnknownOpts {
  const command = new Command('transfer')
    .description('hand the caller over; what is not given is taken from the bot’s presets')
    .argument('<call>', 'call id, or enough of its beginning')
    .argument('<target>', 'sip: URI, tel: URI or number')
    .option('--reason <text>', 'for the record')
    .addOption(
      new Option('--header <name: value>', 'header for the target; may be repeated')
        .default<SipHeaderField[]>([], 'none')
        .argParser((text: string, before: SipHeaderField[]) => [...before, readHeader(text)])
    )
    .option('--referred-by <uri>', 'Referred-By of the REFER (RFC 3892)')
    .option('--channel <botId>', 'go over the trunk of this bot channel')
    .option('--notify', 'the bot keeps the call until the outcome is known')
    .option('--no-notify', 'the bot leaves when the transfer is accepted')
    .addOption(
      new Option(
        '--grace-ms <ms>',
        `the bot stays so long after the answer, 0 to ${TRANSFER_LIMITS.maxHangupMs}`
      ).argParser(integerWithin(0, TRANSFER_LIMITS.maxHangupMs))
    )
    .option('--json', 'print the receipt')
    .action(async (text, target, { json = false, ...options }) => {
      const receipt = await withCalls(terminal, async ({ calls }) =>
        calls.transfer(await resolveCallId(calls, text), transferParams(target, options))
      );
      print(terminal, json, receipt, () => receiptText(receipt));
    });
  return command;
}

function transferParams(target: string, options: TransferOptions): TransferParams {
  const { channel, reason, header, referredBy, notify, graceMs } = options;
  return {
    transferTarget: target,
    ...(channel === undefined ? {} : { transferChannel: channel }),
    ...(reason === undefined ? {} : { handoverReason: reason }),
    ...(header.length === 0 ? {} : { transferSipHeaders: header }),
    ...(referredBy === undefined ? {} : { transferReferredByURL: referredBy }),
    ...(notify === undefined ? {} : { transferNotifications: notify }),
    ...(graceMs === undefined ? {} : { transferNotificationsHangupMS: graceMs }),
  };
}

function hangupCommand(terminal: Terminal): CommandUnknownOpts {
  const command = new Command('hangup')
    .description('end a call')
    .argument('<call>', 'call id, or enough of its beginning')
    .option('--reason <text>', 'for the record')
    .option('--json', 'print {callId}')
    .action(async (text, { reason, json = false }) => {
      const callId = await withCalls(terminal, async ({ calls }) => {
        const id = await resolveCallId(calls, text);
        await calls.end(id, reason);
        return id;
      });
      print(terminal, json, { callId }, () => `${callId} is ended`);
    });
  return command;
}

function sendCommand(terminal: Terminal): CommandUnknownOpts {
  const command = new Command('send')
    .description('send a call bot activities, as its bot would')
    .argument('<call>', 'call id, or enough of its beginning')
    .argument('<json>', 'one activity, a list, or {"activities": [...]}; - reads it from standard input')
    .option('--json', 'print {activities: [receipts]}')
    .action(async (text, given, { json = false }) => {
      const payload = readJson(given === '-' ? await terminal.readInput() : given);
      const activities = await withCalls(terminal, async ({ calls }) =>
        calls.sendActivities(await resolveCallId(calls, text), payload)
      );
      print(terminal, json, { activities }, () => activities.map(receiptText).join('\n'));
    });
  return command;
}

function readJson(text: string): unknown {
  const value = parsed(text);
  const [fault] = doubledNames(text);
  if (fault) throw new UsageError(`${fault.path} ${fault.message}`);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (err) {
    throw new UsageError(`the activities are not JSON: ${(err as Error).message}`);
  }
}

function readHeader(text: string): SipHeaderField {
  const [, name, value] = /^([^\s:]+)\s*:\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("Give it as in 'X-Customer: 42'.");
  return { name, value };
}
