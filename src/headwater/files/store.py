"""Rows of stored files."""

from headwater.db.database import Row, Tx
from headwater.files.folder import Content
from headwater.files.model import StoredFile
from headwater.kernel.errors import NotFoundError

_COLUMNS = "id, name, size, content_type, sha256, created_at, created_by"


def insert_file(tx: Tx, name: str, content_type: str, content: Content, at: int, actor_id: int) -> StoredFile:
    """Add the row of a content that is already in the folder."""
    file = StoredFile(tx.next_id(), name, content.size, content_type, content.sha256, at, actor_id)
    tx.run(
        f"insert into file ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  a constant list of columns
        (file.id, file.name, file.size, file.content_type, file.sha256, file.created_at, file.created_by),
    )
    return file


def get_file(tx: Tx, file_id: int) -> StoredFile:
    """One file. Raises NotFoundError `file_unknown`."""
    row: Row | None = tx.one(f"select {_COLUMNS} from file where id = ?", (file_id,))  # noqa: S608  a constant list of columns
    if row is None:
        raise NotFoundError("file_unknown", f"There is no file {file_id}.")
    return StoredFile(*row)
