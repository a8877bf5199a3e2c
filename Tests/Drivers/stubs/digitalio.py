"""Stands in for the built-in module of the same name: the names that the drivers import. The pins are in nina_link."""


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
    """Only a name: what drivers mention in annotations."""
