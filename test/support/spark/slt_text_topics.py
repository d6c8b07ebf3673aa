"""Topics of slt.py: functions of texts, their codes, patterns, URLs and JSON paths."""
import random

from slt_each import each

WORDS = ["'abc'", "''", "null", "'é😀x'", "'Don''t'", "' a  b '", "'1,2,,3'"]


def texts():
    yield from each("select {f}({x})", f=["initcap", "soundex", "quote", "base64", "url_encode", "is_valid_utf8", "make_valid_utf8", "validate_utf8", "try_validate_utf8", "collation"], x=WORDS)
    yield from each("select hex(initcap({x}))", x=["'İ'", "'i̇'", "'ŉx'", "'ᾳx'", "'ᾲx'", "'ΐx'", "'აბ'", "'ﬃx'", "'ǰx'", "'ᾶx'", "'𐐨x'", "'ÉCOLE ǆ ßa'", "'a\\tb\\nc'", "'ΑΣ ΑΣ'", "'o''neil a-b x.y'", "1"])
    yield from each("select soundex({x})", x=["'Miller'", "'Tymczak'", "'Pfister'", "'1ab'", "'aé'", "'Ashcraft'", "'éa'", "'Honeyman'", "'a-b'", "'VanDeusen'", "'世界千世'"])
    yield from each("select concat_ws({s}, {x})", s=["'-'", "null", "''", "','"], x=["'a', null, 'b'", "null, null", "'x'", "null, 'y'", "1, true, date '2020-01-01'", "'', ''"])
    yield from ["select concat_ws('-')", "select concat_ws()", "select concat_ws(',', struct(1))", "select k, concat_ws('/', s, a, b) from n order by k", "select concat_ws(s, 'p', k) from n order by k"]
    yield from each("select elt({i}, {x})", i=["1", "2", "3", "0", "-1", "null", "'2'"], x=["'a', 'b'", "'a', null", "X'41', 'b'", "1, 'b'"])
    yield from each("select hex(elt({i}, X'41', X'42'))", i=["1", "2", "3", "0", "-1", "null", "'2'"])
    yield from ["select elt(1)", "select k, elt(a, 'x', s, 'z') from n where a is not null order by k"]
    yield from each("select find_in_set({a}, {b})", a=["'ab'", "''", "'a,b'", "null"], b=["'abc,b,ab,c'", "''", "'a,,b'", "'ab'", "null"])
    yield from each("select split_part({t}, {d}, {n})", t=["'11.12.13'", "''", "'a..b'", "'aaa'", "null", "1.5"], d=["'.'", "''", "'aa'", "null"], n=["1", "2", "3", "-1", "-3", "9", "-9", "0", "-2147483648", "null"])
    yield from each("select levenshtein({a}, {b}{m})", a=["'kitten'", "''", "'😀a'", "null"], b=["'sitting'", "'abc'", "'b'", "''"], m=["", ", 2", ", 3", ", 0", ", -1", ", null", ", 100"])
    yield from each("select format_string({f})", f=["'%d %s', 100, 'days'", "'%5d|%-5d|%05d|%,d|%+d|% d|%(d', 42, 42, 42, 1234567, 5, 5, -5", "'%x %X %o %c %b %n%%', 255, 255, 8, 65, true", "'%s %S %10s|%-10s|%.2s', 'ab', 'ab', 'ab', 'ab', 'abcdef'", "'%f %.2f %e %E %g %10.3f|%-10.1f|%+.1f|%,.2f', 1.5D, 2.345D, 12345.678D, 0.00012D, 0.0001D, 3.14159D, 2.25D, 1.0D, 1234567.891D", "'%s %s %s %s %s', 1.0D, 1e20D, cast(1.1 as float), 1.50BD, null", "'%s %s %s', date '2020-01-01', timestamp '2020-01-01 00:00:00', true", "'%2$s %1$s %<s', 'a', 'b'", "'abc'", "null, 1", "'%0$s', 'a'", "1", "'%c', 128512", "'%b', null", "'%b', 'x'", "'%5b|%-6b|', true, false", "'%,d %(,.2f %08.2f %#x %#o', -1234567, -1234.5D, -3.14159D, 255, 8", "'%.1f %.1f %.0f %.0f %.0f', 0.25D, 0.35D, 0.5D, 1.5D, 0.4D", "'%e %.0e %.3e %e', 0D, 123D, 9.9996D, 1e-10D", "'%f %f %f', double('NaN'), double('-Infinity'), -0D", "'%x %x %x %o', -1, -1L, cast(-1 as tinyint), -8", "'%d %x', null, null", "'%g %g %g %g', 0D, 123456D, 1234567D, 0.00001D", "'%08d|%-8d|%8s|', -5, -5, null", "'%f %.10f', 1e15D, 0.1D", "'%s %.3f', cast(0.1 as float), cast(0.1 as float)", ""])


