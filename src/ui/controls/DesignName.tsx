import { designLabel, designShortTitle } from '../../designs/catalog';
import { designName, designTitle } from '../../kernel/language/design';
import { useSession } from '../useSession';

/** The short title of the current design with its options; its title and id on hover. */
export function DesignName() {
  const { design, scenario } = useSession((state) => state.run.setup);
  const text = designShortTitle(design, scenario.options);
  return (
    <span
      data-tooltip={designLabel(text, {
        title: designTitle(design, scenario.options),
        name: designName(design, scenario.options),
      })}
    >
      {text}
    </span>
  );
}
