// The key must be gone from the page the moment it was sent, whether or not the provider liked it.

import { fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, test, vi } from 'vitest';
import { fakeHost } from '../../../test/fake-host';
import { SESSION_KEY, Session } from '../../app/session.svelte';
import AccountForm from './AccountForm.svelte';

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

describe('a key of an organization', () => {
  const ORGANIZATION = 'sk_org_test_canary_77';

  async function pasted(key: string) {
    const host = fakeHost();
    render(AccountForm, {
      props: { onadded: () => {} },
      context: new Map([[SESSION_KEY, new Session(host)]]),
    });
    const field = screen.getByLabelText<HTMLInputElement>('Restricted key');
    await fireEvent.input(field, { target: { value: key } });
    return { host, field, form: field.form as HTMLFormElement };
  }

  const account = () => screen.queryByLabelText<HTMLInputElement>('Account at Stripe');
  const connect = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Connect Stripe' });

  test('asks for the account and is sent with it', async () => {
    const { host, form } = await pasted(` ${ORGANIZATION}`);
    expect(account()?.required).toBe(true);
    expect(connect().disabled, 'not without the account').toBe(true);
    await fireEvent.input(account() as HTMLInputElement, { target: { value: ' acct_1A2b ' } });
    expect(connect().disabled).toBe(false);
    await fireEvent.submit(form);
    expect(host.last().request).toMatchObject({ key: ORGANIZATION, provider_account: 'acct_1A2b' });
    expect(document.documentElement.outerHTML).not.toContain(ORGANIZATION);
  });

  test('any other key asks for none', async () => {
    const { host, form } = await pasted(CANARY);
    expect(account()).toBeNull();
    await fireEvent.submit(form);
    expect(host.last().request).toMatchObject({ provider_account: null });
  });

  test('the account stays while the key is pasted again, and goes with another key', async () => {
    const { host, field, form } = await pasted(ORGANIZATION);
    await fireEvent.input(account() as HTMLInputElement, { target: { value: 'acct_1A2b' } });
    await fireEvent.submit(form);
    await host.last().refuse({ code: 'key_refused', message: 'Stripe does not know it.', hint: null });
    await tick();
    expect(field.value).toBe('');
    expect(account()?.value).toBe('acct_1A2b');
    await fireEvent.input(field, { target: { value: ORGANIZATION } });
    expect(account()?.value).toBe('acct_1A2b');
    await fireEvent.input(field, { target: { value: CANARY } });
    expect(account()).toBeNull();
  });

  test('is also believed when the engine says so', async () => {
    const { host, field, form } = await pasted(CANARY);
    await fireEvent.submit(form);
    const refusal = { code: 'provider_account_missing', message: 'It opens several accounts.', hint: 'CLI.' };
    await host.last().refuse(refusal);
    await tick();
    expect(screen.getByRole('alert').textContent).toContain('in the field below the key');
    await fireEvent.input(field, { target: { value: CANARY } });
    expect(account()).not.toBeNull();
  });
});