def codes():
    yield from each("select hex(encode({t}, '{c}'))", t=["'abc'", "'aé'", "'a😀'", "''"], c=["utf-8", "UTF-16", "utf-16le", "utf-16be", "utf-32", "ISO-8859-1", "us-ascii", "utf8", "nope"])
    yield from each("select hex(decode({b}, '{c}'))", b=["X'616263'", "X'61e9'", "X'ff'", "X''", "X'0061'", "X'feff0061'", "X'fffe6100'", "X'd800'", "X'00000061'"], c=["utf-8", "UTF-16", "utf-16le", "utf-16be", "utf-32", "iso-8859-1", "us-ascii", "nope"])
    yield from each("select decode({x})", x=["2, 1, 'a', 2, 'b', 'c'", "3, 1, 'a', 2, 'b'", "null, 1, 'x', null, 'y'", "6, 1, 'a', 'z'", "1, 1, 'a'", "1", "X'61', null", "null, 'utf-8'", "'b', 'a', 1, 'b', 2, 3"])
    yield from each("select hex({f}({x}))", f=["unbase64", "unhex"], x=["'U3BhcmsgU1FM'", "'U3?B'", "'YQ'", "'YQ== '", "''", "null", "'abc'", "'F'", "'GG'", "'-123'", "'537061726B'", "'YR=='"])
    yield from each("select replace(base64({x}), '\\r\\n', '|')", x=["X'00ff'", "repeat('a', 57)", "repeat('a', 58)", "repeat('a', 114)", "repeat('a', 115)", "1"])
    yield from each("select hex({f}({x}))", f=["to_binary", "try_to_binary"], x=["'abc'", "'a', 'hex'", "'abc', 'utf-8'", "'aé', 'UTF8'", "'YWJj', 'base64'", "'GG'", "' a'", "'a!', 'base64'", "'Y Q\\n', 'base64'", "'YQ== ', 'base64'", "'YQ==YQ==', 'base64'", "'YWI=c', 'base64'", "'=', 'base64'", "'YR==', 'base64'", "'abc', 'nope'", "null", "'abc', null", "'abc', concat('he', 'x')", "X'41'"])
    yield from ["select to_binary(s, s) from n", "select try_to_binary('abc', s) from n"]
    yield from each("select {f}(cast(X'{b}' as string))", f=["is_valid_utf8", "make_valid_utf8", "validate_utf8", "try_validate_utf8"], b=["61", "80", "61F0808041", "e28041", "eda080", "f4908080", "c0af", "f09f9880", "f09f98", "61ff62", "c3a9", "efbfbd"])
    yield from each("select {x}", x=["hex(concat(X'61', X'62'))", "concat('a', X'62')", "concat(X'61', null)", "hex(substring(X'616263', 2))", "hex(substring(X'616263', -2, 1))", "hex(substring(X'616263', 0, 2))", "hex(substring(X'616263', -5, 3))", "hex(substring(X'616263', 2, -1))", "hex(substr(X'e4b896', 1, 2))", "hex(left(X'616263', 2))", "hex(left(X'61', -1))", "hex(right(X'616263', 2))", "hex(right(X'61', 0))", "hex(lpad(X'61', 3))", "hex(lpad(X'61', 3, X'0102'))", "hex(lpad(X'61', 6, X'0102'))", "hex(rpad(X'616263', 2, X'01'))", "hex(rpad(X'61', 4, X'0102'))", "hex(lpad(X'61', 3, X''))", "hex(lpad(X'6162', -1))", "hex(lpad(X'61', 3, 'b'))", "hex(lpad('a', 3, X'62'))", "hex(overlay(X'61626364' placing X'7a' from 2))", "hex(overlay(X'616263' placing X'7a' from 2 for 0))", "overlay(X'616263' placing 'z' from 2)", "position(X'62', X'6162')", "contains(X'6162', X'62')", "'a' collate utf8_binary", "collate('a', 'UTF8_BINARY')", "collate(1, 'UTF8_BINARY')", "collation(1)", "'a' collate utf8_binary = 'A'"])


