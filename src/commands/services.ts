import type { Answer, App } from '../app.ts'
import { services } from '../services/registry.ts'
import { OPERATIONS } from '../services/service.ts'
import { operationsOf } from '../services/table.ts'
import { table } from '../terminal/table.ts'
import type { Declare } from './command.ts'

export const declareServices: Declare = (program, perform) => {
  program
    .command('services')
    .description('what each service can do, as a table')
    .action((_options, command) => perform(command, run))
}

const run = async (app: App): Promise<Answer> => {
  const rows = OPERATIONS.map((operation) => [
    operation,
    ...services.map(({ operations }) => {
      const means = operations[operation]
      return means && (means.needs === 'session' ? 'with a session' : 'yes')
    }),
  ])
  const columns = ['OPERATION', ...services.map(({ title }) => title.toUpperCase())].map((title) => ({ title }))
  return {
    json: services.map((service) => ({ name: service.name, url: service.url, operations: operationsOf(service) })),
    human: table(columns, rows, app.terminal.columns),
    quiet: services.map(({ name }) => name).join('\n'),
  }
}
