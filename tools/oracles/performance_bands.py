"""Makes libs/statistics/src/oracles/performance-bands.json.

Run with Python 3.11:

    pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1 statsmodels==0.15.0 pandas==3.1.1
    python tools/oracles/performance_bands.py

Values are scikit-learn's. Errors of the delta method are derivatives by the weight of each row or cell, taken by complex steps of a plain
formula, which share nothing with the closed forms in the library. DeLong's error is summed over all pairs.
"""

import numpy as np
from scipy import stats
from sklearn import metrics
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from common import rounded, write

PACKAGES = ["numpy", "scipy", "scikit-learn", "statsmodels"]
STEP = 1e-30
rng = np.random.default_rng(20261124)


def slopes(f, x):
    """Derivatives of f by each entry of x, exact to rounding: the imaginary part after an imaginary step."""
    x = np.asarray(x, dtype=float)
    out = np.empty(x.size)
    for i in range(x.size):
        z = x.astype(complex).ravel()
        z[i] += 1j * STEP
        out[i] = f(z.reshape(x.shape)).imag / STEP
    return out.reshape(x.shape)


def cell_error(f, counts):
    """Standard error of a function of cell shares under a multinomial draw."""
    x = np.asarray(counts, dtype=float) / np.sum(counts)
    d = slopes(f, x)
    return float(np.sqrt(((x * d**2).sum() - (x * d).sum() ** 2) / np.sum(counts)))


def row_error(f, n):
    """Standard error of a function of row weights by the infinitesimal jackknife; f does not change when all weights are scaled."""
    return float(np.sqrt((slopes(f, np.ones(n)) ** 2).sum()))


def kappa(x):
    pe = (x.sum(0) * x.sum(1)).sum()
    return (np.trace(x) - pe) / (1 - pe)


def matthews(x):
    a, t = x.sum(0), x.sum(1)
    return (np.trace(x) - (a * t).sum()) / np.sqrt((1 - (a * a).sum()) * (1 - (t * t).sum()))


def class_shares(x, metric):
    a, t, d = x.sum(0), x.sum(1), np.diag(x)
    return {"precision": d / a, "recall": d / t, "f1": 2 * d / (a + t)}[metric]


def average(metric, how):
    def f(x):
        q = class_shares(x, metric)
        w = x.sum(1) if how == "weighted" else np.ones(len(q))
        return (w * q).sum() / w.sum()
    return f


def make_shares():
    return [
        {"successes": k, "trials": n, "level": level, "bounds": [float(v) for v in proportion_confint(k, n, 1 - level, "wilson")]}
        for k, n in [(0, 1), (1, 1), (0, 10), (8, 10), (50, 100), (997, 1000), (3, 250_000)] for level in [0.8, 0.95, 0.999]
    ]


def make_decisions():
    out = []
    for tp, fp, fn, tn in [(6, 2, 3, 9), (120, 33, 41, 806), (5, 0, 2, 9)]:
        y = np.repeat([1, 0, 1, 0], [tp, fp, fn, tn])
        p = np.repeat([1, 1, 0, 0], [tp, fp, fn, tn])
        shares = {
            "accuracy": metrics.accuracy_score(y, p), "precision": metrics.precision_score(y, p), "recall": metrics.recall_score(y, p),
            "specificity": metrics.recall_score(y, p, pos_label=0), "negative_predictive_value": metrics.precision_score(y, p, pos_label=0),
            "false_positive_rate": 1 - metrics.recall_score(y, p, pos_label=0), "false_negative_rate": 1 - metrics.recall_score(y, p),
            "predicted_positive_rate": p.mean(), "actual_positive_rate": y.mean(),
        }
        low, high = proportion_confint(tp, tp + fp + fn, 0.05, "wilson")
        j_low, j_high = confint_proportions_2indep(tp, tp + fn, fp, fp + tn, method="newcomb", compare="diff")
        out.append({
            "counts": [tp, fp, fn, tn], "shares": {k: float(v) for k, v in shares.items()}, "f1": float(metrics.f1_score(y, p)),
            "f1Bounds": [2 * low / (1 + low), 2 * high / (1 + high)], "balancedAccuracy": float(metrics.balanced_accuracy_score(y, p)),
            "informedness": float(metrics.balanced_accuracy_score(y, p, adjusted=True)), "informednessBounds": [float(j_low), float(j_high)],
            "matthews": float(metrics.matthews_corrcoef(y, p)), "kappa": float(metrics.cohen_kappa_score(y, p)),
        })
    return out


