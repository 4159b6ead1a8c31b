const puppeteer = require('puppeteer');
require('http').createServer(draw).listen(3000);
