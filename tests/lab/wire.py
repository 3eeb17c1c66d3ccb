"""A wire with two ends, `w0` and `w1`, in a network namespace of its own."""

import ctypes
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from lab.network import Namespace
from vrrpscope.capture.live.live_source import LiveSource
from vrrpscope.observation import Frame

T = TypeVar("T")
_CLONE_NEWNET = 0x40000000


class Wire:
    """Frames that are sent on one end come in at the other."""

    def __init__(self, namespace: Namespace) -> None:
        self.namespace = namespace
        namespace.run("sysctl -q -w net.ipv6.conf.default.disable_ipv6=1")
        namespace.run("ip link add w0 type veth peer name w1")
        namespace.run("ip link set w0 up")
        namespace.run("ip link set w1 up")
        self.sender = self.inside(lambda: _sender("w0"))

    def inside(self, function: Callable[[], T]) -> T:
        """What the function returns when a thread in the namespace runs it."""
        results: list[T] = []
        errors: list[BaseException] = []

        def run() -> None:
            try:
                with self.namespace.path.open() as file:
                    if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _CLONE_NEWNET):
                        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
                results.append(function())
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if errors:
            raise errors[0]
        return results[0]

    def send(self, *frames: bytes) -> None:
        """Sends the frames on the end `w0`."""
        for frame in frames:
            self.sender.send(frame)


def _sender(interface: str) -> socket.socket:
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sender.bind((interface, 0))
    return sender


@contextmanager
def new_wire() -> Iterator[Wire]:
    """Makes a wire, and takes it down."""
    namespace = Namespace("wire")
    try:
        wire = Wire(namespace)
        with wire.sender:
            yield wire
    finally:
        namespace.close()


def taken(source: LiveSource, count: int, timeout_s: float = 10.0) -> list[Frame]:
    """The next frames, as many as there are, up to `count`, within the time."""
    deadline_s = time.monotonic() + timeout_s
    frames: list[Frame] = []
    while len(frames) < count and time.monotonic() < deadline_s:
        frame = source.next(0.1)
        frames += [frame] if frame is not None else []
    return frames