def make_classes():
    out = []
    for cells in [[[9, 2], [3, 6]], [[20, 5, 1], [3, 30, 4], [2, 2, 15]], [[40, 3, 2, 1], [6, 25, 0, 4], [1, 2, 9, 3], [0, 5, 2, 31]]]:
        cells = np.array(cells)
        names = np.array(list("abcd")[: len(cells)])
        y = np.repeat(np.repeat(names, len(cells)), cells.ravel())
        p = np.repeat(np.tile(names, len(cells)), cells.ravel())
        worth = rng.integers(-20, 20, cells.shape)
        rows = np.repeat(worth.ravel(), cells.ravel())
        scores = {"precision": metrics.precision_score, "recall": metrics.recall_score, "f1": metrics.f1_score}
        out.append({
            "classes": names.tolist(), "cells": cells.tolist(),
            "matthews": {"value": float(metrics.matthews_corrcoef(y, p)), "error": cell_error(matthews, cells)},
            "kappa": {"value": float(metrics.cohen_kappa_score(y, p)), "error": float(cohens_kappa(cells).std_kappa)},
            "averages": [{"metric": m, "average": how, "value": float(f(y, p, average=how)),
                          "error": None if how == "micro" else cell_error(average(m, how), cells)}
                         for m, f in scores.items() for how in ["macro", "weighted", "micro"]],
            "worth": worth.tolist(), "businessValue": {"value": float(rows.mean()), "error": float(rows.std() / np.sqrt(len(rows)))},
        })
    return out


def delong_error(y, s):
    pos, neg = s[y], s[~y]
    wins = (pos[:, None] > neg) + 0.5 * (pos[:, None] == neg)
    return float(np.sqrt(wins.mean(1).var(ddof=1) / len(pos) + wins.mean(0).var(ddof=1) / len(neg)))


def weighted_auc(y, s):
    wins = np.where(s[:, None] > s, 1.0, np.where(s[:, None] == s, 0.5, 0.0))
    return lambda w: ((w * y) @ wins @ (w * ~y)) / ((w * y).sum() * (w * ~y).sum())


def weighted_ap(y, s):
    at_least = (s >= s[:, None]).astype(float)
    return lambda w: (w * y * (at_least @ (w * y)) / (at_least @ w)).sum() / (w * y).sum()


def calibration_bounds(y, p, bins=10, level=0.95):
    """Triangle inequality below, tangent above; quantile of a sum of half-normal numbers by its first three moments (scipy's)."""
    n, at = len(p), np.minimum((p * bins).astype(int), bins - 1)
    variances = np.array([max(np.var(np.where(at == k, p - y, 0)) / n, (p * (1 - p))[at == k].sum() / n**2) for k in range(bins)])
    gaps = np.abs([np.where(at == k, p - y, 0).mean() for k in range(bins)])
    mean, variance, skew = (float(v) for v in stats.halfnorm.stats(moments="mvs"))
    spread, z = np.sqrt(variance * variances.sum()), stats.norm.ppf((1 + level) / 2)
    skewness = skew * ((variance * variances) ** 1.5).sum() / spread**3
    down = mean * np.sqrt(variances).sum() + spread * (z + skewness * (z * z - 1) / 6)
    value = gaps.sum()
    return {"value": float(value), "bounds": [float(max(value - down, 0)), float(min(value + z * np.sqrt(variances.sum()), 1))]}


