"""Makes the oracle files of the tests of whole distributions: Cramér-von Mises, Anderson-Darling, Epps-Singleton, Kuiper, energy, MMD.

Run with Python 3.11, numpy 2.4.6, scipy 1.17.1 and mpmath 1.3.0 (for two limit distributions only):

    pip install numpy==2.4.6 scipy==1.17.1 mpmath==1.3.0
    python tools/oracles/whole_distributions.py
"""

import warnings

import mpmath
import numpy as np
from scipy import stats
from scipy.spatial.distance import cdist, pdist

from common import rounded, samples, write

PACKAGES = ["numpy", "scipy"]


def rng():
    """Every family of cases draws from its own generator, so that a case added to one leaves the others as they were."""
    return np.random.default_rng(20261123)


def pairs():
    small = rng()
    return samples(rng()) + [
        ("twenty a side", rounded(small.normal(0, 1, 20)), rounded(small.normal(0.6, 1, 20))),
        ("nineteen and twenty", rounded(small.normal(0, 1, 19)), rounded(small.normal(0.2, 2, 20))),
        ("few against many", rounded(small.normal(0, 1, 7)), rounded(small.normal(0, 1, 90))),
        ("drift that leaves no doubt", rounded(small.normal(0, 1, 150), 3), rounded(small.normal(4, 1, 130), 3)),
    ]


def tested(test, least=1):
    cases = []
    for name, a, b in pairs():
        if min(len(a), len(b)) >= least:
            res = test(a, b)
            cases.append({"name": name, "reference": a, "current": b, "score": float(res.statistic), "pValue": float(res.pvalue)})
    return cases


def cramer_von_mises_of_ties(a, b):
    """nm/(n+m)^2 times the sum over the pooled values of (F - G)^2, of its mean just below and at the value where values are tied."""
    n, m, both = len(a), len(b), np.r_[a, b]
    below, at = (np.searchsorted(np.sort(a), both, side) / n - np.searchsorted(np.sort(b), both, side) / m for side in ("left", "right"))
    return float(n * m / (n + m) ** 2 * ((below**2 + at**2) / 2).sum())


def make_cramer_von_mises():
    cases = tested(stats.cramervonmises_2samp)
    for case in cases:
        case["definition"] = cramer_von_mises_of_ties(case["reference"], case["current"])
    draw, tied = rng(), []
    for n, m, steps, shift in [(80, 80, 2, 0.0), (120, 40, 2, 0.2), (40, 150, 1, 0.2), (100, 60, 0.5, 0.5), (150, 50, 2, 0.5), (60, 90, 10, 0.4)]:
        a, b = (rounded(np.round(draw.normal(by, 1, size) * steps) / steps) for size, by in [(n, 0), (m, shift)])
        observed, both = cramer_von_mises_of_ties(a, b), np.array(a + b)
        values, place = np.unique(both, return_inverse=True)
        totals = np.bincount(place)
        dealt = draw.multivariate_hypergeometric(totals, n, size=40_000)
        after = dealt.cumsum(axis=1) / n - (totals - dealt).cumsum(axis=1) / m
        before = np.c_[np.zeros(len(after)), after[:, :-1]]
        scores = n * m / (n + m) ** 2 * ((before**2 + after**2) / 2 * totals).sum(axis=1)
        tied.append({"name": f"{n} and {m} in {steps} steps a deviation, shifted by {shift}", "reference": a, "current": b, "score": observed,
                     "pValue": float(((scores >= observed - 1e-12).sum() + 1) / 40_001), "scipy": float(stats.cramervonmises_2samp(a, b).pvalue)})
    call = "scipy.stats.cramervonmises_2samp(reference, current), method auto; definition and tied: tools/oracles/whole_distributions.py, 40,000 splits"
    write("cramer-von-mises", call, 1e-12, {"scipy": cases, "tied": tied}, PACKAGES)


