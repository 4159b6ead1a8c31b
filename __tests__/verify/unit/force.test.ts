import { describe, expect, it } from '@jest/globals';
import { notInForce, settingsOf } from '../../../src/verify/unit/force.js';
import type { Step } from '../../../src/verify/unit/steps.js';
import type { Observation } from '../../../src/verify/unit/trial.js';

const step = (key: string, ...after: readonly string[]): Step => ({
  section: 'Service',
  key,
  before: [],
  after,
  entries: [],
});

function seen(settings: Record<string, string>, process: Record<string, string> = {}): Observation {
  return {
    state: 'active',
    result: 'success',
    end: undefined,
    tried: true,
    smoke: undefined,
    listening: [],
    process: new Map(Object.entries(process)),
    settings: new Map(Object.entries(settings)),
    journal: '',
    took: 1,
  };
}

describe('settingsOf', () => {
  it('asks for what sandboxes are made of', () => {
    expect(settingsOf([step('PrivateTmp', 'yes'), step('ExecStart', '/bin/app')])).toEqual([
      'PrivateTmp',
      'CapabilityBoundingSet',
      'NoNewPrivileges',
    ]);
  });
});

describe('notInForce', () => {
  it('finds nothing where all is as it is set', () => {
    const steps = [step('PrivateTmp', 'true'), step('ProtectSystem', 'strict'), step('UMask', '0077')];
    const settings = {
      ...{ PrivateTmp: 'yes', ProtectSystem: 'strict', UMask: '0077' },
      ...{
        NoNewPrivileges: 'yes',
        SystemCallFilter: 'read write',
        CapabilityBoundingSet: 'cap_chown cap_kill',
      },
    };
    const process = { NoNewPrivs: '1', Seccomp: '2', CapBnd: '0000000000000021' };
    expect(notInForce(steps, seen(settings, process))).toEqual([]);
    expect(notInForce(steps, seen(settings))).toEqual([]);
  });

  it('finds settings that the manager does not know, or has otherwise', () => {
    const steps = [step('PrivateTmp', 'yes'), step('ProtectSystem', 'strict'), step('ProtectHome', 'yes')];
    expect(notInForce(steps, seen({ ProtectSystem: 'full', ProtectHome: 'no' }))).toEqual([
      'this systemd does not know PrivateTmp=',
      'ProtectSystem= is full and not strict',
      'ProtectHome= is no and not yes',
    ]);
  });

  it('finds what the kernel does not do', () => {
    const settings = { NoNewPrivileges: 'yes', RestrictNamespaces: 'yes', CapabilityBoundingSet: '' };
    const process = { NoNewPrivs: '0', Seccomp: '0', CapBnd: '0000000000000021' };
    expect(notInForce([], seen(settings, process))).toEqual([
      'its process may gain privileges',
      'its process has no system call filter',
      'its process is bound to 2 capabilities and not 0',
    ]);
  });
});
