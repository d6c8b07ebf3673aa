"""Statements about functions that are written in SQL, in the order in which they are asked."""


def sql_functions():
    yield "create function plus(x int comment 'the first', y int default 7 comment 'the second') returns int comment 'adds' return x + y"
    yield "select plus(1), plus(1, 2), default.plus(1), spark_catalog.default.plus(id, 2) from emp where id < 3 order by 1"
    yield "select plus(y => 3, x => 1), plus(1, y => 2), plus(x => 4)"
    yield from ["select plus()", "select plus(1, 2, 3)", "select plus(1, x => 2)", "select plus(y => 2)", "select plus(x => 2, 3)", "select plus(z => 2)", "select plus(x => 1, x => 2)"]
    yield from ["create function plus(x int) returns int return x", "create function if not exists plus(x int) returns int return x", "select plus(1)"]
    yield from ["select * from plus(1)", "select plus(distinct 1)", "select plus(1) filter (where true)", "select plus(1) over ()", "select * from emp order by plus(id)", "select plus(id) as p from emp order by p", "select id from emp limit plus(1, 1)", "select explode(array(plus(1)))", "values (plus(1))"]
    yield from ["select transform(array(1, 2), x -> plus(x))", "select plus(transform(array(1), x -> x)[0])"]
    # Arguments and results are cast.
    yield from ["select plus('5', 1.9)", "select plus('a')", "select plus(array(1))", "select plus(2147483647, 1)", "select plus(null)"]
    # Anywhere in a query.
    yield "select dept, plus(sum(id), count(*)), sum(plus(id, dept)) from emp group by dept order by dept"
    yield "select plus(dept, 1), count(*) from emp group by plus(dept, 1) order by 1"
    yield "select id from emp where plus(id, dept) > 24 order by id"
    yield "select dept from emp group by dept having plus(max(id), 0) > 5 order by dept"
    yield "select id, sum(plus(id, 0)) over (partition by plus(dept, 0) order by id) from emp order by id"
    yield "select plus(sum(id) over (order by id), 0) from emp order by 1"
    yield "select a.id, b.id from emp a join emp b on plus(a.id, 1) = b.id order by 1"
    yield "select a.id, d.id from emp a left join dept d on plus(a.dept, 0) = d.id order by 1"
    yield "select case when plus(id, 1) > 5 then plus(id, 2) end from emp order by 1"
    # Queries as bodies.
    yield "create function paid(d int) returns decimal(20, 2) return select sum(pay) from emp where dept = d"
    yield "create temporary function paid(d int) returns decimal(20, 2) return select sum(pay) from emp where dept = d"
    yield "select id, title, paid(id) from dept order by id"
    yield "select paid(10), paid(null), paid(plus(3))"
    yield "select id from dept where paid(id) > 9200 order by id"
    yield "select dept, paid(dept) from emp group by dept order by dept"
    yield "select paid(dept), count(*) from emp group by paid(dept) order by 1"
    yield "select paid(max(dept)) from emp group by boss order by 1"
    yield "select id, paid(id) + paid(id + 10) from dept order by id"
    yield "create temporary function boss_of(i int) returns string return (select b.name from emp e join emp b on e.boss = b.id where e.id = i)"
    yield "select id, boss_of(id) from emp order by id"
    yield "select boss_of(id), count(*) from emp group by all order by 1, 2"
    yield "create temporary function in_rome(i int) returns boolean return i in (select id from dept where city = 'Rome')"
    yield "select id, in_rome(dept) from emp where dept is not null order by id"
    yield "select id from emp where in_rome(dept) order by id"
    yield "create temporary function known(i int) returns boolean return exists (select 1 from dept where id = i)"
    yield "select id from emp where not known(dept) order by id"
    yield "create temporary function several() returns int return (select id from emp)"
    yield "select several()"
    yield "create temporary function twice(x double) returns boolean return x = x"
    yield "select twice(rand()), twice(rand(3))"
    yield from ["select bool_and(twice(id + rand())) from emp", "select count(distinct twice(rand())) filter (where dept > 10) from emp", "select max(twice(rand(1))) from emp", "select count_if(twice(rand()) and rand() < 2) from emp", "select sum(rand(1)) from emp"]
    # Rows as results.
    yield "create temporary function staff(d int) returns table(who string, wage decimal(10, 2) comment 'a year') return select name, pay from emp where dept = d"
    yield "select * from staff(10) order by who"
    yield "select who from staff(d => 20) s where s.wage < 4000"
    yield "select title, who from dept, lateral staff(dept.id) order by 1, 2"
    yield "select title, who from dept left join lateral staff(dept.id) s order by 1, 2"
    yield "select title, (select max(wage) from staff(dept.id)) from dept order by 1"
    yield "select p, q from staff(10) as t(p, q) order by p"
    yield from ["select * from staff(10) as t(p)", "select * from staff()", "select staff(1)", "select * from nosuch(1)"]
    yield "create temporary function pair(x double) returns table return select x as a, x as b"
    yield "select a = b from pair(rand())"
    yield "create temporary function above(x double) returns table return select id from emp where id > x * 0 + 6"
    yield "select * from above(rand()) order by id"
    # Names in bodies.
    yield "create temporary function shadow(id int) returns int return select max(id) from emp"
    yield "select shadow(100)"
    yield "create temporary function told(id int) returns string return select max(told.id || ' ' || emp.id) from emp"
    yield "select told(100)"
    yield "create temporary function of_struct(s struct<a: int, b: array<int>>) return s.a + s.b[0]"
    yield "select of_struct(struct(1, array(2, 3)))"
    yield "create temporary function early(x int default plus(1)) returns int return x"
    yield "select early(), early(1)"
    yield "create temporary function abs(x int) returns int return 5"
    yield "select abs(-3), session.abs(-3), system.session.abs(-3), builtin.abs(-3), system.builtin.abs(-3)"
    yield "drop temporary function abs"
    # What is refused.
    yield from ["create temporary function bad(x int) returns int return sum(x)", "create temporary function bad(x int) returns int return (select sum(x))", "create temporary function bad(x int) returns int return x + y", "create temporary function bad(x int) returns array<int> return x", "create temporary function bad(x int, X string) returns int return 1", "create temporary function bad(x int default 1, y int) returns int return 1", "create temporary function bad(x int default (select 1)) returns int return 1", "create temporary function bad(x int default y) returns int return 1", "create temporary function bad(x int not null) returns int return 1", "create temporary function bad(x int unique) returns int return 1", "create temporary function bad(x int generated always as (1)) returns int return 1", "create temporary function bad() returns table(a int) return 1", "create temporary function bad() returns table(a int, A int) return select 1, 2", "create temporary function bad() returns table(a int) return select 1, 2", "create temporary function bad() returns table return select 1, 2", "create temporary function bad() returns table return select 1 as a, 2 as a", "create temporary function bad() returns int return select 1, 2", "create temporary function bad() returns int language python return 1", "create temporary function bad() returns int sql security invoker return 1", "create temporary function if not exists bad() returns int return 1", "create or replace function if not exists bad() returns int return 1", "create temporary function a.bad() returns int return 1", "create function nosuch.bad() returns int return 1", "create temporary function twice(x int) returns int return 1", "create temporary function bad(x varchar(3)) returns int return 1"]
    yield from ["create function uses(x int) returns int return twice(x)", "create function uses(x int) returns int return (select max(id) from emp)", "create view seen as select boss_of(1) as b"]
    yield "create function one() returns int contains sql return 1"
    yield "create function two() returns int return one() + 1"
    yield from ["create or replace function one() returns int return two()", "create or replace function one() returns int return one()", "create or replace function two() returns int return one() + 10", "select two()"]
    yield "create view calls as select two() as t, plus(1) as p"
    yield "select * from calls"
    yield from ["create function reads() returns bigint contains sql return (select count(*) from calls)", "create function reads() returns bigint return (select count(*) from calls)", "create function tells() returns bigint contains sql return reads()"]
    # What there is.
    yield from ["describe function plus", "describe function paid", "describe function nosuch", "show user functions", "show user functions like 'p*'", "show functions default.plus"]
    yield from ["drop function nosuch", "drop function if exists nosuch", "drop temporary function nosuch", "drop function abs", "drop temporary function default.twice", "drop function plus", "select plus(1)", "select * from calls", "drop temporary function paid", "select paid(1)"]


