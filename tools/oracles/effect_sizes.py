"""Oracle of effect sizes: effect-sizes.json. python 3.11, numpy 2.4.6, scipy 1.17.1, statsmodels 0.15.0."""

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import proportion_effectsize

from common import rounded, samples, write

rng = np.random.default_rng(13)


def of_samples(name, a, b):
    n, m = len(a), len(b)
    return {"name": name, "reference": rounded(a), "current": rounded(b),
            "d": float(stats.ttest_ind(b, a).statistic * np.sqrt(1 / n + 1 / m)),
            "delta": float(2 * stats.mannwhitneyu(b, a).statistic / (n * m) - 1)}


def of_counts(r, c):
    chi = stats.chi2_contingency([r, c], correction=False).statistic
    case = {"reference": r, "current": c, "w": float(np.sqrt(chi / (sum(r) + sum(c))))}
    return {**case, "h": float(proportion_effectsize(c[0] / sum(c), r[0] / sum(r)))} if len(r) == 2 else case


counts = [([50, 50], [60, 40]), ([1, 99], [5, 20]), ([0, 10], [7, 3]), ([100, 200, 300], [90, 210, 280]), ([10, 20, 0, 5], [3, 4, 5, 6])]
body = {
    "samples": [of_samples(name, a[:60], b[:50]) for name, a, b in samples(rng) if name != "no overlap"],
    "counts": [of_counts(r, c) for r, c in counts],
}
write("effect-sizes", "ttest_ind, mannwhitneyu, chi2_contingency(correction=False), proportion_effectsize", 1e-12, body, ["numpy", "scipy", "statsmodels"])
