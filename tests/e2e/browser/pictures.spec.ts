// The page of parts, by picture: a change of how anything looks is seen before it is let in. Letters are drawn otherwise on
// other machines; where a sample of text is not as wide as when the pictures were taken, nothing is compared, and it is said.
// `npx playwright test pictures --update-snapshots` takes them anew.

import { enter, expect, test } from './harness';

/** How wide the sample stood when the pictures were taken, in hundredths of a pixel. */
const SAMPLE_WIDTH = 87_275;

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every part looks as it did, ${colorScheme}`, async ({ page, office }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await enter(page, office.url);
    await page.evaluate(() => {
      location.hash = '#/parts';
    });
    await page.getByRole('heading', { level: 1 }).waitFor();
    const width = await page.evaluate(() => {
      const sample = document.createElement('span');
      sample.textContent = 'Monthly recurring revenue $1,234,567.89 −€20.00 Ωß';
      sample.style.cssText = 'position:absolute;font-size:32px;white-space:nowrap';
      document.body.append(sample);
      const { width } = sample.getBoundingClientRect();
      sample.remove();
      return Math.round(width * 100);
    });
    test.skip(width !== SAMPLE_WIDTH, `letters are drawn otherwise here (${width})`);
    const main = page.getByRole('main');
    // All of it, not what one screen holds.
    const height = await main.evaluate((node) => node.scrollHeight);
    await page.setViewportSize({ width: 1280, height: height + 80 });
    await expect(main).toHaveScreenshot(`parts-${colorScheme}.png`, { maxDiffPixelRatio: 0.005 });
  });
}
