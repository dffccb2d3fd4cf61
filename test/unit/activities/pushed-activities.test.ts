import { describe, expect, it } from '@jest/globals';
import { pushedActivities } from '../../../activities/connector/hold-conversation';

const DEEP = `{"activities":[${'['.repeat(10_000)}${']'.repeat(10_000)}]}`;

describe('pushedActivities', () => {
  it('takes them with and without their conversation, and gives each an id', () => {
    const said = { type: 'message', text: 'Hello' };
    const withId = { ...said, id: expect.any(String) };
    expect(pushedActivities(JSON.stringify({ activities: [said] }), 'c')).toEqual({ activities: [withId] });
    expect(pushedActivities(JSON.stringify({ conversation: 'c', activities: [{ ...said, id: '7' }] }), 'c')).toEqual({
      activities: [{ ...said, id: '7' }],
    });
    expect(pushedActivities('{}', 'c')).toEqual({ activities: [] });
  });

  it.each(['garbage', '7', '{"activities":{}}', '{"conversation":"other","activities":[]}', DEEP])(
    'ignores %s',
    (text) => {
      expect(pushedActivities(text, 'c')).toHaveProperty('fault');
    }
  );
});
