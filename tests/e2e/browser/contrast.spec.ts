// Where the system forces its own few colours, what is chosen and which kind is which still shows.

import { expect, go, test } from './harness';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`with forced colours what is chosen and which kind is which still shows, ${colorScheme}`, async ({
    desk,
  }) => {
    await desk.emulateMedia({ forcedColors: 'active', colorScheme });
    await go(desk, 'g m');
    await desk.locator('.chart-drawing svg').waitFor();

    // Bold letters alone do not say it: the chosen one has an edge that its neighbours do not have.
    const edge = (of: string) =>
      desk
        .locator(of)
        .first()
        .evaluate((it) => getComputedStyle(it).outlineStyle);
    expect(await edge('.segments .chosen')).toBe('solid');
    expect(await edge('.segments label:not(.chosen)')).toBe('none');
    expect(await edge('.mode .on')).toBe('solid');
    expect(await edge('.mode span:not(.on)')).toBe('none');
    expect(await edge('header .mark')).toBe('solid');

    const kinds = ['new', 'reactivation', 'expansion', 'contraction', 'churn'];
    const grounds = await Promise.all(
      kinds.map((kind) =>
        desk
          .locator(`.move.${kind}`)
          .first()
          .evaluate((it) => getComputedStyle(it).backgroundColor),
      ),
    );
    expect(new Set(grounds).size, grounds.join(' ')).toBe(kinds.length);
    const fills = await desk
      .locator('.chart-drawing :is(.c-new, .c-grown, .c-shrunk, .c-lost)')
      .evaluateAll((all) => all.map((it) => getComputedStyle(it).fill));
    expect(new Set(fills).size).toBe(4);
  });
}