def urls():
    parts = ["HOST", "PATH", "QUERY", "REF", "PROTOCOL", "FILE", "AUTHORITY", "USERINFO", "host"]
    yield from each("select parse_url('{u}', '{p}')", p=parts, u=["http://u:p@spark.apache.org:80/path/a?query=1&k=v#Ref", "http://h", "h/p?q#r", "mailto:a@b", "//h/p", "http:///p", "http://h_x/p", "http://[::1]:80/p", "http://1.2.3.4", "http://é.com/ü?é#é", "HTTP://H/%41%2f?a=%20#%41", "http://h:8a/p", "", "#x"])
    yield from each("select {f}('{u}', 'HOST')", f=["parse_url", "try_parse_url"], u=["http://a b", "inva lid://user:pass@host/file;param?query;p2", "http://h/a|b", "http://h/%zz", "http://", ":", "1a:b", "http://[::1", "http://h/[", "http://h?[", "a:", "http://h#a#b", "http://h/\\\\x"])
    yield from each("select parse_url('http://h/p?k=1&k=2&a.c=3&e=&f', 'QUERY', {k})", k=["'k'", "'a.c'", "'e'", "'f'", "'nix'", "null"])
    yield from ["select parse_url('http://h/p?q=1', 'HOST', 'q')", "select parse_url('http://h')", "select parse_url('http://h', 'QUERY', 'k', 'x')", "select parse_url(null, 'HOST')", "select try_parse_url('http://h/p?k=v', 'QUERY', 'k')"]
    yield from each("select {f}('{x}')", f=["url_decode", "try_url_decode"], x=["https%3A%2F%2Fspark.apache.org", "a+b%20c", "%C3%A9", "http%3A%2F%2spark.apache.org", "a%", "a%4", "%-1", "%zz", ""])
    yield from each("select url_encode({x})", x=["'https://spark.apache.org'", "'a b+c*-._~é😀'", "'inva lid://user:pass@host/file;param?query;p2'", "null"])


