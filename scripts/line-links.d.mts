export const renewLineLinks: (page: string, read: (path: string) => string) => string
