import { createTree } from './tree.js';
import { survey } from '../src/survey.js';
import { createHash } from 'node:crypto';
import { findingsOf } from '../src/report/findings.js';
const tree = createTree(Number(process.argv[2] ?? 150));
try {
  const u0 = process.cpuUsage(); const t0 = performance.now();
  const s = survey({ root: tree.folder, paths: ['.'] });
  const u = process.cpuUsage(u0);
  console.log('cpu ms', Math.round((u.user + u.system) / 1000), 'wall', Math.round(performance.now() - t0));
  const h = createHash('sha256');
  h.update(JSON.stringify(s.files.map((f) => ({ p: f.path, a: f.after, e: f.entries, ap: f.applied, x: f.exposure && Object.values(f.exposure).map(v=>v.score), i: f.image, c: f.containers }), ), (k, v) => (k === 'original' ? undefined : v)));
  h.update(JSON.stringify(s.standards.map(({ controls }) => controls.map(({ control, states }) => [control.id, Object.values(states).map((st) => [st.status, st.judged.map((j) => [j.subject.path, j.subject.name, j.check.name, j.verdict, j.accepted])])]))));
  h.update(JSON.stringify(s.failures)); h.update(JSON.stringify(findingsOf(s)));
  console.log(h.digest('hex'));
} finally { tree.remove(); }
