to_json(from_json('{"a":1}','a bigint, g struct<x:double>'))
from_json('{"a":1}','a bigint, g struct<x:double>').g is null
from_json('{"a":1,"g":null}','a bigint, g struct<x:double>').g is null
from_json('{"a":1,"g":5}','a bigint, g struct<x:double>').g is null
from_json('{"a":1,"g":{}}','a bigint, g struct<x:double>').g is null
from_json('{"a":1,"g":{"x":"u"}}','a bigint, g struct<x:double>').g is null
from_json('{"a":1,"g":{"x":"u"}}','a bigint, g struct<x:double>').a
from_json('','a int') is null
from_json('x','a int') is null
from_json(null,'a int') is null
to_json(from_json('{"g":{"h":{"i":1}}}','g struct<h:struct<i:int>>'))
to_json(from_json('{"g":{"h":5}}','g struct<h:struct<i:int>>'))
to_json(from_json('{"g":{"h":{}}}','g struct<h:struct<i:int>>'))
to_json(named_struct('a', cast(null as struct<x: int>), 'b', 1))
coalesce(from_json('{"g":5}','g struct<x:int>').g.x, -1)
