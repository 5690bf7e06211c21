import type { CommandEntry } from './command.ts'

/** Every first word there is. Only the file of the word that was given is loaded. */
export const commands: readonly CommandEntry[] = [
  { name: 'login', summary: 'sign in', load: async () => (await import('./login.ts')).declareLogin },
  {
    name: 'logout',
    summary: 'forget the credential, and end it at the service',
    load: async () => (await import('./logout.ts')).declareLogout,
  },
  {
    name: 'status',
    summary: 'who am I, where, with what, until when',
    load: async () => (await import('./status.ts')).declareStatus,
  },
  { name: 'signup', summary: 'make an account', load: async () => (await import('./sign-up.ts')).declareSignUp },
  {
    name: 'verify-email',
    summary: 'verify an email address with the code sent there',
    load: async () => (await import('./verify-email.ts')).declareVerifyEmail,
  },
  {
    name: 'password',
    summary: 'recover from a forgotten password',
    load: async () => (await import('./password.ts')).declarePassword,
  },
  {
    name: 'refresh',
    summary: 'renew the session now',
    load: async () => (await import('./refresh.ts')).declareRefresh,
  },
  {
    name: 'token',
    summary: 'print the credential itself, for scripts',
    load: async () => (await import('./token.ts')).declareToken,
  },
  {
    name: 'keys',
    summary: 'make, list, rotate and revoke API keys',
    load: async () => (await import('./keys.ts')).declareKeys,
  },
  {
    name: 'account',
    summary: 'the account behind the credential',
    load: async () => (await import('./account.ts')).declareAccount,
  },
  {
    name: 'google',
    summary: 'signing in with a Google account',
    load: async () => (await import('./google.ts')).declareGoogle,
  },
  { name: 'api', summary: 'any call, signed', load: async () => (await import('./api.ts')).declareApi },
  {
    name: 'exec',
    summary: 'run a command with the credential in its environment',
    load: async () => (await import('./exec.ts')).declareExec,
  },
  {
    name: 'profile',
    summary: 'the profiles: list them, choose one, remove or rename one',
    load: async () => (await import('./profile.ts')).declareProfile,
  },
  {
    name: 'services',
    summary: 'what each service can do, as a table',
    load: async () => (await import('./services.ts')).declareServices,
  },
  {
    name: 'doctor',
    summary: 'what works here, what does not, and what to do about it',
    load: async () => (await import('./doctor.ts')).declareDoctor,
  },
  {
    name: 'serve',
    summary: 'run the reference server, to try and test with',
    load: async () => (await import('./serve.ts')).declareServe,
  },
  {
    name: 'completion',
    summary: 'completion for bash, zsh, fish and PowerShell',
    load: async () => (await import('./completion.ts')).declareCompletion,
  },
]
