"""The link and the objects of a board, on an emulator, and on ends that break the rules."""

import os
import signal
import threading
import time

import nina_link
import pytest
from conftest import GET_FW_VERSION, GREETING, message


def until(condition, rounds=5000):
    """Reads a line, each time with its pause, until it has this level."""
    for _ in range(rounds):
        if condition():
            return
    raise AssertionError("the line did not change")


def test_a_command_takes_two_windows(nina):
    link = nina.board().link
    assert link.boots == 1 and link.is_ready and not link.irq
    link.select()
    assert not link.is_ready and link.is_selected
    assert link.transfer(GET_FW_VERSION) == bytes(4)
    link.deselect()
    link.select(5)
    # In pieces, and beyond the reply.
    reply = b"".join(link.transfer(bytes(count)) for count in (1, 2, 1, 100))
    link.deselect()
    assert reply[:2] == b"\xe0\xb7" and reply[4:9] == b"3.5.0" and not any(reply[11:])
    assert link.windows == 2


def test_exchange_returns_the_reply(nina):
    assert nina.board().link.exchange(GET_FW_VERSION, 5)[4:9] == b"3.5.0"


@pytest.mark.nina("--firmware", "adafruit-3.3.0")
def test_the_marker_gives_options(nina):
    assert nina.board().link.exchange(GET_FW_VERSION, 5)[4:9] == b"3.3.0"


def test_resets_are_counted_and_end_a_command(nina):
    link = nina.board().link
    for count in range(2, 6):
        link.select(5)
        link.transfer(bytes.fromhex("E02700EE"))  # SCAN_NETWORKS takes a while
        link.deselect()
        link.reset(5)
        assert link.boots == count and link.is_ready
    assert link.exchange(GET_FW_VERSION, 5)[4:9] == b"3.5.0"


def test_chip_select_low_at_a_reset_is_the_bluetooth_mode(nina):
    nina.options("--firmware", "arduino-2.0.0")
    link = nina.board().link
    link.drive_reset(False)
    link.drive_chip_select(False)
    link.drive_reset(True)
    link.drive_chip_select(True)
    with pytest.raises(nina_link.LinkTimeoutError, match="READY stayed high for 0.05 s"):
        link.select(0.05)
    link.reset(5)
    assert link.exchange(GET_FW_VERSION, 5)[4:9] == b"2.0.0"


def test_a_board_has_the_lines_of_circuitpython(nina):
    board = nina.board()
    board.cs.switch_to_output(value=True)
    board.reset.switch_to_output(value=True)
    for window in (GET_FW_VERSION, bytes(16)):
        until(lambda: not board.ready.value)
        assert board.spi.try_lock() and not board.spi.try_lock()
        board.spi.configure(baudrate=8_000_000, polarity=0, phase=0)
        board.cs.value = False
        assert board.ready.value
        answer = bytearray(len(window))
        board.spi.write_readinto(window, answer)
        board.cs.value = True
        board.spi.unlock()
    assert answer[4:9] == b"3.5.0"
    board.reset.value = False
    assert board.ready.value and not board.gpio0.value
    board.reset.value = True
    until(lambda: not board.ready.value)
    assert board.link.boots == 2


def test_two_coprocessors_have_their_own_state(nina):
    one, two = nina.board(), nina.board()
    one.link.reset(5)
    assert (one.link.boots, two.link.boots) == (2, 1)


def test_a_second_thread_is_told(nina):
    board = nina.board()
    board.link.exchange(GET_FW_VERSION, 5)
    errors = []

    def use():
        try:
            board.link.exchange(GET_FW_VERSION, 5)
        except nina_link.ThreadError as error:
            errors.append(str(error))
        board.adopt()
        board.link.exchange(GET_FW_VERSION, 5)

    thread = threading.Thread(target=use, name="poller")
    thread.start()
    thread.join(10)
    assert len(errors) == 1 and "'MainThread'" in errors[0] and "'poller'" in errors[0] and "adopt()" in errors[0]
    # Its owner has ended, so that nobody shares it any more.
    board.link.exchange(GET_FW_VERSION, 5)


def test_misuse_says_what_is_wrong(nina):
    board = nina.board()
    link = board.link
    with pytest.raises(nina_link.MisuseError, match="chip select is high"):
        link.transfer(b"x")
    link.select(5)
    with pytest.raises(nina_link.MisuseError, match="a window is open"):
        link.select(5)
    link.transfer(GET_FW_VERSION)
    for data in (bytes(65532), memoryview(bytes(65534)).cast("H")):
        with pytest.raises(nina_link.MisuseError, match=f"more than 65535 bytes: {memoryview(data).nbytes} more after 4"):
            link.transfer(data)
    # The window is as it was.
    link.deselect()
    link.select(5)
    assert link.transfer(bytes(9))[4:9] == b"3.5.0"
    link.reset(5)
    with pytest.raises(RuntimeError, match="requires lock"):
        board.spi.write(b"x")
    board.spi.try_lock()
    board.spi.configure(polarity=1)
    link.select(5)
    with pytest.raises(nina_link.MisuseError, match="the chip has"):
        board.spi.write(b"x")
    link.reset(5)
    link.drive_reset(False)
    with pytest.raises(nina_link.MisuseError, match="held in reset"):
        link.select(5)


