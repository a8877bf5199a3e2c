"""Stands in for the built-in module of the same name: only names that the drivers mention in annotations."""


class SPI:
    """The bus is nina_link.SPI."""
