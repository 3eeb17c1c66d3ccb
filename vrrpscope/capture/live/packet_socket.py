"""Live frames from Linux's packet sockets: no other program, and the kernel's own times."""

import errno
import math
import select
import socket
import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress

from vrrpscope.capture.ledger import Interface, printable
from vrrpscope.capture.live import kernel_filter, refusals
from vrrpscope.capture.live.kernel_filter import (
    ARPHRD_ETHERNET,
    ARPHRD_LOOPBACK,
    ARPHRD_NONE,
)
from vrrpscope.capture.live.live_source import LiveSource
from vrrpscope.errors import CaptureError
from vrrpscope.observation import Frame

with suppress(ImportError):  # for Linux only; where it is missing, nothing is opened
    from vrrpscope.capture.live import socket_options

ANY = "any"
BUFFER_BYTES = 32 * 1024 * 1024
_LONGEST_FRAME = 0x40000
_LINK_TYPES = {ARPHRD_ETHERNET: 1, ARPHRD_LOOPBACK: 1, ARPHRD_NONE: 101}
"""LINKTYPE_ETHERNET and LINKTYPE_RAW."""
_RECHECK_S = 1.0
_GONE = (errno.ENETDOWN, errno.ENODEV, errno.ENXIO)


class PacketSocket(LiveSource):
    """Frames of one or several interfaces that the kernel's filter lets through."""

    def __init__(
        self,
        interfaces: Sequence[str],
        *,
        promiscuous: bool = True,
        tunnels: bool = False,
        buffer_bytes: int = BUFFER_BYTES,
    ) -> None:
        """Opens a socket for each interface; "any" stands for all, also for those to come.

        Args:
            interfaces: their names.
            promiscuous: whether to hear what is for other hosts; multicast is always heard.
            tunnels: whether frames come through that may carry VRRP in a tunnel.
            buffer_bytes: how much each socket may queue, as the kernel counts; less where this
                user may not have so much.

        Raises:
            CaptureError: there is no such interface, the user may not capture on it, or it is
                of a kind that is not known here.
        """
        names = [ANY] if ANY in interfaces else list(dict.fromkeys(interfaces))
        super().__init__(_name(names, tunnels))
        if not hasattr(socket, "AF_PACKET"):
            raise CaptureError(
                "packet sockets are there on Linux only", "capture through dumpcap instead"
            )
        self._number = 0
        self._dropped = 0
        self._indices: dict[str, int] = {}
        self._poll = select.poll()
        self._sockets: dict[int, socket.socket] = {}
        self._names: dict[int, str] = {}
        self._down: set[int] = set()
        self._ready: deque[socket.socket] = deque()
        self._buffer = bytearray(_LONGEST_FRAME)
        self._view = memoryview(self._buffer)
        try:
            for interface in names:
                self._open(interface, promiscuous, tunnels, buffer_bytes)
        except BaseException:
            self.close()
            raise

    def _open(self, interface: str, promiscuous: bool, tunnels: bool, size: int) -> None:
        program = kernel_filter.program(tunnels)
        bound = None if interface == ANY else interface
        try:
            endpoint = socket_options.opened(bound, program, size)
        except OSError as error:
            raise _refusal(interface, error) from error
        self._sockets[endpoint.fileno()] = endpoint
        self._names[endpoint.fileno()] = interface
        self._poll.register(endpoint, select.POLLIN)
        if bound is not None:
            kind = socket_options.hardware_type(endpoint, bound)
            if kind not in _LINK_TYPES:
                raise _unknown_kind(bound, kind)
            self._index(bound, kind)
        for name in [name for _, name in socket.if_nameindex()] if bound is None else [bound]:
            # All interfaces at once are only made to hear multicast, as nobody asked for each.
            socket_options.widen(endpoint, name, promiscuous and bound is not None)

    def next(self, timeout_s: float | None) -> Frame | None:
        """The next frame; see `LiveSource`."""
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        while not self.ended:
            while self._ready:
                frame = self._receive(self._ready[0])
                if frame is not None:
                    self._ready.rotate(-1)
                    return frame
            left_s = None if deadline_s is None else max(0.0, deadline_s - time.monotonic())
            if not self._wait(left_s) and left_s is not None and left_s <= _RECHECK_S:
                return None
        return None

    def _wait(self, left_s: float | None) -> bool:
        """Waits until a socket is ready, and for not much longer than `_RECHECK_S` seconds."""
        wait_s = _RECHECK_S if left_s is None else min(left_s, _RECHECK_S)
        # Rounded up, lest the last millisecond be waited for in a busy loop.
        ready = self._poll.poll(math.ceil(wait_s * 1000))
        self._ready.extend(self._sockets[number] for number, _ in ready)
        if not ready:
            self._forget_the_gone()
        return bool(ready)

    def _receive(self, endpoint: socket.socket) -> Frame | None:
        """A frame of the socket; where it has none or failed, it is ready no more."""
        try:
            size, ancillary, _, sender = endpoint.recvmsg_into(
                [self._view], socket_options.ANCILLARY_BYTES
            )
        except BlockingIOError:
            self._ready.popleft()
            return None
        except OSError as error:
            self._ready.popleft()
            self._failed(endpoint, error)
            return None
        interface, _, direction, kind, _ = sender
        if kind == ARPHRD_LOOPBACK and direction == socket_options.PACKET_OUTGOING:
            return None  # it comes in as well
        told = socket_options.extra(ancillary)
        length = size if told.length is None else told.length
        time_ns = time.time_ns() if told.time_ns is None else told.time_ns
        # The kernel takes the outer tag out of the frame; it belongs behind the two addresses.
        data = bytes(self._view[:12]) + told.tag + bytes(self._view[12:size]) if told.tag else None
        self._number += 1
        return Frame(
            self._number,
            time_ns,
            _LINK_TYPES.get(kind, 1),
            bytes(self._view[:size]) if data is None else data,
            length + len(told.tag),
            self._index(interface, kind),
        )

    def _index(self, interface: str, kind: int) -> int:
        index = self._indices.get(interface)
        if index is None:
            index = self._indices[interface] = len(self.interfaces)
            self.interfaces.append(Interface(interface, _LINK_TYPES.get(kind, 1), received=0))
        return index

    def _failed(self, endpoint: socket.socket, error: OSError) -> None:
        """An interface that is down may come up again, or be deleted without another word."""
        if error.errno not in _GONE:
            raise CaptureError(
                f"capturing failed: {error.strerror or error}", "see what the kernel says: dmesg"
            ) from error
        name = printable(self._names[endpoint.fileno()])
        self.note(f"interface {name} went down while it was captured on")
        self._down.add(endpoint.fileno())

    def _forget_the_gone(self) -> None:
        """Closes the sockets of deleted interfaces: these do not come back to the socket."""
        for number in list(self._down):
            endpoint = self._sockets[number]
            if not endpoint.getsockname()[0]:
                name = printable(self._names[number])
                self.note(f"interface {name}, which was captured on, was deleted")
                self._count(endpoint)
                self._forget(endpoint)
        self.ended = not self._sockets

    def _forget(self, endpoint: socket.socket) -> None:
        self._poll.unregister(endpoint)
        del self._sockets[endpoint.fileno()]
        self._down.discard(endpoint.fileno())
        endpoint.close()

    @property
    def dropped(self) -> int:
        """How many frames the kernel dropped because the queue was full."""
        for endpoint in self._sockets.values():
            self._count(endpoint)
        return self._dropped

    def _count(self, endpoint: socket.socket) -> None:
        """Adds what the kernel counted since the last time: asking resets its counters."""
        packets, drops = socket_options.statistics(endpoint)
        self._dropped += drops
        index = self._indices.get(self._names[endpoint.fileno()])
        if index is not None:
            interface = self.interfaces[index]
            interface.received = (interface.received or 0) + packets
            interface.dropped_by_system = (interface.dropped_by_system or 0) + drops

    def close(self) -> None:
        """Closes the sockets; the counters of the kernel are taken along."""
        for endpoint in list(self._sockets.values()):
            self._count(endpoint)
            self._forget(endpoint)
        self._ready.clear()
        self.ended = True


def _name(interfaces: Iterable[str], tunnels: bool) -> str:
    through = "kernel filter, tunnels included" if tunnels else "kernel filter"
    return f"packet socket on {', '.join(interfaces)}, {through}"


def _refusal(interface: str, error: OSError) -> CaptureError:
    if error.errno in (errno.EPERM, errno.EACCES):
        return refusals.not_permitted(interface, f"packet socket: {error.strerror}")
    if error.errno in (errno.ENODEV, errno.ENXIO):
        return refusals.no_such_interface(interface)
    return CaptureError(
        f"{interface} cannot be captured on: {error.strerror or error}",
        f"see the state of the interface: ip link show {interface}",
    )


def _unknown_kind(interface: str, kind: int) -> CaptureError:
    return CaptureError(
        f"{interface} is neither Ethernet nor bare IP (hardware type {kind})",
        f"capture elsewhere: tcpdump -U -i {interface} -w - | vrrpscope tail -",
    )
