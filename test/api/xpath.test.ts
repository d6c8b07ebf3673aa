import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { withSession } from '../support/sessions.js'

async function answer(sql: string): Promise<unknown> {
  return await withSession('local[1]', async (session) => {
    try {
      return Object.values((await session.sql(sql).collect())[0]!)[0]
    } catch (error) {
      if (!MillraceError.is(error)) throw error
      return error.condition
    }
  })
}

test('texts that are no XML and paths that are none raise', async (t) => {
  t.is(await answer("select xpath_string('<a>', 'a')"), 'FAILED_FUNCTION_CALL')
  t.is(await answer("select xpath_string('no xml', 'a')"), 'FAILED_FUNCTION_CALL')
  t.is(await answer("select xpath_string('<a/>', 'a[')"), 'FAILED_FUNCTION_CALL')
  t.is(await answer("select xpath('<a/>', 'count(a)')"), 'FAILED_FUNCTION_CALL')
})

test('entities that a text declares are not read: neither files, nor bombs', async (t) => {
  const file = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
  t.is(await answer(`select xpath_string('${file}', 'a')`), 'FAILED_FUNCTION_CALL')
  t.is(await answer(`select xpath_string('${file.replace('&e;', 'x')}', 'a')`), 'x')
  const bomb = '<!DOCTYPE a [<!ENTITY e "xx"><!ENTITY f "&e;&e;">]><a>&f;</a>'
  t.is(await answer(`select xpath_string('${bomb}', 'a')`), 'FAILED_FUNCTION_CALL')
})

test('elements lie within each other only so deep, whatever stands in quotes and comments', async (t) => {
  const deep = (levels: number, inner: string): string =>
    `concat(repeat('<a x="/>">', ${levels}), '${inner}', repeat('</a>', ${levels}))`
  t.is(await answer(`select xpath_string(${deep(1000, 'x')}, '//a')`), 'x')
  t.is(await answer(`select xpath_string(${deep(1001, 'x')}, '//a')`), 'QUERY_TOO_COMPLEX')
  const inner = '<!-- <a><a> --><b/><b/><![CDATA[<a>]]><?p <a> ?>x'
  t.is(await answer(`select xpath_string(${deep(999, inner)}, '//a')`), '<a>x')
})
