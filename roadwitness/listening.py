"""Takes a port before any long work begins, so that a taken one is found at once."""

from __future__ import annotations

import socket

from streams.errors import RoadwitnessError


class PortTaken(RoadwitnessError):
    """Another program listens on that port, or it may not be used."""


def bind(port: int, host: str = "127.0.0.1", *, option: str = "--port") -> socket.socket:
    """A listening socket; ``port`` 0 takes any free one. ``option`` is what names another.

    Raises:
        PortTaken: when the port is in use, or the host is not one of this machine.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise PortTaken(f"{host} is no address of this machine ({error.strerror}).") from error
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise PortTaken(
            f"Port {port} cannot be used ({error.strerror}): name another by {option}."
        ) from error
    listener.listen()
    return listener
