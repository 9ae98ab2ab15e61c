import type { InferOutput } from 'valibot';
import type { Call, World, WorldDevice } from '../../kernel/language/world';
import type { Caption, ScenarioExpectation, Scenario, Schedule } from './scenario';
import type { SCENARIO_SCHEMA } from './schema';

/** A scenario file that matches the schema; references are not checked. */
export type ScenarioFile = InferOutput<typeof SCENARIO_SCHEMA>;

/** Fills in defaults and drops explicit ones, so that files with the same meaning give equal scenarios. */
export function normalizeScenario(file: ScenarioFile): Scenario {
  const devices = file.world.devices.map((d): WorldDevice => ({
    name: d.name,
    group: d.group,
    ...(d.devset === undefined ? {} : { devset: d.devset }),
    ...(d.registered === false ? { registered: false } : {}),
    ...(d.kernelDriver === true ? { kernelDriver: true } : {}),
    ...(d.vf === true ? { vf: true } : {}),
    ...(d.devName === undefined || d.devName === d.name ? {} : { devName: d.devName }),
    ...(d.staleNode === true ? { staleNode: true } : {}),
    ...(d.noiommu === true ? { noiommu: true } : {}),
  }));
  const world: World = {
    devices,
    processes: file.world.processes,
    ...(file.world.storeBuffers === true ? { storeBuffers: true } : {}),
  };
  return {
    title: file.title,
    about: file.about ?? '',
    design: file.design ?? 'upstream',
    options: Object.fromEntries(
      Object.entries(file.options ?? {}).map(([k, value]) => [k, String(value)]),
    ),
    world,
    calls: file.calls.map((c) => withoutUndefined(c) as unknown as Call),
    schedule: (file.schedule ?? 'sequential') as Schedule,
    beats: (file.beats ?? []).map((b) => withoutUndefined(b) as unknown as Caption),
    expect:
      file.expect === undefined
        ? undefined
        : (withoutUndefined({
            ...file.expect,
            calls: file.expect.calls?.map(withoutUndefined),
            reachable: file.expect.reachable?.map((outcome) =>
              withoutUndefined({ ...outcome, calls: outcome.calls?.map(withoutUndefined) }),
            ),
          }) as ScenarioExpectation),
  };
}

function withoutUndefined(object: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
