// Links of a page to a line, [`symbol`](path#L12): the number follows what is declared under that name.
const LINK = /\[`(\w+)`\]\(([^()#\s]+)#L\d+\)/g

const lineOf = (source, symbol) => {
  const declared = new RegExp(
    `^\\s*(?:export )?(?:declare )?(?:async )?(?:const|let|function|class|interface|type) ${symbol}\\b`,
  )
  return source.split('\n').findIndex((line) => declared.test(line)) + 1
}

/**
 * @param {string} page
 * @param {(path: string) => string} read gives the source that a link names
 */
export const renewLineLinks = (page, read) =>
  page.replace(LINK, (_, symbol, path) => {
    const line = lineOf(read(path), symbol)
    if (line === 0) throw new Error(`${path} declares no ${symbol}`)
    return `[\`${symbol}\`](${path}#L${line})`
  })