def regexps():
    texts = ["'abcab'", "'aab1 é2b'", "''", "'xaxb\\nab'", "'aaaa'", "'A😀b'"]
    patterns = ["a", "^a", "b$", "[a-c]+", "\\\\d+", "(a|ab)(b?)", "(a*)*", "a*?b", "a++b", "(?i)AB", "(?s)x.*", "(?m)^a.$", "\\\\bab\\\\b", "(a)(b)?\\\\1?", "(?=b)\\\\w", "(?<=a)b", "(?<!a)b", "(?>a+)b", "\\\\p{L}{2}", "[^\\\\w\\\\s]", "[a-z&&[^b]]", "(?x) a b # c", ".", "é|\\\\x{1F600}", "\\\\Qa.\\\\E|b", "(a|b|)+", "\\\\R", "\\\\p{Upper}"]
    yield from each("select {f}({t}, '{p}')", f=["rlike", "regexp_count", "regexp_instr", "regexp_substr"], t=texts, p=patterns)
    yield from each("select regexp_extract({t}, '{p}', 0), regexp_replace({t}, '{p}', '-')", t=texts[:-1], p=patterns)
    yield from each("select regexp_extract({t}, '{p}')", t=texts, p=["(a+)(b*)?", "(x)|(b)", "((a)|b)+", "(a|b|)+", "(a*)*", "(?:(a)|b)*", "b"])
    yield from each("select regexp_extract('a1', '(a)(1)', {i})", i=["0", "1", "2", "3", "-1", "null", "'2'"])
    yield from each("select regexp_like('a', '{p}')", p=["(", "[", ")", "*a", "a{", "a{2,1}", "(?<n", "\\\\", "[b-a]", "(?z)", "a**", "\\\\p{Nix}", "\\\\y", "(?<x>a)(?<x>b)", "{", "a{1", "[]", "[^]", "[a&&]", "x]", "x}", "(?<=a*)b"])
    yield from each("select regexp_replace('healthy, wealthy, and wise', '\\\\w+thy', 'X', {p})", p=["1", "2", "8", "9", "26", "27", "0", "-2", "null", "1 + 1", "'3'"])
    yield from each("select regexp_replace('abcab', '(b)(c)?', '{r}')", r=["$1", "[$1$0]", "$2", "$3", "$12", "$", "\\\\$", "\\\\", "a\\\\b", "$a", ""])
    yield from each("select k, {x} from n order by k", x=["s rlike 'a'", "s rlike '^a'", "s not rlike 'b$'", "s regexp '[[:alpha:]]'", "regexp_like(s, s)", "regexp_count(s, '')", "regexp_replace(s, '', '-')", "regexp_extract(s, '(.)(.)', 2)", "regexp_instr(s, 'b', 0)"])
    yield from ["select 'a' rlike c from values ('('), ('a') t(c)", "select rlike('a', null), rlike(null, 'a'), 12 rlike '2', true rlike 'r'", "select regexp_like(struct(1), 'a')", "select regexp_replace('abc', 'b')", "select rlike('a')", "select regexp_count(repeat('a', 5000), '(a*)*b')", "select regexp_count(repeat('a', 3000), '(?:a|aa)+x')"]


def json_paths():
    docs = ['{"a":{"b":[1,2,{"c":"x"}]}}', '{"a":[{"b":1},{"b":2}]}', '{"a":[{"b":1}]}', '[[1,2],[3,4]]', '{"a":null,"b":1.50,"c":true}', '{"a":"x\\\\u00e9\\\\n"}', '{"a":1} x', '{"a":1', "{a:1}", '{"a.b":1,"":2}', "", "null", '"s"', '{"a":1,"a":2}', '{"a":NaN}', '{"a":[[1],[2,[3]]]}']
    paths = ["$", "$.a", "$.a.b", "$.a.b[2].c", "$.a[*].b", "$[*]", "$[1]", "$[*][1]", "$[*][*]", "$.a[*][*]", "$.a[0]", "$.a[*]", "$[''a.b'']", "$.b", "$.", "a", "$a", "", "$..a", "$.a[-1]", "$.a[ 0 ]", "$.*"]
    yield from each("select get_json_object('{j}', '{p}')", j=docs, p=[path.replace("''", "\\'") for path in paths])
    odd = ['{"a":{"b":1},"a":{"b":2}}', '{"a":{"c":1},"a":{"b":2}}', '{"\\\\u0061":7}', "{\\'a\\':\\'x\"y\\'}", '{"a":"x\\\\"y"}', '{"a":[1,]}', '{"a":1,}', '{"b":1 "a":2}', '{"a":tru}', '{"a":1.0,"b":01}', '{"a":-}', '{"a":1e5}', '{"a":"x","b":"\\\\q"}', '{"a":null,"a":3}', ' { "x" : [ ] , "a" : "y" } ', '{"a":"x","b":[{"c":[1,{"d":"}"}]}]}', '{"a":"x","b":[{"c":[1,{"d":"}"}]}', '{"a":"","aa":1}', '{"aa":1,"a":-0}', '{"a" 1}', '{"a":1]', '{a":1}', '["a",{"a":2}]', '{"a":"0123456789abcdef0123","b":"0123456789abcdef0123456789"}', '{"a":"é😀","b":"\\\\uD83D\\\\uDE00"}', '{"b":"\\\\uD83D\\\\uDE00x","a":"\\\\uD83D\\\\uDE00"}', '{"a":"x\ty"}']
    yield from each("select get_json_object('{j}', '{p}')", j=odd, p=["$.a", "$.a.b", "$.aa", "$.b", "$[1].a", "$.b[0].c[1].d", "$"])
    yield "select j, p, get_json_object(j, p) from values ('{\"a\":1,\"b\":2}', '$.a'), ('{\"a\":1,\"b\":2}', '$.b'), ('{\"a\":1,\"b\":2}', 'b'), ('{\"a\":1,\"b\":2}', '$.a'), ('{\"a\":[[1],2]}', '$.a[0][0]'), (concat('{\"', repeat('k', 200), '\":5}'), concat('$.', repeat('k', 200))), (null, '$.a'), ('{}', null) as t(j, p)"
    yield from each("select json_array_length({x})", x=["'[1,2,3]'", "'[]'", "'{}'", "'[1,'", "''", "'[[1,2],{\"a\":[1]}]'", "null", "'null'", "'[1] x'", "'[1,2'", "' [1] '", "1", "'[1,]'", "'[NaN]'"])
    yield from ["select json_array_length()", "select get_json_object('{}')", "select get_json_object(null, '$'), get_json_object('{}', null)"]


