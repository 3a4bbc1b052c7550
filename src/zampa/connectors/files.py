"""Files in a folder: safe names, one connector for every file engine, and writing that leaves all or nothing.

A file is written under a hidden name in its own folder, flushed to the disk and then renamed, so that a reader, a crash
or a full disk never shows half of it. Links are not followed: a link in a provider's folder could point at our keys.
"""

from __future__ import annotations

import errno
import fcntl
import glob
import os
import secrets
import shutil
import stat
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

import pyarrow as pa

from zampa.connectors import filters, folders
from zampa.connectors.addresses import AddressPolicy, folder_of
from zampa.connectors.digests import RowDigest
from zampa.connectors.protocols import BATCH_ROWS, Capabilities, Digest, Health
from zampa.connectors.shapes import arrow_schema, chosen, conforming, largest, sliced
from zampa.contracts.deliveries import Endpoint, Mark
from zampa.contracts.flowspecs import Filter
from zampa.contracts.schemas import TableRef, TableSchema
from zampa.ground.errors import Conflict, Fault, NotAllowed, NotFound, NotValid, Unavailable, ZampaError

LONGEST_NAME = 200  # bytes; the hidden name adds to it and file systems stop at 255
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
Options = Mapping[str, str]


class Encoder(Protocol):
    """Rows into one open file."""

    def write(self, batch: pa.RecordBatch) -> None: ...

    def finish(self) -> None:
        """Write what is left; the stream stays open."""

    def drop(self) -> None:
        """Let go without finishing."""


class OpenedFile(Protocol):
    """One table of a file that was looked over."""

    @property
    def schema(self) -> TableSchema: ...

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Every row, with these columns in this order, typed by the schema."""


class Codec(Protocol):
    """What a file engine adds to `FileConnector`."""

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def suffixes(self) -> tuple[str, ...]: ...

    @property
    def version(self) -> str: ...

    def refs(self, path: Path) -> list[TableRef]: ...

    def opened(self, path: Path, ref: TableRef, options: Options) -> OpenedFile:
        """Look the whole file over and raise everything that is wrong with it."""

    def mark(self, path: Path) -> Mark | None:
        """The mark when Zampa wrote this file."""

    def encoder(self, stream: BinaryIO, schema: TableSchema, mark: Mark | None, scratch: Path) -> Encoder:
        """`scratch` is a folder the encoder may make for itself; the writer removes it."""

    def stored(self, path: Path, schema: TableSchema) -> Iterator[pa.RecordBatch]:
        """Read one's own file back by the schema it was written with."""

    def beside(
        self, path: Path, target: Path, schema: TableSchema, mark: Mark | None, digest: Digest
    ) -> tuple[str, bytes] | None:
        """Suffix and content of a file that goes beside `target`, which `path` is about to become."""


