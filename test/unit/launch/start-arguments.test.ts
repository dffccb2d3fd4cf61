import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Session } from '../../../launch/session';
import { readArguments } from '../../../launch/start';

class Exited extends Error {}

let folder: string;
let printed: string;
let prepare: jest.SpiedFunction<typeof Session.prepare>;
let exit: jest.SpiedFunction<typeof process.exit>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'durable-calls-'));
  printed = '';
  const print = (text: unknown): boolean => {
    printed += String(text);
    return true;
  };
  jest.spyOn(process.stderr, 'write').mockImplementation(print);
  jest.spyOn(process.stdout, 'write').mockImplementation(print);
  prepare = jest.spyOn(Session, 'prepare').mockRejectedValue(new Error('nothing may start'));
  exit = jest.spyOn(process, 'exit').mockImplementation(() => {
    throw new Exited();
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

function expectRefused(args: string[], message: RegExp): void {
  expect(() => readArguments(args)).toThrow(Exited);
  expect(exit).toHaveBeenCalledWith(1);
  expect(printed).toMatch(message);
  expect(prepare).not.toHaveBeenCalled();
}

describe('the arguments of npm start', () => {
  it('start nothing while they are read', () => {
    expect(readArguments([])).toBeInstanceOf(Function);
    expect(prepare).not.toHaveBeenCalled();
  });

  it('are refused when an option is unknown', () => expectRefused(['--nope'], /unknown option '--nope'/));

  it.each(['0', '65536', 'sip', '-1', ''])('are refused when %j should be a port', (port) =>
    expectRefused([`--sip-port=${port}`], /It must be a port, 1 to 65535/)
  );

  it('are refused when the last of the demonstration ports would be none', () =>
    expectRefused(['--demo-port-base', '65518'], /It must be a port, 1 to 65517/));

  it('are refused when the configuration has faults, each told once', () => {
    const file = join(folder, 'own.yaml');
    writeFileSync(file, 'trunks: []\nchannels: []\n');
    expectRefused(['--config', file], /own\.yaml cannot be used:/);
    expect(printed.match(/trunks: is empty/g)).toHaveLength(1);
    expect(printed.match(/channels: is empty/g)).toHaveLength(1);
  });

  it('are refused when there is no such configuration', () =>
    expectRefused(['--config', join(folder, 'none.yaml')], /none\.yaml/));

  it('say in their help which settings they overrule and where everything listens', () => {
    expect(() => readArguments(['--help'])).toThrow(Exited);
    const text = printed.replace(/\s+/g, ' ');
    expect(text).toContain('sipServer, api.host, api.port and records.folder are overruled');
    expect(text).toContain('listens on 127.0.0.1: on this machine only');
  });
});
