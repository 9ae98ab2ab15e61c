import { useLayoutEffect, useState, type ComponentType, type ReactNode } from 'react';
import { LoadErrorBoundary } from './LoadErrorBoundary';

interface LazyPart<Props extends object> {
  /** Begins the sentence about a failed load: `The timeline`. */
  readonly name: string;
  readonly load: () => Promise<ComponentType<Props>>;
  /** Shown while the part loads. */
  readonly placeholder?: ReactNode;
  /** Loads with `preloadLazyParts`, so that it shows at once when it is first needed. */
  readonly preload?: boolean;
  readonly inDialog?: boolean;
}

const preloads: (() => Promise<unknown>)[] = [];

/** A component that loads its code when it is first shown; if that fails, it says so. The next mount tries again, but some browsers cache a failed import until a reload. */
export function lazyPart<Props extends object>({
  name,
  load,
  placeholder,
  preload = false,
  inDialog = false,
}: LazyPart<Props>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  const loadOnce = async (): Promise<ComponentType<Props>> => (loaded ??= await load());
  if (preload) preloads.push(loadOnce);

  function Part(props: Props) {
    const [Loaded, setLoaded] = useState(() => loaded);
    useLayoutEffect(() => {
      if (Loaded) return;
      loadOnce().then(
        (component) => setLoaded(() => component),
        (error: unknown) =>
          setLoaded(() => {
            throw error;
          }),
      );
    }, [Loaded]);
    if (Loaded) return <Loaded {...props} />;
    return (
      <>
        {placeholder}
        <span data-loading="" hidden />
      </>
    );
  }

  return function LazyPart(props: Props) {
    return (
      <LoadErrorBoundary part={name} inDialog={inDialog}>
        <Part {...props} />
      </LoadErrorBoundary>
    );
  };
}

/** Loads the parts that are marked for it. Failures are reported when the part is first shown. */
export function preloadLazyParts(): void {
  void Promise.allSettled(preloads.map((load) => load()));
}
