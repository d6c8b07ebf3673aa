date'999999-03-18'
date'-0001-1-28'
date'0015'
date'+1999-01-01'
date'1999-01-01 x'
date'1999-01 x'
date'99999999-01-01'
date'5881581-01-01'
date'1999-13-01'
date''
date'epoch'
date' epoch '
timestamp'-1969-12-31 16:00:00'
timestamp'-0015-03-18 16:00:00'
timestamp'-000001'
timestamp'99999-03-18T12:03:17'
timestamp'300000-01-01 00:00:00'
timestamp'294247-01-10 04:00:54.775807'
timestamp'294247-01-10 04:00:54.775808'
timestamp'2020-01-01 00:00:00Z'
timestamp'2020-01-01 00:00:00+01:30'
timestamp'2020-01-01 00:00:00 UTC+1'
timestamp'2020-01-01 00:00:00 America/Los_Angeles'
timestamp'2020-07-01 00:00:00 Europe/Berlin'
timestamp'2022-03-23 00:00:00 Mars/Phobos'
timestamp'2020-01-01 00:00:00+25:00'
timestamp'2020-01-01 24:00:00'
timestamp'2020-01-01 00:60:00'
timestamp'2020-01-01 10'
timestamp'2020-01-01 10:11'
timestamp'2020-01-01 10:11Z'
timestamp'2020-01-01T10:11:12.123456789'
timestamp'epoch'
timestamp'epoch UTC'
timestamp''
timestamp'x'
timestamp_ltz'2020-01-01 00:00:00'
hour('10:11:12')
minute('10:11:12')
second('10:11:12.9')
hour('T10:11:12')
hour('2020-01-01')
hour('x')
hour(date'2020-01-01')
hour(timestamp'1969-12-31 23:59:59')
hour(1)
minute(null)
year('2020-01-01 10:00:00')
year(timestamp'2020-01-01')
year(1)
day('x')
dateadd(MICROSECOND, 5, timestamp'2020-01-01')
dateadd(MILLISECOND, 5, timestamp'2020-01-01')
dateadd(SECOND, 5, timestamp'2020-01-01')
dateadd(MINUTE, 5, timestamp'2020-01-01')
dateadd(HOUR, 5, timestamp'2020-01-01')
dateadd(DAY, 5, timestamp'2020-01-01')
dateadd(DAYOFYEAR, 5, timestamp'2020-01-01')
dateadd(WEEK, 5, timestamp'2020-01-01')
dateadd(MONTH, 5, timestamp'2020-01-31')
dateadd(QUARTER, 5, timestamp'2020-01-31')
dateadd(YEAR, 5, timestamp'2020-02-29')
dateadd(day, 5, date'2020-01-01')
dateadd(hour, -5, date'2020-01-01')
dateadd(month, -1, date'2020-03-31')
dateadd(MONTH, 1, '2020-01-31')
dateadd(MONTH, 1L, timestamp'2020-01-31')
dateadd(MONTH, 1.5, timestamp'2020-01-31')
dateadd(MONTH, '1', timestamp'2020-01-31')
dateadd(MONTH, null, timestamp'2020-01-31')
dateadd(MONTH, 1, null)
dateadd(MONTH, 1, 1)
dateadd('MICROSECOND', 5, timestamp'2020-01-01')
dateadd(FORTNIGHT, 5, timestamp'2020-01-01')
dateadd(YEAR, 300000, timestamp'2020-01-01')
dateadd(SECOND, 9223372036854775807L, timestamp'2020-01-01')
dateadd(WEEK, 2147483647, timestamp'2020-01-01')
dateadd(QUARTER, 2147483647, timestamp'2020-01-01')
date_add(MONTH, 5, timestamp'2020-01-31')
timestampadd(MONTH, 5, timestamp'2020-01-31')
timestampadd('MONTH', 5, timestamp'2020-01-31')
datediff(MICROSECOND, timestamp'2020-01-01', timestamp'2020-01-01 00:00:01')
datediff(MILLISECOND, timestamp'2020-01-01', timestamp'2020-01-01 00:00:01.9999')
datediff(SECOND, timestamp'2020-01-01', timestamp'2019-12-31 23:59:58.5')
datediff(MINUTE, timestamp'2020-01-01', timestamp'2020-01-01 00:59:59')
datediff(HOUR, timestamp'2020-01-01', timestamp'2020-01-02 00:59:59')
datediff(DAY, timestamp'2020-01-01', timestamp'2020-01-02 23:59:59')
datediff(DAY, timestamp'2020-01-02 23:59:59', timestamp'2020-01-01')
datediff(WEEK, timestamp'2020-01-01', timestamp'2020-01-15')
datediff(MONTH, timestamp'2020-01-31', timestamp'2020-02-29')
datediff(MONTH, timestamp'2020-01-31', timestamp'2020-03-31')
datediff(MONTH, timestamp'2020-03-31 10:00:00', timestamp'2020-04-30 11:00:00')
datediff(MONTH, timestamp'2020-03-31 10:00:00', timestamp'2020-01-31 10:00:01')
datediff(MONTH, timestamp'2020-03-30 10:00:00', timestamp'2020-01-30 09:00:01')
datediff(QUARTER, timestamp'2020-01-01', timestamp'2021-01-01')
datediff(YEAR, timestamp'2020-02-29', timestamp'2021-02-28')
datediff(YEAR, timestamp'2020-02-29', timestamp'2024-02-29')
datediff(YEAR, timestamp'2024-02-29', timestamp'2020-03-01')
datediff(DAY, date'2020-01-01', date'2021-01-01')
datediff(day, '2020-01-01', '2021-01-01')
datediff(MONTH, null, timestamp'2020-01-01')
datediff('DAY', date'2020-01-01', date'2021-01-01')
datediff(DAY, 1, date'2021-01-01')
datediff(DAYOFYEAR, date'2020-01-01', date'2021-01-01')
date_diff(DAY, date'2020-01-01', date'2021-01-01')
timestampdiff(DAY, date'2020-01-01', date'2021-01-01')
timestampdiff('DAY', date'2020-01-01', date'2021-01-01')
datediff(DAY, timestamp_micros(-9223372036854775808L), timestamp_micros(9223372036854775807L))
datediff(MICROSECOND, timestamp_micros(-9223372036854775808L), timestamp_micros(9223372036854775807L))
datediff(YEAR, timestamp_micros(-9223372036854775808L), timestamp_micros(9223372036854775807L))
datediff(date'2020-01-01', date'2021-01-01')
datediff('2020-01-02', timestamp'2020-01-01 23:00:00')
datediff(1, date'2021-01-01')
date_add(date'2020-01-01', 1)
date_add(date'2020-01-01', 1L)
date_add(date'2020-01-01', 1S)
date_add(date'2020-01-01', 1Y)
date_add(date'2020-01-01', 1.5)
date_add(date'2020-01-01', 1.5d)
date_add(date'2020-01-01', '1')
date_add(date'2020-01-01', '1.2')
date_add(date'2020-01-01', null)
date_add(null, 1)
date_add('2020-01-01', 1)
date_add(timestamp'2020-01-01 10:00:00', 1)
date_add(1, 1)
date_add(date'5881580-07-11', 1)
date_sub(date'2020-01-01', 1)
date_sub(date'2020-01-01', 1L)
date_sub(date'2020-01-01', '1')
date_sub(date'2020-01-01', -2147483648)
add_months(date'2020-01-31', 1)
add_months(date'2020-02-29', 12)
add_months('2020-01-31', 1)
add_months(date'2020-01-31', 1L)
add_months(date'2020-01-31', 1S)
add_months(date'2020-01-31', '1')
add_months(date'5881580-07-11', 1)
add_months(date'-5877641-06-23', -1)
add_months(date'2020-01-31', 2147483647)
timestamp_seconds(1)
timestamp_seconds(1L)
timestamp_seconds(1.23)
timestamp_seconds(1.23d)
timestamp_seconds(float(1.23))
timestamp_seconds(-1.23)
timestamp_seconds(0.1234567)
timestamp_seconds(0.1234567d)
timestamp_seconds(float(0.1234567))
timestamp_seconds(1.5e13)
timestamp_seconds(double('NaN'))
timestamp_seconds(double('Infinity'))
timestamp_seconds(9223372036855L)
timestamp_seconds(99999999999999999999.5)
timestamp_seconds('1')
timestamp_seconds(null)
timestamp_seconds(true)
timestamp_millis(1)
timestamp_millis(1.5)
timestamp_millis(9223372036854775807L)
timestamp_micros(1)
timestamp_micros('1')
timestamp_micros(1.5)
unix_millis(timestamp'1969-12-31 23:59:59.9999')
date'2020-01-01' = '2020-01-01'
date'2020-01-01' < timestamp'2020-01-01 00:00:01'
date'2020-01-01' = 1
timestamp'2020-01-01' = 1