def make_anderson_darling():
    """The table of scipy, and permutations where it has none."""
    cases = []
    for name, a, b in pairs():
        res = stats.anderson_ksamp([a, b], variant="midrank")
        cases.append({"name": name, "reference": a, "current": b, "score": float(res.statistic), "pValue": float(res.pvalue)})
    draw = rng()

    def permute(name, a, b):
        method = stats.PermutationMethod(n_resamples=39_999, rng=np.random.default_rng(1))
        res = stats.anderson_ksamp([a, b], variant="midrank", method=method)
        return {"name": name, "reference": a, "current": b, "pValue": float(res.pvalue), "table": table(a, b)}

    def table(a, b):
        return float(stats.anderson_ksamp([a, b], variant="midrank").pvalue)

    permuted, tied = [], []
    for n, m, shift in [(50, 40, 0.0), (30, 60, 0.05), (80, 80, 0.1), (40, 40, 0.25), (60, 45, 0.75)]:
        a, b = rounded(draw.normal(0, 1, n)), rounded(draw.normal(shift, 1, m))
        permuted.append(permute(f"{n} and {m} shifted by {shift}", a, b))
    for n, m, steps, shift in [(60, 50, 2, 0.3), (80, 60, 1, 0.3), (50, 50, 1, 0.5), (90, 90, 0.5, 0.5), (40, 70, 0.5, 0.75), (60, 60, 2, 0.6)]:
        a, b = (rounded(np.round(draw.normal(by, 1, size) * steps) / steps) for size, by in [(n, 0), (m, shift)])
        tied.append(permute(f"{n} and {m} in {steps} steps a deviation, shifted by {shift}", a, b))
    call = "scipy.stats.anderson_ksamp([reference, current], variant='midrank'); permuted: method=PermutationMethod(n_resamples=39999)"
    write("anderson-darling", call, 1e-12, {"table": cases, "permuted": permuted, "tied": tied}, PACKAGES)


def cramer_von_mises_limit(x):
    """Anderson and Darling 1952, eq. 4.35: the distribution function as a series of Bessel functions."""
    def term(k):
        q = mpmath.mpf(4 * k + 1) ** 2 / (16 * x)
        ratio = mpmath.gamma(k + mpmath.mpf(1) / 2) / (mpmath.gamma(mpmath.mpf(1) / 2) * mpmath.factorial(k))
        return ratio * mpmath.sqrt(4 * k + 1) * mpmath.exp(-q) * mpmath.besselk(mpmath.mpf(1) / 4, q)
    return 1 - mpmath.nsum(lambda k: term(int(k)), [0, mpmath.inf], method="d") / (mpmath.pi * mpmath.sqrt(x))


def anderson_darling_limit(x):
    """Marsaglia and Marsaglia, Journal of Statistical Software 9/2 (2004), eq. 2: an alternating series of integrals."""
    def term(j):
        c = (4 * j + 1) ** 2 * mpmath.pi ** 2 / (8 * x)
        integral = mpmath.quad(lambda w: mpmath.exp(x / (8 * (1 + w * w)) - c * w * w), [0, 1 / mpmath.sqrt(c), 4 / mpmath.sqrt(c), 16 / mpmath.sqrt(c)])
        return mpmath.binomial(mpmath.mpf(-1) / 2, j) * (4 * j + 1) * mpmath.exp(-c) * integral
    total, j = mpmath.mpf(0), 0
    while True:
        part = term(j)
        total += part
        if abs(part) < mpmath.mpf(10) ** -45:
            return 1 - mpmath.sqrt(2 * mpmath.pi) / x * total
        j += 1


def make_limits():
    mpmath.mp.dps = 60
    cvm = [{"x": x, "value": float(cramer_von_mises_limit(mpmath.mpf(x)))} for x in [0.01, 0.03, 0.1, 0.2, 0.5, 1, 2, 5, 9]]
    ad = [{"x": x, "value": float(anderson_darling_limit(mpmath.mpf(x)))} for x in [0.1, 0.2, 0.5, 1, 2.5, 4, 8, 20]]
    write("squared-bridge-tail", "one minus the series of Anderson and Darling 1952 / Marsaglia and Marsaglia 2004 in mpmath, 60 digits", 1e-12,
          {"cramerVonMises": cvm, "andersonDarling": ad}, ["mpmath"])


def make_energy_distance():
    cases = [{"name": name, "reference": a, "current": b, "score": float(stats.energy_distance(a, b))} for name, a, b in pairs()]
    write("energy-distance", "scipy.stats.energy_distance(reference, current)", 1e-12, cases, PACKAGES)


def kuiper_statistic(a, b):
    return stats.ks_2samp(a, b, alternative="greater").statistic + stats.ks_2samp(a, b, alternative="less").statistic