@dataclass(frozen=True)
class FileConnector:
    policy: AddressPolicy
    codec: Codec
    secret_fields: tuple[str, ...] = ()
    capabilities: Capabilities = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "capabilities", self.codec.capabilities)

    def check(self, endpoint: Endpoint) -> Health:
        began = time.perf_counter()
        folder = folder_of(endpoint.folder, self.policy)
        count = len(self._files(folder))
        spent = int((time.perf_counter() - began) * 1000)
        readable = os.access(folder, os.R_OK | os.X_OK)
        if not readable:
            raise NotAllowed("connectors.no_right", host=endpoint.folder, user="", table="")
        return Health(
            version=self.codec.version, milliseconds=spent, tables=count, read_only=not os.access(folder, os.W_OK)
        )

    def tables(self, endpoint: Endpoint) -> list[TableRef]:
        """One entry per file (per sheet for XLSX); a broken file is listed as a file, reading it says what is wrong."""
        found: list[TableRef] = []
        for path in self._files(folder_of(endpoint.folder, self.policy)):
            try:
                found += self.codec.refs(path)
            except ZampaError:
                found.append(TableRef(name=path.name, kind="file"))
        return found

    def schema(self, endpoint: Endpoint, table: TableRef) -> TableSchema:
        if table.kind == "folder":
            return folders.schema_of(self._matching(endpoint, table), table, self.codec.opened, endpoint.options)
        path = self._path(endpoint, table)
        with os_told(path):
            return self.codec.opened(path, table, endpoint.options).schema

    def count(self, endpoint: Endpoint, table: TableRef, row_filter: Filter | None = None) -> int:
        schema = self.schema(endpoint, table)
        columns = sorted(filters.fields_of(row_filter)) or [schema.names[0]]
        return sum(batch.num_rows for batch in self.read(endpoint, table, columns, row_filter))

    def sample(self, endpoint: Endpoint, table: TableRef, limit: int = 20) -> pa.RecordBatch:
        for batch in self.read(endpoint, table, batch_rows=max(1, limit)):
            return batch.slice(0, limit)
        return pa.RecordBatch.from_pylist([], schema=arrow_schema(self.schema(endpoint, table)))

    def newest(self, endpoint: Endpoint, table: TableRef, column: str) -> object:
        if not column:
            folder = table.kind == "folder"
            paths = self._matching(endpoint, table) if folder else [self._path(endpoint, table)]
            return datetime.fromtimestamp(max(path.stat().st_mtime for path in paths), UTC)
        return largest(self.read(endpoint, table, [column]))

    def read(
        self,
        endpoint: Endpoint,
        table: TableRef,
        columns: Sequence[str] = (),
        row_filter: Filter | None = None,
        batch_rows: int = BATCH_ROWS,
    ) -> Iterator[pa.RecordBatch]:
        if table.kind == "folder":
            names = columns or self.schema(endpoint, table).names  # which also sees that all files are of one shape
            for one in self._matching(endpoint, table):
                ref = TableRef(name=one.name, kind="file")
                yield from self.read(endpoint, ref, names, row_filter, batch_rows)
            return
        path = self._path(endpoint, table)
        with os_told(path):
            file = self.codec.opened(path, table, endpoint.options)
            wanted = [one.name for one in chosen(file.schema, columns)]
            read = list(dict.fromkeys([*wanted, *filters.fields_of(row_filter)]))
            for whole in file.batches(read):
                yield from sliced(kept(whole, row_filter, file.schema, wanted), batch_rows)

    def open_writer(
        self, endpoint: Endpoint, schema: TableSchema, mark: Mark | None = None, salt: bytes = b""
    ) -> FileWriter:
        return FileWriter(self.codec, self._path(endpoint, schema.table, there=False), schema, mark, salt)

    def _path(self, endpoint: Endpoint, table: TableRef, *, there: bool = True) -> Path:
        name = table.schema or table.name
        path = folder_of(endpoint.folder, self.policy) / safe_name(name, self.codec.suffixes)
        if there:
            try:
                mode = path.lstat().st_mode
            except OSError:
                raise NotFound("connectors.no_such_table", table=name) from None
            if not stat.S_ISREG(mode):
                raise NotAllowed("connectors.folder_not_allowed", folder=name)
        return path

    def _matching(self, endpoint: Endpoint, table: TableRef) -> list[Path]:
        return folders.matching(self._files(folder_of(endpoint.folder, self.policy)), table.name)

    def _files(self, folder: Path) -> list[Path]:
        return sorted(
            path for path in folder.iterdir()
            if path.suffix.lower() in self.codec.suffixes and not path.name.startswith(".")
            and stat.S_ISREG(path.lstat().st_mode)
        )


