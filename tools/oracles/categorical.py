"""Makes the oracle files of the tests of counts: G, Fisher's exact test, two proportions, Cramér's V.

Run with Python 3.11, numpy 2.4.6, scipy 1.17.1 and statsmodels 0.15.0:

    pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0
    python tools/oracles/categorical.py
"""

import itertools
import math
from decimal import Decimal, getcontext

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import proportions_ztest

from common import write

rng = np.random.default_rng(20261125)


def tables():
    """Pairs of counts per category: (name, reference, current)."""
    return [
        ("two categories", [50, 50], [60, 40]),
        ("two categories, less than half a step apart", [5, 5], [6, 7]),
        ("five categories", [10, 20, 30, 25, 15], [12, 18, 33, 20, 9]),
        ("sizes far apart", [900, 500, 100], [31, 9, 4]),
        ("a category nobody saw before", [500, 480, 0], [120, 118, 7]),
        ("a category that went away", [5, 10, 85], [0, 12, 40]),
        ("a category empty on both sides", [40, 0, 60], [30, 0, 35]),
        ("many", rng.integers(1, 500, 60).tolist(), rng.integers(1, 90, 60).tolist()),
        ("large", rng.integers(10**6, 10**7, 12).tolist(), rng.integers(10**5, 10**6, 12).tolist()),
        ("disjoint", [10, 10, 0, 0], [0, 0, 10, 10]),
        ("small differences in large counts", [10**6, 2 * 10**6], [10**6 + 500, 2 * 10**6 - 500]),
    ]


def pairs():
    """Counts of two categories."""
    fixed = [
        ([50, 50], [60, 40]), ([8, 2], [1, 5]), ([10, 0], [0, 10]), ([1, 0], [0, 1]), ([3, 7], [3, 7]), ([100, 0], [99, 1]), ([0, 5], [2, 3]),
        ([9900, 100], [4900, 100]), ([999_000, 1000], [499_000, 600]), ([10**6, 3], [10**6, 12]), ([7, 0], [9, 0]),
        ([0, 7], [0, 9]), ([500, 500], [100, 900]), ([12, 5], [29, 2]), ([40_000, 60_000], [20_100, 29_900]),
    ]
    return fixed + [(rng.integers(0, 40, 2).tolist(), rng.integers(1, 25, 2).tolist()) for _ in range(24)]


def occurring(reference, current):
    table = np.array([reference, current])
    return table[:, table.sum(axis=0) > 0]


def log_factorial(n):
    """To some 50 digits: exact below 2,000, Stirling's series above."""
    if n < 2000:
        return Decimal(math.factorial(n)).ln()
    n, pi = Decimal(n), Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
    series = sum(Decimal(a) / b / n ** (2 * i + 1) for i, (a, b) in enumerate([(1, 12), (-1, 360), (1, 1260), (-1, 1680), (1, 1188), (-691, 360360), (1, 156)]))
    return n * n.ln() - n + (2 * pi * n).ln() / 2 + series


def drawn_probability(x, size, marked, drawn):
    """scipy.stats.hypergeom.pmf, whose logarithms of gamma functions leave 8 digits at a size of 10^8."""
    def log_choose(n, k):
        return log_factorial(n) - log_factorial(k) - log_factorial(n - k)
    return float((log_choose(marked, x) + log_choose(size - marked, drawn - x) - log_choose(size, drawn)).exp())


def small_tables():
    """Few expected: (name, reference, current)."""
    return [
        ("three categories of a few rows", [3, 4, 2], [5, 1, 1]),
        ("a category seen once", [6, 5, 1], [4, 7, 0]),
        ("sizes far apart", [14, 9, 7, 2], [2, 0, 3, 1]),
        ("five categories", [3, 2, 4, 1, 2], [1, 4, 0, 3, 2]),
        ("a category empty on both sides", [4, 0, 3, 2], [2, 0, 5, 4]),
    ]


