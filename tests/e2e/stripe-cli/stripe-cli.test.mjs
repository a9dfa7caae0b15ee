// The provider's own command line reads, pages and writes at the simulated merchant: a client that was written by others,
// for the real API, and therefore finds what our own client and our own simulator would both get wrong.
//
// It needs `npm ci` in this folder and the merchant's program (COFFER_SIM, else target/debug/coffer-sim).

import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Cli, Merchant } from './cli.mjs';

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), 'fixtures.json');
const ids = (page) => page.data.map(({ id }) => id);

describe("the provider's own command line", () => {
  let merchant;
  let cli;

  before(async () => {
    merchant = await Merchant.open();
    cli = new Cli(merchant);
  });
  after(async () => {
    cli?.remove();
    await merchant?.stop();
  });

  test('is itself and speaks to us', async () => {
    const { stdout } = await cli.run('version');
    assert.match(stdout, /1\.52\.0/);
    const page = await cli.json('customers', 'list', '--limit', '3');
    assert.equal(page.object, 'list');
    assert.equal(page.data.length, 3);
    assert.equal(page.has_more, true);
    const [asked] = (await merchant.about('journal')).slice(-1);
    assert.equal(asked.path, '/v1/customers');
    assert.equal(asked.status, 200);
  });

  test('walks a list to its end and meets everything once', async () => {
    const seen = [];
    let more = true;
    while (more) {
      const cursor = seen.length > 0 ? ['--starting-after', seen.at(-1)] : [];
      const page = await cli.json('customers', 'list', '--limit', '50', ...cursor);
      seen.push(...ids(page));
      more = page.has_more;
    }
    const counts = await merchant.about('counts');
    assert.equal(seen.length, counts['/v1/customers']);
    assert.equal(new Set(seen).size, seen.length);
    const back = await cli.json('customers', 'list', '--limit', '2', '--ending-before', seen[10]);
    assert.deepEqual(ids(back), seen.slice(8, 10));
  });

  test('reads one object, with a reference followed', async () => {
    const [charge] = (await merchant.get('/v1/charges?limit=1')).data;
    const read = await cli.json('get', `/v1/charges/${charge.id}`, '--expand', 'customer');
    assert.equal(read.customer.object, 'customer');
    assert.equal(read.customer.id, charge.customer);
    const filtered = await cli.json('get', '/v1/charges', '-d', `customer=${charge.customer}`, '--limit', '5');
    assert.ok(filtered.data.length > 0 && filtered.data.every(({ customer }) => customer === charge.customer));
  });

  test('makes, changes and deletes a customer', async () => {
    const made = await cli.json(
      'customers',
      'create',
      '-d',
      'email=cli@made.example',
      '-d',
      'metadata[from]=cli',
    );
    assert.match(made.id, /^cus_/);
    assert.equal(made.email, 'cli@made.example');
    assert.deepEqual(made.metadata, { from: 'cli' });
    const changed = await cli.json('customers', 'update', made.id, '--name', 'Cly', '-d', 'metadata[n]=2');
    assert.equal(changed.name, 'Cly');
    assert.deepEqual(changed.metadata, { from: 'cli', n: '2' });
    assert.deepEqual(await merchant.get(`/v1/customers/${made.id}`), changed);
    const [told] = (await merchant.get('/v1/events?type=customer.updated&limit=1')).data;
    assert.equal(told.data.object.id, made.id);
    assert.equal(told.api_version, '2024-04-10', 'as the account has it, not as the client asks');
    const gone = await cli.json('delete', `/v1/customers/${made.id}`, '--confirm');
    assert.deepEqual(gone, { id: made.id, object: 'customer', deleted: true });
    assert.equal((await cli.json('customers', 'retrieve', made.id)).deleted, true);
  });

  test('gives money back once for one key', async () => {
    const { data } = await merchant.get('/v1/charges?limit=100');
    const charge = data.find((it) => it.paid && !it.disputed && it.amount_refunded === 0);
    const refund = ['post', '/v1/refunds', '-d', `charge=${charge.id}`, '-d', 'amount=100', '--idempotency', 'one'];
    const first = await cli.json(...refund);
    assert.equal(first.object, 'refund');
    assert.equal(first.amount, 100);
    assert.deepEqual(await cli.json(...refund), first);
    assert.equal((await merchant.get(`/v1/charges/${charge.id}`)).amount_refunded, 100);
    const tooMuch = await cli.run(
      'post',
      '/v1/refunds',
      '-d',
      `charge=${charge.id}`,
      '-d',
      `amount=${charge.amount}`,
    );
    assert.match(tooMuch.stdout + tooMuch.stderr, /greater than unrefunded amount on charge/);
  });

  test('is told what is wrong in words it prints', async () => {
    const misspelt = await cli.run('post', '/v1/customers', '-d', 'emial=x@y.example');
    assert.match(misspelt.stdout + misspelt.stderr, /Received unknown parameter: emial/);
    const nobody = await cli.run('customers', 'retrieve', 'cus_nobody');
    assert.match(nobody.stdout + nobody.stderr, /No such customer: 'cus_nobody'/);
    const strangers = new Cli(merchant, `${merchant.secretKey.slice(0, -1)}_`);
    try {
      const refused = await strangers.run('customers', 'list');
      assert.match(refused.stdout + refused.stderr, /Invalid API Key provided/);
    } finally {
      strangers.remove();
    }
  });

  test('makes what a file of its own format says', async () => {
    const { code, stdout, stderr } = await cli.run('fixtures', FIXTURES);
    assert.equal(code, 0, stdout + stderr);
    const [customer] = (await merchant.get('/v1/customers?email=fixture@made.example')).data;
    assert.deepEqual(customer.metadata, { source: 'fixtures' });
    const [price] = (await merchant.get('/v1/prices?limit=1&expand[]=data.product')).data ?? [];
    assert.equal(price.product.name, 'From a file');
    assert.equal(price.nickname, `for ${customer.id}`);
    assert.deepEqual([price.unit_amount, price.recurring.interval_count], [1900, 3]);
  });

  test('stays below the limits that the provider has', async () => {
    const { limits, overall } = await merchant.about('limits');
    assert.deepEqual([limits.endpoint_rate, limits.overall_rate], [25, 100]);
    assert.ok(overall.requests > 20, 'the requests of these tests were counted');
    assert.equal(overall.refused, 0);
  });

  test('with a restricted key is told which permission is missing', async () => {
    const order = JSON.stringify({ deny: ['rak_customer_write'] });
    await fetch(`${merchant.url}/_sim/faults`, { method: 'POST', body: order });
    const restricted = new Cli(merchant, merchant.restrictedKey);
    try {
      const page = await restricted.json('customers', 'list', '--limit', '1');
      assert.equal(page.data.length, 1);
      const refused = await restricted.run('customers', 'create', '-d', 'email=no@made.example');
      assert.match(refused.stdout + refused.stderr, /Having the 'rak_customer_write' permission/);
    } finally {
      restricted.remove();
    }
  });
});
