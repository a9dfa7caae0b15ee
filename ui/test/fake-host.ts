// A host for unit tests: answers wait until the test gives them, and everything asked is on record. Commands that a test
// does not mean to answer by hand can be given their answers beforehand.

import type { Changed } from '../src/api/generated';
import type { CommandName, Host, Link, ResponseOf, Wish } from '../src/host';

type Answers = { [N in CommandName]?: ResponseOf<N> | (() => ResponseOf<N>) };

export interface Call {
  name: CommandName;
  request: unknown;
  answer: (value: unknown) => Promise<void>;
  refuse: (reason: unknown) => Promise<void>;
}

export interface FakeHost extends Host {
  calls: Call[];
  /** The newest call. */
  last: () => Call;
  /** What was asked of one command. */
  asked: (name: CommandName) => unknown[];
  /** The addresses that were opened outside. */
  opened: string[];
  change: (changed: Changed) => void;
  link: (link: Link) => void;
  /** The desktop asks for something. */
  wish: (wish: Wish) => void;
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

export function fakeHost(answers: Answers = {}): FakeHost {
  const calls: Call[] = [];
  const opened: string[] = [];
  const changed = new Set<(changed: Changed) => void>();
  const links = new Set<(link: Link) => void>();
  const wishes = new Set<(wish: Wish) => void>();
  return {
    kind: 'browser',
    calls,
    opened,
    asked: (name) => calls.filter((call) => call.name === name).map((call) => call.request),
    last() {
      const call = calls.at(-1);
      if (call === undefined) throw new Error('nothing was asked');
      return call;
    },
    change: (value) => {
      for (const listener of changed) listener(value);
    },
    wish: (value) => {
      for (const listener of wishes) listener(value);
    },
    link: (value) => {
      for (const listener of links) listener(value);
    },
    call(name, request) {
      return new Promise((resolve, reject) => {
        calls.push({
          name,
          request: structuredClone(request),
          answer: (value) => {
            resolve(value as never);
            return settled();
          },
          refuse: (reason) => {
            reject(reason);
            return settled();
          },
        });
        const known: unknown = answers[name];
        if (known !== undefined) resolve((typeof known === 'function' ? known() : known) as never);
      });
    },
    onChanged(callback) {
      changed.add(callback);
      return () => changed.delete(callback);
    },
    onLink(callback) {
      links.add(callback);
      callback('up');
      return () => links.delete(callback);
    },
    onWish(callback) {
      wishes.add(callback);
      return () => wishes.delete(callback);
    },
    openExternal: async (url) => {
      opened.push(url);
    },
    setTitle: () => {},
  };
}
