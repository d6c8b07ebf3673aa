-- Names in ORDER BY and HAVING that several members of the select list have.
select 2 as a, 3 as a from values (1), (2) t(a) order by a
select b as a, 3 as a from values (1, 2), (2, 1) t(a, b) order by a
select b as x, 3 as x from values (1, 2), (2, 1) t(a, b) order by x
select a as k, b + 1 as a, 3 as a from values (1, 2), (2, 1) t(a, b) order by a desc
select a as k, a, b from values (1, 2), (2, 1) t(a, b) order by a desc
select a as k, a as m, 9 as a, 8 as a from values (1, 2), (2, 1) t(a, b) order by abs(a) desc
select distinct -a as c, b as c from values (1, 2), (2, 1) t(a, b) order by c
select 1 as c, 2 as c union all select 3, 4 order by c
select x.a, y.a from values (1) x(a), values (2) y(a) order by a
select -a as c, b as c, count(*) from values (1, 2), (2, 1) t(a, b) group by 1, 2 order by c
select a as k, -b as a, count(*) as a from values (1, 2), (2, 1) t(a, b) group by a, b order by a desc
select a as k, -b as a from values (1, 2), (2, 1) t(a, b) group by a, b having a > 1
select max(a) as m, min(a) as m from values (1, 2), (2, 1) t(a, b) having m > 1
select a from values (1, 2), (2, 1) t(a, b) order by 2, b
select a from values (1, 2), (2, 1) t(a, b) order by b, 2
select a + 1 from values (1, 2), (2, 1) t(a, b) order by b * 2, 2
select a from values (1, 2), (2, 1) t(a, b) group by a order by max(b), 2
-- Fields as aliases for later members of the list.
select c.f, f + 1 as g from (select named_struct('f', 1) as c)
select c.f as g, f from (select named_struct('f', 1) as c)
select c.f, f as g from values (named_struct('f', 1), 5) t(c, f)
select named_struct('f', 1) as c, f
-- Subqueries and the query around them.
select a, (with q as (select * from values (1, 5), (1, 6), (2, 7) r(c, d) where c = t.a) select sum(d) from q) as s from values (1), (2) t(a) order by a
with q as (select t.a) select a, (select * from q) as s from values (1), (2) t(a)
select (select c from values (a) q(c)) from values (1), (2) t(a)
select a from values (1), (2) t(a) where a in (select c + 1 from values (t.a + 1) q(c))
select a from values (1, 2), (2, 1) t(a, b) group by a having exists (select 1 from values (1, 1) r(c, d) where d = sum(t.b)) order by a
select a from values (1, 2), (2, 1), (2, 4) t(a, b) group by a having 5 in (select c from values (5, 2), (6, 1) r(c, d) where d < count(distinct t.b) + 1) order by a
select a from values (1, 2), (2, 1) t(a, b) group by a having not exists (select 1 from values (1, 1) r(c, d) where d = max(b) and c = max(b)) order by a
select a from values (1, 2), (2, 1) t(a, b) group by a having exists (select 1 from values (1, 1) r(c, d) where d = sum(t.b + c))
select a from values (1, 2), (2, 1) t(a, b) group by a having exists (select 1 from values (1, 1) r(c, d) where d = sum(c))
select a from values (1, 2), (2, 1) t(a, b) group by a having exists (select 1 from values (1, 1) r(c, d) where d = count(*))
select a from values (1, 2), (2, 1) t(a, b) where exists (select 1 from values (1, 1) r(c, d) where d = sum(t.b))
select a from values (1, 2), (2, 1) t(a, b) where exists (select 1 from values (1, 1) r(c, d) where d = sum(r.c))
select exists (select 1 from values (1, 5), (2, 5) r(c, d) where c = a and d = a + 4 and d = b + 3) from values (1, 2), (2, 1) t(a, b)
select (select x.* from values (2) r(c) limit 1) from values (1) t(a)
-- A query without FROM, and what may stand behind it.
select 1 where true
select 1 where false
select 1 where 1 = 2 or null
select 1 where null
select a from values (1) t(a) where null
select a from values (1) t(a) where not null
select a from values (1) t(a) where null and true
select a from values (1) t(a) group by a having null
select x.a from values (1) x(a) join values (1) y(a) on null
select case when null then 1 else 2 end as c
select 1 where 1
select 1 + 1 as a where a = 2
select 1 as a having a = 1
select 1 having true
select count(*) having count(*) > 0
select count(*) having count(*) > 1
select count(*), max(5) where false
select sum(1) where false having sum(1) is null
select 1 as a group by 1
select 1 as a group by a having a > 0
select 2 as a order by a
select 2 as a order by 1 desc
select 2 as a order by a + 1 limit 1
select 2 as a order by b
select 2 as a limit 0
select 2 as a limit all
select 2 as a limit null
select 2 as a limit 1 offset 1
select 2 as a offset 0
select 2 as a offset 1
select 2 as a limit all offset 1
select 2 as a where true order by a limit 1 offset 0
select *
select * where true
select count(*)
select distinct 1 as a
-- LIMIT and OFFSET.
select a from values (3), (1), (2) t(a) order by a limit all
select a from values (3), (1), (2) t(a) order by a offset 1
select a from values (3), (1), (2) t(a) order by a limit all offset 2
select a from values (3), (1), (2) t(a) order by a offset 5
select a from values (3), (1), (2) t(a) order by a desc limit 1 offset 1
select a from values (3), (1), (2) t(a) order by a limit 2147483647 offset 1
select a from values (3), (1), (2) t(a) order by a limit 2147483646 offset 1
select a from values (3), (1), (2) t(a) limit 1 offset 2147483647
select a from values (3), (1), (2) t(a) order by a offset 2147483647
select a from values (3), (1), (2) t(a) order by a offset 1 limit 1
select a from values (3), (1), (2) t(a) order by a limit -1
select a from values (3), (1), (2) t(a) order by a offset -1
select a from values (3), (1), (2) t(a) limit '1'
select a from values (3), (1), (2) t(a) limit 1.0
select a from values (3), (1), (2) t(a) offset 1L
(select a from values (3), (1), (2) t(a) order by a limit 2) order by a desc limit 1
select a from values (3), (1), (2) t(a) limit 3 limit 1
(select 1 as a union all select 2) order by a offset 1
select * from (select a from values (3), (1), (2) t(a) order by a limit 2) order by a desc
-- Where NULLs go, for every type that has an order.
select a from values (3), (null), (1) t(a) order by a
select a from values (3), (null), (1) t(a) order by a desc
select a from values (3), (null), (1) t(a) order by a nulls last
select a from values (3), (null), (1) t(a) order by a desc nulls first
select a from values (3), (null), (1) t(a) order by a asc nulls first
select a from values (3), (null), (1) t(a) order by a asc nulls last limit 2
select a from values (3), (null), (1) t(a) order by a desc nulls last offset 1
select a from values (3), (null), (1) t(a) order by -a nulls last
select a from values (3), (null), (1) t(a) order by null
select a from values (3), (null), (1) t(a) order by null, a desc nulls first
select cast(a as string) as s from values (true), (null), (false) t(a) order by a
select cast(a as string) as s from values (true), (null), (false) t(a) order by a desc nulls first
select cast(a as string) as s from values (-1Y), (127Y), (null), (-128Y) t(a) order by a nulls last
select cast(a as string) as s from values (-1S), (32767S), (null), (-32768S) t(a) order by a desc
select cast(a as string) as s from values (-1L), (9223372036854775807L), (null), (0L) t(a) order by a
select cast(a as string) as s from values (float('NaN')), (float('-0.0')), (float('0.0')), (null), (float('Infinity')), (float('-Infinity')) t(a) order by a, cast(a as string)
select cast(a as string) as s from values (double('NaN')), (1.5D), (null), (double('-Infinity')), (double('Infinity')) t(a) order by a desc nulls first
select cast(a as string) as s from values (1.50), (-1.5), (null), (0.01) t(a) order by a
select cast(a as string) as s from values (12345678901234567890.5), (-12345678901234567890.5), (null), (0.5) t(a) order by a desc
select a as s from values ('b'), (''), (null), ('a'), ('B'), ('ab'), ('ä'), ('z'), ('😀'), ('￿') t(a) order by a
select a as s from values ('b'), (''), (null), ('a') t(a) order by a desc nulls first
select s from values (x'80', '80'), (x'7F', '7F'), (null, 'null'), (x'', ''), (x'7F00', '7F00') t(a, s) order by a
select cast(a as string) as s from values (date'2024-02-29'), (date'1969-12-31'), (null), (date'-0001-01-01') t(a) order by a
select cast(a as string) as s from values (timestamp'2024-02-29 00:00:00.000001'), (timestamp'1969-12-31 23:59:59.999999'), (null), (timestamp'2024-02-29 00:00:00') t(a) order by a desc
select s from values (cast('2024-02-29 00:00:00.000001' as timestamp_ntz), 2), (cast('1969-12-31 23:59:59.999999' as timestamp_ntz), 1), (null, 3) t(a, s) order by a nulls last
select s from values (interval '1' month, 1), (interval '-1' month, -1), (null, 0), (interval '1' year, 12) t(a, s) order by a
select s from values (interval '1' day, 24), (interval '-1' second, -1), (null, 0), (interval '25' hour, 25) t(a, s) order by a desc
select 1 as s from values (null), (null) t(a) order by a
select cast(a.x as string) as s from values (named_struct('x', 2)), (named_struct('x', 1)) t(a) order by a.x
