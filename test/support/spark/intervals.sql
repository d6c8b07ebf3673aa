interval 2 years 4 months
interval '1' year
interval '11' month
interval '1' day
interval '23' hour
interval '59' minute
interval '59.123' second
interval -'1' year
interval -'-1' year
interval 1 year 2 month
interval 4 day 5 hour 6 minute 7 seconds
interval 3 week 8 millisecond 9 microsecond
interval 3 week
interval 5 quarter
interval 5 quarters 1 month
interval 8 milliseconds
interval 9 microseconds
interval '30' year '25' month
interval '-100' day '40' hour '80' minute '299.889987299' second
interval 13.123456789 seconds
interval -13.123456789 second
interval 1 day 1 second
interval 1 hour 1 second
interval 1 minute 1 second
interval 1 day 1 minute
interval 1 hour 1 minute
interval 1 day 1 hour
interval '1 day -1 hour'
interval '1 day 1'
interval '1 day -'
interval '1'
interval ''
interval ' '
interval 'interval'
interval 'interval 1 day'
interval 'INTERVAL 1 DAY 2 HOURS'
interval '\t interval 1 day'
interval 'interval\t1\tday'
interval '1\t' day
interval '1 ' day
interval '中文 interval 1 day'
interval 'interval中文 1 day'
interval '-----1 day'
interval '- 1 day'
interval '-1 day'
interval '+1 day'
interval '+ 1 day'
interval '1day'
interval '1 days2 hours'
interval '1.5 seconds'
interval '1.5 days'
interval '.5 seconds'
interval '1. seconds'
interval '-.5 seconds'
interval '1.1234567890 seconds'
interval '1.123456789 seconds'
interval '1 year 1 day'
interval 1 year 1 day
interval '1 foo'
interval 1 foo
interval '99999999999999999999' second
interval '99999999999999999999 seconds'
interval '9223372036854775807' second
interval '9223372036854775808 days'
interval '2147483648' month
interval '2147483647' month
interval '-2147483648' month
interval '178956970' year
interval '178956971' year
interval '106751991' day
interval '106751992' day
interval '2562047788' hour
interval '2562047789' hour
interval '153722867280' minute
interval '153722867281' minute
interval '54.775807' second
interval '9223372036854.775807' second
interval '9223372036854.775808' second
interval 106751991 day 4 hour 0 minute 54.776 second
interval 106751991 day 4 hour 0 minute 54.775 second
interval '106751991 days 4 hours 54.776 seconds'
interval '3000000000' microseconds
interval 2 second * 2
interval 2 second * '2'
interval 2 second / '2'
interval 2 second * 'a'
interval 2 second / 'a'
interval 2 year * '2'
interval 2 year / '2'
interval 2 year * 'a'
interval 2 year / 'a'
'2' * interval 2 second
'2' * interval 2 year
'a' * interval 2 second
'a' * interval 2 year
'2' / interval 2 year
2 / interval 2 year
interval 2 year * 1.5
interval 2 year * 1.5d
interval 5 month * 0.5d
interval 5 month * 0.5
interval 7 month / 2
interval 7 month / 2.0
interval 7 month / 2.0d
interval -7 month / 2
interval 5 second * 1.5
interval 5 second * 1.5d
interval '0.000005' second / 2
interval '0.000005' second * 0.5
interval '0.000005' second * 0.5d
interval '-0.000005' second / 2
interval 2 year / 0
interval 2 second / 0
interval 2 second / 0.0
interval 2 second / 0d
interval 2 year / 0d
interval 2 year / 0.0
interval 2 second / '0'
interval 2 year * null
interval 2 second / null
interval 2 second * double('NaN')
interval 2 second * 1e300
interval 2 year * 1e300
interval 2 year * 2147483647
interval 2 second * 9223372036854775807L
interval 2 second + interval 3 second
interval 2 second + interval 3 day
interval 2 year + interval 3 month
interval 2 year - interval 3 month
interval 2 year + interval 3 day
interval '2147483647' month + interval '1' month
interval '106751991' day + interval '106751991' day
interval 2 second + null
null + interval 2 second
interval 2 year - null
null - interval 2 year
interval 2 second + 1
1 + interval 2 second
interval 2 second - 'x'
interval 2 second % 2
interval 2 second * true
interval 2 second * date'2020-01-01'
interval 2 second * interval 2 second
interval 2 second / interval 2 second
abs(interval '-10' year)
abs(interval -5 days)
abs(interval '1' day)
abs(interval '-2147483648' month)
- interval '1' day
- interval '-1 year 1 month'
-interval '-1 day 1 hour -1 minute 1 second'
-interval -1 day 1 hour -1 minute 1 second
interval '1' day > interval '1' hour
interval '1' day = interval '24' hour
interval '1' year < interval '1' month
interval '1' year = interval '1' day
interval '1' day > 1
interval '1' day > 'x'
coalesce(interval '1' year, interval '1' month)
coalesce(interval '1' day, interval '1' second)
coalesce(interval '1' day, interval '1' year)
if(true, interval '1' day, null)
date'2017-12-11' + interval 2 day
date'2017-12-11' - interval 2 day
interval 2 day + date'2017-12-11'
date'2017-12-11' + interval 2 hour
date'2017-12-11' - interval 2 hour
date'2017-12-11' + interval '24' hour
date'2017-12-11' + interval 1 day 1 second
date'2017-12-11' + interval 2 year
date'2017-12-31' + interval 2 month
date'2017-12-31' - interval 1 month
date'2017-12-11' - interval 2 year
timestamp'2017-12-11 09:30:00' + interval 2 day
timestamp'2017-12-11 09:30:00' - interval 2 day
timestamp'2017-12-31 09:30:00' + interval 2 month
timestamp'2017-12-31 09:30:00' - interval 10 month
cast('2017-12-11' as string) + interval 2 day
cast('2017-12-11 09:30:00' as string) + interval 2 day
cast('2017-12-11 09:30:00' as string) - interval 2 day
interval 2 day + cast('2017-12-11' as string)
cast('x' as string) + interval 2 day
cast('2017-12-11' as string) + interval 2 month
cast('2017-12-11' as string) - interval 2 year
cast('1' as binary) + interval 2 day
cast(1 as boolean) + interval 2 day
interval 2 day + cast(1 as boolean)
cast(1 as boolean) - interval 2 day
cast(1 as int) + interval 2 day
cast(1 as decimal(10,0)) - interval 2 day
cast(1 as boolean) + interval 2 year
cast(1 as double) + interval 2 year
interval 2 day - date'2017-12-11'
interval 2 year - date'2017-12-11'
interval 2 year - timestamp'2017-12-11'
date'2020-01-01' + null
null + date'2020-01-01'
date'2020-01-01' - null
null - date'2020-01-01'
timestamp'2020-01-01' + null
timestamp'2020-01-01' - null
null + timestamp'2020-01-01'
null - timestamp'2020-01-01'
date'2020-01-01' + 1
date'2020-01-01' - 1
1 + date'2020-01-01'
1 - date'2020-01-01'
date'2020-01-01' + 1S
date'2020-01-01' + 1Y
date'2020-01-01' + 1L
date'2020-01-01' - 1L
1L + date'2020-01-01'
date'2020-01-01' + 1.5
date'2020-01-01' + 1.5d
date'2020-01-01' + '1'
'1' + date'2020-01-01'
date'2020-01-01' - '1'
date'2020-01-01' - '2019-12-31'
date'2020-01-01' + true
date'2020-01-01' - true
date'2020-01-01' + date'2020-01-01'
date'2020-01-01' - date'2019-01-01'
timestamp'2020-01-01' - timestamp'2019-01-01'
timestamp'2020-01-01' - date'2019-01-01'
timestamp'2020-01-01' + timestamp'2020-01-01'
timestamp'2020-01-01' + date'2020-01-01'
timestamp'2020-01-01' + 1
timestamp'2020-01-01' - 1
1 + timestamp'2020-01-01'
timestamp'2020-01-01' + '1'
timestamp'2020-01-01' - '2019-12-31'
date'2020-01-01' * 2
timestamp'2020-01-01' / 2
date'5881580-07-11' + 1
date'5881580-07-11' + interval 1 day
date'5881580-07-11' + interval 1 month
date'-5877641-06-23' - interval 1 month
date'294247-01-10' + interval 1 year
timestamp'294247-01-10 04:00:54.775807' + interval '0.000001' second
timestamp'294247-01-10 04:00:54.775807' + interval 1 day
timestamp'294247-01-10 04:00:54.775807' + interval 1 month
timestamp'-290308-12-22 00:00:00' - interval 1 month
timestamp'-290308-12-22 00:00:00' - interval 1 day
date'300000-01-01' + interval 1 hour
- interval '-2147483648' month
