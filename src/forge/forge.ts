import { failed } from './answer.js';
import { noAnswerOf, strangeAnswer } from './problems.js';
import { StrangeAnswer } from './read.js';
import { createTransport, NoAnswer, PATIENCE, type Patience, type Transport } from './transport.js';
import type { Answer, Forge, RepositoryPlace } from './types.js';

/** The forge of a repository; loads what its kind needs, and asks nothing yet. */
export async function createForge(
  place: RepositoryPlace,
  token: string,
  patience: Partial<Patience> = {},
): Promise<Forge> {
  const forge = await adapterOf(place, token, createTransport({ ...PATIENCE, ...patience }));
  const answered = async <T>(ask: () => Promise<Answer<T>>): Promise<Answer<T>> => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof NoAnswer) return failed(noAnswerOf(error.message));
      if (error instanceof StrangeAnswer) return failed(strangeAnswer(place));
      throw error;
    }
  };
  return {
    name: forge.name,
    noun: forge.noun,
    bodyLimit: forge.bodyLimit,
    repository: () => answered(() => forge.repository()),
    pullRequestsFrom: (from) => answered(() => forge.pullRequestsFrom(from)),
    open: (request) => answered(() => forge.open(request)),
    update: (number, change) => answered(() => forge.update(number, change)),
    addLabels: (number, labels) => answered(() => forge.addLabels(number, labels)),
    requestReviewers: (number, reviewers) => answered(() => forge.requestReviewers(number, reviewers)),
  };
}

/** Talks to one kind of forge. What is no answer of it is thrown: `NoAnswer`, `StrangeAnswer`. */
async function adapterOf(place: RepositoryPlace, token: string, transport: Transport): Promise<Forge> {
  switch (place.kind) {
    case 'github':
      return (await import('./github.js')).createGithub(place, token, transport);
    case 'gitlab':
      return (await import('./gitlab.js')).createGitlab(place, token, transport);
    case 'gitea':
      return (await import('./gitea.js')).createGitea(place, token, transport);
  }
}
