"""Makes oracles/mann-whitney.json, welch-t.json and student-t.json: do two samples lie at one place?

Run with Python 3.11, numpy 2.4.6 and scipy 1.17.1:

    pip install numpy==2.4.6 scipy==1.17.1
    python tools/oracles/mean_tests.py
"""

import numpy as np
from scipy import stats

from common import rounded, samples, write

PACKAGES = ["numpy", "scipy"]


def small(rng):
    """Samples of at most eight values on one side, without ties: the exact tail."""
    pairs = [
        ("one value each", [1.0], [2.0]),
        ("one value beside many", [0.95], rng.uniform(0, 1, 60)),
        ("three and three", [1.0, 2.0, 3.0], [2.5, 4.0, 5.0]),
        ("eight and eight", rng.normal(0, 1, 8), rng.normal(1, 1, 8)),
        ("eight and nine, no overlap", rng.uniform(0, 1, 8), rng.uniform(2, 3, 9)),
        ("five and a hundred and fifty", rng.normal(0, 1, 5), rng.normal(0.3, 1, 150)),
        ("the same place", [1.0, 4.0], [2.0, 3.0]),
        ("nine and nine: the normal tail", rng.normal(0, 1, 9), rng.normal(1, 1, 9)),
        ("eight and eight with a tie", [1, 2, 3, 4, 5, 6, 7, 8], [8, 9, 10, 11, 12, 13, 14, 15]),
        ("all equal", [5.0] * 12, [5.0] * 30),
        ("two values, mostly one", [0] * 95 + [1] * 5, [0] * 60 + [1] * 12),
    ]
    return [(name, rounded(a), rounded(b)) for name, a, b in pairs]


def make_mann_whitney(rng):
    cases = []
    for name, a, b in samples(rng) + small(rng):
        res = stats.mannwhitneyu(a, b)
        cases.append({"name": name, "reference": a, "current": b, "u": float(res.statistic), "pValue": float(res.pvalue)})
    call = "scipy.stats.mannwhitneyu(reference, current), two-sided, method auto, with continuity correction"
    write("mann-whitney", call, 1e-12, cases, PACKAGES)


def make_t(name, rng, equal):
    """Shortened samples, and moments alone of sizes that no file could hold."""
    pairs = [(n, a[:60], b[:45]) for n, a, b in samples(rng)] + [
        ("one side constant", [4.0] * 5, rounded(rng.normal(4.2, 1, 9))),
        ("two values each", [1.0, 2.0], [4.0, 4.5]),
        ("one deviation ten times the other", rounded(rng.normal(0, 10, 8)), rounded(rng.normal(3, 1, 40))),
    ]
    cases = []
    for title, a, b in pairs:
        res = stats.ttest_ind(a, b, equal_var=equal)
        cases.append({"name": title, "reference": a, "current": b, "t": float(res.statistic), "pValue": float(res.pvalue), "degrees": float(res.df)})
    moments = []
    for (n, x, v), (m, y, w) in [((1_000_000, 5.0, 4.0), (250_000, 5.01, 4.4)), ((3, 0.0, 1.0), (50, 2.0, 100.0)), ((20, -3.5, 0.25), (20, -3.5, 0.5)),
                                 ((500, 1.7e12, 6.25e17), (700, 1.7002e12, 6e17)), ((40, 1.0, 0.0), (30, 1.2, 0.04))]:
        res = stats.ttest_ind_from_stats(x, v**0.5, n, y, w**0.5, m, equal_var=equal)
        moments.append({"reference": {"count": n, "mean": x, "variance": v}, "current": {"count": m, "mean": y, "variance": w},
                        "t": float(res.statistic), "pValue": float(res.pvalue)})
    call = f"scipy.stats.ttest_ind(reference, current, equal_var={equal}); scipy.stats.ttest_ind_from_stats with roots of the variances"
    write(name, call, 1e-12, {"samples": cases, "moments": moments}, PACKAGES)


if __name__ == "__main__":
    generator = np.random.default_rng(20261124)
    make_mann_whitney(generator)
    make_t("welch-t", generator, False)
    make_t("student-t", generator, True)
