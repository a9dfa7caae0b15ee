// A stand-in for `coffer serve`, for looking at the window without an engine: it serves ui/dist and answers the commands
// with fixed, plausible data. The token in the address picks the scene, for instance `#token=test+partial`. Never shipped.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self' ipc: http://ipc.localhost; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const CUSTOMERS = 100_000;
const NOW = Date.now();
const ago = (ms) => new Date(NOW - ms).toISOString();
const dayOf = (ms) => new Date(ms).toISOString().slice(0, 10);
const DAY = 86_400_000;

const SYMBOL = { USD: '$', EUR: '€', GBP: '£' };
function money(minor, currency = 'USD', sign = false) {
  const digits = (Math.abs(minor) / 100).toLocaleString('en-US', { minimumFractionDigits: 2 });
  const lead = minor < 0 ? '−' : sign && minor > 0 ? '+' : '';
  return { minor, currency, text: `${lead}${SYMBOL[currency]}${digits}` };
}

const hash = (n) => Math.imul((n ^ 61 ^ (n >>> 16)) * 9, 0x27d4eb2d) >>> 0;
const FIRST = [
  'Dana',
  'Olu',
  'Mirjam',
  'Søren',
  'Aiko',
  'Priya',
  'Tomás',
  'Lena',
  'Yusuf',
  'Clara',
  'Wei',
  'Noor',
];
const LAST = [
  'Okafor',
  'Lindqvist',
  'Tanaka',
  'Marchetti',
  'Weiss',
  'Haddad',
  'Novak',
  'Iyer',
  'Costa',
  'Byrne',
];
const FIRM = [
  'Northwind',
  'Halden',
  'Pebble',
  'Kestrel',
  'Ostrea',
  'Lumen',
  'Fjord',
  'Quarry',
  'Tessel',
  'Mistral',
];
const KIND = ['Studio', 'Labs', 'GmbH', 'Ltd', 'Analytics', 'Books', 'Robotics', 'Co-op'];
const COUNTRIES = ['US', 'DE', 'GB', 'FR', 'JP', 'BR', 'SE', 'IN', 'CA', null];
const STANDINGS = [
  'active',
  'active',
  'active',
  'active',
  'churned',
  'trialing',
  'past_due',
  'free',
  'paused',
  'none',
  'active',
  'deleted',
];

function customer(index) {
  const h = hash(index + 1);
  const standing = STANDINGS[h % STANDINGS.length];
  const pays = ['active', 'past_due'].includes(standing);
  const currency = h % 9 === 0 ? 'EUR' : h % 17 === 0 ? 'GBP' : 'USD';
  const mrr = Math.max(900, Math.round(249_900 * (1 - index / CUSTOMERS) ** 6));
  const firm = h % 3 !== 0;
  const name = firm ? `${FIRM[h % 10]} ${KIND[(h >>> 4) % 8]}` : `${FIRST[h % 12]} ${LAST[(h >>> 5) % 10]}`;
  return {
    id: `cus_${h.toString(36).padStart(7, '0')}${index}`,
    account: 'acct_1A2b3C',
    provider: 'stripe',
    name: h % 23 === 0 ? null : name,
    email: h % 29 === 0 ? null : `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}@example.com`,
    country: COUNTRIES[(h >>> 7) % COUNTRIES.length],
    created: dayOf(NOW - (h % 1400) * DAY),
    standing,
    mrr: pays ? [money(mrr, currency)] : [],
    paid: standing === 'none' || standing === 'trialing' ? [] : [money(mrr * (h % 31), currency)],
  };
}