def test_bytes_while_the_chip_is_busy_are_misuse(nina):
    link = nina.board().link
    link.select(5)
    link.transfer(bytes.fromhex("E02700EE"))
    link.deselect()
    link.drive_chip_select(False)  # too early, but no harm: some drivers do it when they set the direction of the pin
    with pytest.raises(nina_link.MisuseError, match="wait until READY is low"):
        link.transfer(b"x")


def test_an_emulator_that_is_killed_is_named(nina):
    link = nina.board().link
    nina.kill()
    with pytest.raises(nina_link.LinkClosedError, match="has closed the link"):
        link.exchange(GET_FW_VERSION, 5)
    for _ in range(2):
        with pytest.raises(nina_link.LinkClosedError, match="has closed the link"):
            link.drive_gpio0(not link._gpio0)


def test_a_link_that_was_closed_says_so(nina):
    link = nina.board().link
    link.close()
    with pytest.raises(nina_link.LinkClosedError, match="the link was closed"):
        link.exchange(GET_FW_VERSION, 5)


def test_an_emulator_that_stands_still_is_waited_for_no_longer_than_said(nina):
    link = nina.board().link
    os.kill(nina.emulator.pid, signal.SIGSTOP)
    try:
        with pytest.raises(nina_link.LinkTimeoutError, match="READY stayed high for 0.1 s"):
            link.exchange(GET_FW_VERSION, 0.1)
        for _ in range(100):  # no room is left at some time
            link.drive_chip_select(True)
            link._queued = b""  # as if it had answered
            try:
                link.exchange(bytes(65535), 0.1)
            except nina_link.LinkTimeoutError as error:
                if "the emulator did not take a message of 65539 bytes" in str(error):
                    break
        else:
            raise AssertionError("the socket takes everything")
        # A part of it is on its way, inside which the next message would begin.
        for use in (lambda: link.drive_gpio0(False), lambda: link.select(5), lambda: link.is_ready):
            with pytest.raises(nina_link.LinkClosedError, match="closed when a message could not be sent whole"):
                use()
    finally:
        os.kill(nina.emulator.pid, signal.SIGCONT)
    nina.kill()


@pytest.mark.parametrize("said, error, words", [
    (b"HTTP/1.1 400 Bad Request\r\n", nina_link.ProtocolError, "expected the greeting of an emulator, got 48 54"),
    (message(0x81, 0, b"NINA\x02"), nina_link.ProtocolError, "expected the greeting 4e 49"),
    (GREETING + message(0x84), nina_link.ProtocolError, "got type 84"),
    (GREETING + message(0x83, 1, b"x"), nina_link.ProtocolError, "got type 83 with 1 bytes"),
    (GREETING + message(0x82, 4, b"x"), nina_link.ProtocolError, "where a command is expected"),
    (GREETING + message(0x82, 4) * 2, nina_link.ProtocolError, "a second transaction"),
    (GREETING + b"\x82", nina_link.LinkTimeoutError, "did not come up within 0.2 s"),
    (b"", nina_link.LinkTimeoutError, "did not greet"),
])
def test_what_is_no_emulator_is_refused(impostor, said, error, words):
    impostor.says(said)
    with pytest.raises(error, match=words) as caught:
        nina_link.Link(impostor.path, timeout=0.2 if error is nina_link.LinkTimeoutError else 10)
    assert impostor.path in str(caught.value) and caught.value.errno and not isinstance(caught.value, OSError)


def test_a_chip_that_restarts_by_itself_is_ready_again(impostor):
    """As after a break-down of its supply, of which wires tell nobody."""
    impostor.says(GREETING + message(0x82, 4) + message(0x82, 8) + message(0x82, 12))
    with nina_link.Link(impostor.path) as link:
        end = time.monotonic() + 10
        while link.boots < 3 and time.monotonic() < end:
            assert link.is_ready
        assert link.boots == 3
        link.select(5)
        assert link.transfer(b"\xe0") == b"\0"


def test_an_end_without_a_word_is_named(impostor):
    impostor.says(GREETING, then_closes=True)
    with pytest.raises(nina_link.LinkClosedError):
        nina_link.Link(impostor.path)


def test_a_silent_chip_is_named_with_its_command(impostor):
    impostor.says(GREETING + message(0x82, 4))
    link = nina_link.Link(impostor.path)
    with pytest.raises(nina_link.LinkTimeoutError, match="READY stayed high for 0.1 s after the command e0 37 00 ee"):
        link.exchange(GET_FW_VERSION, 0.1)
    link.close()


def test_messages_in_pieces(impostor):
    data = GREETING + message(0x83, 1) + message(0x82, 5)
    impostor.says(*(data[index : index + 3] for index in range(0, len(data), 3)))
    with nina_link.Link(impostor.path) as link:
        assert link.irq and link.is_ready
