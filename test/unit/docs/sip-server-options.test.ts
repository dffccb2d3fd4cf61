import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { command } from '../../../sip-server/command';
import { settingsOf } from '../../../sip-server/options';

const textOf = (file: string): string => readFileSync(path.join(__dirname, '../../../docs', file), 'utf8');

const documented = textOf('sip-server.md');
const flags = command.options.map(({ long }) => long ?? '');

/** Options in the table of settings. */
const inTable = [...documented.matchAll(/^\| `\w+` +\| ([^|]+)\|/gm)].flatMap(([, column = '']) =>
  [...column.matchAll(/`(--[\w-]+\*?)`/g)].map(([, flag = '']) => flag)
);

describe('docs/sip-server.md', () => {
  it.each(inTable)('names %s, which the command line takes', (flag) => {
    const prefix = flag.replace(/\*$/, '');
    expect(flags.some((each) => (flag.endsWith('*') ? each.startsWith(prefix) : each === flag))).toBe(true);
  });

  it('names every option, or the page for operators does', () => {
    const pages = documented + textOf('sip-server-operations.md');
    expect(flags.filter((flag) => !pages.includes(flag) && !flag.startsWith('--tls-'))).toEqual([]);
  });
});

it('name servers and NAT detection reach the settings', () => {
  const argv = ['--secret', 's', '--dns-server', '192.0.2.1:53,192.0.2.2', '--no-nat-detection'];
  expect(settingsOf(command.parse(argv, { from: 'user' }).opts(), {})).toMatchObject({
    dnsServers: ['192.0.2.1:53', '192.0.2.2'],
    natDetection: false,
  });
});