def make_scores():
    out = []
    for size, digits, share in [(40, 3, 0.4), (60, 1, 0.5), (120, 2, 0.15)]:
        y = rng.uniform(size=size) < share
        p = np.round(np.clip(rng.beta(2, 3, size) + 0.25 * y, 0, 1), digits)
        squares, logs = (p - y) ** 2, -np.log(np.where(y, np.clip(p, 2**-52, 1 - 2**-52), 1 - np.clip(p, 2**-52, 1 - 2**-52)))
        out.append({
            "truth": y.tolist(), "scores": p.tolist(), "rocAuc": {"value": float(metrics.roc_auc_score(y, p)), "error": delong_error(y, p)},
            "averagePrecision": {"value": float(metrics.average_precision_score(y, p)), "error": row_error(weighted_ap(y, p), size)},
            "brier": {"value": float(squares.mean()), "error": float(stats.sem(squares))},
            "calibration": calibration_bounds(y, p),
            "calibrationOfThreeBins": calibration_bounds(np.zeros(size), p, 3, 0.9),
            "logLoss": {"value": float(logs.mean()), "error": float(stats.sem(logs))},
        })
    return out


def make_class_scores():
    names = ["cat", "dog", "eel"]
    y = rng.choice(names, 70, p=[0.5, 0.3, 0.2])
    raw = rng.gamma(1.0, 1.0, (70, 3)) + 1.2 * (y[:, None] == names)
    p = np.round(raw / raw.sum(1, keepdims=True), 2)
    p[:, 2] = np.round(1 - p[:, 0] - p[:, 1], 2)
    flags = y[:, None] == names
    one = [weighted_auc(flags[:, k], p[:, k]) for k in range(3)]
    every = {
        "macro": lambda w: sum(f(w) for f in one) / 3,
        "weighted": lambda w: sum(f(w) * (w * flags[:, k]).sum() for k, f in enumerate(one)) / w.sum(),
        "micro": lambda w: weighted_auc(flags.T.ravel(), p.T.ravel())(np.tile(w, 3)),
    }
    cases = [{"average": how, "value": float(metrics.roc_auc_score(y, p, multi_class="ovr", average=how, labels=names)), "error": row_error(f, 70)}
             for how, f in every.items()]
    return {"truth": y.tolist(), "scores": dict(zip(names, p.T.tolist())), "cases": cases}


def make_numbers():
    out = []
    for name, y in [("amounts", rng.lognormal(2, 1, 60)), ("ties", rng.integers(1, 9, 45).astype(float))]:
        y = np.array(rounded(y))
        p = np.array(rounded(np.abs(y * rng.lognormal(0, 0.3, len(y)))))

        def means(losses, value):
            return {"value": float(value), "error": float(stats.sem(losses))}

        def r2(w):
            mean = (w * y).sum() / w.sum()
            return 1 - (w * (y - p) ** 2).sum() / (w * (y - mean) ** 2).sum()

        logs = (np.log1p(y) - np.log1p(p)) ** 2
        out.append({
            "name": name, "truth": y.tolist(), "answers": p.tolist(),
            "mae": means(np.abs(y - p), metrics.mean_absolute_error(y, p)), "mse": means((y - p) ** 2, metrics.mean_squared_error(y, p)),
            "rmse": float(metrics.root_mean_squared_error(y, p)),
            "mape": means(np.abs(y - p) / y, metrics.mean_absolute_percentage_error(y, p)),
            "msle": means(logs, metrics.mean_squared_log_error(y, p)), "rmsle": float(metrics.root_mean_squared_log_error(y, p)),
            "r2": {"value": float(metrics.r2_score(y, p)), "error": row_error(r2, len(y))},
            "quantile": [{"quantile": a, **means(np.maximum(a * (y - p), (a - 1) * (y - p)), metrics.mean_pinball_loss(y, p, alpha=a))}
                         for a in [0.1, 0.5, 0.9]],
        })
    return out


if __name__ == "__main__":
    cases = {"shares": make_shares(), "decisions": make_decisions(), "classes": make_classes(), "scores": make_scores(),
             "classScores": make_class_scores(), "numbers": make_numbers()}
    write("performance-bands", "sklearn.metrics; errors by statsmodels or complex-step derivatives in numpy", 1e-9, cases, PACKAGES)
