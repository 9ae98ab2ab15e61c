import { lazy, Suspense, type ComponentType } from 'react';
import styles from './Embed.module.css';

/** A view that is loaded when it is first shown; one that does not load says so in its place. */
export function lazyEmbedPart<Props extends object>(
  name: string,
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  const Loaded = lazy(async (): Promise<{ default: ComponentType<Props> }> => {
    try {
      return { default: await load() };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return {
        default: () => (
          <p className={styles.note} role="alert">
            {name} could not be loaded ({why}). Reload the page to try again.
          </p>
        ),
      };
    }
  });
  return function View(props: Props) {
    return (
      <Suspense
        fallback={
          <p className={styles.note} data-loading="">
            {name} is loading…
          </p>
        }
      >
        <Loaded {...props} />
      </Suspense>
    );
  };
}
