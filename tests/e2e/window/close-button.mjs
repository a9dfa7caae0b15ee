// Presses a window's close button, which WebDriver cannot: it asks the window by X11's own message to close, as a
// window manager does. The few requests this needs are written out here, so that no tool has to be installed for it.

import { connect } from 'node:net';

const INTERN_ATOM = 16;
const QUERY_TREE = 15;
const GET_PROPERTY = 20;
const SEND_EVENT = 25;
const CLIENT_MESSAGE = 33;

class Display {
  #bytes = Buffer.alloc(0);
  #wake = () => {};

  constructor(number) {
    this.socket = connect(`/tmp/.X11-unix/X${number}`);
    this.socket.on('data', (data) => {
      this.#bytes = Buffer.concat([this.#bytes, data]);
      this.#wake();
    });
  }

  async #take(length) {
    while (this.#bytes.length < length) {
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  /** Says hello; returns the root window. */
  async open() {
    const hello = Buffer.alloc(12);
    hello.write('l', 0);
    hello.writeUInt16LE(11, 2);
    this.socket.write(hello);
    const head = await this.#take(8);
    const rest = await this.#take(head.readUInt16LE(6) * 4);
    if (head[0] !== 1) throw new Error('the display refused');
    const vendor = rest.readUInt16LE(16);
    return rest.readUInt32LE(32 + Math.ceil(vendor / 4) * 4 + 8 * rest[21]);
  }

  /** Sends a request; `detail` stands in its second byte. */
  send(opcode, detail, body) {
    const request = Buffer.concat([Buffer.from([opcode, detail, 0, 0]), body]);
    request.writeUInt16LE(request.length / 4, 2);
    this.socket.write(request);
  }

  async ask(opcode, body) {
    this.send(opcode, 0, body);
    const head = await this.#take(32);
    if (head[0] !== 1) throw new Error(`the display refused request ${opcode}`);
    return Buffer.concat([head, await this.#take(head.readUInt32LE(4) * 4)]);
  }

  async atom(name) {
    const body = Buffer.alloc(4 + Math.ceil(name.length / 4) * 4);
    body.writeUInt16LE(name.length, 0);
    body.write(name, 4);
    return (await this.ask(INTERN_ATOM, body)).readUInt32LE(8);
  }

  async children(window) {
    const reply = await this.ask(QUERY_TREE, words(window));
    return Array.from({ length: reply.readUInt16LE(16) }, (_, at) => reply.readUInt32LE(32 + at * 4));
  }

  /** The first numbers of a window's property. */
  async property(window, name) {
    const reply = await this.ask(GET_PROPERTY, words(window, name, 0, 0, 64));
    return reply[1] === 32
      ? Array.from({ length: reply.readUInt32LE(16) }, (_, at) => reply.readUInt32LE(32 + at * 4))
      : [];
  }
}

function words(...values) {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => {
    buffer.writeUInt32LE(value, at * 4);
  });
  return buffer;
}

/** Asks every window of a process to close; returns how many were asked. */
export async function pressClose(display, pid) {
  const x = new Display(display.replace(/^:/, ''));
  try {
    const root = await x.open();
    const protocols = await x.atom('WM_PROTOCOLS');
    const goodbye = await x.atom('WM_DELETE_WINDOW');
    const owner = await x.atom('_NET_WM_PID');
    let asked = 0;
    for (const window of await x.children(root)) {
      if ((await x.property(window, owner))[0] !== pid) continue;
      if (!(await x.property(window, protocols)).includes(goodbye)) continue;
      const event = Buffer.concat([
        Buffer.from([CLIENT_MESSAGE, 32, 0, 0]),
        words(window, protocols, goodbye, 0, 0, 0, 0),
      ]);
      x.send(SEND_EVENT, 0, Buffer.concat([words(window, 0), event]));
      asked += 1;
    }
    await x.atom('WM_PROTOCOLS');
    return asked;
  } finally {
    x.socket.destroy();
  }
}
