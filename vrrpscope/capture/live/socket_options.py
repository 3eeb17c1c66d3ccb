"""Linux's packet sockets: the options and structures that Python has no names for (packet(7))."""

import ctypes
import errno
import fcntl
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from vrrpscope.capture.live.assembler import Instruction
from vrrpscope.capture.live.kernel_filter import DROP_ALL

ETH_P_ALL = 3
PACKET_OUTGOING = 4

_SOL_PACKET = 263
_PACKET_ADD_MEMBERSHIP, _PACKET_STATISTICS, _PACKET_AUXDATA = 1, 6, 8
_PACKET_MR_PROMISC, _PACKET_MR_ALLMULTI = 1, 2
_SO_ATTACH_FILTER, _SO_RCVBUFFORCE, _SO_TIMESTAMPNS = 26, 33, 35
_SIOCGIFHWADDR = 0x8927
_TP_STATUS_VLAN_VALID, _TP_STATUS_VLAN_TPID_VALID = 0x10, 0x40

_AUXDATA = struct.Struct("=IIIHHHH")  # struct tpacket_auxdata
_TIMESPEC = struct.Struct("@ll")
ANCILLARY_BYTES = socket.CMSG_SPACE(_AUXDATA.size) + socket.CMSG_SPACE(_TIMESPEC.size)

Ancillary = list[tuple[int, int, bytes]]


class Extra(NamedTuple):
    """What the kernel says of a frame besides its bytes.

    Attributes:
        time_ns: when it came or went; None where the kernel does not say.
        length: on the wire, without the tag that was taken out; None as above.
        tag: the four bytes of the VLAN tag that was taken out of the frame; b"" for none.
    """

    time_ns: int | None
    length: int | None
    tag: bytes


def extra(ancillary: Ancillary) -> Extra:
    """Reads the control messages that came with a frame."""
    time_ns, length, tag = None, None, b""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(data) == _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            time_ns = seconds * 1_000_000_000 + nanoseconds
        elif level == _SOL_PACKET and kind == _PACKET_AUXDATA and len(data) >= _AUXDATA.size:
            status, length, _, _, _, control, protocol = _AUXDATA.unpack_from(data)
            if status & _TP_STATUS_VLAN_VALID:
                known = status & _TP_STATUS_VLAN_TPID_VALID
                tag = struct.pack("!HH", protocol if known else 0x8100, control)
    return Extra(time_ns, length, tag)


def attach(endpoint: socket.socket, program: Iterable[Instruction]) -> None:
    """Makes the kernel queue only what the program lets through."""
    packed = [instruction.packed() for instruction in program]
    instructions = ctypes.create_string_buffer(b"".join(packed))
    head = struct.pack("@HP", len(packed), ctypes.addressof(instructions))
    endpoint.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, head)


def opened(
    interface: str | None, program: Iterable[Instruction], buffer_bytes: int
) -> socket.socket:
    """A packet socket on the interface, or on all with None, that queued nothing unfiltered.

    Raises:
        OSError: the user may not, or the interface does not exist.
    """
    # Without a protocol nothing is received until the socket is bound. One for all interfaces is
    # never bound: it receives from the beginning, and what came before the filter is thrown away.
    protocol = socket.htons(ETH_P_ALL) if interface is None else 0
    endpoint = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, protocol)
    try:
        attach(endpoint, DROP_ALL)
        endpoint.setblocking(False)
        _drain(endpoint)
        attach(endpoint, program)
        _enlarge(endpoint, buffer_bytes)
        endpoint.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        endpoint.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
        if interface is not None:
            endpoint.bind((interface, ETH_P_ALL))
    except BaseException:
        endpoint.close()
        raise
    return endpoint


def _drain(endpoint: socket.socket) -> None:
    with suppress(BlockingIOError):
        while True:
            endpoint.recv(1)


def _enlarge(endpoint: socket.socket, size: int) -> None:
    """Lets the queue grow to `size` bytes, or as far as this user may."""
    try:
        endpoint.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, size)
    except PermissionError:
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)


def widen(endpoint: socket.socket, interface: str, promiscuous: bool) -> None:
    """Makes the interface hear all multicast, or simply everything, as long as the socket is open.

    Nothing is sent: no switch learns of it, and no group is joined.
    """
    kind = _PACKET_MR_PROMISC if promiscuous else _PACKET_MR_ALLMULTI
    request = struct.pack("@iHH8s", socket.if_nametoindex(interface), kind, 0, b"")
    with suppress(OSError):  # some interfaces have no such mode, and hear everything anyway
        endpoint.setsockopt(_SOL_PACKET, _PACKET_ADD_MEMBERSHIP, request)


def hardware_type(endpoint: socket.socket, interface: str) -> int:
    """The interface's link layer (ARPHRD_).

    Raises:
        OSError: there is no such interface.
    """
    name = interface.encode()
    if len(name) > 15:
        raise OSError(errno.ENODEV, "the name is too long for an interface")
    answer = fcntl.ioctl(endpoint, _SIOCGIFHWADDR, struct.pack("@16s24x", name))
    return int.from_bytes(answer[16:18], "little" if struct.pack("@H", 1)[0] else "big")


def statistics(endpoint: socket.socket) -> tuple[int, int]:
    """Frames that passed the filter and frames that were dropped, both since the last call.

    The former include the latter.
    """
    packets, drops = struct.unpack("@II", endpoint.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))
    return packets, drops
