"""A disk without room: how it is recognised."""

import errno

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def is_full(error: BaseException) -> bool:
    """Whether the error says that the disk, or the quota of its user, has no room left."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM
