import type { ContainerSubject } from '../standards/types.js';
import type { Survey } from '../survey.js';
import { boundingSet } from '../workload/compose/needs/capabilities.js';
import { runsUnlabelled } from '../workload/compose/labels.js';
import { publishedPorts } from '../workload/compose/ports.js';
import { composeCommand, shellWord, variantOf } from './commands.js';
import { blocks, fence, list } from './markdown.js';

/** So many containers are named; the others go the same way. */
const MOST = 8;

/**
 * How udica makes an SELinux type of a container's own, in Compose and in Quadlets.
 * https://github.com/containers/udica/blob/main/README.md
 * https://github.com/containers/udica/blob/main/udica/man/man8/udica.8
 */
export function selinuxSection({ containers, files }: Survey): string | undefined {
  const named = containers
    .filter(({ workload }) => !runsUnlabelled(workload))
    .filter((one, at, all) => all.findIndex((other) => moduleName(other) === moduleName(one)) === at)
    .slice(0, MOST);
  const [first] = named;
  if (first === undefined) return undefined;
  const type = `${moduleName(first)}.process`;
  return blocks(
    '### SELinux types',
    'Where `getenforce` says Enforcing, every container with a label runs as `container_t`. udica makes a type of its own for one, of its mounts, ports and capabilities as they are while it runs. harden has not run these commands: they need such a host. With the containers started:',
    fence(
      [
        'sudo dnf install udica container-selinux',
        ...named.map((subject) => policyCommand(subject, files)),
        ...named.map((subject) => `sudo semodule -i ${moduleName(subject)}.cil ${templates(subject)}`),
        `sudo semanage permissive -a ${type}   # for each: log first, deny later`,
      ].join('\n'),
      'sh',
    ),
    'udica prints the line for `semodule`: where it names more templates (`home_container`, `log_container`, `tmp_container`), load these too. Then:',
    list([
      ...(named.some(({ podman }) => !podman)
        ? [`in Compose ${option(named.find(({ podman }) => !podman)!)}, without \`label=disable\``]
        : []),
      ...(named.some(({ podman }) => podman)
        ? [
            `in a Quadlet \`SecurityLabelType=${moduleName(named.find(({ podman }) => podman)!)}.process\`, without \`SecurityLabelDisable=\``,
          ]
        : []),
      `for a week \`sudo ausearch -m AVC -ts today | grep ${type}\`; what is right goes in by \`udica --append-rules FILE\``,
      `at last \`sudo semanage permissive -d ${type}\``,
      `the way back: the option out, start anew, and \`sudo semodule -r ${moduleName(first)}\``,
    ]),
    'Types follow labels, not paths: what has the same label as a mounted file is open too. <https://github.com/containers/udica>',
  );
}

/** The name of a policy block: letters, digits and underscores. */
function moduleName({ name }: ContainerSubject): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}

function option(subject: ContainerSubject): string {
  return `\`security_opt: ["label=type:${moduleName(subject)}.process"]\``;
}

/** Docker doesn't tell of a container's capabilities: udica(8), BUGS. */
function policyCommand(subject: ContainerSubject, files: Survey['files']): string {
  const { name, path, podman, workload } = subject;
  const file = `${moduleName(subject)}.json`;
  if (podman) {
    return `sudo podman inspect systemd-${shellWord(name)} > ${file} && sudo udica -j ${file} ${moduleName(subject)}`;
  }
  const capabilities = boundingSet(workload.view).join(',');
  const given = capabilities === '' ? '' : ` -c ${capabilities}`;
  const declares = files.find((file) => file.path === path);
  const compose = declares === undefined ? 'docker compose' : composeCommand(declares, files, variantOf);
  return `docker inspect $(${compose} ps --quiet ${shellWord(name)}) > ${file} && sudo udica -e docker -j ${file}${given} ${moduleName(subject)}`;
}

/** The templates that the policy inherits from: the network's where ports are published. */
function templates({ workload: { view } }: ContainerSubject): string {
  const publishes = view.fields('ports').some((field) => publishedPorts(field, view.project).length > 0);
  const names = publishes ? ['base_container', 'net_container'] : ['base_container'];
  return names.map((name) => `/usr/share/udica/templates/${name}.cil`).join(' ');
}
