const { spawn } = require('node:child_process');
module.exports = (command) => spawn('sh', ['-lc', command]);
