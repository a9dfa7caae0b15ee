// How wide a drawing of the engine's is to be: as wide as its box, asked for again when that has come to rest.

const REST_MS = 120;
const WIDTH_MIN = 240;
const WIDTH_MAX = 4000;

export class DrawnWidth {
  /** The width of the box now. */
  measured = $state(0);
  /** The width that was last asked for; 0 before the box is there. */
  asked = $state(0);

  /** Follows a box as long as it lives; to be called in an effect. */
  follow(box: HTMLElement): () => void {
    let rest: ReturnType<typeof setTimeout> | undefined;
    const observer = new ResizeObserver(([entry]) => {
      // A box that is not shown has no width; its drawing stays as it was.
      if (entry === undefined || entry.contentRect.width === 0) return;
      this.measured = entry.contentRect.width;
      const width = Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, Math.floor(this.measured)));
      clearTimeout(rest);
      if (this.asked === 0) this.asked = width;
      else rest = setTimeout(() => (this.asked = width), REST_MS);
    });
    observer.observe(box);
    return () => {
      clearTimeout(rest);
      observer.disconnect();
    };
  }
}
