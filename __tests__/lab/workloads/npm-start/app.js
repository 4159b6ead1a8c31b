const fs = require('fs');
const http = require('http');
const os = require('os');
const path = require('path');

const cache = path.join(__dirname, 'cache');
fs.mkdirSync(cache, { recursive: true });

http
  .createServer((request, response) => {
    const name = path.basename(request.url);
    if (request.method === 'PUT') {
      const scratch = path.join(os.tmpdir(), name);
      request.pipe(fs.createWriteStream(scratch)).on('finish', () => {
        fs.copyFileSync(scratch, path.join(__dirname, 'uploads', name));
        fs.rmSync(scratch);
        response.end('uploaded\n');
      });
      return;
    }
    const cached = path.join(cache, name);
    if (!fs.existsSync(cached)) fs.writeFileSync(cached, fs.readFileSync(path.join(__dirname, 'uploads', name), 'utf8').toUpperCase());
    response.end(fs.readFileSync(cached));
  })
  .listen(3000);
