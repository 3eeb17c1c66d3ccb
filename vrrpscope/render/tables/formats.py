"""Which formats there are, by the ending of the file, and what is said where one cannot be written.

Like `columns`, this needs neither pandas nor pyarrow: a mistyped name is answered at once.
"""

import os
from pathlib import PurePath

from vrrpscope.errors import UsageError, VrrpscopeError

ENDINGS = (".csv", ".parquet", ".jsonl")


def ending(path: str) -> str:
    """The ending, which tells the format.

    Raises:
        UsageError: it tells none.
    """
    found = PurePath(path).suffix.lower()
    if found not in ENDINGS:
        raise UsageError(
            f"{path} does not end in .csv, .parquet or .jsonl, which tells the format",
            f"type -o {PurePath(path).stem or 'table'}.parquet",
        )
    return found


def unwritable(path: PurePath, error: OSError) -> VrrpscopeError:
    """A file that cannot be written, and what may help."""
    # Arrow's own text of an error is longer, and names its functions.
    reason = os.strerror(error.errno) if error.errno else error
    return VrrpscopeError(
        f"{path} cannot be written: {reason}",
        "check the folder and the disk, or give another file to -o",
    )
