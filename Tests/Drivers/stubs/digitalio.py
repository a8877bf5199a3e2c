"""A stub of the built-in module: the names that the drivers import. The pins are in nina_link."""


class Direction:
    INPUT = "input"
    OUTPUT = "output"


class DriveMode:
    PUSH_PULL = "push-pull"
    OPEN_DRAIN = "open-drain"


class Pull:
    UP = "up"
    DOWN = "down"


class DigitalInOut:
    """Used only in annotations."""
