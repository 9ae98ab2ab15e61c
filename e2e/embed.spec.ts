import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Page } from '@playwright/test';
import { root } from '../tools/test/cache.mjs';
import { expect, test as base } from './fixtures.ts';
import { serve, STRICT_POLICY } from './servers.ts';

interface Sites {
  /** The playground, under the strict policy. */
  readonly playground: string;
  /** Visits a page on another site than the playground. */
  readonly visit: (body: string, policy?: string) => Promise<void>;
}

const test = base.extend<Sites>({
  playground: async ({ baseURL }, use) => {
    const server = await serve({ dist: '/', policy: STRICT_POLICY });
    if (server.origin === baseURL) throw new Error('the embed has no server of its own');
    await use(server.origin);
    await server.close();
  },
  visit: async ({ page, playground }, use) => {
    const servers: Awaited<ReturnType<typeof serve>>[] = [];
    await use(async (body, policy) => {
      const server = await serve({
        pages: {
          '/': `<!doctype html><meta charset="utf-8"><title>host</title><body>${body.replaceAll('PLAYGROUND', playground)}`,
          '/host.js': '',
        },
        host: 'localhost',
        ...(policy === undefined ? {} : { policy }),
      });
      servers.push(server);
      await page.goto(`${server.origin}/`);
    });
    for (const server of servers) await server.close();
  },
});

// The host's page and the playground lie elsewhere on purpose; a page of a host has no icon; a worker is tried where it is forbidden.
test.use({
  allowedProblems: [
    /^request leaves \S+: http:\/\/(127\.0\.0\.1|localhost):\d+\/|favicon|Creating a worker from 'blob:|base: expected an address with/,
  ],
});

const count = (frame: FrameLocator) => frame.locator('output');

/** Runs `body` of a function with `client` in the host page, where the element is ready. */
async function withClient<T>(page: Page, body: string): Promise<T> {
  await page.evaluate(async () => {
    const element = document.querySelector('vfio-playground') as HTMLElement & { client?: unknown };
    while (!element.client)
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
  });
  // A page's policy forbids code from text, but not at once in an evaluation.
  return page.evaluate<T, string>((code) => {
    const element = document.querySelector('vfio-playground') as HTMLElement & { client?: unknown };
    const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as new (
      ...names: string[]
    ) => (client: unknown, element: unknown) => Promise<never>;
    return new AsyncFunction('client', 'element', code)(element.client, element);
  }, body);
}

const element = (
  attributes: string,
  fallback = '<pre id="fallback">the text</pre>',
) => `<script src="PLAYGROUND/vfio-playground.js" defer></script>
  <button id="before">before</button><vfio-playground ${attributes}>${fallback}</vfio-playground><button id="after">after</button>`;

for (const sandbox of ['', 'sandbox']) {
  test.describe(sandbox === '' ? 'the element' : 'the element in a sandbox', () => {
    test('shows its scenario and is driven by its client', async ({ page, visit }) => {
      await visit(element(`scenario="bind-race" load="eager" ${sandbox}`));
      const frame = page.frameLocator('vfio-playground iframe');
      await expect(frame.getByRole('heading', { level: 1 })).toHaveText(
        'Two processes race to bind one device',
      );
      const events = await withClient<{
        cursors: number[];
        theme: string;
        errors: string[];
        last: string;
        changed: number;
      }>(
        page,
        `
        let changed = 0;
        client.on('stateChanged', () => changed++);
        const cursors = [(await client.step()).cursor, (await client.step(4)).cursor, (await client.step(-2)).cursor, (await client.seek(7)).cursor];
        const { theme, link } = await client.setTheme('dark');
        const errors = [];
        await client.load({ scenario: 'nope' }).catch((error) => errors.push(error.message));
        await client.load({ link: 'damaged' }).catch((error) => errors.push(error.message));
        await client.load({ scenario: 'hot-unplug' });
        const back = await client.load({ link });
        await client.play(20);
        await client.pause();
        while (changed === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        return { cursors, theme, errors, last: back.scenario + ' ' + back.cursor, changed };`,
      );
      expect(events).toMatchObject({ cursors: [1, 5, 3, 7], theme: 'dark', last: 'bind-race 7' });
      expect(events.errors).toHaveLength(2);
      await expect(frame.locator('html')).toHaveAttribute('data-theme', 'dark');
    });

    test('keeps its fallback for print and leaves focus and wheel to the page', async ({
      page,
      visit,
    }) => {
      await visit(
        `<input id="mine" autofocus>${element(`scenario="bind-race" load="eager" ${sandbox}`)}<div style="height:3000px"></div>`,
      );
      await expect(page.locator('#fallback')).toBeHidden();
      await withClient(page, 'return undefined');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('mine');
      await page.locator('vfio-playground').hover();
      await page.mouse.wheel(0, 400);
      await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(100);
      await page.emulateMedia({ media: 'print' });
      await expect(page.locator('#fallback')).toBeVisible();
    });

    test('is left by Tab and by Escape, and its keys act while it has the focus', async ({
      page,
      visit,
    }) => {
      await visit(element(`scenario="bind-race" load="eager" ro ${sandbox}`));
      const frame = page.frameLocator('vfio-playground iframe');
      await frame.getByRole('button', { name: 'Step forward' }).focus();
      await page.keyboard.press('ArrowRight');
      await expect(count(frame)).toHaveText(/^1 /);
      await page.keyboard.press('Escape');
      // The element has it itself, no longer the frame in it.
      await expect
        .poll(() =>
          page.evaluate(
            () =>
              document.activeElement?.tagName === 'VFIO-PLAYGROUND' &&
              document.activeElement.shadowRoot?.activeElement === null,
          ),
        )
        .toBe(true);
      await page.keyboard.press('ArrowRight');
      await expect(count(frame)).toHaveText(/^1 /);
      await page.locator('#before').focus();
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press('Tab');
        if (await page.evaluate(() => document.activeElement?.id === 'after')) return;
      }
      throw new Error('sixty tabs do not leave the embed');
    });
  });
}

