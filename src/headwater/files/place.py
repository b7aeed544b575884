"""Which folder of files this is, so that servers of one database know whether they share it."""

import os
from pathlib import Path

from headwater.kernel.ids import new_uuid

FILE_NAME = "place.id"


def place_of(folder: Path) -> str:
    """The id that the folder keeps, made when it is first asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    if not path.exists():
        # Written beside and linked: of two servers that start at once one wins, and nobody reads half of it.
        draft = folder / f"{FILE_NAME}.{new_uuid()}"
        draft.write_text(new_uuid(), encoding="ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
