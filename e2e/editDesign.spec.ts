import { expect, test } from './fixtures';

test('a lock that is removed in the text of a design is noticed, shared by link, and played', async ({
  page,
  context,
}) => {
  await page.goto('./?scenario=bind-race');
  await page.getByRole('radio', { name: 'Edit' }).check({ force: true });
  const editor = page.getByRole('textbox', { name: 'Text of the design' });
  await editor.click();
  await page.keyboard.press('Control+Home');
  const panel = page.getByRole('region', { name: 'Edit' });
  for (const text of ['BIND.6: /', 'mutex_lock(&dev_set->lock);']) {
    await page.keyboard.press('Control+f');
    await expect(panel.getByRole('textbox', { name: 'Find' })).toBeFocused();
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate(() => getSelection()?.toString())).toBe(text);
  }
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  await page.keyboard.insertText('model_only { }');
  await expect(panel.getByRole('status')).toContainText('No lock cycle, no bad unlock');
  await expect(panel.getByRole('button', { name: 'Changes +1 −1' })).toBeEnabled();
  await panel.getByRole('button', { name: 'Changes +1 −1' }).click();
  await expect(panel.locator('.cm-deletedChunk')).toContainText('mutex_lock(&dev_set->lock);');
  await panel.getByRole('button', { name: /Play the counterexample/ }).click();
  await expect(page.getByRole('region', { name: 'Caption' })).toContainText(
    'Modified design: 1 line added, 1 removed',
  );
  await panel.getByRole('button', { name: 'Link' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share' });
  await expect(dialog).toContainText('It opens the modified design: 1 line added, 1 removed');
  const link = /#v1\.[\w-]+/.exec(await dialog.locator('textarea').inputValue())?.[0] ?? '';
  expect(link.length).toBeLessThan(2000);

  const other = await context.newPage();
  await other.goto(`./${link}`);
  await expect(other.getByRole('region', { name: 'Caption' })).toContainText('Modified design');
  await other.getByRole('radio', { name: 'Edit' }).check({ force: true });
  await expect(other.getByRole('button', { name: 'Changes +1 −1' })).toBeEnabled();
});
