"""Where the marks of the dashboard's charts stand. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, TOP, BASE = 720, 250, 44, 34, 224
SPARK = (100, 32)


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar: its corner, its size, and which series it is of."""

    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True, slots=True)
class Stacked:
    """Bars on top of each other, a line above them, and the lines of the scale."""

    bars: list[Mark]
    line: list[tuple[float, float]]
    scale: list[tuple[float, int]]
    middles: list[float]

    @property
    def path(self) -> str:
        """The line as a path."""
        return path(self.line)


def scale(most: float) -> list[int]:
    """Round numbers from zero up to at least the largest value, four steps at most."""
    step, unit = 1, 1
    while step * 4 < most:
        unit, step = (unit, unit * 5) if step == unit * 2 else (unit, unit * 2) if step == unit else (unit * 10, unit * 10)  # fmt: skip
    return [step * number for number in range(5)]


def stacked(line: Sequence[int], parts: Sequence[Sequence[int]]) -> Stacked | None:
    """Parts as bars on top of each other, the whole as a line; None where there is nothing."""
    if not any(line):
        return None
    most = max([*line, *(sum(ones) for ones in zip(*parts, strict=True))])
    steps = scale(most)
    top, slot = steps[-1], (WIDTH - LEFT) / len(line)

    def tall(value: float) -> float:
        return round(value / top * (BASE - TOP), 1)

    bars, middles = [], [round(LEFT + slot * (place + 0.5), 1) for place in range(len(line))]
    for place in range(len(line)):
        y: float = BASE
        for series, ones in enumerate(parts):
            if ones[place]:
                height = tall(ones[place])
                y = round(y - height, 1)
                bars.append(Mark(round(LEFT + slot * (place + 0.12), 1), y, round(slot * 0.76, 1), height, series))  # fmt: skip
    points = [(middles[place], round(BASE - tall(value), 1)) for place, value in enumerate(line)]
    return Stacked(bars, points, [(round(BASE - tall(one), 1), one) for one in steps], middles)


@dataclass(frozen=True, slots=True)
class Delays:
    """How much was done as bars, how long it took as a line on a scale of its own, and the goal on that scale."""

    bars: list[Mark]
    line: list[tuple[float, float]]
    pieces: list[str]
    goal: float
    middles: list[float]


def delays(counts: Sequence[int], times: Sequence[int | None], goal: int) -> Delays | None:
    """Bars fill the height by the most; times and goal share the other scale. The line is broken where nothing was done; None
    where nothing was done at all."""
    if not any(counts):
        return None
    slot, high = (WIDTH - LEFT) / len(counts), BASE - TOP
    most, slowest = max(counts), max([goal, *(one for one in times if one is not None)])

    def level(time: int) -> float:
        return round(BASE - 0.92 * high * time / slowest, 1)

    middles = [round(slot * (place + 0.5), 1) for place in range(len(counts))]
    bars = [
        Mark(round(slot * (place + 0.15), 1), round(BASE - high * one / most, 1), round(slot * 0.7, 1), round(high * one / most, 1), 0)
        for place, one in enumerate(counts)
        if one
    ]  # fmt: skip
    runs: list[list[tuple[float, float]]] = [[]]
    for place, time in enumerate(times):
        if time is None:
            runs.append([])
        else:
            runs[-1].append((middles[place], level(time)))
    points = [point for run in runs for point in run]
    return Delays(bars, points, [path(run) for run in runs if len(run) > 1], level(goal), middles)


def spark(values: Sequence[float | None]) -> str:
    """A small line of what is known, as a path; empty below two points."""
    known = [(place, one) for place, one in enumerate(values) if one is not None]
    if len(known) < 2:
        return ""
    low, high = min(one for _p, one in known), max(one for _p, one in known)
    width, height = SPARK
    wide, tall = width / max(1, len(values) - 1), (high - low) or 1
    return path([(round(place * wide, 1), round(height - 4 - (one - low) / tall * (height - 8), 1)) for place, one in known])  # fmt: skip


def path(points: Sequence[tuple[float, float]]) -> str:
    """Points as a path."""
    return "M" + " L".join(f"{x} {y}" for x, y in points) if points else ""


def arcs(parts: Sequence[int]) -> list[tuple[float, float]]:
    """Parts of a ring of length 100: where each begins, and how long it is."""
    total, made, at = sum(parts), [], 0.0
    for one in parts:
        long = 100 * one / total if total else 0.0
        made.append((round(at, 2), round(long, 2)))
        at += long
    return made


def opacity(value: int, most: int) -> float:
    """How strong a cell of a heat map is."""
    return round(0.08 + 0.92 * value / most, 2) if value and most else 0.0
