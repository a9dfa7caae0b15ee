// The arithmetic of a table that draws only the rows in view. Rows have one height, so everything follows from an offset
// in pixels. Browsers cap an element's height (Firefox near 17 million pixels, WebKit and Chromium near 33), so beyond
// `HEIGHT_MAX` the scroll bar covers the rows at a scale, while wheel and keys still move pixel by pixel.

/** Tallest element drawn. */
export const HEIGHT_MAX = 10_000_000;

export interface Geometry {
  total: number;
  rowHeight: number;
  /** Height of the space that rows are seen through. */
  viewport: number;
}

export interface RowWindow {
  first: number;
  /** One past the last row drawn. */
  end: number;
}

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** Height of the element that gives the scroll bar its length. */
export function spacerHeight({ total, rowHeight }: Geometry): number {
  return Math.min(total * rowHeight, HEIGHT_MAX);
}

/** The largest offset: the last row stands at the bottom. */
export function offsetMax({ total, rowHeight, viewport }: Geometry): number {
  return Math.max(0, total * rowHeight - viewport);
}

function scrollMax(geometry: Geometry): number {
  return Math.max(0, spacerHeight(geometry) - geometry.viewport);
}

function isScaled(geometry: Geometry): boolean {
  return geometry.total * geometry.rowHeight > HEIGHT_MAX;
}

/** The offset that a scroll position stands for. */
export function offsetOf(geometry: Geometry, scrollTop: number): number {
  if (!isScaled(geometry)) return clamp(scrollTop, 0, offsetMax(geometry));
  const most = scrollMax(geometry);
  return most === 0 ? 0 : clamp((scrollTop / most) * offsetMax(geometry), 0, offsetMax(geometry));
}

/** The scroll position that stands for an offset. */
export function scrollTopOf(geometry: Geometry, offset: number): number {
  if (!isScaled(geometry)) return offset;
  const most = offsetMax(geometry);
  return most === 0 ? 0 : (offset / most) * scrollMax(geometry);
}

/**
 * The offset after the scroll position moved. A small move in a scaled table is taken pixel for pixel, else one notch of
 * the wheel would skip rows; a large one (the bar was dragged) and the ends go by scale.
 */
export function follow(geometry: Geometry, offset: number, from: number, to: number): number {
  const atEnd = to <= 0 || to >= scrollMax(geometry) - 0.5;
  if (!isScaled(geometry) || atEnd || Math.abs(to - from) > geometry.viewport) return offsetOf(geometry, to);
  return clamp(offset + (to - from), 0, offsetMax(geometry));
}

/** The rows to draw at an offset, with some to spare on both sides. */
export function rowsAt(geometry: Geometry, offset: number, spare = 8): RowWindow {
  const { total, rowHeight, viewport } = geometry;
  const first = clamp(Math.floor(offset / rowHeight) - spare, 0, total);
  const end = clamp(Math.ceil((offset + viewport) / rowHeight) + spare, first, total);
  return { first, end };
}

/** The nearest offset at which a row is wholly in view. */
export function reveal(geometry: Geometry, offset: number, index: number): number {
  const top = index * geometry.rowHeight;
  const bottom = top + geometry.rowHeight;
  if (top < offset) return top;
  if (bottom > offset + geometry.viewport) return clamp(bottom - geometry.viewport, 0, offsetMax(geometry));
  return offset;
}

/** The row that a key leads to from the present one; `null` for keys that do not move. */
export function rowAfterKey(key: string, active: number, geometry: Geometry): number | null {
  const last = geometry.total - 1;
  if (last < 0) return null;
  const page = Math.max(1, Math.floor(geometry.viewport / geometry.rowHeight) - 1);
  const moves: Record<string, number> = {
    ArrowDown: active + 1,
    ArrowUp: active < 0 ? 0 : active - 1,
    PageDown: Math.max(active, 0) + page,
    PageUp: active - page,
    Home: 0,
    End: last,
  };
  const to = moves[key];
  return to === undefined ? null : clamp(to, 0, last);
}
