/** Whether a path is a URL whose server is asked. */
export const isUrl = (path: string): boolean => /^https?:\/\//i.test(path)
