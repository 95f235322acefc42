import { describe, expect, it } from '@jest/globals';
import { ClientError } from '../../../../lib/client/client-error.ts';
import { type SamlSignIn, signInBySaml } from '../../../../lib/client/login/saml.ts';
import { anUnsignedJwt } from '../../../support/an-openid-stub.ts';

const token = anUnsignedJwt({ sub: 'alice', exp: 4_000_000_000 });

interface Visit {
  readonly destination: URL;
  /** Posts as the form of the broker's page does. */
  post(fields: Readonly<Record<string, string>>): Promise<Response>;
}

function signIn(act: (visit: Visit) => Promise<unknown>, more: Partial<SamlSignIn> = {}) {
  const notes: string[] = [];
  const login = signInBySaml({
    broker: new URL('https://daypass.example.com/prod'),
    loginPath: '/v1/saml/login?issuer=adfs',
    note: (line) => void notes.push(line),
    signal: new AbortController().signal,
    now: () => 0,
    show: async (address) => {
      const start = await fetch(address, { redirect: 'manual' });
      const destination = new URL(start.headers.get('location') ?? '');
      const callback = `http://127.0.0.1:${destination.searchParams.get('port')}/callback`;
      const post = (fields: Readonly<Record<string, string>>) =>
        fetch(callback, { method: 'POST', body: new URLSearchParams(fields) });
      await act({ destination, post });
    },
    ...more,
  });
  return { login, notes };
}

const stateOf = ({ destination }: Visit) => destination.searchParams.get('state') ?? '';
const never = (signal: AbortSignal) =>
  new Promise<string>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(new Error('aborted'))),
  );

describe('signing in by SAML', () => {
  it("goes to the broker's own address with port and state, whose beginning the terminal shows", async () => {
    let visited: Visit | undefined;
    const { login, notes } = signIn((visit) => {
      visited = visit;
      return visit.post({ token, state: stateOf(visit) });
    });
    await login;

    const { destination } = visited ?? { destination: new URL('about:blank') };
    expect(destination.origin + destination.pathname).toBe('https://daypass.example.com/prod/v1/saml/login');
    expect(Object.fromEntries(destination.searchParams)).toEqual({
      issuer: 'adfs',
      port: expect.stringMatching(/^\d{4,5}$/),
      state: expect.stringMatching(/^[\w-]{22,64}$/),
    });
    expect(notes.join('\n')).toContain(` ${destination.searchParams.get('state')?.slice(0, 8)} `);
    expect(notes.join('\n')).not.toContain(destination.searchParams.get('state'));
  });

  it('keeps the token that the form brings, until its end', async () => {
    const { login } = signIn((visit) => visit.post({ token, state: stateOf(visit) }));

    expect(await login).toEqual({ kind: 'token', token, expiresAtMs: 4_000_000_000_000 });
  });

  it('takes what is pasted instead', async () => {
    const { login } = signIn(async () => undefined, { askForToken: async () => ` ${token}\n` });

    expect(await login).toMatchObject({ token });
  });

  it('stops asking once the form has come', async () => {
    let stopped = false;
    const { login } = signIn(async () => undefined, {
      askForToken: (signal) =>
        never(signal).catch((error: Error) => {
          stopped = true;
          throw error;
        }),
      show: async (address) => {
        const start = await fetch(address, { redirect: 'manual' });
        const { searchParams } = new URL(start.headers.get('location') ?? '');
        const body = new URLSearchParams({ token, state: searchParams.get('state') ?? '' });
        // Comes when somebody is being asked already.
        setImmediate(() =>
          fetch(`http://127.0.0.1:${searchParams.get('port')}/callback`, { method: 'POST', body }),
        );
      },
    });

    expect(await login).toMatchObject({ token });
    expect(stopped).toBe(true);
  });

  it.each([
    ['another state', (state: string) => ({ token, state: `${state.slice(0, -1)}~` })],
    [
      'the beginning of the state, which the page shows',
      (state: string) => ({ token, state: state.slice(0, 8) }),
    ],
    ['no state', () => ({ token })],
    ['no token', (state: string) => ({ state })],
    ['more than a form', (state: string) => ({ state, token: 'x'.repeat(70_000) })],
  ])('does not hear a form with %s, and waits on', async (_name, toFields) => {
    let status = 0;
    const { login } = signIn(async (visit) => {
      status = (await visit.post(toFields(stateOf(visit)))).status;
      await visit.post({ token, state: stateOf(visit) });
    });

    expect(await login).toMatchObject({ token });
    expect(status).toBe(400);
  });

  it('hears nothing that stands in an address', async () => {
    let status = 0;
    const { login } = signIn(async (visit) => {
      const { searchParams } = visit.destination;
      const query = new URLSearchParams({ token, state: stateOf(visit) });
      status = (await fetch(`http://127.0.0.1:${searchParams.get('port')}/callback?${query}`)).status;
      await visit.post({ token, state: stateOf(visit) });
    });
    await login;

    expect(status).toBe(404);
  });

  it('keeps nothing that cannot stand in a header', async () => {
    const { login } = signIn((visit) => visit.post({ token: 'a\r\nx-evil: 1', state: stateOf(visit) }));

    await expect(login).rejects.toMatchObject({
      code: 'not-logged-in',
      message: 'the answer holds no token',
    });
  });

  it('ends with Ctrl-C at the prompt', async () => {
    const { login } = signIn(async () => undefined, {
      askForToken: async () => {
        throw new ClientError('interrupted', 'stopped');
      },
    });

    await expect(login).rejects.toMatchObject({ code: 'interrupted' });
  });
});
