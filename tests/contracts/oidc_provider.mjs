// The certified provider "oidc-provider" as ProConnect configures it: signed userinfo, scopes named after their claims, levels
// eidas1 and eidas2, its own end of session, and HS256 among what the discovery document lists. Told by CONFIG (JSON):
// issuer, clients, accounts. It says "ready" once it listens.
import Provider from 'oidc-provider';

const { issuer, clients, accounts } = JSON.parse(process.env.CONFIG);
const ALGORITHMS = ['ES256', 'RS256', 'HS256'];

const provider = new Provider(issuer, {
  clients,
  jwks: { keys: JSON.parse(process.env.KEYS) },
  cookies: { keys: ['for tests only'], long: { signed: true, sameSite: 'lax' }, short: { signed: true, sameSite: 'lax' } },
  acrValues: ['eidas1', 'eidas2'],
  scopes: ['openid'],
  claims: {
    acr: null, sid: null, auth_time: null, iss: null,
    openid: ['sub'], given_name: ['given_name'], usual_name: ['usual_name'], email: ['email'], uid: ['uid'], siret: ['siret'],
    idp_id: ['idp_id'],
  },
  clientDefaults: {
    grant_types: ['authorization_code'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_post',
  },
  responseTypes: ['code'],
  clientAuthMethods: ['client_secret_post'],
  enabledJWA: { idTokenSigningAlgValues: ALGORITHMS, userinfoSigningAlgValues: ALGORITHMS },
  pkce: { methods: ['S256'], required: () => true },
  features: {
    devInteractions: { enabled: false },
    jwtUserinfo: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = `<!DOCTYPE html>${form}<button form="op.logoutForm" name="logout" value="yes">Se déconnecter</button>`;
      },
    },
  },
  routes: { userinfo: '/userinfo', end_session: '/session/end' },
  ttl: { AccessToken: 60, AuthorizationCode: 30, Grant: 600, IdToken: 60, Interaction: 600, Session: 7200 },
  findAccount: (ctx, id) => id in accounts && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
  // ProConnect asks nobody for consent.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope(ctx.oidc.params.scope);
    await grant.save();
    return grant;
  },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  renderError: (ctx, out) => { ctx.body = out; },
});

// The page where a person signs in: the tests post the account and the level to it.
provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  if (ctx.method === 'GET') {
    ctx.body = '<!DOCTYPE html><form method="post"><input name="account"><input name="acr"><button>Continuer</button></form>';
    return undefined;
  }
  let body = '';
  for await (const chunk of ctx.req) body += chunk;
  const chosen = new URLSearchParams(body);
  const login = { accountId: chosen.get('account'), acr: chosen.get('acr') || undefined };
  const to = await provider.interactionResult(ctx.req, ctx.res, { login });
  ctx.status = 303;
  ctx.redirect(to);
  return undefined;
});

for (const event of ['server_error', 'backchannel.error', 'grant.error', 'authorization.error']) {
  provider.on(event, (...about) => console.error(event, about.find((one) => one instanceof Error)?.message));
}
provider.listen(Number(new URL(issuer).port), '127.0.0.1', () => console.log('ready'));
