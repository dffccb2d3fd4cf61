'use strict';

require('../typescript');
require('../bot/process');
