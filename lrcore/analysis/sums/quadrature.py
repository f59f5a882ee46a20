"""Sums of a curve over whole steps: discrete Gauss quadrature where it is smooth, and term by term where
nothing is known.

A polynomial of degree below 24 is summed exactly over the 32, 64, 128, ... whole steps of a block from 12
places in it: the Gauss rule of the discrete Chebyshev (Gram) polynomials, whose three-term recurrence has b_k
= k^2 (L^2 - k^2) / (4 (4 k^2 - 1)) for a block of L steps. A block whose halves do not confirm it to 1e-15 of
the whole is halved again, at last into its single steps, so that a kink costs time and no accuracy.
(Gautschi, Orthogonal Polynomials, 2004, section 1.5; Golub & Welsch, 1969.)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lrcore.schedules.schedule import FloatArray

Ints = NDArray[np.int64]
Curve = Callable[[FloatArray], FloatArray]
Sums = tuple[FloatArray, FloatArray]

_NODES = 12
_SMALLEST = 5  # blocks of 2**5 steps; what is shorter is added up
_LARGEST = 48
# steps at either end of a piece that are evaluated one by one, lest a knot that was rounded the other way
# matters
_MARGIN = 2
_TOLERANCE = 1e-15
_CHUNK = 16_000  # rates at a time: below malloc's threshold for fresh pages


def _gauss(length: float) -> tuple[FloatArray, FloatArray]:
    k = np.arange(1, _NODES, dtype=np.float64)
    beta = k * k * (length * length - k * k) / (4.0 * (4.0 * k * k - 1.0))
    off = np.sqrt(beta) / length  # scaled, so that long blocks do not lose digits
    values, vectors = np.linalg.eigh(np.diag(off, 1) + np.diag(off, -1))
    return (length - 1.0) / 2.0 + values * length, length * vectors[0] ** 2


_RULES = [_gauss(float(1 << k)) for k in range(_SMALLEST, _LARGEST)]
_AT = np.array([rule[0] for rule in _RULES])
_WEIGHT = np.array([rule[1] for rule in _RULES])


def smooth_sums(curve: Curve, edges: Ints) -> Sums:
    """Sum of the curve and of its square over each [edges[i], edges[i + 1]); the curve is smooth inside each
    of these pieces.

    `curve` takes real steps, of which only those between the first and the last whole step of a piece are
    asked for. The relative error is below 1e-9 of the whole; for polynomials of degree 11 and pieces of a few
    steps it is rounding only.
    """
    lengths = np.diff(edges)
    total, squares = np.zeros(len(lengths)), np.zeros(len(lengths))
    owners = np.arange(len(lengths))
    is_long = lengths >= (1 << _SMALLEST) + 2 * _MARGIN
    inner = np.where(is_long, lengths - 2 * _MARGIN, 0)
    odd = inner & ((1 << _SMALLEST) - 1)  # what no block holds
    own, start, size = _blocks(owners, edges[:-1] + _MARGIN + odd, inner - odd)
    long = owners[is_long]
    singles = [
        (owners, edges[:-1], np.where(is_long, _MARGIN + odd, lengths)),
        (long, edges[long + 1] - _MARGIN, np.full(len(long), _MARGIN)),
    ]
    one, two = _apply(curve, start, size)
    while len(own):
        scale = np.array([np.abs(total).sum() + np.abs(one).sum(), squares.sum() + two.sum()])
        small = size == _SMALLEST
        own2, size2 = np.repeat(own, 2), np.repeat(size - 1, 2)
        start2 = np.repeat(start, 2)
        start2[1::2] += np.left_shift(1, size - 1)
        keep = np.repeat(~small, 2)
        one2, two2 = np.zeros(len(own2)), np.zeros(len(own2))
        one2[keep], two2[keep] = _apply(curve, start2[keep], size2[keep])
        half1, half2 = one2.reshape(-1, 2).sum(1), two2.reshape(-1, 2).sum(1)
        bad = (np.abs(half1 - one) > _TOLERANCE * scale[0]) | (np.abs(half2 - two) > _TOLERANCE * scale[1])
        done = ~bad & ~small
        np.add.at(total, own[done], half1[done])
        np.add.at(squares, own[done], half2[done])
        if small.any():  # too short to be halved
            singles.append((own[small], start[small], np.full(int(small.sum()), 1 << _SMALLEST)))
        going = np.repeat(bad & ~small, 2)
        own, start, size, one, two = own2[going], start2[going], size2[going], one2[going], two2[going]
    for owner, begin, count in singles:
        _add_each(curve, total, squares, owner, begin, count)
    return total, squares


def _blocks(owners: Ints, place: Ints, left: Ints) -> tuple[Ints, Ints, Ints]:
    """Owner, start and k of the blocks of 2**k steps that fill each piece, growing from its beginning, where
    decays have their spike."""
    place, left = place.copy(), left.copy()
    found: list[tuple[Ints, Ints, Ints]] = [(owners[:0], place[:0], left[:0])]

    def take(mask: NDArray[np.bool_], k: int) -> None:
        found.append((owners[mask], place[mask], np.full(int(mask.sum()), k, dtype=np.int64)))
        place[mask] += 1 << k
        left[mask] -= 1 << k

    top = int(left.max(initial=0)).bit_length()
    for k in range(_SMALLEST, top):
        take(left >= 2 << k, k)
    for k in range(top, _SMALLEST - 1, -1):
        while (mask := left >= 1 << k).any():
            take(mask, k)
    own, start, size = (np.concatenate(column) for column in zip(*found, strict=True))
    return own, start, size


def _apply(curve: Curve, start: Ints, size: Ints) -> Sums:
    if not len(start):
        return np.zeros(0), np.zeros(0)
    one, two = np.empty(len(start)), np.empty(len(start))
    for low in range(0, len(start), _CHUNK // _NODES):
        here = slice(low, low + _CHUNK // _NODES)
        row = size[here] - _SMALLEST
        values = curve(start[here, None] + _AT[row])
        weighted = values * _WEIGHT[row]
        one[here], two[here] = weighted.sum(1), (values * weighted).sum(1)
    return one, two


def _add_each(
    curve: Curve, total: FloatArray, squares: FloatArray, owner: Ints, start: Ints, count: Ints
) -> None:
    """Add single steps: `count` of them from `start` on for each owner."""
    ends = np.cumsum(count)
    if not len(ends) or not ends[-1]:
        return
    offset = np.arange(ends[-1]) - np.repeat(ends - count, count)
    values = curve((np.repeat(start, count) + offset).astype(np.float64))
    whose = np.repeat(owner, count)
    total += np.bincount(whose, values, len(total))
    squares += np.bincount(whose, values * values, len(total))


def tread_sums(curve: Curve, edges: Ints) -> Sums:
    """The same two sums of a curve that is constant on each piece: one evaluation for each."""
    rates, lengths = curve(edges[:-1].astype(np.float64)), np.diff(edges)
    return rates * lengths, rates * rates * lengths


def plain_sums(curve: Curve, edges: Ints, chunk: int = _CHUNK) -> Sums:
    """The same two sums, every step evaluated: right for any curve, about 20 ns a step."""
    total, squares = np.zeros(len(edges) - 1), np.zeros(len(edges) - 1)
    for low in range(int(edges[0]), int(edges[-1]), chunk):
        high = min(low + chunk, int(edges[-1]))
        values = curve(np.arange(low, high, dtype=np.float64))
        first, last = np.searchsorted(edges, low, "right") - 1, np.searchsorted(edges, high, "left")
        cuts = np.clip(edges[first:last] - low, 0, None)
        total[first:last] += np.add.reduceat(values, cuts)
        squares[first:last] += np.add.reduceat(values * values, cuts)
    return total, squares
