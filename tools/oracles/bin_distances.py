"""Makes the oracle files of the distances over bins: Kullback-Leibler, Hellinger, total variation, Bhattacharyya, L-infinity.

Run with Python 3.11, numpy 2.4.6 and scipy 1.17.1:

    pip install numpy==2.4.6 scipy==1.17.1
    python tools/oracles/bin_distances.py
"""

import numpy as np
from scipy import special, stats
from scipy.spatial import distance

from common import write

PACKAGES = ["numpy", "scipy"]
rng = np.random.default_rng(20261124)


def histograms():
    """Pairs of counts: (name, reference, current)."""
    return [
        ("two bins", [50, 50], [60, 40]),
        ("five bins", [10, 20, 30, 25, 15], [12, 18, 33, 20, 9]),
        ("a bin that became empty", [5, 10, 85], [0, 12, 40]),
        ("a bin that appeared", [0, 100, 200, 300], [13, 90, 210, 280]),
        ("a bin empty on both sides", [40, 0, 60], [30, 0, 30]),
        ("one bin", [10], [20]),
        ("one value each", [1, 0], [0, 1]),
        ("many", rng.integers(1, 500, 60).tolist(), rng.integers(1, 90, 60).tolist()),
        ("large", rng.integers(1, 10**7, 12).tolist(), rng.integers(1, 10**6, 12).tolist()),
        ("disjoint", [10, 10, 0, 0], [0, 0, 10, 10]),
        ("nearly equal", [10**6, 2 * 10**6, 3 * 10**6], [10**6 + 10, 2 * 10**6 - 5, 3 * 10**6]),
    ]


def shares(counts, rule):
    counts = np.asarray(counts, dtype=float)
    if rule == "add:0.5":
        counts = counts + 0.5
    p = counts / counts.sum()
    if rule.startswith("replace:"):
        p = np.where(p == 0, float(rule[8:]), p)
        p = p / p.sum()
    return p


def finite(value):
    """JSON knows no infinity."""
    return float(value) if np.isfinite(value) else "Infinity"


def case(name, reference, current, score, **more):
    return {"name": name, "reference": reference, "current": current, **more, "score": finite(score)}


def bhattacharyya(r, c):
    with np.errstate(divide="ignore"):
        return max(-np.log(np.sqrt(r * c).sum()), 0)


if __name__ == "__main__":
    rules = ["add:0.5", "replace:0.0001", "none"]
    write("kullback-leibler", "scipy.stats.entropy(current, reference, base) of shares after the zero rule", 1e-12, [
        case(name, r, c, stats.entropy(shares(c, rule), shares(r, rule), np.e if base == "e" else 2), zero=rule, base=base)
        for name, r, c in histograms() for rule, base in [("add:0.5", "e"), ("add:0.5", 2), ("replace:0.0001", "e"), ("none", "e")]
    ], PACKAGES)
    write("bhattacharyya", "-log(sum(sqrt(r * c))) of shares after the zero rule, in float64", 1e-12, [
        case(name, r, c, bhattacharyya(shares(r, rule), shares(c, rule)), zero=rule) for name, r, c in histograms() for rule in rules
    ], PACKAGES)
    plain = [(name, r, c, shares(r, "none"), shares(c, "none")) for name, r, c in histograms()]
    write("hellinger", "scipy.spatial.distance.euclidean(sqrt(reference), sqrt(current)) / sqrt(2) of shares", 1e-12, [
        case(name, r, c, distance.euclidean(np.sqrt(p), np.sqrt(q)) / np.sqrt(2)) for name, r, c, p, q in plain
    ], PACKAGES)
    write("total-variation", "scipy.spatial.distance.cityblock(reference, current) / 2 of shares", 1e-12, [
        case(name, r, c, distance.cityblock(p, q) / 2) for name, r, c, p, q in plain
    ], PACKAGES)
    write("l-infinity", "scipy.spatial.distance.chebyshev(reference, current) of shares", 1e-12, [
        case(name, r, c, distance.chebyshev(p, q)) for name, r, c, p, q in plain
    ], PACKAGES)
    write("deviance", "scipy.special.kl_div(x, expected)", 1e-13, [
        {"x": x, "expected": e, "value": finite(special.kl_div(x, e))}
        for x, e in [(0, 0), (0, 3), (2, 0), (1, 1), (1, 1.5), (5, 2), (1e-300, 1), (0.3, 1e-20), (1e6, 1.3e6), (40, 1), (1, 40)]
    ], PACKAGES)
