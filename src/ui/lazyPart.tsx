import { useEffect, useState, type ComponentType } from 'react';

const registeredLoaders: (() => Promise<unknown>)[] = [];

/**
 * A part of the page that its first picture does without. Where `loadLateParts` had its time it is there at once, with no
 * frame between; before that its place stays empty until it comes. One that does not load throws, for a `LoadGuard`.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let part: ComponentType<Props> | undefined;
  const get = async (): Promise<ComponentType<Props>> => (part = await load());
  registeredLoaders.push(get);
  return function Late(props: Props) {
    const [Part, show] = useState(() => part);
    useEffect(() => {
      if (Part) return;
      get().then(
        (loaded) => show(() => loaded),
        (error: unknown) =>
          show(() => {
            throw error;
          }),
      );
    }, [Part]);
    return Part ? <Part {...props} /> : <span data-loading="" hidden />;
  };
}

/** Fetches every late part ahead; what fails is asked for again when it is wanted. */
export function preloadLazyParts(): void {
  void Promise.allSettled(registeredLoaders.map((get) => get()));
}
