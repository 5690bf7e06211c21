import { errorCode } from './private-file.ts'

/** On Windows a file system without links (exFAT) says EISDIR, of what is no folder (nodejs/node#65817). */
const NO_LINKS = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EISDIR', 'UNKNOWN']

/** The answer to the making of a link where there are none, or none for this person. */
export const meansNoLinks = (error: unknown): boolean => NO_LINKS.includes(errorCode(error))
