const cache = path.join(process.cwd(), 'cache');
const thumbnails = path.join(cache, 'thumbnails');
exports.thumbnail = (name) => fs.createWriteStream(path.join(thumbnails, name));
