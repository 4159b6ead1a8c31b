const os = require('os');
const path = require('path');
const { thumbnail } = require('./thumbnail');

// Not in fs.mkdirSync('scratch').
fs.mkdirSync(path.join(os.tmpdir(), 'gallery'));
fs.writeFileSync(`${__dirname}/../uploads/${name}.png`, picture);
thumbnail(name);
