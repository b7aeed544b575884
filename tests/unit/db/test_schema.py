"""The migrations of both databases give the schema that db/schema describes.

The description is turned into a second database, and both are read back from their own catalogues.
"""

import pytest
from sqlalchemy import BigInteger, Float
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, CreateTable

from headwater.db.schema import collect
from headwater.db.sqlite import SqliteDatabase

# The transaction that wrote a change, by which PostgreSQL orders the log; SQLite has no such type.
POSTGRES_ONLY = ("xid",)
DIALECTS = {"sqlite": sqlite.dialect(), "postgres": postgresql.dialect()}


@compiles(BigInteger, "sqlite")
def _integer(element, compiler, **_):
    return "INTEGER"


@compiles(Float, "sqlite")
def _real(element, compiler, **_):
    return "REAL"


def described_tables(kind):
    """The tables that the description has for one kind of database."""
    return [each for each in collect().sorted_tables if each.info.get("only", kind) == kind]


def build(database):
    """Make the described tables and indexes in an empty database."""
    statements = []
    for table in described_tables(database.dialect):
        for column in table.columns:
            column.autoincrement = False  # ids come from our own sequence
        statements.append(CreateTable(table))
        statements += [CreateIndex(index) for index in sorted(table.indexes, key=lambda each: each.name)]
    for statement in statements:
        text = str(statement.compile(dialect=DIALECTS[database.dialect]))
        database.write_now(lambda tx, it=text: tx.run(it))


def sqlite_tables(tx):
    """Columns, foreign keys and indexes of every table; the columns of a primary key count as not null."""
    names = [name for (name,) in tx.all("select name from sqlite_schema where type = 'table'")]
    return {name: _sqlite_table(tx, name) for name in names}


def _sqlite_table(tx, name):
    columns = tx.all(
        """select name, upper(type), "notnull" or pk > 0, dflt_value, pk
        from pragma_table_info(?)""",
        (name,),
    )
    keys = tx.all(
        'select "table", "from", coalesce("to", \'id\'), on_delete from pragma_foreign_key_list(?)', (name,)
    )
    indexes = tx.all(
        """select case l.origin when 'c' then l.name else '' end, l."unique", l.partial,
            (select group_concat(coalesce(x.name, 'expression') || iif(x."desc", ' desc', ''))
             from pragma_index_xinfo(l.name) x where x.key)
        from pragma_index_list(?) l""",
        (name,),
    )
    return {"columns": sorted(columns), "keys": sorted(keys), "indexes": sorted(indexes)}


def postgres_tables(tx):
    """Columns, constraints and indexes of every table, as PostgreSQL words them."""
    names = tx.all(
        "select oid, relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )
    return {name: _postgres_table(tx, oid, name) for oid, name in names}


def _postgres_table(tx, oid, name):
    columns = tx.all(
        """select a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation, a.attnotnull,
            pg_get_expr(d.adbin, d.adrelid)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = ? and a.attnum > 0 and not a.attisdropped order by a.attname""",
        (oid,),
    )
    constraints = tx.all(
        "select pg_get_constraintdef(oid) from pg_constraint where conrelid = ? and contype <> 'n'", (oid,)
    )
    indexes = tx.all("select indexdef from pg_indexes where tablename = ?", (name,))
    return {"columns": columns, "constraints": sorted(constraints), "indexes": sorted(indexes)}


def differences(migrated, described):
    """Every part of every table that is not as described."""
    found = [f"table {name} is on one side only" for name in sorted(set(migrated) ^ set(described))]
    for name in sorted(set(migrated) & set(described)):
        for part, value in described[name].items():
            here, there = set(migrated[name][part]), set(value)
            found += [
                f"{name} {part}: only the migration has {each}" for each in sorted(here - there, key=repr)
            ]
            found += [f"{name} {part}: only the schema has {each}" for each in sorted(there - here, key=repr)]
    return found


def test_sqlite_migrations_give_the_described_schema(sqlite_database, tmp_path):
    described = SqliteDatabase(tmp_path / "described.db")
    build(described)
    assert differences(sqlite_database.read_now(sqlite_tables), described.read_now(sqlite_tables)) == []
    described.close()


@pytest.mark.postgres
def test_postgres_migrations_give_the_described_schema(postgres_database):
    migrated = postgres_database.read_now(postgres_tables)
    postgres_database.write_now(lambda tx: tx.run("drop schema public cascade"))
    postgres_database.write_now(lambda tx: tx.run("create schema public"))
    build(postgres_database)
    found = differences(migrated, postgres_database.read_now(postgres_tables))
    assert [each for each in found if not any(name in each for name in POSTGRES_ONLY)] == []


@pytest.mark.postgres
def test_postgres_has_the_described_sequences(postgres_database):
    names = postgres_database.read_now(lambda tx: tx.all("select relname from pg_class where relkind = 'S'"))
    assert {name for (name,) in names} == set(collect()._sequences)
