// The key must be gone from the page the moment it was sent, whether or not the provider liked it.

import { fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, test, vi } from 'vitest';
import { fakeHost } from '../../../test/fake-host';
import { SESSION_KEY, Session } from '../../app/session.svelte';
import AccountForm from './AccountForm.svelte';
import { STRIPE_READ_BOXES, stripeKeyPage } from './stripe-key';

const CANARY = 'rk_test_canary_4f9c';

async function submitted() {
  const host = fakeHost();
  const onadded = vi.fn();
  render(AccountForm, { props: { onadded }, context: new Map([[SESSION_KEY, new Session(host)]]) });
  const field = screen.getByLabelText<HTMLInputElement>('Restricted key');
  await fireEvent.input(field, { target: { value: ` ${CANARY} ` } });
  await fireEvent.submit(field.form as HTMLFormElement);
  return { host, onadded, field };
}

describe('account form', () => {
  test('sends the key once and empties the field before the answer comes', async () => {
    const { host, field } = await submitted();
    expect(host.calls).toHaveLength(1);
    expect(host.last().request).toMatchObject({
      key: CANARY,
      provider: 'stripe',
      name: 'Stripe',
      api_url: null,
    });
    expect(field.value).toBe('');
    expect(document.documentElement.outerHTML).not.toContain(CANARY);
  });

  test('keeps the field empty after a refusal and asks to paste again', async () => {
    const { host, field, onadded } = await submitted();
    await host.last().refuse({ code: 'key_refused', message: 'Stripe does not know this key.', hint: null });
    await tick();
    expect(field.value).toBe('');
    expect(screen.getByRole('alert').textContent).toContain('Stripe does not know this key.');
    expect(screen.getByRole('alert').textContent).toContain('paste the key again');
    expect(onadded).not.toHaveBeenCalled();
  });

  test('a key of the other mode is refused with what to do about it', async () => {
    const host = fakeHost();
    render(AccountForm, {
      props: { expects: 'live', onadded: () => {} },
      context: new Map([[SESSION_KEY, new Session(host)]]),
    });
    const field = screen.getByLabelText<HTMLInputElement>('Restricted key');
    await fireEvent.input(field, { target: { value: CANARY } });
    expect(screen.getByRole('button', { name: 'Connect Stripe in live mode' })).toBeDefined();
    await fireEvent.submit(field.form as HTMLFormElement);
    expect(host.last().request).toMatchObject({ expect_mode: 'live' });
    await host.last().refuse({ code: 'key_wrong_mode', message: 'This key is for test mode.', hint: 'CLI.' });
    await tick();
    expect(screen.getByRole('alert').textContent).toContain('Choose the other mode above');
    expect(field.value).toBe('');
  });

  test('hands on the account when the key was accepted', async () => {
    const { host, onadded } = await submitted();
    await host.last().answer({ id: 'acct_1' });
    expect(onadded).toHaveBeenCalledWith({ id: 'acct_1' });
  });

  test('the field hides what is typed and asks the browser not to keep it', async () => {
    const { field } = await submitted();
    expect(field.type).toBe('password');
    expect(field.autocomplete).toBe('off');
  });

  test('cannot be sent without a key', () => {
    render(AccountForm, {
      props: { onadded: () => {} },
      context: new Map([[SESSION_KEY, new Session(fakeHost())]]),
    });
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Connect Stripe' }).disabled).toBe(true);
  });
});

describe('the page for a new key', () => {
  test('ticks every box of the list, for reading only', () => {
    const { searchParams, origin } = new URL(stripeKeyPage());
    expect(origin).toBe('https://dashboard.stripe.com');
    expect(searchParams.getAll('permissions[]')).toEqual(STRIPE_READ_BOXES.map((box) => box.slug));
    expect(STRIPE_READ_BOXES.every((box) => box.slug.endsWith('_read'))).toBe(true);
  });
});