def make_kuiper():
    """The score as the sum of scipy's one-sided ones; the p-value as the share of random splits that score as much."""
    cases = [{"name": name, "reference": a, "current": b, "score": float(kuiper_statistic(a, b))} for name, a, b in pairs()]
    draw, permuted = rng(), []
    for n, m, scale in [(40, 40, 1.0), (100, 80, 1.2), (150, 100, 1.5), (200, 150, 1.7)]:
        a, b = rounded(draw.normal(0, 1, n)), rounded(draw.normal(0, scale, m))
        observed, hits = kuiper_statistic(a, b), 0
        for _ in range(20_000):
            path = np.cumsum(np.where(draw.permutation(n + m) < n, 1 / n, -1 / m))
            hits += max(path.max(), 0) - min(path.min(), 0) >= observed - 1e-9
        permuted.append({"name": f"{n} and {m}, scale {scale}", "reference": a, "current": b, "pValue": (hits + 1) / 20_001})
    call = "scipy.stats.ks_2samp(alternative='greater').statistic + ks_2samp(alternative='less').statistic; permuted: 20,000 random splits"
    write("kuiper", call, 1e-14, {"scored": cases, "permuted": permuted}, PACKAGES)


def epps_singleton_of_splits(a, b, points=(0.4, 0.8), splits=20_000):
    """Share of random splits of which at least as much of the variation of cos(tx) and sin(tx) lies between the samples."""
    both, n, m = np.r_[a, b], len(a), len(b)
    scale = stats.iqr(both) / 2
    waves = np.array([wave(t * (both - np.median(both)) / scale) for wave in (np.cos, np.sin) for t in points]).T
    vectors, values, _ = np.linalg.svd(waves - waves.mean(axis=0), full_matrices=False)
    turned = vectors[:, values > 1e-6 * values[0]]

    def between(members):
        return (n + m) / n / m * (turned[members].sum(axis=0) ** 2).sum()

    draw, observed = np.random.default_rng(20261124), between(np.arange(n))
    hits = sum(between(draw.permutation(n + m)[:n]) >= observed - 1e-12 for _ in range(splits))
    return (hits + 1) / (splits + 1)


def make_epps_singleton():
    draw = rng()
    more = [(rounded(draw.normal(0, 1, n)), rounded(draw.normal(0.15, 1, m))) for n, m in [(210, 230), (300, 200)]]
    more += [(rounded(draw.poisson(0.5, n).astype(float)), rounded(draw.poisson(rate, m).astype(float))) for n, m, rate in [(150, 30, 0.5), (60, 40, 0.8)]]
    cases = tested(stats.epps_singleton_2samp, least=5)
    for a, b in more:
        res = stats.epps_singleton_2samp(a, b)
        cases.append({"name": f"{len(a)} and {len(b)}", "reference": a, "current": b, "score": float(res.statistic), "pValue": float(res.pvalue)})
    for case in cases:
        case["splits"] = float(epps_singleton_of_splits(case["reference"], case["current"]))
    call = "scipy.stats.epps_singleton_2samp(reference, current); splits in tools/oracles/whole_distributions.py"
    write("epps-singleton", call, 1e-9, cases, PACKAGES)


def make_mmd():
    """Unbiased, kernel exp(-d^2 / median(d^2)) with the median over the pairs of the pooled sample that differ in place."""
    cases = []
    for name, a, b in pairs():
        x, y = np.array(a)[:, None], np.array(b)[:, None]
        square = float(np.median(pdist(np.r_[x, y], "sqeuclidean")))
        n, m = len(a), len(b)
        xx, yy, xy = (np.exp(-cdist(p, q, "sqeuclidean") / square) for p, q in [(x, x), (y, y), (x, y)])
        score = (xx.sum() - n) / (n * (n - 1)) + (yy.sum() - m) / (m * (m - 1)) - 2 * xy.mean()
        cases.append({"name": name, "reference": a, "current": b, "bandwidth": float(np.sqrt(square / 2)), "score": float(score)})
    write("mmd", "numpy.exp(-scipy.spatial.distance.cdist(x, y, 'sqeuclidean') / median(pdist(pooled, 'sqeuclidean'))), unbiased means", 1e-9, cases,
          PACKAGES)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    make_cramer_von_mises()
    make_anderson_darling()
    make_limits()
    make_energy_distance()
    make_kuiper()
    make_epps_singleton()
    make_mmd()
