/** GitLab and Gitea know a draft by the first word of its title. */
export interface DraftMark {
  /** What is written: `Draft: `. */
  readonly written: string;
  /** What is read. */
  readonly known: RegExp;
}

/** https://docs.gitlab.com/user/project/merge_requests/drafts/#mark-merge-requests-as-drafts */
export const GITLAB_DRAFT: DraftMark = { written: 'Draft: ', known: /^(?:\[draft\]|\(draft\)|draft:)\s*/i };

/** https://docs.gitea.com/usage/pull-request#work-in-progress-pull-requests */
export const GITEA_DRAFT: DraftMark = { written: 'WIP: ', known: /^(?:wip:|\[wip\])\s*/i };

/** The title as it is given to the forge. */
export function markedTitle(mark: DraftMark, title: string, draft: boolean): string {
  return draft ? `${mark.written}${title}` : title;
}

/** The title as people mean it, and whether it says draft. */
export function unmarkedTitle(
  { known }: DraftMark,
  title: string,
): { readonly title: string; readonly draft: boolean } {
  return { title: title.replace(known, ''), draft: known.test(title) };
}
