import type { Locator, Page } from '@playwright/test';

/** A scenario file to drop on the page. */
export interface SceneFile {
  readonly format: 'vfio-playground/scenario@1';
  readonly title: string;
  readonly design: string;
  readonly world: object;
  readonly calls: readonly object[];
  readonly schedule?: unknown;
}

const bind = (by: string, fd: string, iommufd: string, device = 'vfio0'): object[] => [
  { by, call: 'open_cdev', device, as: fd },
  { by, call: 'open_iommufd', as: iommufd },
  { by, call: 'bind_iommufd', fd, iommufd },
];
const oneDevice = { devices: [{ name: 'vfio0', group: '12' }] };

/** One process binds one device and uses it. */
export function bindScene(design: string): SceneFile {
  return {
    format: 'vfio-playground/scenario@1',
    title: 'Stage: one bind',
    design,
    world: { ...oneDevice, processes: ['qemu'] },
    calls: [...bind('qemu', 'fd1', 'ictx1'), { by: 'qemu', call: 'device_io', fd: 'fd1' }],
  };
}

/** Two processes bind one device, randomly interleaved. */
export function raceScene(design: string): SceneFile {
  return {
    format: 'vfio-playground/scenario@1',
    title: 'Stage: two binds',
    design,
    world: { ...oneDevice, processes: ['qemu', 'dpdk'] },
    calls: [...bind('qemu', 'fd1', 'ictx1'), ...bind('dpdk', 'fd2', 'ictx2')],
    schedule: { random: 5 },
  };
}

/** The driver unregisters a device that a process has open. */
export function unplugScene(design: string): SceneFile {
  return {
    format: 'vfio-playground/scenario@1',
    title: 'Stage: unplug',
    design,
    world: { ...oneDevice, processes: ['qemu'] },
    calls: [
      { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
      { by: 'qemu', call: 'close', fd: 'fd1' },
    ],
  };
}

/** Two devices per group; each group has a process whose two threads bind and attach one device each. */
export function crowdScene(design: string, devices = 8): SceneFile {
  const names = Array.from({ length: devices }, (_, i) => i);
  return {
    format: 'vfio-playground/scenario@1',
    title: `Stage: ${devices} devices`,
    design,
    world: {
      devices: names.map((i) => ({ name: `vfio${i}`, group: String(10 + (i >> 1)) })),
      processes: [...new Set(names.map((i) => `vm${i >> 1}`))],
    },
    calls: names.flatMap((i) => {
      const by = i % 2 === 0 ? `vm${i >> 1}` : `vm${i >> 1}/2`;
      const context =
        i % 2 === 0
          ? [
              { by, call: 'open_iommufd', as: `ictx${i >> 1}` },
              { by, call: 'ioas_alloc', iommufd: `ictx${i >> 1}`, as: `ioas${i >> 1}` },
            ]
          : [];
      return [
        ...context,
        { by, call: 'open_cdev', device: `vfio${i}`, as: `fd${i}` },
        { by, call: 'bind_iommufd', fd: `fd${i}`, iommufd: `ictx${i >> 1}` },
        { by, call: 'attach_ioas', fd: `fd${i}`, ioas: `ioas${i >> 1}` },
      ];
    }),
  };
}

/** Drops a scene on the page and waits until the stage is idle. */
export async function openScene(page: Page, scene: SceneFile): Promise<void> {
  await page.locator('[data-node]').first().waitFor();
  const dropped = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'stage.scenario.json', { type: 'application/json' }));
    return data;
  }, JSON.stringify(scene));
  await page.dispatchEvent('body', 'drop', { dataTransfer: dropped });
  await page.getByRole('banner').getByText(scene.title).waitFor();
  await idle(page);
}

/** Waits until nothing plays, loads or is animated. */
export async function idle(page: Page): Promise<void> {
  await page.locator('html[data-idle="true"]').waitFor({ state: 'attached' });
}

/** Steps forward by keyboard. */
export async function stepOn(page: Page): Promise<void> {
  await page.keyboard.press('ArrowRight');
}

/** Steps until the locator matches. Returns the number of steps. */
export async function stepUntil(page: Page, wanted: Locator, maxSteps = 90): Promise<number> {
  for (let steps = 0; steps <= maxSteps; steps += 1) {
    if ((await wanted.count()) > 0) return steps;
    await stepOn(page);
  }
  throw new Error(`expected ${String(wanted)} within ${maxSteps} steps, found none`);
}
