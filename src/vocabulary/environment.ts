/** Environment variables, as handed in. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A variable that is a switch: there, and not one of the words for off. */
export const isSet = (value: string | undefined): boolean =>
  value !== undefined && value !== '' && value !== 'false' && value !== '0'

/** Whoever sits here sits at another machine. */
export const isRemote = ({ SSH_CONNECTION, SSH_TTY, SSH_CLIENT }: Environment): boolean =>
  Boolean(SSH_CONNECTION || SSH_TTY || SSH_CLIENT)
