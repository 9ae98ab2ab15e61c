import { designText, isBuiltIn } from '../../designs/changedDesign';
import { designById } from '../../designs/registry';
import { applyTextChange, makeTextChange } from '../../designs/textChange';
import { changedLines, type LineCount } from '../../kernel/language/mutation';
import type { SessionState } from '../store/session';
import { memoizeByKey } from '../trace/memoize';
import { changesOf, type Setup } from '../trace/traceTree';

/** What a draft is an edit of: it does not apply to another design or to other options. */
export function draftKey({ scenario }: Pick<Setup, 'scenario'>): string {
  return JSON.stringify([scenario.design, scenario.options]);
}

/** The text in the editor: the draft, else the text of the design on screen with its changes. */
export function editedText({ run, draft }: Pick<SessionState, 'run' | 'draft'>): string {
  const { setup } = run;
  if (draft?.of === draftKey(setup)) return draft.text;
  const { options } = setup.scenario;
  const mutations = changesOf(setup);
  const [change] = mutations;
  if (change?.kind === 'text' && mutations.length === 1) {
    const text = applyTextChange(originalText(setup), change);
    if (typeof text === 'string') return text;
  }
  return designText(setup.design, options);
}

/** How many lines the changes of the built-in design insert and remove; undefined if there are none, or no built-in design. */
export function changedLineCount({
  run: { setup },
}: Pick<SessionState, 'run'>): LineCount | undefined {
  return setup.mutations && isBuiltIn(setup.scenario.design) ? lineCountOf(setup) : undefined;
}

const lineCountOf = memoizeByKey((setup: Setup): LineCount => {
  const [first] = changesOf(setup);
  const change =
    first?.kind === 'text' && setup.mutations?.length === 1
      ? first
      : makeTextChange(originalText(setup), designText(setup.design, setup.scenario.options));
  return change ? changedLines(change) : { inserted: 0, removed: 0 };
});

/** The text that a change is compared with: the built-in design's; empty for a design of the user's own. */
export function originalText({ scenario: { design, options } }: Setup): string {
  const base = isBuiltIn(design) ? designById(design) : undefined;
  return base ? designText(base, options) : '';
}
