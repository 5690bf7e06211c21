import type { Service } from '../service.ts'

export const curateMe: Service = {
  name: 'curate-me',
  title: 'Curate-Me',
  url: 'https://api.curate-me.ai',
  adminUrl: 'https://api-admin.curate-me.ai',
  isAdminPath: (path) => /^\/(api\/v1\/(b2b|admin)|organizations)(?![^/?#])/.test(path),
  documentation: 'Curate-Me API, "Authentication"',
  keyPrefix: 'cm_live_sk_',
  signInName: 'email',
  signUpFields: {
    username: null,
    name: { required: true, pattern: /^.+$/su, rule: 'any text' },
    // The page has no rule for it; what the service itself wants, it says in its own answer.
    password: { required: true, pattern: /^.+$/su, rule: 'any text' },
  },
  operations: {
    'sign-up': { calls: ['POST /api/v1/auth/register'], signsIn: true },
    'browser-sign-in': null,
    'password-sign-in': { calls: ['POST /api/v1/auth/login'] },
    'google-sign-in': null,
    'verify-email': null,
    'resend-verification': null,
    'forgot-password': null,
    'reset-password': null,
    refresh: { calls: ['POST /api/v1/auth/refresh'] },
    'sign-out': { calls: ['POST /api/v1/auth/logout'] },
    account: { calls: ['GET /api/v1/user/profile'], needs: 'session' },
    'unlink-google': null,
    'create-key': { calls: ['POST /api/v1/b2b/api-keys'], needs: 'session' },
    'list-keys': null,
    'revoke-key': null,
  },
  client: async () => (await import('./client.ts')).client,
  server: async () => (await import('./server.ts')).makeServer,
}
