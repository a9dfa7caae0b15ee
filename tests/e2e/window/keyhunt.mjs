// Looks for a key wherever it must not be: files, environments, command lines, and what a script can reach in the page.

import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** The key as it may lie in a file or in memory. */
function forms(key) {
  return [
    Buffer.from(key, 'utf8'),
    Buffer.from(key, 'utf16le'),
    Buffer.from(Buffer.from(key).toString('base64').replace(/=+$/, '')),
  ];
}

function holds(bytes, key) {
  return forms(key).some((form) => bytes.includes(form));
}

/** Every regular file below a folder. */
export function filesBelow(folder) {
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...filesBelow(path));
    else if (entry.isFile()) found.push(path);
  }
  return found;
}

/** The files below a folder that hold the key. */
export function filesWithKey(folder, key) {
  return filesBelow(folder).filter((path) => {
    try {
      return lstatSync(path).isFile() && holds(readFileSync(path), key);
    } catch (error) {
      // A file of the web view that went while it was looked at.
      if (error.code === 'ENOENT') return false;
      throw error;
    }
  });
}

/** The processes whose environment or command line holds the key. */
export function processesWithKey(processes, key) {
  return processes
    .filter(({ environ, cmdline }) => holds(environ, key) || holds(cmdline, key))
    .map(({ pid, executable }) => `${executable} (${pid})`);
}

/**
 * Runs in the page. Walks everything reachable from `window` by own properties, maps, sets and the document's nodes,
 * and says where the key was seen. The key comes reversed, so that this function's own arguments are no find.
 */
export const PAGE_HUNT = `(reversed) => {
  const key = Array.from(reversed).reverse().join('');
  const found = [];
  const seen = new Set();
  const queue = [[window, 'window']];
  const look = (value, path) => {
    if (typeof value === 'string') {
      if (value.includes(key)) found.push(path);
    } else if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
      if (!seen.has(value)) {
        seen.add(value);
        queue.push([value, path]);
      }
    }
  };
  while (queue.length > 0 && seen.size < 400000) {
    const [value, path] = queue.pop();
    for (const name of Reflect.ownKeys(value)) {
      let held;
      try {
        const property = Object.getOwnPropertyDescriptor(value, name);
        held = property && 'value' in property ? property.value : undefined;
        if (value === window && property && property.get) held = value[name];
      } catch { continue; }
      look(held, path + '.' + String(name));
    }
    if (value instanceof Map) for (const [a, b] of value) { look(a, path + '<key>'); look(b, path + '<value>'); }
    if (value instanceof Set) for (const a of value) look(a, path + '<item>');
  }
  const nodes = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
  let nodeCount = 0;
  while (nodes.nextNode()) {
    const node = nodes.currentNode;
    nodeCount += 1;
    for (const name of Reflect.ownKeys(node)) look(node[name], node.nodeName + '.' + String(name));
    if ('value' in node) look(node.value, node.nodeName + ' value');
    if ('defaultValue' in node) look(node.defaultValue, node.nodeName + ' default value');
    for (const attribute of node.attributes ?? []) look(attribute.value, node.nodeName + '@' + attribute.name);
    if (node.nodeValue) look(node.nodeValue, node.nodeName + ' text');
  }
  const stores = {
    'the document': document.documentElement.outerHTML,
    'local storage': JSON.stringify(Object.entries(localStorage)),
    'session storage': JSON.stringify(Object.entries(sessionStorage)),
    'the address': location.href,
    'the history': JSON.stringify(history.state),
    'the resource timings': JSON.stringify(performance.getEntries().map((entry) => entry.name)),
  };
  for (const [place, text] of Object.entries(stores)) if (text && text.includes(key)) found.push(place);
  return { found, objects: seen.size, nodes: nodeCount };
}`;

const PAGE = 4096;
const PIECE = 4 * 1024 * 1024;

/** How often raw memory that a process may write holds one of these; null where it may not be read. */
export function copiesInMemory(pid, needles) {
  let memory;
  let map;
  try {
    memory = openSync(`/proc/${pid}/mem`, 'r');
    map = openSync(`/proc/${pid}/pagemap`, 'r');
  } catch {
    if (memory !== undefined) closeSync(memory);
    return null;
  }
  let copies = 0;
  for (const [start, end] of writableRanges(pid)) {
    for (let at = start; at < end; at += PIECE) {
      const bytes = piece(memory, map, at, Math.min(PIECE, end - at));
      if (bytes === null) continue;
      for (const needle of needles) {
        for (let found = bytes.indexOf(needle); found >= 0; found = bytes.indexOf(needle, found + 1))
          copies += 1;
      }
    }
  }
  closeSync(memory);
  closeSync(map);
  return copies;
}

function writableRanges(pid) {
  return readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .map((line) => /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line))
    .filter((match) => match !== null)
    .map((match) => [Number.parseInt(match[1], 16), Number.parseInt(match[2], 16)]);
}

/** A piece of memory; null when none of it was ever touched. Web views reserve many gigabytes that they never use. */
function piece(memory, map, at, length) {
  const entries = Buffer.alloc((length / PAGE) * 8);
  try {
    readSync(map, entries, 0, entries.length, (at / PAGE) * 8);
    let touched = false;
    for (let entry = 7; entry < entries.length && !touched; entry += 8)
      touched = (entries[entry] & 0xc0) !== 0;
    if (!touched) return null;
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(memory, bytes, 0, length, at));
  } catch {
    // The range went away while it was looked at.
    return null;
  }
}