def named_arguments():
    yield from ["select mask('aB1-', lowerChar => 'q', otherChar => 'o')", "select mask(digitChar => 'd', str => 'aB1-')", "select mask(str => 'aB1-', 'x')", "select mask(str => 'a', str => 'b')", "select mask('a', str => 'b')", "select mask(lowerChar => 'q')", "select mask('a', cellular => 'b')", "select encode(str => 'a', charset => 'utf-8')", "select length(x => 'a')"]
    yield from ["select hex(count_min_sketch(k, seed => 1, epsilon => 0.5d, confidence => 0.5d)) from n", "select hex(count_min_sketch(k, 0.5d, seed => 1, confidence => 0.5d)) from n", "select count_min_sketch(k, eps => 0.5d, confidence => 0.5d, seed => 1) from n", "select sum(value => k) from n"]
    yield from ["select * from explode(collection => array(1, 2))", "select explode(collection => map('a', 1))", "select * from inline(input => array(struct(1, 'a')))", "select id, c from emp, lateral explode(collection => array(id, 0)) as t(c) where id < 3", "select * from explode(input => array(1))", "select * from posexplode_outer(collection => array())"]


def paths():
    yield from ["set spark.sql.path.enabled = true", "select current_path()", "create database path_a", "create database path_b", "create table path_a.t using parquet as select 1 as id", "create table path_b.t using parquet as select 2 as id", "create function path_a.f() returns int return 10", "create function path_b.f() returns int return 20", "create function path_b.abs(x int) returns int return 5", "create function path_b.g() returns table(a int) return select id from path_b.t"]
    yield from ["set path = spark_catalog.path_a, spark_catalog.path_b, system.builtin", "select current_path(), current_path", "select id from t", "select f(), abs(-3)", "select * from g()", "select id from emp", "set path = spark_catalog.path_b, system.builtin, system.session", "select id from t", "select f(), abs(-3), builtin.abs(-3), path_a.f(), upper('a')", "select max(id) from emp", "create view default.path_view as select id, f() as f from t", "create function default.path_fn() returns int return (select max(id) from t)"]
    yield from ["set path = default_path", "select current_path()", "select * from path_view", "select path_fn()", "select id from t", "select f()", "use path_a", "select current_path(), f()", "set path = current_schema, system_path", "select current_path()", "use default", "select current_path()", "set path = path, system.session", "select current_path()"]
    yield from ["set path = system.builtin, system.builtin", "set path = Spark_Catalog.Default, spark_catalog.default", "set path = current_schema, current_database", "set path = default", "set path = spark_catalog.`x y`, system.builtin", "select current_path()", "select nosuch()", "set path = default_path", "drop view path_view", "drop function path_fn", "drop database path_a cascade", "drop database path_b cascade"]


FUNCTION_TOPICS = {"sql-functions": sql_functions, "named-arguments": named_arguments, "paths": paths}
STATEFUL_FUNCTIONS = {"sql-functions", "paths"}
