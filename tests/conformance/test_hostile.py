"""Files from strangers: each wrong thing is one located error, and nothing of the file is given before it is found."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tests.conformance.conftest import POLICY
from zampa.connectors.registry import connector
from zampa.contracts.deliveries import Endpoint, Engine
from zampa.contracts.schemas import TableRef
from zampa.ground.errors import NotValid

DIRTY = Path(__file__).resolve().parents[3] / "shared" / "data" / "08_dirty"
needs_dirty = pytest.mark.skipif(not DIRTY.is_dir(), reason="the folder of dirty files is not on this machine")


def read(path: Path, engine: Engine, name: str = "", **options: str) -> pa.Table:
    endpoint = Endpoint(engine=engine, folder=str(path.parent), options=options)
    made = connector(engine, POLICY)
    ref = TableRef(name=name or path.name, schema=path.name if name else "")
    schema = made.schema(endpoint, ref)
    batches = list(made.read(endpoint, ref))
    assert all(batch.schema.names == list(schema.names) for batch in batches)
    return pa.Table.from_batches(batches) if batches else pa.table({name: [] for name in schema.names})


def refused(path: Path, engine: Engine, **options: str) -> NotValid:
    with pytest.raises(NotValid) as failure:
        read(path, engine, **options)
    return failure.value


def csv_file(folder: Path, content: bytes) -> Path:
    path = folder / "来.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_an_encoding_is_found_and_stated(tmp_path: Path, encoding: str) -> None:
    path = csv_file(tmp_path, "编号,姓名\n1,扎西𠮷\n2,བཀྲ\n".encode(encoding))
    assert read(path, "csv").to_pylist() == [{"编号": "1", "姓名": "扎西𠮷"}, {"编号": "2", "姓名": "བཀྲ"}]
    endpoint = Endpoint(engine="csv", folder=str(tmp_path))
    table = connector("csv", POLICY).schema(endpoint, TableRef(name=path.name)).table
    assert table.comment == f"encoding={encoding}"


def test_what_is_in_no_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    error = refused(csv_file(tmp_path, "编号,姓名\n1,好\n2,".encode() + b"\xff\xfe\x80\n"), "csv")
    assert (error.code, error.params["line"]) == ("connectors.encoding", 3)
    error = refused(csv_file(tmp_path, "编号\n好\n".encode("gb18030")), "csv", encoding="utf-8")
    assert (error.code, error.params["line"]) == ("connectors.encoding", 1)
    assert refused(csv_file(tmp_path, "a\n1\n".encode("utf-16")), "csv").code == "connectors.encoding"


def test_a_character_cut_by_a_block_is_still_whole(tmp_path: Path) -> None:
    path = csv_file(tmp_path, ("x,名\n" + "1," + "藏" * 400_000 + "\n" + "2,བ\n" * 10).encode())
    table = read(path, "csv")
    assert len(table.column("名")[0].as_py()) == 400_000
    assert table.num_rows == 11


@pytest.mark.parametrize(
    ("content", "code", "where"),
    [
        (b"a,b\n1,2\n3\n4,5,6\n", "connectors.ragged_rows", ["line 3", "line 4"]),
        (b'a,b\n1,2\n3,"x"y\n', "connectors.bad_file", ["line 3"]),
        (b'a,b\n1,"never closed\n2,3\n', "connectors.bad_file", ["line 3"]),
        (b"a,a,\n1,2,3\n", "connectors.header", ["column 1", "column 2", "column 3"]),
        (b"a;b;c\n1;2;3\n", "connectors.header", []),
        (b"", "connectors.header", []),
        (b"a\x00b,c\n1,2\n", "connectors.bad_file", []),
        (b"a,b\n1," + b"x" * (5 << 20) + b"\n", "connectors.too_large", ["line 2"]),
    ],
)
def test_a_broken_csv_is_refused_in_full(tmp_path: Path, content: bytes, code: str, where: list[str]) -> None:
    error = refused(csv_file(tmp_path, content), "csv")
    assert error.code == code
    assert [fault.where for fault in error.faults] == where


def test_a_declared_separator_and_quote(tmp_path: Path) -> None:
    path = csv_file(tmp_path, b"a;b\n1;'x;y'\n")
    assert read(path, "csv", separator=";", quote="'").to_pylist() == [{"a": "1", "b": "x;y"}]


def test_null_and_empty_in_a_csv(tmp_path: Path) -> None:
    path = csv_file(tmp_path, b'a,b\n,""\n"x\ny",\n\n')
    assert read(path, "csv").to_pylist() == [{"a": None, "b": ""}, {"a": "x\ny", "b": None}]


def test_a_header_over_two_lines_and_only_a_header(tmp_path: Path) -> None:
    assert read(csv_file(tmp_path, b'"a\nb",c\n1,2\n'), "csv").column_names == ["a\nb", "c"]
    assert read(csv_file(tmp_path, b"a,b\n"), "csv").num_rows == 0


def test_an_edited_csv_loses_its_sidecar_types(tmp_path: Path) -> None:
    path = csv_file(tmp_path, b"n\n1\n")
    sidecar = {
        "zampa": {"requester": "", "grant": "", "delivery": "", "issued": ""},
        "rows": 1,
        "digest": "",
        "fields": [{"name": "n", "type": "integer"}],
        "algorithm": "",
        "bytes": 4,
    }
    (tmp_path / "来.csv.json").write_text(json.dumps(sidecar))
    assert read(path, "csv").to_pylist() == [{"n": 1}]
    path.write_bytes(b"n\n1x\n")
    assert read(path, "csv").to_pylist() == [{"n": "1x"}]


def workbook(path: Path, *cells: tuple[str, object]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("站")
        for cell, value in cells:
            sheet.write(cell, value)
    return path


def test_formula_and_error_cells_are_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", ("A1", "名"), ("B1", "数"), ("A2", "一"), ("B2", "=1+1"), ("B3", "=A2"))
    error = refused(path, "xlsx")
    assert error.code == "connectors.formula_cells"
    assert [fault.where for fault in error.faults] == ["B2", "B3"]


def test_cells_outside_the_table_and_a_bad_header(tmp_path: Path) -> None:
    path = workbook(tmp_path / "r.xlsx", ("A1", "名"), ("B1", "数"), ("A2", "一"), ("D3", "注"), ("A4", "二"))
    error = refused(path, "xlsx")
    assert (error.code, [fault.where for fault in error.faults]) == ("connectors.ragged_rows", ["D3"])
    path = workbook(tmp_path / "h.xlsx", ("A1", "名"), ("C1", "名"), ("A2", "一"))
    assert [fault.where for fault in refused(path, "xlsx").faults] == ["column 1", "column 2", "column 3"]


def test_a_title_row_is_declared(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "t.xlsx", ("A1", "气象站一览表"), ("A2", "站号"), ("B2", "站名"), ("A3", 55591), ("B3", "拉萨")
    )
    assert refused(path, "xlsx").code == "connectors.ragged_rows"
    assert read(path, "xlsx", header_row="2").to_pylist() == [{"站号": 55591, "站名": "拉萨"}]


def test_a_workbook_with_two_sheets_asks_which(tmp_path: Path) -> None:
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("甲", "乙"):
            sheet = book.add_worksheet(name)
            sheet.write("A1", "列")
            sheet.write("A2", name)
    assert refused(path, "xlsx").code == "connectors.which_sheet"
    assert read(path, "xlsx", name="乙").to_pylist() == [{"列": "乙"}]
    refs = connector("xlsx", POLICY).tables(Endpoint(engine="xlsx", folder=str(tmp_path)))
    assert [(ref.schema, ref.name) for ref in refs] == [("two.xlsx", "甲"), ("two.xlsx", "乙")]


def repacked(path: Path, changes: dict[str, bytes]) -> Path:
    """The workbook with some parts replaced or added."""
    out = path.with_name("re-" + path.name)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, changes.pop(part, None) or old.read(part))
        for part, content in changes.items():
            new.writestr(part, content)
    return out


def test_entities_and_zip_bombs(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", ("A1", "名"), ("A2", "一"))
    billion = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><sst>&c;</sst>'
    error = refused(repacked(path, {"xl/sharedStrings.xml": billion}), "xlsx")
    assert (error.code, error.params["why"]) == ("connectors.bad_file", "entities")
    error = refused(repacked(path, {"xl/media/zero.bin": b"\x00" * (30 << 20)}), "xlsx")
    assert (error.code, error.params["what"]) == ("connectors.too_large", "ratio")
    many = {f"xl/media/{number}.bin": b"x" for number in range(5_001)}
    assert refused(repacked(path, many), "xlsx").params["what"] == "parts"


@pytest.mark.parametrize("engine", ["xlsx", "parquet"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"PAR1" + b"\x00" * 40 + b"PAR1", b"\x00" * 5000])
def test_what_only_claims_to_be_of_its_kind(tmp_path: Path, engine: Engine, content: bytes) -> None:
    path = tmp_path / f"bad.{engine}"
    path.write_bytes(content)
    assert refused(path, engine).code == "connectors.bad_file"
    assert len(connector(engine, POLICY).tables(Endpoint(engine=engine, folder=str(tmp_path)))) == 1


def test_a_parquet_column_of_no_type_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "n.parquet"
    pq.write_table(pa.table({"好": [1], "嵌套": [{"a": 1}]}), path)
    error = refused(path, "parquet")
    assert (error.code, error.params["column"]) == ("connectors.type_not_carried", "嵌套")


@needs_dirty
def test_the_workbook_published_as_csv(tmp_path: Path) -> None:
    source = DIRTY / "mislabelled_xlsx_as_csv_guizhou_pharmacies.csv"
    error = refused(source, "csv")
    assert (error.code, error.params["why"]) == ("connectors.bad_file", "xlsx")
    path = tmp_path / "right.xlsx"
    path.write_bytes(source.read_bytes())
    assert refused(path, "xlsx").code == "connectors.ragged_rows"
    table = read(path, "xlsx", header_row="2")
    assert table.column_names == ["药店名称", "药店地址", "药店电话"]
    assert table.num_rows > 150


@needs_dirty
def test_the_catalogue_in_gb18030() -> None:
    table = read(DIRTY / "harbin_open_catalogue_2018.gb18030.csv", "csv")
    assert table.num_rows > 100
    assert any("哈尔滨" in str(row) for row in table.slice(0, 200).to_pylist())


@needs_dirty
@pytest.mark.parametrize("path", sorted(DIRTY.glob("pollock/csv/*.csv")) or [DIRTY], ids=lambda path: path.stem)
def test_polluted_files_read_whole_or_are_refused(path: Path) -> None:
    """Never in between: as the clean file has it, or one of our errors."""
    options = {
        "file_field_delimiter_0x3B": {"separator": ";"},
        "file_field_delimiter_0x9": {"separator": "tab"},
        "file_quotation_char_0x27": {"quote": "'"},
    }.get(path.stem, {})
    try:
        table = read(path, "csv", **options)
    except NotValid as failure:
        assert failure.code.split(".")[1] in ("header", "ragged_rows", "bad_file", "encoding")
        assert failure.faults or "why" in failure.params or "line" in failure.params
        return
    assert len(set(table.column_names)) == len(table.column_names)
    assert table.num_rows >= 0
    if options:
        assert table.column_names == read(DIRTY / "pollock/csv/source.csv", "csv").column_names
