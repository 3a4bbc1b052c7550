"""What lies in the departments' own systems before anything is shared: databases, a spreadsheet, empty destinations."""

from __future__ import annotations

import csv
import gzip
import secrets
from dataclasses import dataclass
from pathlib import Path

import psycopg
import xlsxwriter
from psycopg import sql

from zampa.demo.people import BAD_ROWS, COLUMNS, DATA, people

DATABASES = ("civil", "police", "statistics", "social")
STATION_HEADINGS = ("站号", "站名", "区划代码", "纬度", "经度", "海拔")
PERSON_COMMENTS = ("公民身份号码", "姓名", "藏文姓名", "性别", "民族", "出生日期", "户籍区划", "户籍地址", "死亡标识")


@dataclass(frozen=True)
class Source:
    """A department's own database, with a login of its own that reaches nothing else."""

    host: str
    port: int
    database: str
    user: str
    password: str

    @property
    def url(self) -> str:
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{self.database}"


def make_databases(server: str) -> dict[str, Source]:
    """One database and one login a department, on the demo's own server."""
    made = {}
    with psycopg.connect(server, autocommit=True) as connection:
        host, port = connection.info.host, connection.info.port
        for key in DATABASES:
            name, password = f"own_{key}", secrets.token_urlsafe(12)
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), password))
            connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(name)))
            made[key] = Source(host, port, name, name, password)
    return made


def fill_divisions(source: Source) -> int:
    """The division codes of the region, region to village."""
    with gzip.open(DATA / "divisions.csv.gz", "rt", encoding="utf-8") as text:
        rows = [(r["code"], r["name"], r["level"], r["parent"] or None) for r in csv.DictReader(text)]
    with psycopg.connect(source.url) as connection:
        connection.execute(
            "CREATE TABLE division (code varchar(12) PRIMARY KEY, name varchar(100) NOT NULL,"
            " level varchar(12) NOT NULL, parent varchar(12))"
        )
        connection.execute("COMMENT ON TABLE division IS '行政区划代码'")
        for column, comment in zip(
            ("code", "name", "level", "parent"), ("代码", "名称", "级别", "上级代码"), strict=True
        ):
            connection.execute(
                sql.SQL("COMMENT ON COLUMN division.{} IS {}").format(sql.Identifier(column), sql.Literal(comment))
            )
        with connection.cursor().copy("COPY division FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    return len(rows)


def fill_people(source: Source) -> tuple[int, int]:
    """The police's table of made-up people; how many, and how many of them were planted bad."""
    count = 0
    with psycopg.connect(source.url) as connection:
        # No key and no checks, as such tables really are: bad rows are found on the way, not refused at the source.
        connection.execute(
            "CREATE TABLE person (id_number varchar(18), name varchar(100), name_bo varchar(200), sex char(1),"
            " ethnicity char(2), born date, division varchar(12), address varchar(200), deceased char(1))"
        )
        connection.execute("COMMENT ON TABLE person IS '常住人口基本信息'")
        for column, comment in zip(COLUMNS, PERSON_COMMENTS, strict=True):
            connection.execute(
                sql.SQL("COMMENT ON COLUMN person.{} IS {}").format(sql.Identifier(column), sql.Literal(comment))
            )
        with connection.cursor().copy("COPY person FROM STDIN") as copy:
            for made in people():
                copy.write_row(made.row)
                count += 1
        connection.execute("CREATE INDEX person_id_number ON person (id_number)")
        connection.execute("ANALYZE person")
    return count, BAD_ROWS


def write_stations(folder: Path) -> int:
    """The weather bureau keeps its stations in a spreadsheet, as such bureaus do."""
    folder.mkdir(parents=True, exist_ok=True)
    with (DATA / "stations.csv").open(encoding="utf-8") as text:
        rows = [list(row.values()) for row in csv.DictReader(text)]
    book = xlsxwriter.Workbook(folder / "stations.xlsx", {"strings_to_numbers": False})
    sheet = book.add_worksheet("stations")
    for number, row in enumerate([list(STATION_HEADINGS), *rows]):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell)
    book.close()
    return len(rows)


def open_schema(source: Source) -> None:
    """The schema a requester opens for what it will receive."""
    with psycopg.connect(source.url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA received")


def count_rows(source: Source, table: str) -> int:
    with psycopg.connect(source.url) as connection:
        row = connection.execute(sql.SQL("SELECT count(*) FROM received.{}").format(sql.Identifier(table))).fetchone()
    return int(row[0]) if row else 0


def one_person(source: Source) -> tuple[str, str]:
    """Somebody who really is in the police's table: number and day of birth."""
    with psycopg.connect(source.url) as connection:
        row = connection.execute("SELECT id_number, born::text FROM person LIMIT 1").fetchone()
    return (str(row[0]), str(row[1])) if row else ("", "")
