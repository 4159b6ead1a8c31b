import { createServer } from 'node:http';
import type { CompilerOptions } from 'typescript';
export const options: CompilerOptions = {};
createServer((_request, response) => response.end('ok')).listen(Number(process.env.PORT));
