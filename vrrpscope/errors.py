"""The errors that are the user's to mend: what was expected and found, and what to type."""


class VrrpscopeError(Exception):
    """A fault in the user's input, shown as two lines on standard error (exit code 2).

    Args:
        message: what was expected and what was found, one line.
        hint: what the user can type or change to get further, one line.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class CaptureError(VrrpscopeError):
    """A capture that cannot be opened or is no capture at all."""


class EvidenceError(VrrpscopeError):
    """A configuration or log that cannot be read or tied to a router."""


class UsageError(VrrpscopeError):
    """An option that makes no sense, alone or with another one."""