test('the element is as high as the content wants, at every width', async ({ page, visit }) => {
  await visit(element('scenario="bind-race" load="eager"'));
  const height = () =>
    page.evaluate(
      () => document.querySelector('vfio-playground')?.getBoundingClientRect().height ?? 0,
    );
  await page.setViewportSize({ width: 1000, height: 700 });
  await withClient(page, 'return undefined');
  await expect.poll(height).toBeGreaterThan(600);
  await page.setViewportSize({ width: 400, height: 700 });
  await expect.poll(height).toBeLessThan(500);
});

test('the element waits until it is near, or for a click, and shows its text meanwhile', async ({
  page,
  visit,
}) => {
  await visit(`<div style="height:4000px"></div>${element('scenario="bind-race"')}`);
  await expect(page.locator('#fallback')).toBeVisible();
  expect(await page.locator('iframe').count()).toBe(0);
  await page.locator('#after').scrollIntoViewIfNeeded();
  await expect(page.locator('#fallback')).toBeHidden();
  await visit(element('scenario="bind-race" load="click" title="The race"'));
  await expect(page.locator('#fallback')).toBeVisible();
  await page.getByRole('button', { name: 'Open the playground: The race' }).click();
  await expect(page.locator('#fallback')).toBeHidden();
});

test('the text stays where scripts are off', async ({ browser, playground }) => {
  const server = await serve({
    pages: { '/': element('scenario="bind-race"').replaceAll('PLAYGROUND', playground) },
  });
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${server.origin}/`);
  await expect(page.locator('#fallback')).toBeVisible();
  await context.close();
  await server.close();
});

test('the element works under a policy of the host without inline code; its timeline is moved by pointer, keys and messages', async ({
  page,
  visit,
  playground,
}) => {
  await visit(
    element('scenario="bind-race" load="eager" view="timeline" ro'),
    `default-src 'none'; script-src ${playground}; frame-src ${playground}`,
  );
  const frame = page.frameLocator('vfio-playground iframe');
  const slider = frame.getByRole('slider', { name: 'Step position' });
  await expect(slider).toHaveCount(1);
  await withClient(page, 'return client.seek(5)');
  await expect(slider).toHaveValue('5');
  const refused = frame.getByRole('button', { name: /^Step \d+, dpdk: / }).first();
  const at = Number(/\d+/.exec((await refused.getAttribute('aria-label')) ?? '')?.[0]);
  await refused.click();
  await expect(count(frame)).toHaveText(new RegExp(`^${at} `));
  await slider.press('ArrowLeft');
  await expect(count(frame)).toHaveText(new RegExp(`^${at - 1} `));
});

test('a base that would run code is refused with a failed event', async ({ page, visit }) => {
  await visit(element('scenario="bind-race" load="click"'));
  const detail = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const refused = document.createElement('vfio-playground');
        refused.setAttribute('base', 'javascript:alert(1)');
        refused.setAttribute('load', 'eager');
        refused.addEventListener('failed', (event) =>
          resolve(String(event instanceof CustomEvent ? event.detail : event)),
        );
        document.body.append(refused);
      }),
  );
  expect(detail).toContain('base: expected an address with http, https, file or no protocol');
  await expect(page.locator('iframe')).toHaveCount(0);
});

test('the designs stand side by side, also in a narrow sandbox, and each can be watched', async ({
  page,
  visit,
}) => {
  await page.setViewportSize({ width: 406, height: 700 });
  await visit(element('scenario="bind-race" load="eager" view="compare" sandbox'));
  const frame = page.frameLocator('vfio-playground iframe');
  const bind = frame.getByRole('row', { name: 'dpdk bind_iommufd(fd2, iommufd2)' });
  await expect(bind.getByRole('cell')).toHaveText(['skipped', /-EBUSY/, /-EBUSY/, /-EINVAL/]);
  expect(await frame.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth)).toBe(
    0,
  );
  const places = await bind.getByRole('cell').evaluateAll((cells) =>
    cells
      .map((cell) => cell.getBoundingClientRect())
      .filter(({ width }) => width > 120)
      .map(({ x, y }) => `${x} ${y}`),
  );
  expect(new Set(places).size).toBe(4);
  await withClient(page, "await client.seek(16); await client.play(20); return ''");
  await expect(frame.getByRole('heading', { name: /^Results differ first/ })).toBeVisible();
  await expect(frame.getByRole('region', { name: 'Stage of rfc-opened' })).toContainText(
    'refuses here: OPEN.4, -EBUSY (the device is already open).',
  );
  await expect(frame.getByRole('region', { name: 'Stage of upstream' })).toContainText(
    'lets dpdk pass: open_cdev succeeds.',
  );
  await frame.getByRole('button', { name: /^Open RFC.*rfc-opened/ }).click();
  await expect(frame.getByText('The RFC as posted', { exact: true })).toBeVisible();
  await expect(frame.getByRole('region', { name: 'Stage' })).toBeVisible();
  await frame.getByRole('button', { name: 'Compare' }).click();
  await expect(bind).toBeVisible();
});

test('a sandboxed frame checks in a worker, or on its own thread where a policy forbids that, and plays the witness', async ({
  page,
  visit,
}) => {
  const free = await serve({ dist: '/' });
  const frameOf = (site: string): string =>
    `<iframe src="${site}/embed.html?scenario=mail-question" width="600" height="500" sandbox="allow-scripts"></iframe>`;
  await visit(frameOf('PLAYGROUND') + frameOf(free.origin));
  for (const at of [0, 1]) {
    const frame = page.frameLocator('iframe').nth(at);
    await frame.getByRole('button', { name: 'Check', exact: true }).click();
    const panel = frame.getByRole('region', { name: 'Check', exact: true });
    await expect(panel).toContainText('Yes: 3 properties are violated. 940 states searched.');
    const workers = page.workers().filter((worker) => worker.url().startsWith('blob:'));
    expect(workers.length > 0).toBe(at === 1);
    await frame.getByRole('button', { name: 'Play the counterexample to owner-exclusive' }).click();
    await expect(count(frame)).toHaveText(/^[1-9]\d* \/ 48$/);
    await frame.getByRole('button', { name: 'Return to walkthrough' }).click();
    await expect(count(frame)).toHaveText('0 / 56');
  }
  await free.close();
});

for (const sandbox of [undefined, 'allow-scripts']) {
  test(`a bare frame ${sandbox === undefined ? '' : 'in a sandbox '}answers messages and keeps its link current`, async ({
    page,
    visit,
  }) => {
    await visit(
      `<iframe src="PLAYGROUND/embed.html?scenario=hot-unplug&step=3&theme=light&ro=1&embed=1" width="900" height="600" ${sandbox === undefined ? '' : `sandbox="${sandbox}"`}></iframe>`,
    );
    const frame = page.frameLocator('iframe');
    await expect(count(frame)).toHaveText(/^3 /);
    await expect(frame.locator('html')).toHaveAttribute('data-theme', 'light');
    await expect(frame.getByRole('button', { name: 'Run calls' })).toHaveCount(0);
    const home = frame.getByRole('link', { name: 'Open in the playground' });
    await expect(home).toHaveAttribute('href', /\/index\.html#v1\.[\w-]+$/);
    const before = await home.getAttribute('href');
    await frame.getByRole('button', { name: 'Step forward' }).click();
    await expect(home).not.toHaveAttribute('href', before ?? '');
    const answers = await page.evaluate(
      () =>
        new Promise<unknown[]>((resolve) => {
          const heard: unknown[] = [];
          addEventListener('message', ({ data }: MessageEvent<{ id?: number }>) => {
            if (data.id !== undefined) heard.push(data);
            if (heard.length === 3) resolve(heard);
          });
          const target = document.querySelector('iframe')?.contentWindow;
          for (const [id, type] of ['ping', 'getState', 'seek'].entries())
            target?.postMessage({ source: 'vfio-playground', v: 1, id, type }, '*');
        }),
    );
    expect(answers).toMatchObject([
      { type: 'pong', id: 0 },
      { type: 'state', id: 1, state: { cursor: 4, scenario: 'hot-unplug' } },
      { type: 'error', id: 2 },
    ]);
  });
}

test('the embed says what it cannot use, and still opens', async ({ page, playground }) => {
  await page.goto(`${playground}/embed.html?view=3d&scenario=nope`);
  await expect(page.getByText('view: expected one of')).toBeVisible();
  await expect(page.getByText('expected the id of a built-in scenario, got "nope"')).toBeVisible();
});

test('the page works from any folder, and offline after the first visit', async ({ browser }) => {
  const server = await serve({ dist: '/deep/in/a/site/' });
  const context = await browser.newContext({ serviceWorkers: 'allow' });
  const page = await context.newPage();
  await page.goto(`${server.origin}/deep/in/a/site/`);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await server.close();
  await page.goto(`${server.origin}/deep/in/a/site/index.html?scenario=hot-unplug`);
  await expect(page.getByRole('heading', { level: 1, name: /VFIO playground/ })).toBeVisible();
  await page.goto(`${server.origin}/deep/in/a/site/`);
  await expect(page.getByRole('heading', { level: 1, name: /VFIO playground/ })).toBeVisible();
  await context.close();
});

test('one file works without a server and keeps its link', async ({ page }) => {
  // The page moves by itself when it is opened without a wish; not so here.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(`file://${join(root, 'dist/vfio-playground.html')}`);
  await expect(page.getByRole('heading', { level: 1, name: /VFIO playground/ })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => page.url()).toContain('#v1.');
  await page.reload();
  await expect(page.getByRole('slider', { name: 'Step position' })).toHaveValue('1');
});

