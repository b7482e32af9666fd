"""Oracles of corrections for many tests: correction.json, online-false-discovery.json. python 3.11, numpy 2.4.6, scipy 1.17.1, statsmodels 0.15.0."""

import numpy as np
from scipy import special
from statsmodels.stats.multitest import multipletests

from common import rounded, write

rng = np.random.default_rng(7)


def make_offline():
    lists = [rounded(rng.uniform(0, 1, size) ** 3, 6) for size in [1, 2, 5, 30]]
    lists.append([0.01, 0.01, 0.04, 0.04, 0.9, 0.0, 1.0])
    cases = [
        {"pValues": p, **{method: multipletests(p, method=method)[1].tolist() for method in ["bonferroni", "holm", "fdr_bh"]}}
        for p in lists
    ]
    write("correction", "statsmodels.stats.multitest.multipletests(ps, method)[1]", 1e-14, cases, ["numpy", "statsmodels"])


def lord_gamma(j):
    j = np.asarray(j, dtype=float)
    return 0.07720838 * np.log(np.maximum(j, 2)) / (j * np.exp(np.sqrt(np.log(j))))


def saffron_gamma(j):
    return 0.43749016 * np.asarray(j, dtype=float) ** -1.6


def check_sums():
    """The gammas must not add up to more than 1: terms below `whole` by addition, the rest by the integral (a decreasing function)."""
    whole = 10_000_000
    u = np.log(whole)
    s = np.sqrt(u)
    rest = 0.07720838 * 2 * np.exp(-s) * (s**3 + 3 * s**2 + 6 * s + 6)
    lord = lord_gamma(np.arange(1, whole + 1)).sum() + rest
    saffron = 0.43749016 * special.zeta(1.6)
    assert 0.976 < lord <= 1 and 0.9999 < saffron <= 1, (lord, saffron)


def lord(p, alpha):
    """LORD++ from the definition, over the whole history at every step."""
    w0, found, levels = alpha / 10, [], []
    for t in range(1, len(p) + 1):
        level = lord_gamma(t) * w0
        if found:
            level += (alpha - w0) * lord_gamma(t - found[0]) + alpha * sum(lord_gamma(t - tau) for tau in found[1:])
        levels.append(float(level))
        if p[t - 1] <= level:
            found.append(t)
    return levels, found


def saffron(p, alpha, lam=0.5):
    """SAFFRON from the definition: C(j+) counts the candidates after the j-th discovery."""
    w0, found, levels = (1 - lam) * alpha / 2, [], []
    candidates = np.asarray(p) <= lam
    for t in range(1, len(p) + 1):
        def term(tau):
            return saffron_gamma(t - tau - candidates[tau:t - 1].sum())
        level = w0 * term(0)
        if found:
            level += ((1 - lam) * alpha - w0) * term(found[0]) + (1 - lam) * alpha * sum(term(tau) for tau in found[1:])
        levels.append(float(min(lam, level)))
        if p[t - 1] <= levels[-1]:
            found.append(t)
    return levels, found


def make_online():
    cases = []
    for name, share, alpha in [("no drift", 0.0, 0.05), ("one in five drifts", 0.2, 0.05), ("nearly all drift", 0.9, 0.1)]:
        p = np.where(rng.uniform(size=150) < share, rng.beta(0.1, 30, 150), rng.uniform(size=150)).round(9).tolist()
        for procedure, f in [("lord", lord), ("saffron", saffron)]:
            levels, found = f(p, alpha)
            cases.append({"name": f"{procedure}, {name}", "procedure": procedure, "rate": alpha, "pValues": p, "levels": levels, "discoveries": found})
    write("online-false-discovery", "the papers' formulas over the whole history at every step, numpy", 1e-12, cases, ["numpy", "scipy"])


check_sums()
make_offline()
make_online()
