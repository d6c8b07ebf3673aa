"""Statements about XML."""
from slt_each import each


def xpaths():
    yield from [
        "select xpath('<a><b>b1</b><b>b2</b><b>b3</b><c>c1</c><c>c2</c></a>','a/b/text()'), xpath('<a><b>b1</b><b>b2</b></a>','a/b'), xpath('<a><b id=\"1\">b1</b></a>','a/b/@id'), xpath('<a/>','a/b')",
        "select xpath_boolean('<a><b>1</b></a>','a/b'), xpath_boolean('<a><b>1</b></a>','a/c'), xpath_boolean('<a><b>1</b></a>','a/b = 2'), xpath_boolean('<a/>', null), xpath_boolean(null, 'a'), xpath_boolean('', 'a'), xpath_boolean('<a/>', '')",
        "select xpath_short('<a><b>1</b><b>2</b></a>', 'sum(a/b)'), xpath_int('<a><b>1</b><b>2</b></a>', 'sum(a/b)'), xpath_long('<a><b>1</b><b>2</b></a>', 'sum(a/b)'), xpath_float('<a><b>1</b><b>2.5</b></a>', 'sum(a/b)'), xpath_double('<a><b>1</b><b>2.5</b></a>', 'sum(a/b)'), xpath_number('<a><b>1</b><b>2.5</b></a>', 'sum(a/b)')",
        "select xpath_int('<a><b>x</b></a>', 'a/b'), xpath_short('<a><b>x</b></a>', 'a/b'), xpath_long('<a><b>x</b></a>', 'a/b'), xpath_double('<a><b>x</b></a>', 'a/b'), xpath_float('<a>b</a>','b')",
        "select xpath_int('<a>99999999999</a>', 'a'), xpath_short('<a>99999</a>', 'a'), xpath_long('<a>1e30</a>', 'a'), xpath_int('<a>-1.9</a>', 'a'), xpath_short('<a>-99999</a>','a'), xpath_int('<a>1e3</a>', 'a'), xpath_double('<a>1e3</a>', 'a')",
        "select xpath_string('<a><b>b</b><c>cc</c></a>','a/c'), xpath_string('<a><b>b</b></a>','a/d'), xpath_string('<a><b>b</b>x</a>','a'), xpath_string('<a>&lt;&amp;&#65;</a>','a'), xpath_string('<a><![CDATA[<x>]]></a>','a')",
        "select xpath_string('<a/>', id) from range(1)",
        "select xpath_string('<a xmlns:x=\"u\"><x:b>1</x:b></a>', 'a/x:b')",
        "select xpath_string('<a xmlns=\"u\"><b>1</b></a>', 'a/b')",
        "select xpath_string('<a><b>1</b><b>2</b></a>', 'a/b[last()]'), xpath_string('<a><b>1</b><b>2</b></a>', '//b[2]'), xpath_string('<a><b>1</b><b>2</b></a>', 'concat(a/b[1], \"-\", a/b[2])'), xpath_string('<a><b class=\"x\">1</b></a>', 'a/b[@class=\"x\"]'), xpath_string('<a><b>1</b></a>','name(a/*)')",
        "select xpath('<a><b class=\"bb\">b1</b><b>b2</b><b class=\"bb\">b3</b></a>', 'a/*[@class=\"bb\"]/text()'), xpath('<a><b><c/></b></a>','a/b'), xpath('<a>x<!--c-->y</a>', 'a/comment()'), xpath('<a>x<!--c-->y</a>', 'a/text()'), xpath('<a><?p d?></a>', 'a/processing-instruction()')",
        "select xpath(1, 'a')",
        "select xpath('<a/>', 1)",
        "select xpath(null, 'a'), xpath('<a/>', null), xpath_int(null, 'a'), xpath_string('', 'a'), xpath('', 'a')",
        "select xpath_boolean('<a>0</a>', 'a'), xpath_boolean('<a/>', '1'), xpath_boolean('<a/>', '0'), xpath_boolean('<a/>', '\"x\"'), xpath_string('<a>1.50</a>', 'number(a)'), xpath_string('<a/>', '1 div 0'), xpath_string('<a/>', '0 div 0'), xpath_string('<a/>', '100000000000 * 10'), xpath_string('<a/>', '0.1 + 0.2')",
        "select k, xpath_string(x, 'a/b'), xpath_int(x, 'a/b'), xpath(x, 'a/b/text()') from (select k, concat('<a><b>', s, '</b></a>') x from n) order by k",
    ]