// The boxes of the provider's page and the lists that each of them opens.
const BOXES = [
  ['Products', 'rak_product', ['products']],
  ['Prices', 'rak_plan', ['prices']],
  ['Coupons', 'rak_coupon', ['coupons'], true],
  ['Promotion Codes', 'rak_promotion_code', ['promotion_codes'], true],
  ['Customers', 'rak_customer', ['customers', 'customer_balance_transactions'], true],
  ['Subscriptions', 'rak_subscription', ['subscriptions', 'subscription_schedules'], true],
  ['Invoices', 'rak_invoice', ['invoiceitems', 'invoices', 'invoice_payments'], true],
  ['Charges and Refunds', 'rak_charge', ['charges', 'refunds'], true],
  ['PaymentIntents', 'rak_payment_intent', ['payment_intents']],
  ['Disputes', 'rak_dispute', ['disputes'], true],
  ['Credit notes', 'rak_credit_note', ['credit_notes'], true],
  ['Balance', 'rak_balance', ['balance_transactions']],
  ['Billing meters', 'rak_billing_meter', ['meters']],
  ['Checkout Sessions', 'rak_checkout_session', ['checkout_sessions'], true],
  ['Payment Links', 'rak_payment_links', ['payment_links'], true],
  ['Events', 'rak_event', ['events']],
];

function permissions(granted) {
  const rows = (access, boxes) =>
    boxes.flatMap(([row, slug, resources]) =>
      resources.map((resource) => ({
        resource,
        label: `${row}: ${access === 'read' ? 'Read' : 'Write'}`,
        access,
        slug: `${slug}_${access}`,
        granted: granted(row, access),
      })),
    );
  return [
    ...rows('read', BOXES),
    ...rows(
      'write',
      BOXES.filter((box) => box[3]),
    ),
  ];
}

const keyGuide = () => {
  const page = 'https://dashboard.stripe.com/apikeys/create?name=Coffer';
  return {
    permissions: permissions(() => null),
    links: {
      read_only: `${page}&permissions[]=rak_customer_read`,
      with_actions: `${page}&permissions[]=rak_customer_write`,
    },
  };
};

const RULES = [
  ['refunds', 'charges', 'ch_3Pq'],
  ['invoice_payments', 'invoices', 'in_1Qz'],
  ['lines', 'invoices', 'in_1Rw'],
  ['ledger', 'customers', 'cus_Tk'],
];

function proof(scene) {
  const shown = scene.has('mismatches') ? 200 : scene.has('mismatch') ? 3 : 0;
  return {
    proved_at: scene.has('first') ? null : ago(DAY),
    mismatches: Array.from({ length: shown }, (_, index) => {
      const [rule, resource, id] = RULES[index % 4];
      return {
        rule,
        resource,
        id: `${id}${hash(index).toString(36)}`,
        expected: `${hash(index) % 90_000}`,
        found: '0',
      };
    }),
    mismatch_count: scene.has('mismatches') ? 1412 : shown,
    gone: scene.has('first') ? 0 : 3,
  };
}

const isWhole = (scene) =>
  !['partial', 'first', 'missing', 'mismatch', 'mismatches', 'again'].some((word) => scene.has(word));

function account(mode, scene) {
  const missing = (row) => scene.has('missing') && ['Disputes', 'Invoices', 'Events'].includes(row);
  return {
    id: mode === 'live' ? 'acct_1A2b3C' : 'acct_1TestXy',
    mode,
    provider: 'stripe',
    name: mode === 'live' ? 'Northwind Software' : 'Northwind sandbox',
    key_kind: 'restricted',
    key_last4: '9f3K',
    api_url: scene.has('sim') ? 'http://127.0.0.1:12111' : null,
    added_at: ago(40 * DAY),
    synced_at: scene.has('first') ? null : ago(130_000),
    complete: isWhole(scene),
    permissions: permissions((row, access) =>
      access === 'write'
        ? scene.has('acts') && row !== 'Disputes'
        : row === 'Balance' && scene.has('unclear')
          ? null
          : !missing(row),
    ),
    reads: scene.has('thirsty') ? { used: 9_412, allowed: 10_000 } : { used: 18_240, allowed: 412_500 },
    proof: proof(scene),
  };
}

