"""A stub of the built-in module: only names that the drivers use in annotations."""


class SPI:
    """Used only in annotations; the bus is nina_link.SPI."""
