// A person's desktop for one test: a home folder, a session bus and, as asked, a keyring that is open, locked or absent.
//
// Nothing of the machine's own desktop is used: HOME, the XDG folders, the bus and the keyring all lie in a temporary
// folder that goes at the end. The display is the run's. The bus starts by itself only what is named here: a desktop's
// document portal or file daemon would mount a file system below the folder, which outlives them and cannot be deleted.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Window } from './driver.mjs';
import { Program, processesWith, run, until } from './processes.mjs';

export const RESULTS = process.env.COFFER_WINDOW_RESULTS;
export const DESKTOP_BIN = process.env.COFFER_DESKTOP_BIN;
const PASSWORD = 'the password of nobody';

/** Where the machine keeps what a session bus may start. */
const SERVICES = '/usr/share/dbus-1/services';
/** What the bus of a test may start: the keyring's question, the settings and the accessibility tree, each where it is installed. */
const STARTED_WHEN_CALLED = ['org.gnome.keyring.SystemPrompter', 'ca.desrt.dconf', 'org.a11y.Bus'];

const busConfig = (services) => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <servicedir>${services}</servicedir>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`;

export class Desktop {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'coffer-window-'));
    this.home = join(this.folder, 'coffer');
    this.programs = [];
    this.windows = [];
    const user = join(this.folder, 'user');
    const runtime = join(this.folder, 'runtime');
    for (const folder of [user, runtime]) mkdirSync(folder, { mode: 0o700 });
    this.env = {
      ...process.env,
      HOME: user,
      XDG_RUNTIME_DIR: runtime,
      COFFER_WINDOW_TEST_DESKTOP: this.folder,
    };
    for (const name of Object.keys(this.env)) {
      if (name.startsWith('DBUS_') || /^XDG_(CONFIG|DATA|CACHE|STATE)_/.test(name)) delete this.env[name];
    }
  }

  /** Starts the bus and the keyring: `open`, `locked` (its prompt is never answered) or `absent`. */
  async signIn(keyring) {
    await this.signOut();
    const bus = this.#start('dbus-daemon', ['--nofork', '--print-address=1', `--config-file=${this.#bus()}`]);
    this.env.DBUS_SESSION_BUS_ADDRESS = await until(
      'the bus',
      () => bus.stdout.includes('\n') && bus.stdout.split('\n')[0],
    );
    if (keyring === 'absent') return;
    const daemon = ['--foreground', '--components=secrets'];
    if (keyring === 'open') this.#start('gnome-keyring-daemon', ['--unlock', ...daemon], PASSWORD);
    else this.#start('gnome-keyring-daemon', daemon);
    await until('the keyring', async () => {
      const asked = await run(
        'gdbus',
        [
          'call',
          '--session',
          '--dest',
          'org.freedesktop.DBus',
          '--object-path',
          '/org/freedesktop/DBus',
          '--method',
          'org.freedesktop.DBus.NameHasOwner',
          'org.freedesktop.secrets',
        ],
        { env: this.env },
      );
      return asked.stdout.includes('true');
    });
  }

  /** Writes down what the bus is to be, and gives the file. */
  #bus() {
    const services = join(this.folder, 'services');
    mkdirSync(services, { recursive: true });
    for (const name of STARTED_WHEN_CALLED.map((it) => `${it}.service`)) {
      if (existsSync(join(SERVICES, name))) copyFileSync(join(SERVICES, name), join(services, name));
    }
    const config = join(this.folder, 'bus.conf');
    writeFileSync(config, busConfig(services));
    return config;
  }

  #start(command, args, input = null) {
    const program = new Program(command, command, args, { env: this.env, input });
    this.programs.push(program);
    return program;
  }

  /** Opens the window through a driver. */
  async open(...args) {
    const window = await Window.open({
      binary: DESKTOP_BIN,
      args: ['--home', this.home, ...args],
      env: this.env,
    });
    this.windows.push(window);
    return window;
  }

  /** Starts the window's program as a person would, without a driver. */
  launch({ home = this.home, env = {} } = {}) {
    const program = new Program('coffer-desktop', DESKTOP_BIN, ['--home', home], {
      env: { ...this.env, ...env },
    });
    this.programs.push(program);
    return program;
  }

  /** The window's programs that run on this desktop now. */
  processes() {
    return processesWith(`COFFER_WINDOW_TEST_DESKTOP=${this.folder}`);
  }

  /** The window's own process and the one that runs its page. */
  windowProcesses() {
    const all = this.processes();
    return {
      app: all.filter(({ executable }) => executable.startsWith(DESKTOP_BIN)),
      page: all.filter(({ executable }) => executable.endsWith('/WebKitWebProcess')),
      network: all.filter(({ executable }) => executable.endsWith('/WebKitNetworkProcess')),
    };
  }

  /** Everything the log says. */
  log(home = this.home) {
    const folder = join(home, 'logs');
    if (!existsSync(folder)) return '';
    return readdirSync(folder)
      .sort()
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('');
  }

  /** Closes the window, and waits until nobody holds its home any more: a process can be gone by name before that. */
  async quit(window) {
    await window.close();
    this.windows = this.windows.filter((it) => it !== window);
    await this.homeFree();
  }

  /** Waits until no window has the home. */
  async homeFree() {
    const lock = join(this.home, 'window.lock');
    await until('the home to be free', async () => (await run('flock', ['-n', lock, 'true'])).code === 0);
  }

  async signOut() {
    for (const window of this.windows.splice(0)) await window.close();
    for (const program of this.programs.splice(0).reverse()) await program.stop();
    for (const { pid } of this.processes()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
  }

  async tearDown() {
    await this.signOut();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
