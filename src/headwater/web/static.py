"""The user interface: the files of the bundle, and index.html for every path that no API owns."""

import gzip
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.responses import Response

FOLDER = Path(__file__).parents[1] / "static"
_HASHED = "/assets/"
_SECURITY = {
    "content-security-policy": "default-src 'self'; img-src 'self' data: blob:;"
    " style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}
_NOT_BUILT = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Headwater</title></head>
<body><main><h1>The user interface is not built</h1>
<p>The server works and its API answers. To build the interface, stop the server and run
<code>python3 start.py setup</code> in the project's folder, then start it again.</p>
<p><a href="/docs">The API reference</a></p></main></body></html>
"""


@dataclass(frozen=True)
class Asset:
    """One file in memory, plain and compressed, as of its time of change."""

    body: bytes
    compressed: bytes | None
    media_type: str
    changed_at: int

    @property
    def etag(self) -> str:
        """Moves whenever the file does."""
        return f'"{self.changed_at:x}-{len(self.body):x}"'


class UserInterface:
    """An ASGI application for GET and HEAD. Only files that the bundle holds are ever opened."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Files are read when first asked for; hashed ones are then never read again."""
        self._folder = folder
        self._files: dict[str, Path] = {}
        self._assets: dict[str, Asset] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer with the file, with index.html, or with how to build it."""
        await self._response(scope)(scope, receive, send)

    def _response(self, scope: Any) -> Response:
        path: str = scope["path"]
        asset = self._asset(path)
        if asset is None and path.startswith(_HASHED):
            return Response("Not found", 404, _SECURITY, "text/plain")
        is_hashed = asset is not None and path.startswith(_HASHED)
        asset = asset or self._asset("/index.html")
        if asset is None:
            return Response(_NOT_BUILT, 404, _SECURITY, "text/html")
        return _answer(asset, dict(scope["headers"]), is_hashed=is_hashed)

    def _asset(self, path: str) -> Asset | None:
        file = self._files.get(path)
        if file is None and (path.startswith(_HASHED) or not self._files):
            self._files = {
                f"/{each.relative_to(self._folder).as_posix()}": each for each in _files(self._folder)
            }
            file = self._files.get(path)
        if file is None:
            return None
        known = self._assets.get(path)
        if known is not None and path.startswith(_HASHED):
            return known
        try:
            changed_at = file.stat().st_mtime_ns
            if known is None or known.changed_at != changed_at:
                known = self._assets[path] = _read(file, changed_at)
        except FileNotFoundError:  # a new build took it away
            self._files.pop(path, None)
            return None
        return known


def _files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file() and not each.name.startswith(".")]


def _read(file: Path, changed_at: int) -> Asset:
    body = file.read_bytes()
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if file.suffix == ".js":
        media_type = "text/javascript"
    compressed = None
    prepared = file.with_name(file.name + ".gz")
    if prepared.exists():
        compressed = prepared.read_bytes()
    elif len(body) > 1024 and not media_type.startswith(("image/png", "image/jpeg", "font/")):
        compressed = gzip.compress(body, 6, mtime=0)
    return Asset(body, compressed, media_type, changed_at)


def _answer(asset: Asset, headers: dict[bytes, bytes], *, is_hashed: bool) -> Response:
    lasting = "public, max-age=31536000, immutable" if is_hashed else "no-cache"
    given = {**_SECURITY, "cache-control": lasting, "etag": asset.etag, "vary": "accept-encoding"}
    if headers.get(b"if-none-match") == asset.etag.encode():
        return Response(None, 304, given)
    body = asset.body
    if asset.compressed is not None and b"gzip" in headers.get(b"accept-encoding", b""):
        body, given["content-encoding"] = asset.compressed, "gzip"
    return Response(body, 200, given, asset.media_type)
