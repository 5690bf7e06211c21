/** Questions as clack draws them; by name, so that the rest of it is not in the package. */
export { confirm, password, select, text } from '@clack/prompts'