function appState(scene) {
  const accounts = [];
  if (!scene.has('none') && !scene.has('testonly')) accounts.push(account('live', scene));
  if (!scene.has('none') && (scene.has('test') || scene.has('testonly')))
    accounts.push(account('test', scene));
  return {
    version: '0.1.0',
    home: '/home/dana/.local/share/coffer',
    demo: scene.has('demo'),
    secrets: 'keychain',
    accounts,
    fault: scene.has('fault')
      ? {
          code: 'wrong_key',
          message: 'The live database does not open with the key in the keychain.',
          hint: 'Restore the keychain entry, or restore a backup. The file was left as it is.',
        }
      : null,
  };
}

// Each list with what it has brought, and what is left of it while it is under way.
const LISTS = [
  ['products', 14],
  ['prices', 41],
  ['coupons', 9],
  ['promotion_codes', 0],
  ['customers', 4812],
  ['subscriptions', 2311],
  ['subscription_schedules', 37],
  ['invoiceitems', 118],
  ['invoices', 6200, 11_840],
  ['invoice_payments', 2900, 14_100],
  ['charges', 1100, 17_930],
  ['payment_intents', 0, 18_000],
  ['refunds', 0, 320],
  ['disputes', 0, 40],
  ['credit_notes', 0, 60],
  ['balance_transactions', 0, 21_000],
  ['meters', 0, 0],
  ['checkout_sessions', 0, 4800],
  ['payment_links', 0, 12],
  ['customer_balance_transactions', 0, 210],
];

function syncStatus(mode, scene) {
  const first = scene.has('first');
  const walking = first || scene.has('again');
  const proving = scene.has('proving');
  const running = walking || proving || scene.has('syncing');
  return {
    mode,
    running,
    accounts: [
      {
        account: mode === 'live' ? 'acct_1A2b3C' : 'acct_1TestXy',
        name: mode === 'live' ? 'Northwind Software' : 'Northwind sandbox',
        resources: LISTS.map(([resource, fetched, left]) => ({
          resource,
          fetched: walking || proving ? fetched : 0,
          left: walking && left !== undefined && !scene.has('unknown') ? left : null,
          done: walking ? left === undefined : true,
        })),
        requests: 134,
        seconds: 9.4,
        seconds_left: walking && !scene.has('unknown') ? 41 : null,
        phase: walking ? 'walking' : proving ? 'proving' : running ? 'changes' : 'ended',
        running,
        complete: !running && isWhole(scene),
        warnings: scene.has('missing')
          ? ['The key may not read disputes; tick “Disputes: Read” for it at the provider.']
          : [],
        error: scene.has('refused')
          ? {
              code: 'key_revoked',
              message: 'Stripe no longer accepts the key.',
              hint: 'Make a new key and add the account again; the data stays.',
            }
          : scene.has('offline')
            ? { code: 'offline', message: 'Stripe cannot be reached.', hint: null }
            : null,
      },
    ],
    as_of: first ? null : ago(scene.has('offline') ? 3 * 3_600_000 : 130_000),
    revision: 7,
    offline: scene.has('offline'),
  };
}

const monthEnd = (back) => {
  const now = new Date(NOW);
  return new Date(Math.min(NOW, Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back + 1, 0)));
};

function overview({ mode, currency }, scene) {
  const empty = scene.has('empty');
  const currencies = [
    { currency: 'USD', mrr: money(4_829_140), active_subscribers: 812 },
    { currency: 'EUR', mrr: money(1_203_100, 'EUR'), active_subscribers: 204 },
    { currency: 'GBP', mrr: money(312_050, 'GBP'), active_subscribers: 61 },
  ].slice(0, scene.has('one') ? 1 : 3);
  const chosen = currencies.find((item) => item.currency === currency) ?? currencies[0];
  return {
    mode,
    currency: empty ? null : chosen.currency,
    currencies: empty ? [] : currencies,
    policy: 'coffer-1',
    as_of: scene.has('first') ? ago(2000) : ago(scene.has('offline') ? 3 * 3_600_000 : 130_000),
    complete: isWhole(scene),
    inferred: scene.has('inferred'),
    mrr: empty ? null : chosen.mrr,
    mrr_change: empty
      ? null
      : {
          amount: money(scene.has('down') ? -84_200 : 120_400, chosen.currency, true),
          percent: scene.has('down') ? '-1.7' : '2.6',
          direction: scene.has('down') ? 'down' : 'up',
          since: dayOf(monthEnd(1)),
        },
    active_subscribers: empty ? 0 : chosen.active_subscribers,
    active_change: empty ? 0 : 14,
    arpa: empty ? null : money(5947, chosen.currency),
    customers: empty ? 0 : CUSTOMERS,
  };
}

