import { loadReportAssets } from '../../src/io/report-assets.js';
import type { ReportAbout } from '../../src/report/html/about.js';
import { htmlReport } from '../../src/report/html/page.js';
import { survey, type Survey } from '../../src/survey.js';
import { folderOf } from './cli.js';
import type { Tree } from './memory.js';
import { configIn } from './needs.js';

export const about: ReportAbout = {
  project: 'shop',
  version: '1.2.3',
  date: '1 March 2030',
  phase: 2,
  assets: loadReportAssets(),
};

export function surveyOf(tree: Tree): Survey {
  return survey({ root: folderOf(tree), paths: ['.'], config: configIn(tree) });
}

export function pageOf(tree: Tree): string {
  return htmlReport(surveyOf(tree), about);
}

/** A tree that has all parts of the report. */
export const shop: Tree = {
  Dockerfile: `FROM node:22-bookworm
WORKDIR /app
ADD package.json ./
RUN apt-get update && apt-get install -y curl
COPY . .
RUN npm run build
EXPOSE 3000
CMD node dist/server.js
`,
  'package.json': '{ "name": "shop", "scripts": { "build": "tsc" } }\n',
  'docker-compose.yml': `services:
  web:
    build: .
    ports:
      - "3000:3000" # the shop itself
  database:
    image: postgres:17
    environment:
      POSTGRES_PASSWORD: orchid-7-lantern
    ports:
      - "5432:5432"
    volumes:
      - data:/var/lib/postgresql/data
volumes:
  data:
`,
  'tools/docker-compose.yml': `services:
  cleaner:
    image: alpine:3.21
    command: sleep infinity
    privileged: true
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock
`,
  'deploy/shop.service': `[Unit]
Description=Shop

[Service]
ExecStart=/usr/bin/node /opt/shop/server.js

[Install]
WantedBy=multi-user.target
`,
};

const services = Array.from(
  { length: 50 },
  (_, at) => `  app-${at}:\n    image: nginx:1.27\n    ports: ["${8000 + at}:80"]\n`,
);

/** So many findings that the page makes folds when they are opened. */
export const largeTree: Tree = { 'compose.yml': `services:\n${services.join('')}` };
