import type { FrameLocator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { serve } from './servers.ts';
import { idle, openScene, type SceneFile } from './stageScenes.ts';

/** Far more states than a check sees while a test looks at it. */
const endless: SceneFile = {
  format: 'vfio-playground/scenario@1',
  title: 'Check: four binds',
  design: 'upstream',
  schedule: 'sequential',
  world: {
    devices: [
      { name: 'vfio0', group: '12' },
      { name: 'vfio1', group: '12' },
    ],
    processes: ['a', 'b', 'c', 'd', 'e'],
  },
  calls: ['a', 'b', 'c', 'd', 'e'].flatMap((by, i) => [
    { by, call: 'open_cdev', device: `vfio${i % 2}`, as: `f${by}` },
    { by, call: 'open_iommufd', as: `i${by}` },
    { by, call: 'bind_iommufd', fd: `f${by}`, iommufd: `i${by}` },
    { by, call: 'close', fd: `f${by}` },
  ]),
};

/** 161,051 states: more than the bytecode engine searches where WebAssembly is allowed. */
const fiveOpens: SceneFile = {
  format: 'vfio-playground/scenario@1',
  title: 'Check: five opens',
  design: 'upstream',
  schedule: 'sequential',
  world: {
    devices: [{ name: 'vfio0', group: '12' }],
    processes: ['a', 'b', 'c', 'd', 'e'],
  },
  calls: ['a', 'b', 'c', 'd', 'e'].flatMap((by) => [
    { by, call: 'open_cdev', device: 'vfio0', as: `f${by}` },
    { by, call: 'close', fd: `f${by}` },
  ]),
};

/** Asks for a check of the calls on screen; the panel that answers. */
async function startCheck(page: Page | FrameLocator) {
  await page.getByRole('radio', { name: 'Check' }).check({ force: true });
  await page.getByRole('button', { name: 'Check all interleavings' }).click();
  return page.getByRole('region', { name: 'Check', exact: true });
}

test('a cancelled check answers at once and keeps what it found', async ({ page }) => {
  await page.goto('./?scenario=bind-race');
  await openScene(page, endless);
  const panel = await startCheck(page);
  await expect(panel).toContainText(/[1-9]\d*,\d{3} states, depth \d+/);
  const took = await panel.evaluate(async (element) => {
    const cancel = [...element.querySelectorAll('button')].find(
      (button) => button.textContent === 'Cancel',
    );
    const answered = new Promise<void>((resolve) => {
      new MutationObserver((_, observer) => {
        if (!element.textContent.includes('explored before you cancelled')) return;
        observer.disconnect();
        resolve();
      }).observe(element, { childList: true, subtree: true, characterData: true });
    });
    const begin = performance.now();
    cancel?.click();
    await answered;
    return performance.now() - begin;
  });
  // The bench says how long it takes; here only that it does not wait for the search.
  expect(took).toBeLessThan(1000);
  await expect(panel).toContainText(/in the [1-9][\d,]+ states explored before you cancelled/);
  await expect(panel).toContainText('coverage: stopped');
  await expect(page.getByRole('button', { name: 'Check again' })).toBeVisible();
});

test.describe('a worker that crashes', () => {
  test.use({ allowedProblems: [/out of room/] });

  test('is reported, the session continues, and the next check works', async ({ page }) => {
    await page.goto('./?scenario=bind-race');
    await openScene(page, endless);
    const panel = await startCheck(page);
    await expect(panel).toContainText(/states, depth \d+/);
    const [worker] = page.workers();
    if (!worker) throw new Error('the check has no worker');
    await worker.evaluate(() => {
      setTimeout(() => {
        throw new Error('out of room');
      }, 0);
    });
    await expect(panel.getByRole('alert')).toContainText(
      /The checker crashed \(.*out of room.*\)\. Start the check again/,
    );
    await expect(
      page.getByRole('heading', { name: endless.title }).or(page.getByText(endless.title)).first(),
    ).toBeVisible();
    await page.goto('about:blank');
    await page.goto('./?scenario=bind-race');
    await expect(await startCheck(page)).toContainText('no property is violated in any of');
  });
});

test('a counterexample plays to the violated step, holds there and says what happened', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?scenario=split-race&design=rfc-opened');
  await idle(page);
  const panel = await startCheck(page);
  const counterexample = panel.getByRole('button', { name: /^Play the counterexample/ }).first();
  const steps = Number(/(\d+) steps/.exec((await counterexample.textContent()) ?? '')?.[1]);
  await counterexample.click();
  for (let made = 0; made < 3; made += 1) await page.keyboard.press('+');
  const caption = page.getByRole('region', { name: 'Caption' });
  const position = page.getByRole('slider', { name: 'Step position' });
  await expect(position).toHaveValue(String(steps));
  await idle(page);
  await expect(position).toHaveValue(String(steps));
  await expect(position).toHaveAttribute('max', String(steps));
  await expect(caption).toContainText('Property violated: ');
  // The caption alone says the whole sentence; the panels name the property.
  const sentence = /^Property violated: [^.]*\. (.*)$/.exec(
    (await caption.locator('p').first().textContent()) ?? '',
  )?.[1];
  const saying = page.locator('p, td', { hasText: sentence ?? 'no sentence' });
  await expect(saying.filter({ visible: true })).toHaveCount(1);
  // No step of the run has the caption of a step that did something else in the walkthrough.
  for (let depth = 0; depth <= steps; depth += 1) {
    await position.fill(String(depth));
    await expect(caption).not.toContainText('-EBUSY');
  }
});

