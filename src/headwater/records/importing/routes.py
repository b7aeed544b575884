"""HTTP routes of imports: one call with the whole file, or an upload in pieces (wire/native.md section 4)."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from starlette.responses import StreamingResponse

from headwater.kernel.errors import (
    MalformedError,
    UnsupportedMediaTypeError,
)
from headwater.kernel.ids import read_id
from headwater.records.importing import rejects, store
from headwater.records.importing.csv_rows import DELIMITERS
from headwater.records.importing.encoding import find_format
from headwater.records.importing.model import Import, ImportOptions
from headwater.records.importing.service import Imports, check_options
from headwater.records.importing.spool import Spool
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.decoding import decode
from headwater.web.paging import ListQuery, Page, cursor_id, encode_cursor, page_json, path_id
from headwater.web.route import Route
from headwater.web.uploads import chunks, sent_file

REJECTS_AT_ONCE = 1000
RAW_TYPES = {
    "text/csv": "csv",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "text/plain": None,
}


def routes(imports: Imports, spool: Spool) -> list[Route]:
    """The routes of this slice."""
    handlers = _Handlers(imports, spool)
    one = "/api/imports/{import_id}"
    module = "/api/modules/{module}/imports"
    table: list[tuple[str, str, Any, str, str, dict[str, Any]]] = [
        ("POST", module, handlers.begin, "Import a file", "records:write", {"streams": True, "status": 202}),
        ("GET", module, handlers.list, "List the imports of a module", "records:read", {"query": ListQuery}),
        ("GET", "/api/imports", handlers.list, "List imports", "records:read", {"query": ListQuery}),
        ("GET", one, handlers.get, "See how far an import is", "records:read", {}),
        ("DELETE", one, handlers.cancel, "Cancel an import", "records:write", {"status": 204}),
        ("GET", f"{one}/rejects", handlers.rejects, "The rejected rows as a file", "records:read", {}),
        ("HEAD", f"{one}/content", handlers.offset, "How much of the file is there", "records:write", {}),
        (
            "PATCH",
            f"{one}/content",
            handlers.append,
            "Send the next piece",
            "records:write",
            {"streams": True},
        ),
    ]
    return [
        Route(method, path, handler, summary, scope=scope, tag="Imports", **rest)
        for method, path, handler, summary, scope, rest in table
    ]


class _Handlers:
    def __init__(self, imports: Imports, spool: Spool) -> None:
        self._imports = imports
        self._spool = spool

    async def begin(self, call: Call) -> Any:
        module = call.path["module"]
        await call.read(lambda tx: self._imports.require_writer(tx, call.actor, module))
        length = call.header("upload-length")
        if length is not None:
            return await self._begin_in_pieces(call, module, length)
        try:
            return await self._begin_whole(call, *await _sent_file(call, self._spool.max_bytes))
        finally:
            await call.request.close()  # lets the form's temporary file go

    async def _begin_whole(
        self, call: Call, options: ImportOptions, name: str, content: AsyncIterator[bytes]
    ) -> Any:
        check_options(options)
        spool = self._spool.create()
        try:
            digest = await self._spool.append(spool, content, 0, None)
            return await call.write(
                lambda tx: self._whole(tx, call, options, spool, name),
                keep_seconds=None,
                body_hash=f"{digest}:{msgspec.json.encode(options).decode()}",
            )
        except BaseException:
            self._spool.remove(spool)
            raise

    def _whole(self, tx: Any, call: Call, options: ImportOptions, spool: str, name: str) -> Answer:
        size = self._spool.size(spool)
        item = self._imports.begin(tx, call.actor, call.path["module"], options, spool, name, size)
        return _accepted(self._imports.to_json(tx, self._imports.enqueue(tx, call.actor, item.id, size)))

    async def _begin_in_pieces(self, call: Call, module: str, length: str) -> Any:
        total = read_id(length)
        if total is None:
            raise MalformedError(
                "invalid_upload_length", "Upload-Length wants the size of the file in bytes."
            )
        self._spool.refuse_above_limit(total)
        options = _options(await call.raw_body() or call.query.get("options", "").encode())
        check_options(options)
        name = call.query.get("file_name", "")
        spool = self._spool.create()

        def work(tx: Any) -> Any:
            item = self._imports.begin(tx, call.actor, module, options, spool, name, total)
            return _accepted(self._imports.to_json(tx, item))

        try:
            return await call.write(work, keep_seconds=None)
        except BaseException:  # the answer of an earlier call included: its file is another one
            self._spool.remove(spool)
            raise

    async def list(self, call: Call) -> Any:
        limit, cursor = call.query.limit, call.query.cursor
        before = None if cursor is None else cursor_id(cursor)

        def work(tx: Any) -> Any:
            found = self._imports.list(tx, call.actor, call.path.get("module"), before, limit + 1)
            cursor = encode_cursor([found[limit - 1].id]) if len(found) > limit else None
            return page_json(Page([self._imports.to_json(tx, each) for each in found[:limit]], cursor))

        return await call.read(work)

    async def get(self, call: Call) -> Any:
        import_id = _id(call)
        return await call.read(
            lambda tx: self._imports.to_json(tx, self._imports.get(tx, call.actor, import_id))
        )

    async def cancel(self, call: Call) -> Any:
        import_id = _id(call)
        item = await call.write(lambda tx: self._imports.cancel(tx, call.actor, import_id))
        if item.job_id is None:
            self._spool.remove(item.spool)

    async def offset(self, call: Call) -> Any:
        import_id = _id(call)
        item = await call.read(lambda tx: self._imports.get(tx, call.actor, import_id))
        size = self._spool.size(item.spool) if item.status == "uploading" else item.bytes_total
        return Answer(b"", 200, {"upload-offset": str(size), "upload-length": str(item.bytes_total)})

    async def append(self, call: Call) -> Any:
        import_id, offset = _id(call), read_id(call.header("upload-offset") or "")
        if offset is None:
            raise MalformedError(
                "invalid_upload_offset", "Upload-Offset wants the number of bytes sent so far."
            )
        item = await call.read(lambda tx: self._imports.for_upload(tx, call.actor, import_id))
        await self._spool.append(item.spool, call.request.stream(), offset, item.bytes_total)
        size = self._spool.size(item.spool)
        if size == item.bytes_total:
            await call.write(lambda tx: self._imports.enqueue(tx, call.actor, import_id, size))
        answer = await self.get(call)
        return Answer(answer, 200, {"upload-offset": str(size)})

    async def rejects(self, call: Call) -> Any:
        import_id = _id(call)
        item = await call.read(lambda tx: self._imports.get(tx, call.actor, import_id))
        is_csv = (item.options.format or find_format(item.file_name, "")) == "csv"
        name = f"import-{import_id}-rejects.{'csv' if is_csv else 'jsonl'}"
        return StreamingResponse(
            _reject_lines(call, item, is_csv=is_csv),
            media_type="text/csv; charset=utf-8" if is_csv else "application/jsonl",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )


async def _reject_lines(call: Call, item: Import, *, is_csv: bool) -> AsyncIterator[bytes]:
    delimiter = item.options.delimiter or DELIMITERS[0]
    names = list(item.columns)
    if is_csv:
        yield rejects.csv_header(names, delimiter)
    row = 0
    while True:
        after = row
        found = await call.scan(lambda tx: store.list_rejects(tx, item.id, after, REJECTS_AT_ONCE))  # noqa: B023
        if not found:
            return
        lines = rejects.csv_lines(found, len(names), delimiter) if is_csv else rejects.json_lines(found)
        yield b"".join(lines)
        row = found[-1][0]


async def _sent_file(call: Call, max_bytes: int) -> tuple[ImportOptions, str, AsyncIterator[bytes]]:
    media_type = (call.header("content-type") or "").split(";", 1)[0].strip().lower()
    if media_type == "multipart/form-data":
        return await _from_form(call, max_bytes)
    if media_type not in RAW_TYPES:
        raise UnsupportedMediaTypeError(
            "unsupported_media_type",
            f"An import reads CSV or JSON lines; the body is '{media_type[:60]}'.",
            hint="Send multipart with the part 'file', or Content-Type text/csv or application/jsonl.",
        )
    options = _options(call.query.get("options", "").encode())
    if options.format is None:
        options = msgspec.structs.replace(options, format=RAW_TYPES[media_type])
    return options, call.query.get("file_name", ""), call.request.stream()


async def _from_form(call: Call, max_bytes: int) -> tuple[ImportOptions, str, AsyncIterator[bytes]]:
    file, form = await sent_file(call, max_bytes)
    options = form.get("options") or ""
    # Only a form in a strange encoding holds lone surrogates; they cannot be JSON.
    return _options(options.encode(errors="replace")), file.filename or "", chunks(file)


def _options(raw: bytes) -> ImportOptions:
    return decode(raw, ImportOptions) if raw.strip() else ImportOptions()


def _accepted(shown: dict[str, Any]) -> Answer:
    return Answer(shown, 202, {"location": f"/api/imports/{shown['id']}"})


def _id(call: Call) -> int:
    return path_id(call.path["import_id"], "import_unknown")