function chart({ currency, months, width, height }, scene) {
  const code = currency ?? 'USD';
  const base = code === 'USD' ? 4_829_140 : code === 'EUR' ? 1_203_100 : 312_050;
  const values = Array.from({ length: months }, (_, i) =>
    Math.round(base * (0.62 + (0.38 * i) / (months - 1) + 0.025 * Math.sin(i * 1.9))),
  );
  values[months - 1] = base;
  const left = 4;
  const right = 84;
  const top = 12;
  const bottom = 24;
  const most = 60_000_00 * (base / 4_829_140);
  const x = (i) => left + (i / (months - 1)) * (width - left - right);
  const y = (value) => top + (1 - value / most) * (height - top - bottom);
  const points = values.map((value, i) => {
    const date = monthEnd(months - 1 - i);
    const change = i === 0 ? null : value - values[i - 1];
    return {
      x: x(i),
      y: y(value),
      date: date.toISOString().slice(0, 10),
      label: date.toLocaleDateString('en', { month: 'long', year: 'numeric', timeZone: 'UTC' }),
      value: money(value, code),
      change: change === null ? null : money(change, code, true),
      active_subscribers: Math.round(value / 5947),
      basis: i < 4 && scene.has('inferred') ? 'inferred' : 'observed',
      unfinished: i === months - 1,
    };
  });
  const path = (list) =>
    list.map((p, i) => `${i === 0 ? 'M' : 'L'}${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join('');
  const seen = points.slice(scene.has('inferred') ? 4 : 0, -1);
  const grid = [0, 1, 2, 3].map((i) => {
    const value = (most / 3) * i;
    return `<line class="c-grid" x1="${left}" x2="${width - right}" y1="${y(value)}" y2="${y(value)}"/><text class="c-axis" x="${width - right + 8}" y="${y(value) + 4}">${SYMBOL[code]}${Math.round(value / 100_000)}\u202fk</text>`;
  });
  const ticks = points
    .filter((_, i) => i % Math.ceil((months * 70) / width) === 0 || i === months - 1)
    .map(
      (p) =>
        `<text class="c-axis" x="${p.x}" y="${height - 4}" text-anchor="${p === points[0] ? 'start' : 'middle'}">${p.label.slice(0, 3)}</text>`,
    );
  const last = points[months - 1];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${grid.join('')}${ticks.join('')}<path class="c-area" d="${path(points)}L${last.x} ${y(0)}L${points[0].x} ${y(0)}Z"/>${scene.has('inferred') ? `<path class="c-inferred" d="${path(points.slice(0, 5))}"/>` : ''}<path class="c-line" d="${path(seen)}"/><path class="c-line c-unfinished" stroke-dasharray="4 4" d="${path(points.slice(-2))}"/><circle class="c-dot" cx="${last.x}" cy="${last.y}" r="4"/></svg>`;
  return {
    svg,
    width,
    height,
    title: `MRR in ${code} by month, from ${points[0].label} to ${last.label}`,
    currency: code,
    points,
  };
}

let sorted = null;
function allCustomers() {
  sorted ??= Array.from({ length: CUSTOMERS }, (_, index) => customer(index));
  return sorted;
}

function customers({ search, sort, descending, offset, limit }, scene) {
  if (scene.has('empty')) return { rows: [], total: 0, offset, revision: 7 };
  let list = allCustomers();
  if (search)
    list = list.filter((row) =>
      `${row.name} ${row.email} ${row.id}`.toLowerCase().includes(search.toLowerCase()),
    );
  const key = {
    created: (row) => row.created,
    name: (row) => row.name ?? row.email ?? '',
    mrr: (row) => row.mrr[0]?.minor ?? 0,
  }[sort];
  list = [...list].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) * (descending ? -1 : 1));
  return { rows: list.slice(offset, offset + limit), total: list.length, offset, revision: 7 };
}