def g_over_all_tables(reference, current):
    """G without correction, its mean over every table with these margins, and the chi-square tail at degrees * G / mean."""
    table = occurring(reference, current)
    totals, n, size = table.sum(axis=0), int(table[0].sum()), int(table.sum())
    expected = np.outer(table.sum(axis=1), totals) / size

    def g(row):
        observed = np.array([row, totals - row])
        return 2 * sum(math.fsum(o * math.log(o / e) for o, e in zip(os, es) if o > 0) for os, es in zip(observed.tolist(), expected.tolist()))

    rows = [row for row in itertools.product(*(range(t + 1) for t in totals)) if sum(row) == n]
    weights = [math.prod(math.comb(int(t), x) for t, x in zip(totals, row)) for row in rows]
    mean = math.fsum(w * g(np.array(row)) for w, row in zip(weights, rows)) / math.comb(size, n)
    degrees = len(totals) - 1
    return mean, float(stats.chi2.sf(degrees * g(table[0]) / mean, degrees))


def cramers_v(reference, current):
    """Bergsma (2013), equations 6 to 8, on Pearson's statistic without correction."""
    table = occurring(reference, current)
    (r, k), n = table.shape, table.sum()
    phi2 = stats.chi2_contingency(table, correction=False).statistic / n
    phi2 = max(0, phi2 - (k - 1) * (r - 1) / (n - 1))
    k, r = k - (k - 1) ** 2 / (n - 1), r - (r - 1) ** 2 / (n - 1)
    return float(np.sqrt(phi2 / min(k - 1, r - 1)))


if __name__ == "__main__":
    getcontext().prec = 60
    cases = []
    for name, r, c in tables():
        res = stats.chi2_contingency(occurring(r, c), lambda_="log-likelihood")
        cases.append({"name": name, "reference": r, "current": c, "score": float(res.statistic), "pValue": float(res.pvalue), "degrees": int(res.dof)})
    enumerated = []
    for name, r, c in small_tables():
        mean, p = g_over_all_tables(r, c)
        enumerated.append({"name": name, "reference": r, "current": c, "mean": mean, "pValue": p})
    call = ("scipy.stats.chi2_contingency([reference, current], lambda_='log-likelihood'), columns of zeros left out; "
            "enumerated: g_over_all_tables in tools/oracles/categorical.py")
    write("g-test", call, 1e-10, {"scipy": cases, "enumerated": enumerated}, ["numpy", "scipy"])

    cases = []
    for name, r, c in tables():
        p = stats.chi2_contingency(occurring(r, c)).pvalue
        cases.append({"name": name, "reference": r, "current": c, "score": cramers_v(r, c), "pValue": float(p)})
    write("cramers-v", "cramers_v in tools/oracles/categorical.py; p-value scipy.stats.chi2_contingency", 1e-10, cases, ["numpy", "scipy"])

    cases = []
    for r, c in pairs():
        odds, p = stats.fisher_exact([r, c])
        cases.append({"reference": r, "current": c, "oddsRatio": float(odds) if np.isfinite(odds) else None, "pValue": float(p)})
    write("fisher-exact", "scipy.stats.fisher_exact([reference, current]), two-sided", 1e-9, cases, ["numpy", "scipy"])

    cases = []
    for r, c in pairs():
        if 0 in occurring(r, c).sum(axis=0) or occurring(r, c).shape[1] < 2:
            continue
        z, p = proportions_ztest([c[1], r[1]], [sum(c), sum(r)])
        cases.append({"reference": r, "current": c, "z": float(z), "pValue": float(p)})
    write("two-proportion-z", "statsmodels.stats.proportion.proportions_ztest([current[1], reference[1]], [sum(current), sum(reference)])", 1e-10, cases,
          ["numpy", "scipy", "statsmodels"])

    hypergeometric = [(x, size, marked, drawn) for size, marked, drawn in [(10, 4, 5), (300, 20, 150), (10**6, 3000, 400_000), (10**8, 10**4, 10**7)]
                      for x in sorted({0, min(marked, drawn), marked * drawn // size, marked * drawn // size + 2})]
    write("hypergeometric", "drawn_probability in tools/oracles/categorical.py, in decimal arithmetic of 60 digits", 1e-11, [
        {"x": x, "size": size, "marked": marked, "drawn": drawn, "value": drawn_probability(x, size, marked, drawn)}
        for x, size, marked, drawn in hypergeometric
    ], [])
