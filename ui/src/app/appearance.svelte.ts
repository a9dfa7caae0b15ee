// How the window looks on this machine: theme and row height. Kept in local storage, because it belongs to the screen
// and not to the data.

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'compact' | 'comfortable';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
const DENSITIES: readonly Density[] = ['compact', 'comfortable'];

function stored<T extends string>(key: string, allowed: readonly T[], otherwise: T): T {
  const value = localStorage.getItem(key);
  return allowed.find((item) => item === value) ?? otherwise;
}

class Appearance {
  #theme = $state<Theme>(stored('coffer.theme', THEMES, 'system'));
  #density = $state<Density>(stored('coffer.density', DENSITIES, 'compact'));

  get theme(): Theme {
    return this.#theme;
  }

  /** The theme that is seen, whoever chose it. */
  get shown(): 'light' | 'dark' {
    if (this.#theme !== 'system') return this.#theme;
    return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }

  set theme(theme: Theme) {
    this.#theme = theme;
    localStorage.setItem('coffer.theme', theme);
    this.apply();
  }

  get density(): Density {
    return this.#density;
  }

  set density(density: Density) {
    this.#density = density;
    localStorage.setItem('coffer.density', density);
  }

  /** Height of a table row in pixels. */
  get rowHeight(): number {
    return this.#density === 'compact' ? 28 : 36;
  }

  /** Writes the theme where the stylesheet looks for it. */
  apply(): void {
    if (this.#theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = this.#theme;
  }
}

export const appearance = new Appearance();
