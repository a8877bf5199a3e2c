"""neopixel: pixels that keep their colors, and show nothing."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple, Union

RGB, GRB, RGBW, GRBW = "RGB", "GRB", "RGBW", "GRBW"
Color = Union[int, Sequence[int]]


class NeoPixel:
    """A row of pixels."""

    def __init__(
        self, pin: object, n: int, *, bpp: int = 3, brightness: float = 1.0, auto_write: bool = True,
        pixel_order: Optional[str] = None,
    ) -> None:
        self.n = n
        self.bpp = len(pixel_order) if pixel_order else bpp
        self.brightness = brightness
        self.auto_write = auto_write
        self._colors: List[Tuple[int, ...]] = [(0,) * self.bpp] * n

    def __enter__(self) -> NeoPixel:
        return self

    def __exit__(self, *_: object) -> None:
        self.deinit()

    def deinit(self) -> None:
        """Turns the pixels off."""
        self.fill(0)

    def show(self) -> None:
        """Has no effect."""

    def fill(self, color: Color) -> None:
        """All pixels get this color."""
        self._colors = [self._tuple(color)] * self.n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, index: Union[int, slice]) -> Union[Tuple[int, ...], List[Tuple[int, ...]]]:
        return self._colors[index]

    def __setitem__(self, index: Union[int, slice], color: Union[Color, Sequence[Color]]) -> None:
        if isinstance(index, slice):
            positions = range(*index.indices(self.n))
            assert not isinstance(color, int)
            for position, one in zip(positions, color):
                self._colors[position] = self._tuple(one)
        else:
            self._colors[index] = self._tuple(color)

    def _tuple(self, color: object) -> Tuple[int, ...]:
        if isinstance(color, int):
            return (color >> 16 & 255, color >> 8 & 255, color & 255) + (0,) * (self.bpp - 3)
        assert isinstance(color, (tuple, list))
        return tuple(color)
