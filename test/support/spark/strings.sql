'a%' like 'a/%' escape '/'
'ab' like 'a/%' escape '/'
'a/b' like 'a//b' escape '/'
'a' like 'b' escape '%'
'a%c' like 'a%%c' escape '%'
'a_c' like 'a__c' escape '_'
'abc' like 'a__c' escape '_'
'maca' like 'm%aca' escape '%'
'a' like 'a/' escape '/'
'a' like 'ab/c' escape '/'
'a' like 'a\\'
'a\\' like 'a\\\\'
'a%' like 'a\\%'
'ab' like 'a\\b'
'a\\b' like 'a\\b' escape '/'
'é' like '_'
'😀' like '_'
'a😀' like 'a/😀' escape '/'
'a😀b' like 'a😀😀b' escape '/'
'a' like 'a' escape ''
'a' like 'a' escape 'ab'
'a' like null
null like 'a'
'a' like 'a' escape null
'' like ''
'' like '%'
'a' like 'a%' escape 'a'
'a' like 'aa' escape 'a'
'%' like 'a%' escape 'a'
'é' like 'éé' escape 'é'
'%' like 'é%' escape 'é'
upper('ßﬁΐ')
lower('ΑΣ ΑΣΑ İI')
upper('აბ')
lower('ᲐᏀ')
upper('ꭰ')
lower('Ꭰ')
upper('𐐨')
lower('𐐀')
upper('ŉ')
upper('ᾳ')
lower('ᾼ')
upper('ı')
lower('İ')
upper(1)
upper(date'2020-01-01')
upper(null)
float('16777217.0000000001')
float('1.00000017881393432617187501')
double('2.4703282292062328e-324')
float('1e39')
float('3.4028235677973366e38')
