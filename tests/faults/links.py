"""A TCP proxy of our own between every pair of processes, and what it can do to a connection."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

_CHUNK_BYTES = 16 * 1024


@dataclass(frozen=True)
class Way:
    """What a link does with what is sent through it.

    ``refuses``: nobody listens. ``drops_out`` and ``drops_back``: what goes to the server, or comes back, is
    swallowed while the connection stays open (both: a black hole; one: half open). ``delay_s`` holds back
    each piece, ``bytes_per_s`` bounds the rate, ``breaks_after`` resets a connection in the middle of a
    message after so many bytes.
    """

    refuses: bool = False
    drops_out: bool = False
    drops_back: bool = False
    delay_s: float = 0.0
    bytes_per_s: float = 0.0
    breaks_after: int = 0


OPEN = Way()


class Wires:
    """The thread that carries all links of this process."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wires", daemon=True)
        self._thread.start()

    def link(self, name: str, listen_port: int, server_port: int) -> Link:
        """A link from ``listen_port`` to ``server_port``, both of 127.0.0.1; it is open."""
        link = Link(name, listen_port, server_port, self._do)
        link.become(OPEN)
        return link

    def close(self) -> None:
        """Cut everything and end the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _do(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10.0)


class Link:
    """The connection between a client and a server, through which every byte of theirs goes."""

    def __init__(self, name: str, listen_port: int, server_port: int, do: Callable[[Any], None]) -> None:
        """Use :meth:`Wires.link`."""
        self.name = name
        self.port = listen_port
        self._server_port = server_port
        self._do = do
        self._way = OPEN
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """Listen no more."""
        self.become(Way(refuses=True))

    def become(self, way: Way, *, reset: bool = True) -> None:
        """Behave like this from now on; ``reset`` ends the connections that there are."""
        self._do(self._become(way, reset))

    async def _become(self, way: Way, reset: bool) -> None:
        self._way = way
        if way.refuses and self._server is not None:
            self._server.close()
            self._server = None
        elif not way.refuses and self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        if reset:
            for writer in self._open:
                writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            self._end(writer)
            return
        self._open.add(back)
        carried = [0]
        for task in (
            asyncio.create_task(self._carry(reader, back, writer, carried, outwards=True)),
            asyncio.create_task(self._carry(there, writer, back, carried, outwards=False)),
        ):
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        other: asyncio.StreamWriter,
        carried: list[int],
        *,
        outwards: bool,
    ) -> None:
        """One direction; ``carried`` counts both."""
        with suppress(OSError):
            while piece := await source.read(_CHUNK_BYTES):
                way = self._way
                if way.delay_s:
                    await asyncio.sleep(way.delay_s)
                if way.bytes_per_s:
                    await asyncio.sleep(len(piece) / way.bytes_per_s)
                if way.drops_out if outwards else way.drops_back:
                    continue
                carried[0] += len(piece)
                if way.breaks_after and carried[0] > way.breaks_after:
                    target.write(piece[: len(piece) // 2])
                    with suppress(asyncio.TimeoutError):
                        await asyncio.wait_for(target.drain(), 1.0)
                    break
                target.write(piece)
                await target.drain()
        self._end(target)
        self._end(other)

    def _end(self, writer: asyncio.StreamWriter) -> None:
        self._open.discard(writer)
        if self._way.breaks_after:
            writer.transport.abort()
        else:
            writer.close()