def ciphers():
    key, zeros = "'1234567890abcdef'", "unhex('00000000000000000000000000000000')"
    yield from each("select hex(aes_encrypt({t}, {k}, {m}, {p}, {i}))", t=["'Spark'", "''", "X'00ff'", "'0123456789abcdef'"], k=[key, "'abcdefghijklmnop12345678ABCDEFGH'", "'1234567890abcdef12345678'"], m=["'CBC'"], p=["'PKCS'", "'default'"], i=[zeros])
    yield from each("select hex(aes_encrypt({t}, " + key + ", {m}))", t=["'Spark'", "''", "null"], m=["'ECB'", "'ecb', 'pkcs'", "'GCM', 'NONE', unhex('000000000000000000000000')", "'gcm', 'DEFAULT', unhex('000000000000000000000001'), 'more'"])
    yield from each("select aes_encrypt({a})", a=["'Spark', 'short'", f"'Spark', {key}, 'XYZ'", f"'Spark', {key}, 'gcm', 'pkcs'", f"'Spark', {key}, 'ecb', 'none'", f"'Spark', {key}, 'ecb', 'default', unhex('00')", f"'Spark', {key}, 'cbc', 'default', unhex('00')", f"'Spark', {key}, 'gcm', 'default', unhex('00')", f"'Spark', {key}, 'cbc', 'default', {zeros}, 'x'", f"1, {key}", f"'a', {key}, 1", "'a'", f"null, {key}", "'a', null", f"'a', {key}, null", f"'a', {key}, 'ecb', null", f"'a', {key}, 'ecb', 'default', null"])
    yield from each("select cast({f}({a}) as string)", f=["aes_decrypt", "try_aes_decrypt"], a=["unhex('83F16B2AA704794132802D248E6BFD4E380078182D1544813898AC97E709B28A94'), '0000111122223333'", "unhex('83F16B2AA704794132802D248E6BFD4E380078182D1544813898AC97E709B28A95'), '0000111122223333'", f"unbase64('3lmwu+Mw0H3fi5NDvcu9lg=='), {key}, 'ECB'", f"unbase64('2NYmDCjgXTbbxGA3/SnJEfFC/JQ7olk2VQWReIAAFKo='), {key}, 'CBC'", f"'Spark', {key}", f"X'', {key}, 'ECB'", f"X'01', {key}, 'ECB'", f"X'0102030405060708090a0b0c0d0e0f10', {key}, 'CBC'", f"X'0102030405060708090a0b0c0d0e0f10', {key}, 'ECB'", f"X'01', {key}, 'CBC'", f"X'0102030405060708090a0b0c0d0e0f101112', {key}, 'CBC'", f"'a', {key}, 'xx'", "'a', 'b'", f"null, {key}", f"unbase64('AAAAAAAAAAAAAAAAQiYi+sTLm7KD9UcZ2nlRdYDe/PX4'), 'abcdefghijklmnop12345678ABCDEFGH', 'GCM', 'DEFAULT', 'This is an AAD mixed into the input'"])
    yield from each("select cast(aes_decrypt(aes_encrypt(s, " + key + ", {m}), " + key + ", {m}) as string), length(aes_encrypt(s, " + key + ", {m})) from n order by k", m=["'GCM'", "'CBC'", "'ECB'"])
    yield "select count(distinct aes_encrypt(cast(id as string), " + key + ")) from range(20)"
    yield f"select try_aes_decrypt(aes_encrypt(s, {key}), if(k % 2 = 0, {key}, '0000111122223333')) is null from n order by k"


