"""Oracle of the overdispersion of windows: numpy 2.4.6, scipy 1.17.1.

Contrasts are matrix products of numpy; that they partition Pearson's statistic is held against scipy's chi-square of the table. The median of
a chi-square variable is Wilson and Hilferty's, as in the library. Effective degrees come from a whole spectrum: the matrix with one
larger eigenvalue is built, and its traces are those of its powers. The dispersion is below 1 as far as two standard errors prove it.
"""

from itertools import combinations

import numpy as np
from scipy import stats

from common import write


def contrasts(group):
    """Weighted Helmert contrasts as one matrix product with Pearson residuals."""
    table = np.array(group, float)
    n = table.sum(1)
    shares = table.sum(0) / table.sum()
    residuals = (table - np.outer(n, shares)) / np.sqrt(np.outer(n, shares))
    rows = []
    for j in range(1, len(n)):
        before = n[:j].sum()
        row = np.zeros(len(n))
        # Weights on residuals (shares times the root of n) of window j against the sum of those before it.
        row[:j] = -np.sqrt(n[:j]) / before
        row[j] = 1 / np.sqrt(n[j])
        rows.append(row * np.sqrt(n[j] * before / (n[j] + before)))
    return np.array(rows) @ residuals


def case(name, groups, statistic):
    tables = [np.array(group) for group in groups]
    bins = tables[0].shape[1]
    d = bins - 1
    chi = [stats.chi2_contingency(table, correction=False) for table in tables]
    k = sum(len(table) - 1 for table in tables)
    z = np.vstack([contrasts(group) for group in groups])
    gram = z @ z.T
    assert np.isclose(np.trace(gram), sum(one.statistic for one in chi), rtol=1e-12)
    lengths = np.sqrt(np.diag(gram))
    weights = np.minimum(1, 3 * np.median(lengths) / np.where(lengths > 0, lengths, 1)) if lengths.any() else np.ones(k)
    drawn = gram * np.outer(weights, weights)
    trace = np.trace(drawn) / k
    second = np.mean([drawn[i, j] ** 2 for i, j in combinations(range(k), 2)]) if k > 1 else 0.0
    pairs = k * (k - 1) / 2
    doubted = np.clip(second / max(trace**2 - 2 / k * second, np.finfo(float).tiny), 0, 1) + (np.sqrt(2 / pairs) / d if pairs else 0)
    concentration = np.clip((15 * (1 / d) + pairs * doubted) / (pairs + 15), 1 / d, 1)
    used = max(min(k, 2), 2 / np.pi * k)
    estimate = np.median(np.diag(gram)) / d / ((1 - 2 / 9 * concentration) ** 3 if k > 2 else 1)
    most = estimate + 2 * np.sqrt(2 / (used * d))
    largest = (1 + np.sqrt((d - 1) * max(d * concentration - 1, 0))) / d
    spectrum = np.diag([largest] + [(1 - largest) / (d - 1)] * (d - 1)) if d > 1 else np.eye(1)
    assert np.isclose(np.trace(spectrum @ spectrum), concentration, rtol=1e-12)
    # Independent rows give every direction an eigenvalue of 1, and all of them add up to d * most at the most.
    largest = min(largest, (d * max(most, 1) - (d - 1)) / (d * max(most, 1)))
    spectrum = np.diag([largest] + [(1 - largest) / (d - 1)] * (d - 1)) if d > 1 else np.eye(1)
    h = float(np.trace(spectrum @ spectrum) ** 3 / np.trace(spectrum @ spectrum @ spectrum) ** 2)
    dispersion = max(estimate, min(most, 1))
    return {
        "name": name,
        "groups": [table.tolist() for table in tables],
        "statistic": statistic,
        "dispersion": float(dispersion),
        "effectiveDegrees": h,
        "contrasts": k,
        "pValue": float(stats.f.sf(statistic / (d * dispersion), h, used * h)),
    }


def main():
    rng = np.random.default_rng(17)
    calm = lambda n, shares: rng.multinomial(n, shares)
    flat = np.full(8, 1 / 8)
    slope = np.linspace(-1, 1, 8)

    def wandering(n):
        shares = flat * np.exp(0.3 * rng.normal() * slope)
        return rng.multinomial(n, shares / shares.sum())

    cases = [
        case("four windows of independent rows", [[calm(1000, flat) for _ in range(4)]], 12.5),
        case("weekdays of independent rows", [[calm(900, flat) for _ in range(4)] for _ in range(7)], 30.0),
        case("weekdays that wander in one direction", [[wandering(1500) for _ in range(4)] for _ in range(7)], 400.0),
        case("unequal sizes", [[calm(n, flat) for n in (300, 900, 2700)], [calm(n, flat) for n in (500, 450)]], 25.0),
        case("one odd window", [[calm(900, flat), calm(900, flat), calm(900, np.r_[0.79, np.full(7, 0.03)])], [calm(900, flat) for _ in range(3)]], 40.0),
        case("two windows", [[calm(600, flat), calm(700, flat)]], 9.0),
        case("a schedule that hardly varies", [[calm(30, flat) + 100 for _ in range(4)] for _ in range(7)], 30.0),
        case("a rare event, equally often in all windows", [[[995, 5]] * 4], 20.0),
        case("two bins", [[calm(400, [0.3, 0.7]) for _ in range(5)]], 4.0),
    ]
    call = "numpy (contrasts, medians, traces), scipy.stats.chi2_contingency (their sum), scipy.stats.f.sf (pValue)"
    write("overdispersion", call, 1e-9, cases, ["numpy", "scipy"])


if __name__ == "__main__":
    main()
