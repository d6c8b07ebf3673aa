import test from 'ava'
import { withoutUrlCredentials } from '../../common/url-credentials.js'

test('who a URL names and what signs it is hidden wherever the URL stands, and nothing else', (t) => {
  for (const [text, shown] of [
    ['http://ann:pw@h/x', 'http://******@h/x'],
    ['reading s3://ann@h/x and ftp://b:c@d failed', 'reading s3://***@h/x and ftp://***@d failed'],
    ['see https://h/x?a=1&sig=abc&b=2#c', 'see https://h/x?a=1&sig=***&b=2#c'],
    ['see https://h/x?X-Amz-Credential=ab', 'see https://h/x?X-Amz-Credential=**'],
    ['https://h/x?a=1', 'https://h/x?a=1'],
    ['mail to ann@h, a=1&token=2', 'mail to ann@h, a=1&token=2'],
  ] as const)
    t.is(withoutUrlCredentials(text), shown)
})
