import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { Command } from '@commander-js/extra-typings';
import type { CheckResult } from '../doctor/check';
import { examine } from '../doctor/doctor';
import { EXIT, Exit } from './exit';
import { checksTable } from './format';
import type { Terminal } from './terminal';
import { print } from './terminal';

export function doctorCommand(terminal: Terminal): CommandUnknownOpts {
  return new Command('doctor')
    .description('look at everything that a worker needs, and say what to do; changes nothing')
    .option('--config <file>', 'configuration of the worker; without it only Node and Temporal are looked at')
    .option('--json', 'print {ok, checks: [{name, status, detail, toDo?}]}')
    .action(async ({ config: configFile, json = false }) => {
      const { checks, isTemporalReachable } = await examine({ ...terminal, configFile });
      const isWell = checks.every(({ status }) => status !== 'fault');
      print(terminal, json, { ok: isWell, checks }, () => diagnosisText(checks, configFile !== undefined));
      if (!isWell) throw new Exit(isTemporalReachable ? EXIT.refused : EXIT.temporalUnreachable);
    });
}

function diagnosisText(checks: readonly CheckResult[], isComplete: boolean): string {
  const rows = checks.flatMap(({ name, status, detail, toDo }) => {
    const [first = '', ...more] = detail.split('\n');
    const advice = toDo === undefined ? [] : [`→ ${toDo}`];
    return [[status, name, first], ...[...more, ...advice].map((line) => ['', '', line])];
  });
  const faults = checks.filter(({ status }) => status === 'fault').length;
  return `${checksTable(rows)}\n${verdict(faults, checks.length, isComplete)}`;
}

function verdict(faults: number, checks: number, isComplete: boolean): string {
  if (faults > 0) return `${faults} of ${checks} checks found a fault`;
  return isComplete
    ? 'all is well'
    : 'so far all is well; --config <file> looks at SIP server, API, records and tokens too';
}
