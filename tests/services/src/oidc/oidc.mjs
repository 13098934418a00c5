// A real OpenID provider on loopback for one test process. It obeys the test on stdin, an order in JSON a line, and
// answers each with a line; the pipe's end, whichever way the test process ends, is the order to leave.
// Says its issuer first. Whoever is named in its form is signed in: it vouches for anybody, so it listens on loopback only.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { createInterface } from 'node:readline';
import { exportJWK, generateKeyPair, SignJWT, decodeJwt } from 'jose';
import { Provider } from 'oidc-provider';

const people = new Map();
const homes = [];
let lie = {};
let key, serve;

// Over TLS where the test hands over a certificate and its key.
const { OIDC_CERTIFICATE: cert, OIDC_KEY: secret } = process.env;
const answer = (request, response) => serve(request, response);
const server = cert ? createSecure({ cert, key: secret }, answer) : createServer(answer);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
const issuer = `${cert ? 'https' : 'http'}://127.0.0.1:${port}`;

async function newKey() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = randomUUID();
  return { privateKey, kid, jwk: { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' } };
}

// The library takes keys and clients once: whatever changes makes a new provider over the same memory.
function provider() {
  const made = new Provider(issuer, {
    jwks: { keys: [key.jwk] },
    cookies: { keys: ['loopback'] },
    clients: [{
      client_id: 'lotus',
      client_secret: 'of the tests alone',
      redirect_uris: homes.flatMap(({ home, providers }) => providers.map((id) => `${home}/sign-in/${id}/back`)),
      post_logout_redirect_uris: homes.map(({ home }) => `${home}/`),
      grant_types: ['authorization_code'],
      response_types: ['code'],
    }],
    pkce: { required: () => true },
    scopes: ['openid', 'profile', 'phone'],
    claims: {
      openid: ['sub', 'amr'],
      profile: ['name', 'identity_number', 'mandates'],
      phone: ['phone_number'],
    },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...people.get(id), sub: id }) }),
    // Nobody is asked whether the city may know who they are.
    async loadExistingGrant(ctx) {
      const { client, session, provider } = ctx.oidc;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile phone');
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 7200, Grant: 3600, Interaction: 600, Session: 3600 },
  });
  made.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route === 'token' && ctx.body?.id_token) ctx.body.id_token = await untrue(ctx.body.id_token);
  });
  const answer = made.callback();
  return async (request, response) => {
    try {
      if (!request.url.startsWith('/interaction/')) return await answer(request, response);
      if (request.method === 'GET') {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        return response.end('<main><form method="post"><input name="login"><input name="factor"></form></main>');
      }
      let sent = '';
      for await (const part of request) sent += part;
      const form = new URLSearchParams(sent);
      const amr = ['pwd', form.get('factor')].filter(Boolean);
      await made.interactionFinished(request, response, { login: { accountId: form.get('login'), amr } });
    } catch (error) {
      response.statusCode = 500;
      response.end(String(error));
    }
  };
}

// An ID token as a provider would give it whose clock, database or key is not as it should be.
async function untrue(token) {
  if (Object.keys(lie).length === 0) return token;
  const said = decodeJwt(token);
  for (const time of ['iat', 'exp', 'auth_time']) if (said[time] !== undefined) said[time] += lie.clock ?? 0;
  if (lie.audience !== undefined) said.aud = lie.audience;
  if (lie.nonce !== undefined) said.nonce = lie.nonce;
  const by = lie.key ? await newKey() : key;
  return new SignJWT(said).setProtectedHeader({ alg: 'RS256', kid: key.kid, typ: 'JWT' }).sign(by.privateKey);
}

const orders = {
  person({ subject, claims }) { people.set(subject, claims); },
  home({ home, providers }) { homes.push({ home, providers }); },
  async rotate() { key = await newKey(); },
  lie({ lie: what }) { lie = what; },
  async away() {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  },
  async back() {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  },
};

// What the library remarks about a provider on loopback is nobody's concern.
console.warn = console.info = () => {};
key = await newKey();
serve = provider();
process.stdout.write(`${issuer}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const order = JSON.parse(line);
    await orders[order.do](order);
    serve = provider();
    process.stdout.write('ready\n');
  } catch (error) {
    process.stdout.write(`${String(error).replaceAll('\n', ' ')}\n`);
  }
}
process.exit(0);
