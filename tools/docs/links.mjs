// What is wrong with the links between pages: no such page, no such heading, a page that nobody finds.
import { dirname, join, normalize } from 'node:path'

/** One line for each fault. Links that leave the folder of pages are for readers of the repository and refused here. */
export function linkFaults(pages, home, files) {
  const byName = new Map(pages.map((page) => [page.name, page]))
  const dead = pages.flatMap((page) =>
    page.links.flatMap(({ href, image }) => {
      const [path, anchor] = href.split('#')
      const name = path === '' ? page.name : normalize(join(dirname(page.name), decodeURIComponent(path)))
      if (image) return files.has(name) ? [] : [`${page.name}: there is no image ${href}`]
      const target = byName.get(name)
      if (target === undefined) return [`${page.name}: there is no page ${href}`]
      if (anchor === undefined || target.headings.some((heading) => heading.anchor === decodeURIComponent(anchor)))
        return []
      return [`${page.name}: ${target.name} has no heading #${anchor}`]
    }),
  )
  const listed = new Set(home.links.map(({ href }) => href))
  const lost = pages
    .filter((page) => page !== home && !listed.has(page.name))
    .map((page) => `${page.name}: ${home.name} does not list it`)
  return [...dead, ...lost]
}