test('a policy without WebAssembly gets the same verdict of a large model from the bytecode engine', async ({
  page,
}) => {
  await page.goto('./');
  await openScene(page, fiveOpens);
  const panel = await startCheck(page);
  await expect(panel).toContainText('with the WebAssembly engine');
  const verdict = (text: string | null) => [
    /(?:Yes|No): [^.]*\./.exec(text ?? '')?.[0],
    /[\d,]+ states, [\d,]+ transitions, depth \d+/.exec(text ?? '')?.[0],
  ];
  const usual = verdict(await panel.textContent());
  expect(usual).not.toContain(undefined);
  const server = await serve({
    dist: '/',
    policy:
      "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; connect-src 'self'",
  });
  const context = await page.context().browser()!.newContext();
  const strict = await context.newPage();
  await strict.goto(`${server.origin}/`);
  await openScene(strict, fiveOpens);
  const other = await startCheck(strict);
  await expect(other).toContainText('with the bytecode engine');
  expect(verdict(await other.textContent())).toEqual(usual);
  expect(strict.workers()).toHaveLength(1);
  await context.close();
  await server.close();
});

test("a frame without an origin searches in a worker from the script's text", async ({ page }) => {
  const server = await serve({ dist: '/', cors: true });
  const host = await serve({
    pages: {
      '/': `<!doctype html><meta charset="utf-8"><title>host</title><iframe sandbox="allow-scripts" width="1300" height="900" src="${server.origin}/?scenario=bind-race"></iframe>`,
    },
    host: 'localhost',
  });
  const context = await page
    .context()
    .browser()!
    .newContext({ viewport: { width: 1400, height: 1000 } });
  const outside = await context.newPage();
  await outside.goto(`${host.origin}/`);
  const panel = await startCheck(outside.frameLocator('iframe'));
  await expect(panel).toContainText(/no property is violated in any of [\d,]{3,} states/);
  expect(outside.workers().map((worker) => worker.url().slice(0, 5))).toEqual(['blob:']);
  await context.close();
  await host.close();
  await server.close();
});

