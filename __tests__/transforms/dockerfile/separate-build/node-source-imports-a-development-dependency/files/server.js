const morgan = require('morgan');
require('node:http').createServer(morgan('tiny')).listen(3000);
