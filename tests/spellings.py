"""Statements that a plugin that owns ``desk_seat`` and ``desk_note`` may send, and such as it may not."""

from __future__ import annotations

#: Understood by both databases.
LEGAL = (
    "select a.name, a.effect from desk_seat a where a.district_id = 't' and a.name = 'x'",
    "SELECT desk_seat.name FROM desk_seat, desk_note WHERE desk_seat.effect IS NOT DISTINCT FROM desk_note.effect "
    "AND desk_seat.district_id = 't' AND desk_note.district_id = desk_seat.district_id",
    "with t as (select 1 as one) select * from t",
    "with recursive t(a) as (select 1 union all select a + 1 from t where a < 3) select t.a from t, desk_note "
    "where district_id = 't'",
    "with person as (select 1 as one), unit as (select * from person) select * from unit",
    "insert into desk_seat (district_id, name, effect) values ('t', '1', 'e') on conflict do nothing",
    "insert into desk_seat (district_id, name, effect) values ('t', '1', 'e') "
    "on conflict (district_id, name) do update set effect = excluded.effect",
    "insert into desk_note (district_id, effect) select district_id, effect from desk_seat "
    "where district_id = 't' and name = 'none'",
    "select 'from cases' from desk_note where district_id = 't' -- from cases",
    "select name /* from cases */ from desk_seat where district_id = 't'",
    "update desk_seat set effect = 'a' where district_id = 't' and name = '1' returning effect",
    "delete from desk_seat where district_id = 't' and name in ('1', '2') returning name",
    "select * from (desk_seat s join desk_note n on s.district_id = n.district_id) where s.district_id = 't'",
    "select effect from desk_seat where district_id = 't' group by effect "
    "order by (select max(words) from desk_note where district_id = 't'), effect",
    "select name as \"from\", 1.5 as \"table\" from desk_seat as \"cases\" "
    "where \"cases\".\"district_id\" = 't'",
    "select count(*) over (partition by name order by effect rows between 1 preceding and current row) from desk_seat "
    "where district_id = 't'",
    "select (select max(words) from desk_note where district_id = 't'), name from desk_seat "
    "where district_id = 't' and (district_id, name) in (('a', 'b'))",
    "select cast(name as varchar(9)) from desk_seat s left join desk_note using (district_id, effect) where s.district_id = 't';",
    "values (1), (2)",
    "select abs(((1 + 2) * 3 - 4) * 5), coalesce(((1)), 2) from desk_seat where district_id = 't'",
    "select name from desk_seat where (((name = 'a') or effect = 'b') and district_id = 't')",
    "select name from desk_seat where district_id = 't' and name in (((select 'a')))",
    "select ((select 1) + 2) * 3, (((1 + 2)))",
    "delete from desk_seat where exists "
    "(select 1 from desk_note n where ((n.district_id = desk_seat.district_id))) and desk_seat.district_id = 't'",
    "with t as (select 1 as one) update desk_seat set effect = 'a' where district_id = 't' and 2 in (select one from t)",
    "select s.name from desk_seat s where exists (select 1 from desk_note n where n.district_id = s.district_id) "
    "and 't' = s.district_id",
    "select name from desk_seat where district_id = 't' and name is distinct from 'a' and (name = 'a' or name = 'b')",
    "select s.name from desk_seat s join desk_note n using (effect, district_id) where s.district_id = 't'",
    "update desk_seat as s set effect = case when s.name = 'a' and 1 = 1 then 'x' else 'y' end where s.district_id = 't'",
    "insert into desk_note (district_id, effect) select 't', 'a' where 1 = 2 union all "
    "select distinct s.district_id, s.name from desk_seat s where s.district_id = 't' and 1 = 2",
    "with t as (select 'x' as one) insert into desk_note (district_id, effect) select 't', one from t where 1 = 2",
)  # fmt: skip
#: What only one of them understands.
LEGAL_ON = {
    "postgresql": (
        "select substring(effect from 1 for 3) from desk_seat where district_id = 't'",
        "select trim(both ' ' from effect) from desk_seat where district_id = 't'",
        "select extract(year from now()), name from desk_seat where district_id = 't'",
        "select * from desk_seat where district_id = 't' for no key update skip locked",
        "delete from desk_seat using desk_note n where desk_seat.district_id = 't' and n.district_id = 't'",
        "select * from unnest(array['a', 'b']) as unit",
        "select position('a' in name), (array[1, 2])[1] from desk_seat where district_id = 't'",
        "(select name from desk_seat where district_id = 't') union all (select effect from desk_note where district_id = 't')",
        "with t as materialized (select 1) select overlay(name placing 'x' from 1 for 2) from desk_seat, t "
        "where district_id = 't'",
        "select jsonb_build_object('from', name) ->> 'from' from desk_seat where district_id = 't'",
        "select substring(((select 'abc')) from 2 for 1), extract(year from ((now()))) from desk_seat "
        "where district_id = 't'",
        "select name from desk_seat where name in ((select 'a') union select effect from desk_note "
        "where district_id = 't') and district_id = 't'",
        "delete from desk_seat using (desk_note n cross join desk_note m) where 1 = 2 "
        "and n.district_id = 't' and m.district_id = 't' and desk_seat.district_id = 't'",
        "delete from desk_seat using desk_note n join desk_note m using (district_id, effect) "
        "where n.district_id = 't' and desk_seat.district_id = 't'",
        "select array['a]'], (array[(array[1, 2])[1], 2])[1] from desk_seat "
        "where array[name] <> array['[x'] and district_id = 't'",
        "with t as (select 1 as one) delete from only (desk_seat) "
        "where 1 in (select one from t) and district_id = 't'",
    ),
    "sqlite": (
        "insert or ignore into desk_seat (district_id, name, effect) values ('t', '1', 'e')",
        "select j.value from desk_seat, json_each('[1]') j where district_id = 't'",
        "select [name], `effect` from [desk_seat] where [district_id] = 't'",
        "select 1 as [it's (], 'a]' from desk_seat where district_id = 't'",
    ),
}  # fmt: skip

