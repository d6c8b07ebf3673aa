import { basename } from 'node:path'
import { isUrl } from '../../../common/is-url.js'

/** The path within a URL, without what stands behind it; another path as it is. Ends of names are looked for in it. */
export const pathOfUrl = (path: string): string => (isUrl(path) ? path.replace(/[?#].*$/s, '') : path)

/** The last part of a path or URL. */
export const fileName = (path: string): string => basename(pathOfUrl(path))