def xml_writing():
    yield from [
        "select to_xml(named_struct('a', 1, 'b', 2))",
        "select to_xml(named_struct('a', 1.0D, 'b', 'x<&>\"y', 'c', null, 'd', true, 'e', 1.50BD, 'f', date'2020-01-02', 'g', timestamp'2020-01-02 03:04:05.123', 'h', timestamp_ntz'2020-01-02 03:04:05', 'i', cast(1.5 as float), 'j', 9007199254740993L), map('indent',''))",
        "select to_xml(named_struct('a', array(1, null, 2), 'b', array(), 'c', named_struct('x', 1), 'm', map('k', 1, 'l', null)), map('indent',''))",
        "select to_xml(named_struct('_a', 1, 'b', named_struct('_id', 2, '_VALUE', 'text')), map('indent',''))",
        "select to_xml(named_struct('_a', 1, 'b', named_struct('_id', 2, '_VALUE', 'text'), '_c', null), map('indent','', 'attributePrefix', '@', 'valueTag', '_VALUE'))",
        "select to_xml(named_struct('a', null, 'b', array(null), '_c', null), map('indent','', 'nullValue', 'NIL'))",
        "select to_xml(named_struct('a', array(array(1,2), array(3))), map('indent',''))",
        "select to_xml(named_struct('a', array(named_struct('x',1), named_struct('x',2))), map('indent',''))",
        "select to_xml(named_struct('a', named_struct('x',1,'y',named_struct('z',1))))",
        "select to_xml(named_struct('1a', 1), map('indent','', 'validateName','false'))",
        "select to_xml(named_struct('a', ' x '), map('indent','')), to_xml(named_struct('a', ''), map('indent','')), to_xml(named_struct('a', named_struct('b', null)), map('indent',''))",
        "select to_xml(null), to_xml(cast(null as struct<a:int>)), to_xml(named_struct('a', cast(null as int)))",
        "select to_xml(named_struct('a', date'2020-01-02', 't', timestamp'2020-01-02 03:04:05'), map('indent','', 'dateFormat', 'dd/MM/yy', 'timestampFormat','HH'))",
        "select to_xml(named_struct('a', 1), map('indent','  '))",
        "select to_xml(named_struct('a', map('k', named_struct('x', 1), 'j', named_struct('x', 2))), map('indent',''))",
        "select to_xml(named_struct('a', map('k', array(1,2))), map('indent',''))",
        "select to_xml(named_struct('_VALUE', 1), map('indent','')), to_xml(named_struct('_VALUE', 1, '_id', 2), map('indent',''))",
        "select to_xml(named_struct('a', 'x\\ty\\nz'), map('indent','')), to_xml(named_struct('_a', 'x\"<>&\\ty'), map('indent',''))",
    ]


