"""A stored file as an HTTP answer: as an attachment unless a browser shows it without running anything."""

from urllib.parse import quote

from starlette.responses import FileResponse

from headwater.files.folder import FileFolder
from headwater.files.model import StoredFile

INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})


def file_response(folder: FileFolder, file: StoredFile) -> FileResponse:
    """Stream the file; HTML, SVG and all else that could run is an attachment of plain bytes."""
    is_inline = file.content_type in INLINE
    kind = "inline" if is_inline else "attachment"
    return FileResponse(
        folder.open_path(file.sha256),
        media_type=file.content_type if is_inline else "application/octet-stream",
        headers={
            "content-disposition": f"{kind}; filename*=utf-8''{quote(file.name)}",
            "x-content-type-options": "nosniff",
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )
