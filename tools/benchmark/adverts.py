"""VRRPv2 adverts as rows of bytes, many at a time, with checksums that are right."""

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.benchmark.captures import Bytes

GROUP_MAC = bytes.fromhex("01005e000012")
GROUP = bytes((224, 0, 0, 18))
ETHERNET_LENGTH = 14
TAG_LENGTH = 4
IP_LENGTH = 20
PRIORITY_AT = 2
"""In the VRRP message."""

_MOST_IDENTIFICATIONS = 65_535


@dataclass(frozen=True, slots=True)
class Sender:
    """One router of one virtual router.

    Attributes:
        vlan: None without a tag.
        tail: what follows the authentication data.
    """

    vrid: int
    priority: int
    mac: bytes
    address: bytes
    virtual_address: bytes
    vlan: int | None = None
    auth_type: int = 0
    tail: bytes = b""

    def frame(self) -> bytes:
        """The advert with IP identification and checksums 0: 54 bytes without a tag."""
        tag = b"" if self.vlan is None else struct.pack("!HH", 0x8100, self.vlan)
        header = struct.pack("!BBBBBBH", 0x21, self.vrid, self.priority, 1, self.auth_type, 1, 0)
        message = header + self.virtual_address + bytes(8) + self.tail
        # As keepalived sends it: precedence "internetwork control", not fragmented.
        size = IP_LENGTH + len(message)
        ip = struct.pack("!BBHHHBBH", 0x45, 0xC0, size, 0, 0, 255, 112, 0) + self.address + GROUP
        return GROUP_MAC + self.mac + tag + b"\x08\x00" + ip + message


def identifications(sent: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """What keepalived writes into its n-th advert, n from 0: 1 to 65535, then 1 again."""
    return sent % _MOST_IDENTIFICATIONS + 1


def checksums(rows: Bytes) -> Bytes:
    """The internet checksum (RFC 1071) of each row, its own field being 0: two bytes a row.

    Args:
        rows: an even number of bytes each.
    """
    words = np.ascontiguousarray(rows).view(">u2")
    sums = words.sum(axis=1, dtype=np.uint32)
    sums = (sums & 0xFFFF) + (sums >> 16)
    sums = (sums & 0xFFFF) + (sums >> 16)
    totals: Bytes = (~sums).astype(">u2").view(np.uint8)
    return totals.reshape(-1, 2)


def message_at(frames: Bytes, tagged: bool) -> Bytes:
    """The VRRP messages of frames: a view, to be written to."""
    return frames[:, ETHERNET_LENGTH + TAG_LENGTH * tagged + IP_LENGTH :]


def seal(frames: Bytes, identification: npt.NDArray[np.int64], tagged: bool) -> None:
    """Writes IP identification, IP checksum and VRRP checksum into frames, in place."""
    begin = ETHERNET_LENGTH + TAG_LENGTH * tagged
    ip, message = frames[:, begin : begin + IP_LENGTH], frames[:, begin + IP_LENGTH :]
    ip[:, 4:6] = identification.astype(">u2").view(np.uint8).reshape(-1, 2)
    ip[:, 10:12] = 0
    ip[:, 10:12] = checksums(ip)
    message[:, 6:8] = 0
    message[:, 6:8] = checksums(message)
