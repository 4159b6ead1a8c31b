export { GITEA_FAULTS, startFakeGitea } from './gitea.js';
export { GITHUB_FAULTS, startFakeGithub } from './github.js';
export { GITLAB_FAULTS, startFakeGitlab } from './gitlab.js';
export type { FakeAnswer, FakeRequest, Fault, Target, Witness } from './server.js';
export type { FakeForge, FakeForgeOptions, FakePull } from './state.js';
