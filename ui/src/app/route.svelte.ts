// Where the user is. The place stands in the address's fragment, which works the same in the shell and in a browser tab,
// and the history entry carries what a view wants to find again on the way back (scroll position, focused row).

/** Views whose place is their name and what is chosen in them. */
export const PLAIN_VIEWS = [
  'movements',
  'cohorts',
  'forecast',
  'explain',
  'customers',
  'subscriptions',
  'payments',
  'invoices',
  'disputes',
  'recovery',
  'trials',
  'outbox',
  'log',
  'reconcile',
  'parts',
] as const;
export type PlainView = (typeof PLAIN_VIEWS)[number];
/** What is chosen in a plain view, by name; each view reads its own and overlooks the rest. */
export type Params = Readonly<Record<string, string>>;

export type Route =
  | { view: 'overview' }
  /** `at` is an object of the customer's that is to be found on the page. */
  | { view: 'customer'; id: string; at?: string }
  | { view: PlainView; params: Params }
  | { view: 'settings' };

export const CUSTOMERS: Route = { view: 'customers', params: {} };

/** Reads a place from a fragment; anything unknown is the overview. */
export function parseRoute(hash: string): Route {
  const [path = '', queryText = ''] = hash.replace(/^#\/?/, '').split('?');
  const [head, ...rest] = path.split('/');
  const params = new URLSearchParams(queryText);
  if (head === 'customer' && rest.length > 0) {
    const id = decodeURIComponent(rest.join('/'));
    const at = params.get('at');
    return at === null ? { view: 'customer', id } : { view: 'customer', id, at };
  }
  const plain = PLAIN_VIEWS.find((name) => name === head);
  if (plain !== undefined) return { view: plain, params: Object.fromEntries(params) };
  if (head === 'settings') return { view: 'settings' };
  return { view: 'overview' };
}

/** Writes a place as a fragment. */
export function routeHash(route: Route): string {
  if (route.view === 'customer') {
    const at = route.at === undefined ? '' : `?at=${encodeURIComponent(route.at)}`;
    return `#/customer/${encodeURIComponent(route.id)}${at}`;
  }
  if ('params' in route) {
    const text = new URLSearchParams(route.params).toString();
    return `#/${route.view}${text === '' ? '' : `?${text}`}`;
  }
  return `#/${route.view}`;
}

interface Entry {
  /** How many of our own entries lie behind this one. */
  depth: number;
  memory: Record<string, unknown>;
}

export class Router {
  #route = $state.raw<Route>(parseRoute(''));

  constructor() {
    this.#route = parseRoute(location.hash);
    history.replaceState(this.#entry(), '', routeHash(this.#route));
    window.addEventListener('popstate', () => {
      this.#route = parseRoute(location.hash);
    });
  }

  get route(): Route {
    return this.#route;
  }

  go(route: Route): void {
    if (routeHash(route) === routeHash(this.#route)) return;
    const entry: Entry = { depth: this.#entry().depth + 1, memory: {} };
    history.pushState(entry, '', routeHash(route));
    this.#route = route;
  }

  /** Changes the present place without a step in the history, for instance while a search is typed. */
  replace(route: Route): void {
    history.replaceState(this.#entry(), '', routeHash(route));
    this.#route = route;
  }

  /** One step back when that stays inside the window, else to the given place. */
  back(otherwise: Route): void {
    if (this.#entry().depth > 0) history.back();
    else this.replace(otherwise);
  }

  /** Keeps something with the present history entry. */
  remember(key: string, value: unknown): void {
    const entry = this.#entry();
    history.replaceState({ ...entry, memory: { ...entry.memory, [key]: value } }, '', location.hash);
  }

  /** What was kept with the present history entry. */
  remembered(key: string): unknown {
    return this.#entry().memory[key];
  }

  #entry(): Entry {
    const state: unknown = history.state;
    if (typeof state === 'object' && state !== null && 'depth' in state && 'memory' in state)
      return state as Entry;
    return { depth: 0, memory: {} };
  }
}
