import type { Command } from '../command.js';
import { baselineCommand } from './baseline.js';
import { completionCommand } from './completion.js';
import { doctorCommand } from './doctor.js';
import { explainCommand } from './explain.js';
import { fleetReportCommand } from './fleet-report.js';
import { hardenCommand } from './harden.js';
import { initCommand } from './init.js';
import { learnCommand } from './learn.js';
import { listCommand } from './list.js';
import { reportCommand } from './report.js';
import { unitCommand } from './unit.js';
import { verifyCommand } from './verify.js';
import { prCommand } from './pr.js';

/** In the order of `--help`. */
export const commands: readonly Command[] = [
  hardenCommand,
  unitCommand,
  learnCommand,
  verifyCommand,
  prCommand,
  reportCommand,
  baselineCommand,
  fleetReportCommand,
  listCommand,
  explainCommand,
  initCommand,
  doctorCommand,
  completionCommand,
];
