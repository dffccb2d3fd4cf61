import { Command } from '@commander-js/extra-typings';
import { describe, expect, it } from '@jest/globals';
import { addLimitOptions, limitsOf } from '../../../sip-server/limit-options';
import { OptionError } from '../../../sip-server/option-error';
import { settingsSchema } from '../../../sip-server/settings';

function read(...args: string[]): ReturnType<typeof limitsOf> {
  const command = new Command();
  addLimitOptions(command);
  return limitsOf(command.parse(args, { from: 'user' }).opts());
}

describe('options of limits', () => {
  it('are the settings of their name, with the same defaults', () => {
    const defaults = settingsSchema.parse({ secret: 'x' });
    expect(defaults).toMatchObject(read());
    expect(
      read('--max-connections', '7', '--source-rate-per-s', '0', '--exempt-sources', '10.0.0.0/8, ::1')
    ).toMatchObject({
      maxConnections: 7,
      sourceRatePerS: 0,
      exemptSources: ['10.0.0.0/8', '::1'],
    });
    expect(read('--exempt-sources', '').exemptSources).toEqual([]);
  });

  it.each([
    ['--max-waiting', '0'],
    ['--max-waiting', 'many'],
    ['--message-timeout-ms', '-1'],
    ['--exempt-sources', 'trunk.example.com'],
  ])('%s %s is refused by its name', (flag, value) => {
    expect(() => read(`${flag}=${value}`)).toThrow(OptionError);
    expect(() => read(`${flag}=${value}`)).toThrow(flag);
  });
});
