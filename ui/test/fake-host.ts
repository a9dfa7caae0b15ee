// A host for unit tests: answers wait until the test gives them, and everything asked is on record.

import type { Changed } from '../src/api/generated';
import type { CommandName, Host, Link } from '../src/host';

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
  change: (changed: Changed) => void;
  link: (link: Link) => void;
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

export function fakeHost(): FakeHost {
  const calls: Call[] = [];
  const changed = new Set<(changed: Changed) => void>();
  const links = new Set<(link: Link) => void>();
  return {
    kind: 'browser',
    calls,
    last() {
      const call = calls.at(-1);
      if (call === undefined) throw new Error('nothing was asked');
      return call;
    },
    change: (value) => {
      for (const listener of changed) listener(value);
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
    openExternal: async () => {},
    setTitle: () => {},
  };
}