#: Only the plugin's own tables, but of one at least it is not said which district's rows.
DISTRICTLESS = (
    "update desk_seat set effect = 'a'",
    "update desk_seat set effect = 'a' where name = '1'",
    "delete from desk_seat",
    "delete from desk_seat where name = '1' returning district_id",
    "delete from desk_seat where name = 'district_id' -- where district_id = 't'",
    "select * from desk_seat",
    "select district_id, name from desk_seat where name = '1'",
    "select name from desk_seat order by district_id",
    "select count(*) filter (where district_id = 't') from desk_seat",
    "select district_id from desk_seat group by district_id having max(district_id) = 't'",
    "select * from desk_seat, desk_note where desk_seat.district_id = 't'",
    "select * from desk_seat s join desk_note n on s.effect = n.effect where s.district_id = 't'",
    "select * from desk_seat s join desk_note n on s.district_id = n.district_id",
    "select name from desk_seat where district_id = 't' union select effect from desk_note",
    "select name from desk_seat union select effect from desk_note where district_id = 't'",
    "select name from desk_seat where district_id = 't' and effect in (select effect from desk_note)",
    "select (select max(words) from desk_note) from desk_seat where district_id = 't'",
    "select * from (select * from desk_seat) s where district_id = 't'",
    "with t as (select * from desk_note) select * from t where district_id = 't'",
    "with t as (select 1 as one) delete from desk_seat where 1 in (select one from t)",
    "insert into desk_note values ('t', 'e', 'words')",
    "insert into desk_note (effect) values ('e') on conflict (district_id, effect) do nothing",
    "insert into desk_note (district_id, effect) select district_id, effect from desk_seat",
    "insert into desk_note (district_id, effect) select effect, district_id from desk_seat where district_id = 't'",
    "insert into desk_note (district_id, effect) select *, district_id from desk_seat where district_id = 't'",
    "insert into desk_note (district_id, effect) values ('t', 'a'), (lower('t'), 'b')",
    "insert into desk_note (effect, district_id) values ('t', 'a' || 'b')",
    "select name from desk_seat where name in desk_note and district_id = 't'",
    "select name from desk_seat where name between '1' and district_id = 't'",
    "select name from desk_seat where case when 1 = 1 and district_id = 't' and 1 = 1 then 1 else 1 end = 1",
    "select name from desk_seat where case when name = \"end\" and district_id = 't' and 1 = 1 then 1 else 1 end = 1",
    "select name from desk_seat where not district_id = 't'",
    "select name from desk_seat where (not (district_id = 't'))",
    "select name from desk_seat where name = 'a' or (district_id = 't')",
    "select name from desk_seat where district_id = 't' is false",
    "select name from desk_seat where district_id = 't' || 'x'",
    "select name from desk_seat where district_id = 't' and effect is distinct from name or name = 'a'",
    "select name from desk_seat where desk_note.district_id = 't'",
    "select name from desk_seat s where exists (select 1 from desk_note s where s.district_id = s.district_id "
    "and s.district_id = 't') ",
    "select s.name from desk_seat s full join desk_note n on s.district_id = 't' and n.district_id = 't'",
    "select s.name from desk_seat s right join desk_note n on s.district_id = 't' and n.district_id = 't'",
    "select s.name from desk_seat s natural join desk_note where s.district_id = 't'",
    "select s.name from desk_seat s join desk_note n using (effect) where s.district_id = 't'",
    "select * from (select 'u' as district_id) s, desk_note n where n.district_id = s.district_id",
    "select * from desk_note n where n.district_id = (select 't')",
    "update desk_seat set effect = 'x' where name in (select name from desk_seat where district_id = 't')",
    "delete from desk_seat where exists (select 1 where desk_seat.district_id = 't') or name = '1'",
)
#: They say whose rows they mean, and then move them to another district.
MOVING = (
    "update desk_seat set district_id = 'u' where district_id = 't'",
    "update desk_seat set effect = 'x', district_id = 't' where district_id = 't'",
    "update desk_seat set \"district_id\" = 'u' where district_id = 't'",
    "update desk_seat set \"DISTRICT_ID\" = 'u' where district_id = 't'",
    "update desk_seat set 'district_id' = 'u' where district_id = 't'",
    "update desk_seat set (effect, district_id) = ('x', 'u') where district_id = 't'",
    "update desk_seat set effect = case when name is distinct from 'x' then 'a' end, district_id = 'u' "
    "where district_id = 't'",
    "insert into desk_seat (district_id, name, effect) values ('t', '1', 'e') "
    "on conflict (district_id, name) do update set effect = 'x', district_id = 'u'",
    "with x as (update desk_seat set district_id = 'u' where district_id = 't' returning name) select * from x",
)

