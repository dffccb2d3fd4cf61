import { describe, expect, it } from '@jest/globals';
import { quoted, runningQuery } from '../../../contracts/list-query';

describe('runningQuery', () => {
  it('asks for all that runs', () => {
    expect(runningQuery({})).toBe("ExecutionStatus = 'Running'");
  });

  it('asks for the type, node and trunk', () => {
    expect(runningQuery({ type: 'callWorkflow', node: 'a', trunk: 'north' })).toBe(
      "WorkflowType = 'callWorkflow' AND TaskQueue = 'sip-a' AND CallTrunk = 'north' AND ExecutionStatus = 'Running'"
    );
  });

  it('keeps a value within its quotes', () => {
    expect(runningQuery({ trunk: "a' OR CallTrunk = 'b" })).toBe(
      "CallTrunk = 'a'' OR CallTrunk = ''b' AND ExecutionStatus = 'Running'"
    );
  });
});

describe('quoted', () => {
  it('refuses a backslash, which could take the closing quote away', () => {
    expect(() => quoted('a\\')).toThrow(RangeError);
  });
});
