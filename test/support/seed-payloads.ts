import type { DialectName } from '../../contracts/dialects';

/** Every payload of the page "Transferring the call" of VoiceAI Connect, word for word, in its order. */
export const TRANSFER_PAYLOADS: readonly (readonly [DialectName, string])[] = [
  [
    'bot-api',
    `{
  "type": "event",
  "name": "transfer",
  "activityParams": {
    "transferTarget": "tel:+123456789"
  }
}`,
  ],
  [
    'bot-framework',
    `{
  "type": "event",
  "name": "transfer",
  "channelData": {
    "activityParams": {
      "transferTarget": "tel:+123456789"
    }
  }
}`,
  ],
  [
    'copilot-studio',
    `{
  "activityParams": {
    "transferTarget": "tel:+123456789"
  }
}`,
  ],
  [
    'copilot-legacy',
    `{
  "activityParams": {
    "transferTarget": "tel:+123456789"
  }
}`,
  ],
  [
    'dialogflow-cx',
    `{
  "activityParams": {
    "transferTarget": "tel:+123456789"
  }
}`,
  ],
  [
    'dialogflow-cx',
    `{
  "activities": [{
    "type": "event",
    "name": "transfer",
    "activityParams": {
      "transferTarget": "tel:+123456789"
    }
  }]
}`,
  ],
  [
    'dialogflow-es',
    `{
  "activities": [{
    "type": "event",
    "name": "transfer",
    "activityParams": {
      "transferTarget": "tel:+123456789"
    }
  }]
}`,
  ],
  [
    'bot-api',
    `{
  "type": "event",
  "name": "transfer",
  "activityParams": {
    "transferTarget": "sip:john@host.com",
    "transferSipHeaders": [
      {
        "name": "X-My-Header",
        "value": "my_value"
      }
    ]
  }
}`,
  ],
  [
    'bot-framework',
    `{
  "type": "event",
  "name": "transfer",
  "channelData": {
    "activityParams": {
      "transferTarget": "sip:john@host.com",
      "transferSipHeaders": [
        {
          "name": "X-My-Header",
          "value": "my_value"
        }
      ]
    }
  }
}`,
  ],
  [
    'copilot-studio',
    `{
  "activityParams": {
    "transferTarget": "sip:john@host.com",
    "transferSipHeaders": [
      {
        "name": "X-My-Header",
        "value": "my_value"
      }
    ]
  }
}`,
  ],
  [
    'copilot-legacy',
    `{
  "activityParams": {
      "transferTarget": "sip:john@host.com",
      "transferSipHeaders": [
        {
          "name": "X-My-Header",
          "value": "my_value"
        }
      ]
    }
}`,
  ],
  [
    'dialogflow-cx',
    `{
  "activityParams": {
    "transferTarget": "sip:john@host.com",
    "transferSipHeaders": [
      {
        "name": "X-My-Header",
        "value": "my_value"
      }
    ]
  }
}`,
  ],
  [
    'dialogflow-es',
    `{
  "activities": [{
    "type": "event",
    "name": "transfer",
    "activityParams": {
      "transferTarget": "sip:john@host.com",
      "transferSipHeaders": [
        {
          "name": "X-My-Header",
          "value": "my_value"
        }
      ]
    }
  }]
}`,
  ],
  [
    'bot-api',
    `{
  "type": "event",
  "name": "transfer",
  "activityParams": {
    "transferTarget": "sip:john@host.com",
    "transferNotifications": true
  }
}`,
  ],
  [
    'bot-framework',
    `{
  "type": "event",
  "name": "transfer",
  "channelData": {
    "activityParams": {
      "transferTarget": "sip:john@host.com",
      "transferNotifications": true
    }
  }
}`,
  ],
  [
    'copilot-studio',
    `{
  "activityParams": {
      "transferTarget": "sip:john@host.com",
      "transferNotifications": true
    }
}`,
  ],
  [
    'copilot-legacy',
    `{
  "activityParams": {
      "transferTarget": "sip:john@host.com",
      "transferNotifications": true
    }
}`,
  ],
  [
    'dialogflow-cx',
    `{
  "activityParams": {
    "transferTarget": "sip:john@host.com",
    "transferNotifications": true
  }
}`,
  ],
  [
    'dialogflow-es',
    `{
  "activities": [{
    "type": "event",
    "name": "transfer",
    "activityParams": {
      "transferTarget": "sip:john@host.com",
      "transferNotifications": true
    }
  }]
}`,
  ],
];

/** The reply of the page "Call Routing" of JAICP, as the script pushes it. */
export const SWITCH_REPLY = {
  type: 'switch',
  closeChatPhrases: 'Reset the operator',
  firstMessage: '',
  phoneNumber: '79216665544',
  transferChannel: '237-test-237-VDQ-28334674',
};
