import type { Service } from '../service.ts'

export const restume: Service = {
  name: 'restume',
  title: 'RESTume',
  url: 'http://localhost:8000',
  adminUrl: null,
  isAdminPath: () => false,
  documentation: 'RESTume, "Authentication & Setup Guide", "Authentication Endpoints" and "Auth & Account Endpoints"',
  keyPrefix: 'rst_',
  signInName: 'username or email',
  // "Authentication Endpoints", the first table: what POST /v1/auth/register takes.
  signUpFields: {
    username: { required: true, pattern: /^[A-Za-z0-9]{3,50}$/, rule: '3 to 50 letters and digits' },
    name: { required: true, pattern: /^.{1,200}$/su, rule: '1 to 200 characters' },
    password: { required: true, pattern: /^.{8,128}$/su, rule: '8 to 128 characters' },
  },
  operations: {
    'sign-up': { calls: ['POST /v1/auth/register'] },
    'browser-sign-in': null,
    'password-sign-in': { calls: ['POST /v1/auth/login'] },
    'google-sign-in': { calls: ['POST /v1/auth/google'] },
    'verify-email': { calls: ['POST /v1/auth/verify-email'] },
    'resend-verification': { calls: ['POST /v1/auth/resend-verification'] },
    'forgot-password': { calls: ['POST /v1/auth/forgot-password'] },
    'reset-password': { calls: ['POST /v1/auth/reset-password'] },
    // Its JWT ends by time alone: the pages have neither a refresh token nor a logout.
    refresh: null,
    'sign-out': null,
    account: { calls: ['GET /v1/me/account'] },
    'unlink-google': { calls: ['POST /v1/me/google/unlink'] },
    // "JWT is required for admin routes and API-key management endpoints."
    'create-key': { calls: ['POST /v1/auth/api-keys'], needs: 'session' },
    'list-keys': { calls: ['GET /v1/auth/api-keys'], needs: 'session' },
    'revoke-key': { calls: ['DELETE /v1/auth/api-keys/{key_id}'], needs: 'session' },
  },
  client: async () => (await import('./client.ts')).client,
  server: async () => (await import('./server.ts')).makeServer,
}
