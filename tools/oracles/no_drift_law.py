"""Oracle of what scores do without drift: no-drift-law.json. python 3.11, numpy 2.4.6, scipy 1.17.1.

Exact laws by going through every way to deal the pooled rows out; laws of large samples by simulation with scipy's distances.
"""

from itertools import combinations, product

import numpy as np
from scipy import stats

from common import rounded, write

rng = np.random.default_rng(11)


def shares(counts):
    counts = np.asarray(counts, dtype=float) + 0.5
    return counts / counts.sum()


def psi(r, c):
    r, c = shares(r), shares(c)
    return float(((c - r) * np.log(c / r)).sum())


def exact_of_samples(name, distance):
    """Every split of eleven pooled values; some scores with the share of splits that reach them."""
    pooled = rounded(rng.lognormal(0, 1, 11))
    indices = set(range(11))
    scores = np.array([
        distance([pooled[i] for i in sorted(indices - set(taken))], [pooled[i] for i in taken]) for taken in combinations(range(11), 5)
    ])
    points = np.quantile(scores, [0.3, 0.6, 0.9, 0.96], method="inverted_cdf")
    return {"method": name, "reference": pooled[:6], "current": pooled[6:],
            "tails": [{"score": float(x), "tail": float((scores >= x * (1 - 1e-12)).mean())} for x in points]}


def exact_of_counts():
    pooled, m = [7, 6, 4], 8
    law = stats.multivariate_hypergeom(pooled, m)
    found = [(psi(np.subtract(pooled, c), c), float(law.pmf(c))) for c in product(*(range(k + 1) for k in pooled)) if sum(c) == m]
    scores, weights = map(np.array, zip(*found))
    points = sorted(scores)[::9]
    return {"reference": [4, 3, 2], "current": [3, 3, 2],
            "tails": [{"score": float(x), "tail": float(weights[scores >= x * (1 - 1e-12)].sum())} for x in points]}


def large(name, distance, draw):
    """95 % quantile of the distance between two large samples, times the square root of nm / (n + m)."""
    n, m = 3000, 2000
    scores = [distance(draw(n), draw(m)) for _ in range(4000)]
    return {"method": name, "quantile": float(np.quantile(scores, 0.95) * np.sqrt(n * m / (n + m)))}


body = {
    "chiSquare": [{"tail": t, "degrees": d, "value": float(stats.chi2.isf(t, d))} for t in [1e-9, 0.001, 0.01, 0.05, 0.5, 0.99] for d in [1, 2, 9, 59]],
    "hypergeometric": [
        {"marked": k, "total": t, "draws": d, "from": int(lo), "probabilities": stats.hypergeom(t, k, d).pmf(np.arange(lo, hi + 1)).tolist()}
        for k, t, d in [(3, 10, 4), (40, 100, 30), (1, 9, 3), (500, 2000, 60), (8, 10, 7)]
        for lo, hi in [(max(0, d + k - t), min(k, d))]
    ],
    "samples": [exact_of_samples("wasserstein", stats.wasserstein_distance), exact_of_samples("energy_distance", stats.energy_distance)],
    "counts": exact_of_counts(),
    "normal": [large("wasserstein", stats.wasserstein_distance, rng.standard_normal), large("energy_distance", stats.energy_distance, rng.standard_normal)],
    "exponential": [large("wasserstein", stats.wasserstein_distance, rng.standard_exponential),
                    large("energy_distance", stats.energy_distance, rng.standard_exponential)],
}
write("no-drift-law", "chi2.isf; hypergeom.pmf; all splits; 4,000 pairs of large samples", 0.03, body, ["numpy", "scipy"])
