/** Whether the answer, and so a failure too, is wanted as JSON: known before anything else is read. */
export const asksForJson = (args: readonly string[]): boolean => {
  const end = args.indexOf('--')
  return args.slice(0, end === -1 ? args.length : end).some((each) => /^--(json|jq)(=|$)/.test(each))
}
