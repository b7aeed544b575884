"""A file that comes as a part of a form: within its limit, and with texts that can be kept."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from headwater.kernel.errors import Fault, InvalidError, MalformedError, TooLargeError
from headwater.web.call import Call

# What a form may hold beside its file: the other parts and the lines between them.
FORM_BYTES = 1024 * 1024
CHUNK_BYTES = 1024 * 1024


async def sent_file(call: Call, max_bytes: int) -> tuple[UploadFile, Mapping[str, Any]]:
    """The part `file` of a form, at most `max_bytes`, and all parts by name.

    It lies in a temporary file: the caller closes `call.request`. TooLargeError `file_too_large` as soon as
    too much was declared or has come, MalformedError `malformed_form`, InvalidError `file_required`.
    """
    limit = max_bytes + FORM_BYTES
    if call.declared_bytes > limit:
        raise _too_large(max_bytes)
    counted = _Counted(call.receive, limit)
    call.receive = counted
    try:
        form = await call.request.form(max_files=1, max_fields=10)
    except (MultiPartException, UnicodeError) as error:
        if counted.left < 0:
            raise _too_large(max_bytes) from error
        raise MalformedError("malformed_form", f"The form cannot be read: {error}") from error
    file = form.get("file")
    if not isinstance(file, UploadFile):
        fault = Fault("file", "required", "Send the file as the part 'file' of a multipart form.")
        raise InvalidError("file_required", fault.detail, faults=[fault])
    _refuse_what_cannot_be_kept(file.filename or "", file.content_type or "")
    return file, form


async def chunks(file: UploadFile) -> AsyncIterator[bytes]:
    """The file in pieces of a megabyte."""
    while chunk := await file.read(CHUNK_BYTES):
        yield chunk


class _Counted:
    """A `receive` that ends the form when more than `limit` bytes have come."""

    def __init__(self, receive: Any, limit: int) -> None:
        self._receive = receive
        self.left = limit

    async def __call__(self) -> Any:
        message = await self._receive()
        self.left -= len(message.get("body", b""))
        if self.left < 0:
            raise MultiPartException("It is too large.")  # the one error that lets temporary files go
        return message


def _refuse_what_cannot_be_kept(*texts: str) -> None:
    """A form may name any encoding, and some of them write lone surrogates; no text of ours has NUL."""
    try:
        has_nul = any(b"\0" in text.encode() for text in texts)
    except UnicodeEncodeError as error:
        raise MalformedError("malformed_form", "The name of the file is no text.") from error
    if has_nul:
        raise MalformedError("malformed_form", "The name of the file holds the character NUL.")


def _too_large(max_bytes: int) -> TooLargeError:
    return TooLargeError("file_too_large", f"The file is larger than {max_bytes} bytes.")