SIGNS = [*"abcABCdé字あアー日ßΣ1290.....,,!?'\"()[]{}-_:;%$#&@+*/~   ", "\t", "\u00ad", "\u200b", "\u0301", "\u0903", "\u2019", "\u201c", "\u00a2", "\u20ac", "\u0964", "\u2029", "\u00a0", "\u3002", "\uff01", "\u00bd", "\u2167", "😀", "𝒳", "\u30fb", "\u3099"]


def sentences():
    rng = random.Random(5)
    written = ["Hi there! Good morning.", "Mr. Smith went to D.C. on Jan. 5. He paid $3.50, or 5% of it.", "It costs 3.5. 4 are left. And (so what?) \"Yes.\" He left. 'No.' said he.", "a.b.c a-b a_b it''s o''clock 1,000.5 2nd x2y 3.x a.5", "x@y.org http://h.org/p?q=1", "你好。世界！すもももカタカナー", "One... two... Three?! Four", "", " ", "...", "e.g. this. i.e. That", "नमस्ते। दुनिया"]
    yield from each("select sentences({x})", x=["'" + text + "'" for text in written])
    # A quotation mark behind a period, and signs behind that.
    yield from each("select sentences('{x}')", x=["Ab.''~5 cd. Ef", "Ab.''~. Ef", 'Ab."(5 x. Y', "Ab.''-Cd", 'Ab. "cd ef"', 'Ab."cd', 'Ab.\'\' "Cd', "Ab.''@x. Y", "Ab.~''5 c", "Ab.''~5"])
    for _ in range(400):
        text = "".join(rng.choice(SIGNS) for _ in range(rng.randrange(1, 14)))
        yield "select sentences('" + text.replace("'", "''") + "')"
    # What begins a sentence behind a period: two blanks do as a quotation mark does.
    starts = random.Random(7)
    for _ in range(120):
        text = "Ab." + "".join(starts.choice("\"'()~ . -") for _ in range(starts.randrange(1, 6))) + starts.choice(["9", "cd", "Cd", "", "!"]) + starts.choice(["", ". Ef", " Gh"])
        yield "select sentences('" + text.replace("'", "''") + "')"
    for _ in range(60):
        words = [rng.choice(["He", "said", "it.", "(So", "what)", "\"Yes\"", "No!", "3.", "4", "é.", "Ü", "etc.", "''x''", "-", "[a]", "U.S."]) for _ in range(rng.randrange(2, 12))]
        yield "select sentences('" + " ".join(words) + "')"
    yield from each("select sentences('A b. C d.', {p})", p=["'en'", "'en', 'US'", "null", "null, null", "'', ''", "'xx', 'YY'", "'ja'", "'th'", "1, 2", "'en', null"])
    yield from ["select sentences(null), sentences(null, null, null)", "select sentences()", "select sentences('a', 'b', 'c', 'd')", "select sentences(array('a'))", "select k, sentences(s), sentences(s, s) from n order by k", "select sentences('A b' collate utf8_lcase)", "select sentences(1.5)"]


TEXT_TOPICS = {"sentences": sentences, "ciphers": ciphers, "texts": texts, "codes": codes, "urls": urls, "regexps": regexps, "json-paths": json_paths}