test('old links open in the page, and what a damaged one lost is on screen', async ({ page }) => {
  const links = JSON.parse(
    readFileSync(join(root, 'src/session/testing/oldLinks.json'), 'utf8'),
  ) as readonly { readonly link: string }[];
  const [first] = links;
  if (!first) throw new Error('no old link');
  await page.goto(`./${first.link}`);
  await expect(page.getByRole('slider', { name: 'Step position' })).toHaveValue('9');
  await page.goto('about:blank');
  await page.goto(`./${first.link.slice(0, -40)}`);
  await expect(page.getByText('The link could be restored only in part.')).toBeVisible();
  await page.goto('about:blank');
  await page.goto('./#v1.nonsense');
  await expect(page.getByText('The link was not opened.')).toBeVisible();
});

test('a new scenario is one step back in the history, steps are none', async ({ page }) => {
  await page.goto('./?scenario=bind-race');
  await expect(page.getByRole('slider', { name: 'Step position' })).toBeVisible();
  const entries = await page.evaluate(() => history.length);
  for (let presses = 0; presses < 4; presses++) await page.keyboard.press('ArrowRight');
  await expect.poll(() => page.url()).toContain('#v1.');
  expect(await page.evaluate(() => history.length)).toBe(entries);
});

test('a short link opens its design, option and step, and is what Share offers', async ({
  page,
}) => {
  await page.goto('./?scenario=bind-race&design=upstream&option=linux=6.6&step=4');
  await expect(page.getByRole('slider', { name: 'Step position' })).toHaveValue('4');
  await expect(page).toHaveTitle(
    'Two processes race to bind one device · Linux v6.6 · VFIO playground',
  );
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: 'Share' });
  await expect(dialog.getByRole('textbox', { name: 'Link to this step' })).toHaveValue(
    /\/\?scenario=bind-race&option=linux=6\.6&step=4$/,
  );
});
