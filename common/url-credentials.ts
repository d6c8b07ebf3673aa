/** `https://user:password@host`, and the values of parameters that sign or allow a request. */
const USER = /(?<=\b[a-z][a-z\d+.-]*:\/\/)[^\s/?#'"`@]*(?:@[^\s/?#'"`@]*)*(?=@)/gi
const PARAMETER = /(?<=[?&][^=&#\s'"`]*(?:sig|token|secret|passw|credential|key|auth)[^=&#\s'"`]*=)[^&#\s'"`]+/gi

/** A text in which nobody reads what URLs tell of their user: stars are in the place of it, as many, so that places in the text stay right. */
export function withoutUrlCredentials(text: string): string {
  if (!text.includes('://')) return text
  const hide = (secret: string): string => '*'.repeat(secret.length)
  return text.replace(USER, hide).replace(PARAMETER, hide)
}
