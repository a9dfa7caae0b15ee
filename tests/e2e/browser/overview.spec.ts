// The overview's chart by pointer, by key and as a table: all three must tell the same figures.

import { expect, test } from './harness';

test('hovering the chart shows the figures of the month under the pointer', async ({ desk }) => {
  const chart = desk.locator('.chart');
  await desk.locator('.chart-drawing svg').waitFor();
  const box = await chart.boundingBox();
  if (box === null) throw new Error('the chart has no place on the page');
  await desk.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const reading = desk.locator('.reading');
  await expect(reading).toContainText('MRR');
  const middle = await reading.locator('th').innerText();
  await desk.mouse.move(box.x + 4, box.y + box.height / 2);
  await expect(reading.locator('th')).not.toHaveText(middle);
  await desk.mouse.move(box.x + box.width / 2, box.y - 60);
  await expect(reading).toHaveCount(0);
});

test('arrow keys, Home, End and Escape read the chart aloud', async ({ desk }) => {
  await desk.locator('.chart-drawing svg').waitFor();
  await desk.locator('.chart').focus();
  const spoken = desk.locator('section p[aria-live]');
  await desk.keyboard.press('End');
  await expect(spoken).toContainText('not finished');
  const newest = await spoken.innerText();
  await desk.keyboard.press('ArrowLeft');
  await expect(spoken).not.toHaveText(newest);
  await desk.keyboard.press('Home');
  const label = await desk.locator('.reading th').innerText();
  await expect(spoken).toContainText(label);
  await desk.keyboard.press('Escape');
  await expect(desk.locator('.reading')).toHaveCount(0);
});

test('the table shows the same figure as the chart and the heading', async ({ desk }) => {
  await desk.locator('.chart-drawing svg').waitFor();
  await desk.locator('.chart').focus();
  await desk.keyboard.press('End');
  const read = await desk.locator('.reading strong').innerText();
  await desk.getByRole('button', { name: 'Show as table' }).click();
  await expect(
    desk.getByRole('region', { name: 'The chart as a table' }).locator('tbody td').first(),
  ).toHaveText(read);
  await expect(desk.locator('.figure.large .number')).toContainText(read);
});

test('the drawing follows the width of the window', async ({ desk }) => {
  const drawing = desk.locator('.chart-drawing svg');
  await drawing.waitFor();
  await desk.setViewportSize({ width: 900, height: 600 });
  await expect
    .poll(async () => {
      const box = await desk.locator('.chart').boundingBox();
      return Math.abs(Number(await drawing.getAttribute('width')) - (box?.width ?? 0));
    })
    .toBeLessThan(1.5);
});