function detail({ id }) {
  const row = allCustomers().find((item) => item.id === id) ?? customer(1);
  const at = (days, hour = 9) => new Date(NOW - days * DAY + hour * 600_000).toISOString();
  const timeline = [
    ['payment', 3, 'Paid invoice NW-0412 with Visa ending 4242', money(249_900)],
    ['invoice', 3, 'Invoice NW-0412 for Team, monthly, was finalised', money(249_900)],
    ['mrr', 9, 'MRR grew from $1,990.00 to $2,499.00: seats 20 → 25', money(50_900, 'USD', true)],
    ['subscription', 9, 'Team: quantity changed from 20 to 25', null],
    ['payment', 33, 'Paid invoice NW-0377 with Visa ending 4242', money(199_000)],
    ['payment_failed', 34, 'Payment of invoice NW-0377 failed: insufficient funds', money(199_000)],
    ['invoice', 34, 'Invoice NW-0377 for Team, monthly, was finalised', money(199_000)],
    ['refund', 41, 'Refunded in part: requested by customer', money(-9_900)],
    ['payment', 64, 'Paid invoice NW-0341 with Visa ending 4242', money(199_000)],
    ['dispute', 70, 'A dispute was won: fraudulent', money(9_900)],
    ['mrr', 95, 'MRR began at $1,990.00', money(199_000, 'USD', true)],
    ['subscription', 95, 'Subscribed to Team after a trial of 14 days', null],
    ['customer', 109, 'Became a customer', null],
  ].map(([kind, days, sentence, amount], index) => ({
    at: at(days, index),
    kind,
    sentence,
    amount,
    id: `${kind}_${index}`,
  }));
  return {
    customer: row,
    subscriptions: [
      {
        id: 'sub_1',
        status: 'active',
        items: [
          { product: 'Team', price: 'price_1', quantity: 25, terms: '$99.96 per month' },
          { product: 'Audit log', price: 'price_2', quantity: null, terms: '$49.00 per month' },
        ],
        mrr: money(249_900),
        discounts: ['20 % off until 31 Jan 2027'],
        outlook: 'Renews on 18 Dec 2026',
        started: '2026-08-18',
      },
      {
        id: 'sub_2',
        status: 'canceled',
        items: [{ product: 'Starter', price: 'price_3', quantity: 1, terms: '$29.00 per month' }],
        mrr: money(0),
        discounts: [],
        outlook: 'Ended on 18 Aug 2026',
        started: '2025-03-02',
      },
    ],
    timeline,
    timeline_cut: false,
    as_of: ago(130_000),
    provider_url: `https://dashboard.stripe.com/customers/${row.id}`,
  };
}

function search({ text, limit }) {
  const hits = allCustomers().filter((row) =>
    `${row.name} ${row.email}`.toLowerCase().includes(text.toLowerCase()),
  );
  const items = hits.slice(0, limit - 2).map((row) => ({
    kind: 'customer',
    id: row.id,
    account: row.account,
    title: row.name ?? row.email ?? row.id,
    detail: row.email ?? '',
    customer: row.id,
  }));
  if (hits[0])
    items.push({
      kind: 'invoice',
      id: 'in_1',
      account: 'acct_1A2b3C',
      title: 'NW-0412',
      detail: `$2,499.00 · paid · ${hits[0].name}`,
      customer: hits[0].id,
    });
  return { items };
}

