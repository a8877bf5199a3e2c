"""Pins as CircuitPython's, with the constants of this package and of others."""

import enum

import pytest
from nina_link.pins import DigitalInOut, Direction, DriveMode, Pin, Pull


class Blinka:
    """Constants in the manner of Blinka: objects of their own class."""


Blinka.INPUT, Blinka.OUTPUT, Blinka.UP, Blinka.DOWN = Blinka(), Blinka(), Blinka(), Blinka()


class Enum(enum.Enum):
    INPUT, OUTPUT, UP, DOWN = range(4)


class Recorder:
    """A net that keeps what is driven."""

    def __init__(self):
        self.levels = []
        self.level = False

    def read(self):
        return self.level

    def drive(self, level):
        self.levels.append(level)


@pytest.mark.parametrize("constants", [Direction, Blinka, Enum])
def test_directions_of_every_digitalio(constants):
    net = Recorder()
    line = DigitalInOut(Pin("D1", net))
    line.direction = constants.OUTPUT
    assert line.direction is constants.OUTPUT and net.levels == [False]  # as CircuitPython does
    line.value = 1
    assert line.value is True and net.levels == [False, True]
    line.direction = constants.INPUT
    assert line.direction is constants.INPUT and line.value is False
    net.level = True
    assert line.value is True
    with pytest.raises(AttributeError, match="direction is input"):
        line.value = True
    with pytest.raises(ValueError, match="expected digitalio.Direction"):
        line.direction = "output"


def test_an_output_starts_without_a_glitch():
    net = Recorder()
    with DigitalInOut(Pin("D1", net)) as line:
        line.switch_to_output(True, DriveMode.OPEN_DRAIN)
        assert net.levels == [True] and line.drive_mode is DriveMode.OPEN_DRAIN
        with pytest.raises(AttributeError, match="Pull not used"):
            line.pull = Pull.UP
    assert net.levels == [True, True]
    with pytest.raises(ValueError, match="deinitialized"):
        line.value


@pytest.mark.parametrize("pulls", [Pull, Blinka, Enum])
def test_a_pin_that_is_wired_to_nothing_follows_its_pull(pulls):
    line = DigitalInOut(Pin("D1"))
    assert line.value
    line.switch_to_input(pulls.DOWN)
    assert not line.value and line.pull is pulls.DOWN
    line.pull = pulls.UP
    assert line.value


def test_a_pin_has_one_user():
    pin = Pin("D1")
    line = DigitalInOut(pin)
    with pytest.raises(ValueError, match="D1 in use"):
        DigitalInOut(pin)
    line.deinit()
    line.deinit()
    DigitalInOut(pin)
    with pytest.raises(TypeError, match="expected a pin of board"):
        DigitalInOut(1)


def test_a_level_arrives_when_the_pin_is_wired_later():
    pin, net = Pin("D1"), Recorder()
    DigitalInOut(pin).switch_to_output(False)
    pin.wire(net)
    assert net.levels == [False]