def xml_reading():
    yield from [
        "select from_xml('<p><a>1</a><b>x</b></p>', 'a INT, b STRING, c INT'), from_xml(null, 'a int'), from_xml('', 'a int'), from_xml('bad', 'a int'), from_xml('<p><a>1</p>', 'a int')",
        "select from_xml('<p><a>x</a><b>2</b></p>', 'a INT, b INT, _corrupt_record string'), from_xml('<p><a>1</p>', 'a int, _corrupt_record string'), from_xml('<p><a>1</a></p>', 'a int, _corrupt_record string')",
        "select from_xml('<p><a>x</a></p>', 'a INT', map('mode','FAILFAST'))",
        "select from_xml('<p><a>x', 'a INT', map('mode','FAILFAST'))",
        "select from_xml('<p><a>x</a></p>', 'a INT', map('mode','DROPMALFORMED'))",
        "select from_xml('<p id=\"7\"><a k=\"z\">1</a></p>', '_id int, a struct<_k:string,_VALUE:int>'), from_xml('<p id=\"7\">t</p>', '_id int, _VALUE string'), from_xml('<p><a k=\"z\">1</a></p>', 'a int')",
        "select from_xml('<p><a><b>1</b><c>2</c></a></p>', 'a string'), from_xml('<p><a><b>1</b></a><a><b>2</b></a></p>', 'a array<struct<b:int>>'), from_xml('<p><a><b>1</b><b>2</b></a></p>', 'a struct<b:array<int>>')",
        "select from_xml('<p><a> 1 </a><b> x </b></p>', 'a int, b string'), from_xml('<p><a> 1 </a><b> x </b></p>', 'a int, b string', map('ignoreSurroundingSpaces','false'))",
        "select from_xml('<p><a>true</a><b>1</b><c>FALSE</c><d>yes</d></p>', 'a boolean, b boolean, c boolean, d boolean')",
        "select from_xml('<p><a>1.5</a><b>NaN</b><c>1,234.5</c><d>1e3</d><e>Infinity</e><f>1.5</f></p>', 'a double, b double, c decimal(10,2), d float, e double, f int')",
        "select from_xml('<p><a>128</a><b>+5</b><c>99999999999999999999</c><d>1.555</d></p>', 'a tinyint, b int, c bigint, d decimal(4,2)')",
        "select from_xml('<p><a/><b></b><c>NIL</c></p>', 'a int, b string, c string', map('nullValue','NIL')), from_xml('<p><a/><b></b></p>', 'a int, b string')",
        "select from_xml('<p><a>1</a></p>', 'a INT', map('rowTag','x')), from_xml('<r><p><a>1</a></p></r>', 'a INT', map('rowTag','p'))",
        "select from_xml('<p><A>1</A><x:b xmlns:x=\"u\">2</x:b></p>', 'a INT, `x:b` int, b int'), from_xml('<p><x:b xmlns:x=\"u\">2</x:b></p>', '`x:b` int, b int', map('ignoreNamespace','true'))",
        "select from_xml('<p a=\"1\"><b c=\"2\">3</b></p>', '_a int, b int', map('excludeAttribute','true')), from_xml('<p a=\"1\"/>', '`@a` int', map('attributePrefix','@')), from_xml('<p>5</p>', 'v int', map('valueTag','v'))",
        "select from_xml('<p>x<a>1</a>y</p>', 'a int, _VALUE string'), from_xml('<p>x<a>1</a>y</p>', 'a int, _VALUE array<string>'), from_xml('<p><![CDATA[<x>]]></p>', '_VALUE string')",
        "select from_xml('<p><a>1</a></p>', 'map<string,int>'), from_xml('<p><a>1</a></p>', 'array<int>')",
        "select from_xml('<p><a>1</a></p>', 'int')",
        "select from_xml('<p><a>1</a><a>2</a></p>', 'a int'), from_xml('<p><m><k>1</k><j>2</j></m></p>', 'm map<string,string>'), from_xml('<p><m z=\"1\"><k>1</k><k>2</k></m></p>', 'm map<string,string>')",
        "select from_xml(1, 'a int')",
        "select from_xml('<p><s><x>1</x><y>bad</y></s><z>1</z></p>', 's struct<x:int,y:int>, z int'), from_xml('<p><s>bad</s><z>1</z></p>', 's array<int>, z int'), from_xml('<p><z>1</z><m><k>bad</k></m><w>1</w></p>', 'z int, m map<string,int>, w int')",
        "select from_xml('<p><s><x>1</x></s><s>bad</s><z>1</z></p>', 's array<struct<x:int>>, z int'), from_xml('<p><s/><z>1</z></p>', 's struct<x:int>, z int'), from_xml('<p><s>t</s><z>1</z></p>', 's struct<x:int>, z int')",
    ]

    kinds = ["date", "timestamp", "timestamp_ntz", "time", "int", "double", "boolean", "decimal(4,1)", "binary"]
    texts = ["2020-13-01", "2020-01-02", "2020-01-02 03:04:05", "12:34:56", "12", "1.5", "true", "", " ", "12abc", "1,234.5x"]
    options = ["", ", map('mode', 'FAILFAST')"]
    yield from each("select from_xml('<p><a>1</a><b>{t}</b><c>3</c></p>', 'a int, b {k}, c int'{o})", k=kinds, t=texts, o=options)
    yield from each("select from_xml('<p><a>1</a><b>{t}</b><c>3</c></p>', 'a int, b {k}, c int, _corrupt_record string')", k=["date", "timestamp", "int"], t=texts[:3])
    yield from each("select from_xml('<p x=\"1\" b=\"{t}\" y=\"2\"><c>3</c></p>', '_x int, _b {k}, _y int, c int')", k=["date", "timestamp_ntz", "int", "string"], t=texts[:3] + ["", "7"])
    yield from each("select from_xml('<p><s><x>1</x><d>{t}</d><y>2</y></s><z>3</z></p>', 's struct<x int, d date, y int>, y int, z int, _VALUE string')", t=["bad", "2020-01-02", "<q/>", "2020-01-02<q/>"])
    yield from each("select from_xml('<p>{x}</p>', 'a array<date>, m map<string, date>, s struct<d date, e int>, e int, z int, _VALUE string')", x=["<a>2020-01-01</a><a>bad</a><a>2020-01-03</a><z>1</z>", "<m><k>bad</k><e>5</e></m><z>1</z>", "<m k=\"bad\"><e>5</e></m><z>1</z>", "<s d=\"bad\"><e>5</e></s><z>1</z>", "<s>t<d>bad</d><e>5</e></s><z>1</z>", "<a/><a> </a><z>1</z>", "t<z>1</z>u", "<z>1</z><a>bad</a>t"])
    yield from each("select from_xml('<p><b>{t}</b><c>3</c></p>', 'b {k}, c int', map('dateFormat', 'dd/MM/yyyy', 'timestampFormat', 'dd/MM/yyyy HH:mm', 'timestampNTZFormat', 'dd/MM/yyyy HH:mm'))", k=["date", "timestamp", "timestamp_ntz"], t=["02/01/2020", "02/01/2020 10:30", "2020-01-02", "31/02/2020"])
    dates = ["2020-1-2", "2020", "-2020-01-02", "0000-01-01", "02020-01-02", "2020-01-02Z", "9999-12-31"]
    clocks = ["1:2:3", "12:34", "12:34:56.123456789", "24:00:00", "1:34 pm", "T12:34:56", "12:34:56."]
    numbers = ["--5", "+-5x", ",5", "1,,2x", "1E5x", "1e5x", "1E-2x", ".5x", ".x", "0x1F", "Inf", "-Infinity", "∞", "-NaNx", "1fx", "-1.5x", "-∞"]
    yield from each("select from_xml('<p><b>{t}</b><c>3</c></p>', 'b date, c int')", t=dates)
    yield from each("select from_xml('<p><b>{t}</b><c>3</c></p>', 'b time, c int')", t=clocks)
    yield from each("select from_xml('<p><b>{t}</b><c>3</c></p>', 'b {k}, c int')", t=numbers, k=["double", "float"])
    yield from each("select from_xml('<p><b>{t}</b><c>3</c></p>', 'b {k}, c int')", t=["--5", "+-5", "-2147483648", "-9223372036854775808", "+5", "-128"], k=["int", "bigint", "tinyint"])
    yield from each("select cast(from_xml('<p><b>12:34:56</b></p>', 'b {k}').b as date) = current_date()", k=["timestamp"])
    yield from each("select hex(from_xml('<p><b>{t}</b><c>3</c></p>', 'b binary, c int').b)", t=["ff", "61 62", "[61 62]", "61  62", "080", "6 1", "[61"])
    yield from each("select from_xml('<p>{x}</p>', 'a string, z int')", x=["<a>x &lt; y<b k=\"v&amp;w\">1</b><c/></a><z>1</z>", "<a><!-- c -->x<![CDATA[<y>]]></a><z>1</z>", "<a>x<b/>y</a><z>1</z>"])


