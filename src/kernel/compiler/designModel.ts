import type { Design, DesignModel, Options } from '../language/design';

const modelCache = new WeakMap<Design, Map<string, DesignModel>>();

/** The design's model, made once per design object and choice of options; an absent option has its default. */
export function modelOf(design: Design, chosen: Options = {}): DesignModel {
  const options = { ...defaultOptions(design), ...chosen };
  const models = modelCache.get(design) ?? new Map<string, DesignModel>();
  modelCache.set(design, models);
  const key = JSON.stringify(options);
  const model = models.get(key) ?? design.model(options);
  models.set(key, model);
  return model;
}

/** The first value of every option. */
export function defaultOptions(design: Design): Options {
  return Object.fromEntries(design.options.map((o) => [o.id, o.values[0]!]));
}