test('a check of the 2021 split finds the second owner, and its counterexample plays on the stage', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?scenario=split-race');
  await page.getByRole('radio', { name: 'Check' }).check({ force: true });
  await page.getByRole('button', { name: 'Check all interleavings' }).click();
  const panel = page.getByRole('region', { name: 'Check', exact: true });
  await expect(panel).toContainText(/Yes: \d+ propert/);
  await expect(
    panel.getByRole('list', { name: 'Outcomes' }).getByRole('listitem').first(),
  ).toBeVisible();
  await panel.getByRole('button', { name: 'Play the counterexample to owner-exclusive' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Pause walkthrough' }).click();
  await page.getByRole('button', { name: 'Go to the end of the branch' }).click();
  await expect(page.getByRole('region', { name: 'Caption' })).toContainText('One owner per device');
  await expect(page.getByRole('button', { name: 'Branch owner-exclusive' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
});

test('a race without a violation reports its number of states', async ({ page }) => {
  await page.goto('./?scenario=bind-race&step=57');
  // One press opens the check and starts it.
  const caption = page.getByRole('region', { name: 'Caption' });
  await caption.getByRole('button', { name: 'Check interleavings' }).click();
  const panel = page.getByRole('region', { name: 'Check', exact: true });
  await expect(panel).toContainText(/no property is violated in any of [\d,]{3,} states/);
  await panel.getByText('states', { exact: true }).hover();
  await expect(page.getByRole('tooltip')).toContainText('all fields of all kernel objects');
});

test('a disabled step makes a check fail, and the counterexample shows the modified design', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?scenario=same-iommufd-twice');
  // The design may have to be loaded first.
  const design = page.getByRole('radio', { name: 'upstream' });
  await design.click({ force: true });
  await expect(design).toBeChecked();
  const line = page.getByRole('button', { name: 'Disable BIND.9', exact: true });
  // On to the first bind, call by call.
  for (let call = 0; call < 5 && (await line.count()) === 0; call += 1) {
    await page.getByRole('button', { name: 'Run qemu', exact: true }).click();
    await expect(page.locator('html')).toHaveAttribute('data-idle', 'true');
  }
  await line.click();
  await page.getByRole('radio', { name: 'Check' }).check({ force: true });
  const panel = page.getByRole('region', { name: 'Check', exact: true });
  await expect(panel).toContainText('BIND.9 disabled');
  await page.getByRole('button', { name: 'Check all interleavings' }).click();
  await expect(panel).toContainText(/Yes: \d+ propert/);
  await panel
    .getByRole('button', { name: /Play the counterexample to/ })
    .first()
    .click();
  await expect(page.getByRole('region', { name: 'Caption' })).toContainText('Modified design');
  await panel.getByRole('button', { name: 'Discard changes' }).click();
  await expect(page.getByRole('region', { name: 'Caption' })).not.toContainText('Modified design');
});

test('the comparison shows four designs, and each can be opened', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('./?scenario=bind-race');
  await page.getByRole('button', { name: 'Compare designs' }).click();
  const table = page.getByRole('region', { name: 'Design comparison' });
  await expect(table.getByRole('columnheader')).toHaveCount(5);
  await expect(table.getByRole('row', { name: /dpdk.*bind_iommufd/ })).toContainText(
    /skipped.*-EBUSY.*-EBUSY.*-EINVAL/,
  );
  await table.getByRole('button', { name: /^Open Parked, shim.*parked-shim/ }).click();
  await expect(page.getByRole('radio', { name: 'parked-shim' })).toBeChecked();
});

test('the verdicts are a landing page; a violated cell shows its counterexample and plays it', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?view=verdicts');
  const view = page.getByRole('region', { name: 'Verdicts' });
  await expect(view.getByRole('row', { name: /The RFC as posted/ })).toContainText(
    /\d{5}|\d,\d{3}/,
  );
  const reported = view.getByRole('button', { name: /^upstream violates kvm-ref .*reported 2024/ });
  await expect(reported).toHaveCSS('border-style', 'dashed');
  const cell = view.getByRole('button', { name: /^rfc-opened violates no-ops-before-bind/ });
  await cell.hover();
  const picture = page.getByRole('tooltip').locator('img');
  await expect(picture).toBeVisible();
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(300);
  // Titles, not ids; dashed cells and their columns are explained.
  await expect(page.getByRole('tooltip')).toContainText(/In “[A-Z]/);
  await expect(view).toContainText(
    /Every violation in these columns is dashed: .*No kernel warning/,
  );
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(view.getByRole('columnheader').nth(1).locator('span')).toHaveCSS(
    'writing-mode',
    'horizontal-tb',
  );
  await cell.click();
  await expect(page.getByRole('radio', { name: 'rfc-opened' })).toBeChecked();
});

test('the verdicts can be computed again', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?scenario=cdev-path');
  await page.getByRole('button', { name: /verdicts/ }).click();
  const view = page.getByRole('region', { name: 'Verdicts' });
  await view.getByRole('button', { name: 'Check all again' }).click();
  await expect(view.getByRole('status')).toContainText(/Checking: [1-9]/);
  await view.getByRole('button', { name: 'Stop' }).click();
  await expect(view.getByRole('status')).toContainText('Stopped');
  await expect(view.getByRole('button', { name: 'Check all again' })).toBeVisible();
});
