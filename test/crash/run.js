'use strict';

require('./typescript');
require('./main');
