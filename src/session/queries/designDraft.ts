import { changedDesign, designText, isBuiltIn } from '../../designs/changedDesign';
import { designById } from '../../designs/registry';
import { applyTextChange } from '../../designs/textChange';
import type { SessionState } from '../store/session';
import type { Setup } from '../trace/traceTree';

/** What a draft is an edit of: it does not apply to another design or to other options. */
export function draftKey({ scenario }: Pick<Setup, 'scenario'>): string {
  return JSON.stringify([scenario.design, scenario.options]);
}

/** The text in the editor: the draft, else the text of the design on screen with the changes for the next check. */
export function editedText({ run, draft, mutations }: SessionState): string {
  const { setup } = run;
  if (draft?.of === draftKey(setup)) return draft.text;
  const { design, options } = setup.scenario;
  const [change] = mutations;
  if (change?.kind === 'text' && mutations.length === 1) {
    const text = applyTextChange(originalText(setup), change);
    if (typeof text === 'string') return text;
  }
  const changed = changedDesign(design, options, mutations);
  return designText(changed.ok ? changed.design : setup.design, options);
}

/** The text that a change is compared with: the built-in design's; empty for a design of the user's own. */
export function originalText({ scenario: { design, options } }: Setup): string {
  const base = isBuiltIn(design) ? designById(design) : undefined;
  return base ? designText(base, options) : '';
}
