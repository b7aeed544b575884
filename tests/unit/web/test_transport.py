"""The head of an answer leaves together with its body."""

import asyncio

from headwater.web.transport import JoinedTransport


class Wire:
    """Keeps what is written."""

    def __init__(self):
        self.sent = []
        self.is_closed = False

    def write(self, data):
        self.sent.append(data)

    def close(self):
        self.is_closed = True

    def is_closing(self):
        return self.is_closed

    def get_extra_info(self, name):
        return name


def sent(use):
    """What leaves a connection that is used so."""
    wire = Wire()

    async def main():
        await use(JoinedTransport(wire, asyncio.get_running_loop()))

    asyncio.run(main())
    return wire.sent


def test_a_head_and_its_body_leave_in_one_piece():
    async def use(transport):
        transport.write(b"HTTP/1.1 200 OK\r\n\r\n")
        transport.write(b"body")
        transport.write(b"more")

    assert sent(use) == [b"HTTP/1.1 200 OK\r\n\r\nbody", b"more"]


def test_a_head_without_a_body_leaves_with_the_next_turn():
    async def use(transport):
        transport.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.sleep(0)
        transport.write(b"late")

    assert sent(use) == [b"HTTP/1.1 200 OK\r\n\r\n", b"late"]


def test_what_was_kept_is_sent_before_the_end():
    async def use(transport):
        transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        transport.close()
        assert transport.is_closing()

    assert sent(use) == [b"HTTP/1.1 204 No Content\r\n\r\n"]


def test_everything_else_is_the_transports_own():
    async def use(transport):
        assert transport.get_extra_info("peername") == "peername"

    assert sent(use) == []
