import { execFile } from 'node:child_process';
execFile('git', ['status'], () => {});