const COMMANDS = {
  state: (_, scene) => appState(scene),
  key_guide: keyGuide,
  presence: () => ({}),
  account_list: (_, scene) => ({ items: appState(scene).accounts }),
  account_add: ({ key, api_url, provider_account }, scene, home) => {
    if (key.startsWith('sk_org_') && !provider_account) {
      throw { code: 'provider_account_missing', message: 'This key belongs to an organization.', hint: null };
    }
    if (scene.has('fresh') && !key.includes('wrong') && (api_url ?? '').includes('127.0.0.1')) {
      home.scenes = ['testonly', 'sim'];
      return account('test', scene);
    }
    throw {
      code: 'key_refused',
      message: 'Stripe does not know this key.',
      hint: 'Check that the whole key was copied.',
    };
  },
  account_check: ({ mode }, scene) => account(mode, scene),
  account_remove: ({ id, forget_data }) => ({ id, data_forgotten: forget_data }),
  sync_start: ({ mode }, scene) => syncStatus(mode, scene),
  sync_status: ({ mode }, scene) => syncStatus(mode, scene),
  overview,
  mrr_chart: (request, scene) =>
    scene.has('empty')
      ? { svg: null, width: request.width, height: request.height, title: 'MRR', currency: null, points: [] }
      : chart(request, scene),
  customers,
  customer: (request) => detail(request),
  search,
  notification_rules: () => ({
    mrr_marks: [{ amount: money(5_000_000), typed: '50000.00' }],
    failed_payments: true,
    disputes: true,
    operations: true,
    digest_hour: 8,
  }),
  privacy: () => ({
    home: '/home/dana/.local/share/coffer',
    files: [
      {
        mode: 'live',
        name: 'live.db',
        bytes: 412_350_000,
        encryption: 'SQLCipher: AES-256 in CBC mode, each page with an HMAC-SHA512 of its own',
      },
    ],
    contacts: [
      {
        mode: 'live',
        host: 'api.stripe.com',
        requests: 18_240,
        first_at: ago(40 * DAY),
        last_at: ago(120_000),
      },
    ],
  }),
  demo_enter: (_request, _scene, home) => {
    home.scenes = ['testonly', 'demo'];
    return appState(new Set(home.scenes));
  },
  demo_leave: (_request, _scene, home) => {
    home.scenes = ['none'];
    return appState(new Set(home.scenes));
  },
};

async function answer(request, response, home) {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/api/events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(': hello\n\n');
    return;
  }
  if (url.pathname.startsWith('/api/')) {
    const scene = new Set((request.headers.authorization ?? '').replace('Bearer ', '').split('+'));
    if (scene.has('fresh')) for (const word of home.scenes) scene.add(word);
    let body = '';
    for await (const part of request) body += part;
    const name = url.pathname.slice(5);
    if (scene.has('hang') && !['state', 'sync_status', 'presence'].includes(name)) return;
    try {
      if (scene.has('broken') && !['state', 'sync_status', 'presence'].includes(name)) {
        throw {
          code: 'store_failed',
          message: 'The live database could not be read.',
          hint: 'Restart Coffer. If it happens again, restore the newest backup in Settings.',
        };
      }
      const result = COMMANDS[name](JSON.parse(body), scene, home);
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(result));
    } catch (error) {
      const view =
        error instanceof Error ? { code: 'fixture', message: String(error.stack), hint: null } : error;
      response.writeHead(422, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error: view }));
    }
    return;
  }
  const path = url.pathname === '/' ? 'index.html' : normalize(url.pathname).replace(/^[/\\]+/, '');
  try {
    const content = await readFile(join(DIST, path));
    response
      .writeHead(200, {
        'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
        'Content-Security-Policy': CSP,
      })
      .end(content);
  } catch {
    response.writeHead(404).end();
  }
}

/** Starts serving; port 0 picks a free one. */
export async function startFixture(port = 0) {
  // The scene `fresh` begins with nothing and remembers what was done to it.
  const home = { scenes: ['none'] };
  const server = createServer((request, response) => void answer(request, response, home));
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startFixture(Number(process.argv[2] ?? 7777));
  console.log(`${url}#token=live`);
}
