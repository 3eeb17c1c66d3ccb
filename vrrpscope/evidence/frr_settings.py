"""The names of the settings of one of FRRouting's virtual routers.

Source: FRRouting 8.4, vrrpd/vrrp_vty.c; measured with that vrrpd.
"""

_SETTINGS = (
    "advertisement-interval",
    "checksum-with-ipv4-pseudoheader",
    "ip",
    "ipv6",
    "preempt",
    "priority",
    "shutdown",
    "version",
)


def setting_of(word: str) -> str | None:
    """The setting that a word is, or is the beginning of: vrrpd takes what is unambiguous."""
    if word in _SETTINGS:
        return word
    found = [setting for setting in _SETTINGS if setting.startswith(word)]
    return found[0] if len(found) == 1 else None