#: They name what is not the plugin's, by whatever way there is.
FOREIGN = (
    "select * from cases",
    "SELECT * FROM desk_seat, cases",
    "select (select max(n) from task) from desk_seat",
    "select * from desk_seat v join (select * from points_exchange_lot) l on true",
    "with x as (select * from unit) select * from x",
    "with cases as (select * from person) select * from cases",
    "with cases as (select * from cases) select 1",
    "with recursive t as (select 1 union all select * from task) select * from t",
    "with t as (delete from job returning *) select 1",
    "with x as materialized (select 1 from cases) select * from x",
    "select (with cases as (select 1) select 1), * from cases",
    "insert into desk_seat select * from points_exchange_lot",
    "insert into desk_seat (name) values ((select 1 from cases))",
    'select * from "cases"',
    "select * from public.cases",
    'select * from "public"."cases"',
    "select * from main.desk_seat",
    "select * from/**/cases",
    "select * from [cases]",
    "select * from `cases`",
    "select * from 'cases'",
    'select * from U&"\\0063ases"',
    "select e'\\'', * from cases --'",
    "select 1.from cases",
    "/* a /* b */ ' */ from cases -- '\n select 1",
    "-- \r select * from cases",
    "update cases set version = 1",
    "update or ignore cases set version = 1",
    "delete from cases",
    "select * from desk_seat where exists (select 1 from\ncases)",
    "select * from (cases join task on true)",
    "select x from ((cases))",
    "select name from desk_seat where name in cases",
    "select name from desk_seat where name in (select name from desk_seat, cases)",
    "select name from desk_seat where name = any(select id from cases)",
    "select count(*) filter (where exists (select 1 from cases)) from desk_seat",
    "select * from desk_seat left join lateral (select 1 from cases) c on true",
    "select * from desk_seat a, lateral (select 1) b, cases c",
    "select * from desk_seat natural join cases",
    "select * from ONLY cases",
    "select * from (select 1) a, cases",
    "select * from generate_series(1, 2) g, cases",
    "select 1 union select 1 from cases",
    "(select 1) union (select 1 from cases)",
    "select * into cases_too from desk_seat",
    "merge into cases using desk_seat on true when matched then do nothing",
    "with t as (select 1) merge into desk_seat using t on true when matched then do nothing",
    "replace into cases values (1)",
    "table cases",
    "with t as (table cases) select * from t",
    "explain select * from cases",
    "select query_to_xml('select * from cases', true, true, '')",
    "select \"pg_read_file\"('x')",
    "select * from pragma_table_info('cases')",
    "select * from sqlite_master",
    "select * from pg_class",
    "select * from information_schema.tables",
    "select nextval('job')",
    "select load_extension('x')",
    "select set_config('search_path', 'x', true)",
    "with cases as (select 1 as one) update cases set subject = 'x'",
    "with journal as (select 1 as one) delete from journal where seq = 1",
    "with cases as (select 1 as one) insert into cases select * from cases",
    "with cases as (select 1 as one) delete from only cases",
    "with cases as (select 1 as one) update only (cases) set subject = 'x'",
    "with cases as (select 1 as one), x as (delete from cases returning 1) select * from x",
    "with cases as (select 1 as one) select * into cases from desk_seat",
    "select name from desk_seat where name in ((select 'a') union select id from cases)",
    "select ((select 1) union select n from task)",
    "select array((select 1) union select n from task)",
    "select substring((select id from cases) from 1 for 2)",
    "delete from desk_seat using (cases c cross join desk_note n) where c.id = name",
    "delete from desk_seat using desk_note n join cases c using (district_id) where 1 = 1",
    'select *, "not" "distinct" from cases',
    'select 1 "." from cases',
    "select 1e5from cases",
)  # fmt: skip
#: Only one of them reads so.
FOREIGN_ON = {
    "postgresql": (
        "select array[(select max(n) from task)]",
        "select array['a]'], subject from cases where array[subject] <> array['[x']",
        "select array[1 /*], '*/ ], subject from cases where subject <> '[x'",
    ),
    "sqlite": (
        "select 1 as ['a], subject from cases -- ']",
        "select 1 as [('], subject from cases --')]",
        "select 1 as [extract(], subject from cases where 1 = [)]",
    ),
}  # fmt: skip
#: They are no statements over rows: they define, end a transaction, or do something else to the database.
NO_STATEMENTS = (
    "begin", "commit", "COMMIT", " -- soon\ncommit", "end", "rollback", "savepoint a", "release savepoint a",
    "start transaction", "set transaction isolation level serializable", "set local role x", "reset all",
    "pragma writable_schema = 1", "attach 'x' as y", "detach y", "vacuum", "analyze", "reindex",
    "truncate desk_seat", "drop table desk_seat", "create index x on desk_seat(name)",
    "alter table desk_seat add x int", "grant all on desk_seat to x", "comment on table desk_seat is 'x'",
    "lock table desk_seat", "copy desk_seat to stdout", "call x()", "listen x", "prepare x as select 1",
    "do $$ begin delete from cases; end $$",
    "select 1; commit", "insert into desk_seat default values; delete from cases", "select 1; ; select 2",
    "", ";", "select)", "'unclosed",
)  # fmt: skip
