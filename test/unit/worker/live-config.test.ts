import { expect, it, jest } from '@jest/globals';
import type { Config } from '../../../config/config';
import { LiveConfig } from '../../../worker/live-config';
import { load } from '../config/config-file';

it('keeps what it has, whatever stops the configuration from being read', () => {
  const first = load({});
  const read = jest.fn<() => Config>().mockReturnValueOnce(first);
  const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
  const live = new LiveConfig(read, log);
  read.mockImplementationOnce(() => {
    throw new RangeError('too deep');
  });
  expect(live.reload()).toEqual({ isDone: false, faults: ['RangeError: too deep'] });
  expect(log.error).toHaveBeenCalledWith({ faults: ['RangeError: too deep'] }, expect.stringContaining('nothing is'));
  expect(live.current).toBe(first);
});