class FileWriter:
    """See protocols.Writer."""

    def __init__(self, codec: Codec, path: Path, schema: TableSchema, mark: Mark | None, salt: bytes) -> None:
        self.schema = schema
        self._codec, self._path, self._mark, self._salt = codec, path, mark, salt
        self._fold = codec.capabilities.empty_is_null
        self._sent = RowDigest(schema, salt=salt, fold_empty=self._fold)
        self._hidden = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
        self._finished = self._closed = False
        self._scratch = self._hidden.with_suffix(".tmp")
        _refuse_unheld(schema, codec.capabilities)
        self._refuse_foreign()
        with os_told(path):
            self._stream = self._hidden.open("xb")
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX)
            self._clear_leftovers()
            self._encoder = codec.encoder(self._stream, schema, mark, self._scratch)
        except BaseException:
            self._stream.close()
            self._drop_files()
            raise

    def write(self, batch: pa.RecordBatch) -> None:
        batch = conforming(batch, self.schema)
        limit = self._codec.capabilities.max_rows
        if limit is not None and self._sent.rows + batch.num_rows > limit:
            raise NotValid("connectors.too_large", what="rows", limit=limit)
        with os_told(self._path):
            self._encoder.write(batch)
        self._sent.update(batch)

    def sent(self) -> Digest:
        return self._sent.digest()

    def stored(self) -> Digest:
        """Finishes the file: nothing can be written after it."""
        self._finish()
        found = RowDigest(self.schema, salt=self._salt, fold_empty=self._fold)
        with os_told(self._path):
            for batch in self._codec.stored(self._hidden, self.schema):
                found.update(batch)
        return found.digest()

    def commit(self) -> None:
        self._finish()
        self._refuse_foreign()
        with os_told(self._path):
            beside = self._codec.beside(self._hidden, self._path, self.schema, self._mark, self.sent())
            if beside is not None:
                self._beside(*beside)
            self._hidden.replace(self._path)
            _flush_folder(self._path.parent)
        self._closed = True

    def abort(self) -> None:
        if self._closed:
            return
        self._closed = True
        with suppress(Exception):
            self._encoder.drop()
        with suppress(OSError):
            self._stream.close()
        self._drop_files()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()

    def _finish(self) -> None:
        if self._finished:
            return
        with os_told(self._path):
            self._encoder.finish()
            self._stream.flush()
            os.fsync(self._stream.fileno())
            self._stream.close()
        self._finished = True

    def _refuse_foreign(self) -> None:
        try:
            mode = self._path.lstat().st_mode
        except FileNotFoundError:
            return
        if not stat.S_ISREG(mode) or self._codec.mark(self._path) is None:
            raise Conflict("connectors.foreign_file", table=self._path.name)

    def _clear_leftovers(self) -> None:
        """Remove what killed writers to this file left; Conflict when a living one holds the lock on its own."""
        for part in self._path.parent.glob(f".{glob.escape(self._path.name)}.*.part"):
            if part == self._hidden:
                continue
            with suppress(FileNotFoundError), part.open("rb") as stream:
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise Conflict("connectors.busy", table=self._path.name) from None
                part.unlink()
                shutil.rmtree(part.with_suffix(".tmp"), ignore_errors=True)

    def _drop_files(self) -> None:
        self._hidden.unlink(missing_ok=True)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _beside(self, suffix: str, content: bytes) -> None:
        target = self._path.with_name(self._path.name + suffix)
        hidden = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
        try:
            with hidden.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            hidden.replace(target)
        finally:
            hidden.unlink(missing_ok=True)


def kept(
    batch: pa.RecordBatch, row_filter: Filter | None, schema: TableSchema, columns: Sequence[str]
) -> pa.RecordBatch:
    """The rows that match, with these columns only."""
    if row_filter is not None:
        batch = batch.filter(filters.mask(batch, row_filter, schema))
    return batch.select(list(columns))


def safe_name(name: str, suffixes: Sequence[str]) -> str:
    """A plain file name of this engine; NotValid for paths, hidden names, control characters and other suffixes."""
    bad = not name or name.startswith(".") or "/" in name or "\\" in name or len(name.encode()) > LONGEST_NAME
    if bad or any(ord(sign) < 32 for sign in name) or Path(name).suffix.lower() not in suffixes:
        raise NotValid("connectors.name_not_allowed", name=name, limit=LONGEST_NAME)
    return name


def unique_names(path: Path, names: list[str], place: str) -> tuple[str, ...]:
    """Header cells as column names; NotValid with every empty and every doubled one."""
    counted = Counter(names)
    faults = []
    for index, name in enumerate(names, 1):
        if not name:
            faults.append(Fault(f"{place} {index}", "connectors.header_empty", {"column": index}))
        elif counted[name] > 1:
            faults.append(Fault(f"{place} {index}", "connectors.header_doubled", {"column": index, "name": name}))
    if faults or not names:
        raise NotValid("connectors.header", faults=faults, table=path.name, why="names", seen="")
    return tuple(names)


@contextmanager
def os_told(path: Path) -> Iterator[None]:
    """The system's errors as ours; a full disk, a full quota and a size limit are the same to a clerk."""
    try:
        yield
    except OSError as failure:
        if failure.errno in FULL:
            raise Unavailable("connectors.disk_full", host=str(path.parent)) from None
        if isinstance(failure, PermissionError) or failure.errno == errno.EROFS:
            raise NotAllowed("connectors.no_right", host=str(path.parent), user="", table=path.name) from None
        if isinstance(failure, FileNotFoundError):
            raise NotFound("connectors.no_such_table", table=path.name) from None
        raise Unavailable("connectors.broken_off", host=str(path.parent), state=str(failure.errno)) from None


def _refuse_unheld(schema: TableSchema, capabilities: Capabilities) -> None:
    for one in schema.fields:
        if one.type not in capabilities.types:
            raise NotValid("connectors.type_not_carried", column=one.name, type=one.type)
    if capabilities.max_columns is not None and len(schema.fields) > capabilities.max_columns:
        raise NotValid("connectors.too_large", what="columns", limit=capabilities.max_columns)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