def xml_schemas():
    yield from [
        "select schema_of_xml('<p><a>1</a><b>1.5</b><c>true</c><d>x</d><e>2020-01-02</e><f>2020-01-02T03:04:05</f><g/><h>99999999999999999999</h><i>2020-01-02 03:04:05Z</i></p>')",
        "select schema_of_xml('<p z=\"1\"><b k=\"1\">x</b><a><c>1</c></a><a><d>2</d></a><e><f>1</f></e><e>5</e></p>'), schema_of_xml('<p>text</p>'), schema_of_xml('<p/>'), schema_of_xml('<p><a>1</a><a>1.5</a><a>x</a></p>')",
        "select schema_of_xml('<p><a>1</p>')",
        "select schema_of_xml('<p><a>x<b>1</b>y</a></p>'), schema_of_xml('<p><a> </a><b>1</b><b/></p>'), schema_of_xml('<p><b>NaN</b><c>1e5</c><d>-5</d><e>1L</e><f>0x1</f><g>1d</g></p>'), schema_of_xml('<p><a><b>1</b></a><a><b>x</b></a></p>')",
        "select schema_of_xml(null)",
        "select schema_of_xml(42)",
        "select schema_of_xml(s) from n",
        "select schema_of_xml('<p><a>1</a></p>', map('inferSchema','false')), schema_of_xml('<p><a x=\"1\">1</a></p>', map('attributePrefix','@','valueTag','v')), schema_of_xml('<p><a x=\"1\">1</a></p>', map('excludeAttribute','true'))",
        "select from_xml('<p><a>1</a><a>2</a></p>', schema_of_xml('<p><a>1</a><a>1</a></p>'))",
    ]


XML_TOPICS = {"xpaths": xpaths, "xml-writing": xml_writing, "xml-reading": xml_reading, "xml-schemas": xml_schemas}
