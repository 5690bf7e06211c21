import type { Service } from '../service.ts'

export const zectre: Service = {
  name: 'zectre',
  title: 'zectre',
  url: 'http://localhost:47080',
  adminUrl: null,
  isAdminPath: () => false,
  documentation: 'zectre-api, "Authentication"',
  keyPrefix: 'zec_',
  signInName: 'email',
  signUpFields: {
    username: null,
    name: { required: false, pattern: /^.+$/su, rule: 'any text' },
    password: { required: true, pattern: /^.{8,}$/su, rule: 'at least 8 characters' },
  },
  operations: {
    'sign-up': { calls: ['POST /api/v1/auth/signup'] },
    'browser-sign-in': {
      calls: ['POST /api/v1/auth/cli/initiate', 'GET /api/v1/auth/cli/status/{code}', 'POST /api/v1/auth/cli/complete'],
    },
    'password-sign-in': { calls: ['POST /api/v1/auth/login'] },
    'google-sign-in': null,
    'verify-email': null,
    'resend-verification': null,
    'forgot-password': null,
    'reset-password': null,
    refresh: null,
    'sign-out': null,
    account: { calls: ['GET /api/v1/user'] },
    'unlink-google': null,
    'create-key': { calls: ['POST /api/v1/api-keys'] },
    'list-keys': { calls: ['GET /api/v1/api-keys'] },
    'revoke-key': { calls: ['DELETE /api/v1/api-keys/{id}'] },
  },
  client: async () => (await import('./client.ts')).client,
  server: async () => (await import('./server.ts')).makeServer,
}
