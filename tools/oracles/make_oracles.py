"""Makes the oracle files of libs/statistics: inputs with the answers other people's code gives for them.

Run with Python 3.11, numpy 2.4.6, scipy 1.17.1 and scikit-learn 1.9.1:

    pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
    python tools/oracles/make_oracles.py

The tests read the committed files and never need Python. Inputs come from seeded generators and are rounded, so that a reader can
retype a case; each file says which tool, version and call made it.
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import special, stats
from scipy.spatial.distance import jensenshannon
from sklearn import metrics

OUT = Path(__file__).resolve().parents[2] / "libs" / "statistics" / "src" / "oracles"
rng = np.random.default_rng(20261123)


def write(name, call, tolerance, cases):
    tool = {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__}
    body = {"tool": tool, "call": call, "tolerance": tolerance, "cases": cases}
    (OUT / f"{name}.json").write_text(json.dumps(body, indent=1) + "\n")


def rounded(values, digits=4):
    return [round(float(v), digits) for v in values]


def samples():
    """Pairs of samples: sizes, shapes, ties and shifts that differ."""
    pairs = [
        ("normal against shifted normal", rng.normal(0, 1, 200), rng.normal(0.5, 1, 150)),
        ("equal sizes", rng.normal(10, 3, 120), rng.normal(10, 3, 120)),
        ("equal sizes, shifted", rng.normal(10, 3, 60), rng.normal(12, 3, 60)),
        ("heavy ties", rng.integers(0, 8, 300), rng.integers(0, 9, 180)),
        ("lognormal against wider", rng.lognormal(0, 1, 500), rng.lognormal(0.1, 1.2, 77)),
        ("far from zero", rng.normal(1e6, 2, 90), rng.normal(1e6 + 1, 2, 110)),
        ("one value each", np.array([1.0]), np.array([2.0])),
        ("tiny", np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0, 9.0])),
        ("no overlap", rng.uniform(0, 1, 40), rng.uniform(2, 3, 35)),
        ("small steps of one decimal", rng.normal(5, 1, 400).round(1), rng.normal(5.2, 1, 333).round(1)),
    ]
    return [(name, rounded(a), rounded(b)) for name, a, b in pairs]


def histograms():
    pairs = [
        ("two bins", [50, 50], [60, 40]),
        ("five bins", [10, 20, 30, 25, 15], [12, 18, 33, 20, 9]),
        ("a bin that became empty", [5, 10, 85], [0, 12, 40]),
        ("a bin that appeared", [0, 100, 200, 300], [13, 90, 210, 280]),
        ("a bin empty on both sides", [40, 0, 60], [30, 0, 30]),
        ("identical", [7, 8, 9], [7, 8, 9]),
        ("one bin", [10], [20]),
        ("many", rng.integers(1, 500, 60).tolist(), rng.integers(1, 90, 60).tolist()),
        ("large", rng.integers(1, 10**7, 12).tolist(), rng.integers(1, 10**6, 12).tolist()),
        ("disjoint", [10, 10, 0, 0], [0, 0, 10, 10]),
    ]
    return pairs


def shares(counts, rule):
    counts = np.asarray(counts, dtype=float)
    if rule == "add:0.5":
        return (counts + 0.5) / (counts + 0.5).sum()
    p = counts / counts.sum()
    if rule.startswith("replace:"):
        p = np.where(p == 0, float(rule[8:]), p)
    return p


def psi(reference, current, rule):
    r, c = shares(reference, rule), shares(current, rule)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(r == c, 0.0, (c - r) * np.log(c / r))
    return float(terms.sum())


def make_histogram_methods():
    cases = []
    for name, r, c in histograms():
        for rule in ["add:0.5", "replace:0.0001", "none"]:
            value = psi(r, c, rule)
            if np.isfinite(value):
                cases.append({"name": name, "reference": r, "current": c, "zero": rule, "score": value})
    write("psi", "sum((c - r) * log(c / r)) over shares after the zero rule, in float64", 1e-12, cases)
    cases = [
        {"name": name, "reference": r, "current": c, "zero": rule, "base": base,
         "score": float(jensenshannon(shares(r, rule), shares(c, rule), base=np.e if base == "e" else 2))}
        for name, r, c in histograms() for rule in ["add:0.5", "replace:0.0001", "none"] for base in ["e", 2]
    ]
    write("jensen-shannon", "scipy.spatial.distance.jensenshannon(reference, current, base) over shares after the zero rule", 1e-12, cases)
    cases = []
    for name, r, c in histograms():
        table = np.array([r, c])
        table = table[:, table.sum(axis=0) > 0]
        res = stats.chi2_contingency(table)
        cases.append({"name": name, "reference": r, "current": c, "score": float(res.statistic), "pValue": float(res.pvalue), "degrees": int(res.dof)})
    write("chi-square", "scipy.stats.chi2_contingency([reference, current]), columns of zeros left out", 1e-10, cases)


def make_sample_methods():
    cases = []
    for name, a, b in samples():
        res = stats.ks_2samp(a, b)
        cases.append({"name": name, "reference": a, "current": b, "score": float(res.statistic), "pValue": float(res.pvalue)})
    write("kolmogorov-smirnov", "scipy.stats.ks_2samp(reference, current), method auto, two-sided", 1e-10, cases)
    cases = []
    for name, a, b in samples():
        raw = float(stats.wasserstein_distance(a, b))
        deviation = float(np.std(a))
        cases.append({"name": name, "reference": a, "current": b, "score": raw, "deviation": deviation})
    write("wasserstein", "scipy.stats.wasserstein_distance(reference, current); numpy.std(reference)", 1e-12, cases)


def open_outer(edges, values):
    edges = np.unique(np.asarray(edges, dtype=float))
    edges[0], edges[-1] = -np.inf, np.inf
    return np.histogram(values, bins=edges)[0].tolist()


def make_binning():
    cases = []
    for name, a, b in samples():
        if len(a) < 3:
            continue
        a, b = np.array(a), np.array(b)
        if np.array_equal(a, a.round()) and np.array_equal(b, b.round()):
            a, b = a.astype(int), b.astype(int)
        edges = {
            "quantile": np.unique(np.quantile(a, np.linspace(0, 1, 11))),
            "equal_width": np.histogram_bin_edges(a, bins=10),
            "sturges": np.histogram_bin_edges(np.concatenate([a, b]), bins="sturges"),
            "doane": np.histogram_bin_edges(a, bins="doane"),
        }
        for binning, e in edges.items():
            if len(e) < 3:
                continue
            cases.append({"name": name, "binning": binning, "reference": a.tolist(), "current": b.tolist(), "cuts": e[1:-1].tolist(),
                          "referenceCounts": open_outer(e, a), "currentCounts": open_outer(e, b)})
    write("binning", "numpy.quantile / numpy.histogram_bin_edges, counts by numpy.histogram with infinite outer edges", 1e-12, cases)


def make_special():
    gamma = [{"a": float(a), "x": float(x), "value": float(special.gammaincc(a, x))}
             for a in [0.5, 1, 1.5, 3, 7.5, 20, 99.5, 1000, 50000]
             for x in np.array([0.01, 0.2, 0.5, 0.9, 1.0, 1.1, 1.5, 2, 3, 5]) * a]
    erfc = [{"x": float(x), "value": float(special.erfc(x))} for x in [-3, -1, -0.1, 0, 1e-6, 0.1, 0.5, 1, 2, 4, 8, 20, 26]]
    kolmogorov = [{"n": n, "x": float(x), "value": float(stats.kstwo.sf(x, n))}
                  for n in [1, 2, 5, 10, 47, 140, 141, 500, 5000, 12345, 90909, 200000]
                  for z in [0.3, 0.42, 0.6, 0.8, 1.0, 1.3, 1.6, 2.0, 3.0, 5.0, 12.0]
                  for x in [z / np.sqrt(n)] if 0.5 / n < x < 1 and (n < 50000 or z in (0.6, 1.3, 3.0))]
    limit = [{"m": m, "n": n, "h": h, "value": float(stats.ks_2samp(*two(m, n, h), method="exact").pvalue)}
             for m, n, h in [(9, 7, 20), (100, 100, 15), (250, 100, 60), (37, 53, 400), (1000, 999, 60000)]]
    body = {"upperGamma": gamma, "erfc": erfc, "kolmogorovTail": kolmogorov, "exactTail": limit}
    write("special", "scipy.special.gammaincc, scipy.special.erfc, scipy.stats.kstwo.sf, scipy.stats.ks_2samp exact", 1e-10, body)


def two(m, n, h):
    """Two samples whose largest difference of distribution functions is h / lcm(m, n)."""
    import math
    lcm = m * n // math.gcd(m, n)
    for below_a in range(m + 1):
        for below_b in range(n + 1):
            if abs(below_a * (lcm // m) - below_b * (lcm // n)) == h:
                a = np.r_[np.zeros(below_a), np.ones(m - below_a)]
                b = np.r_[np.zeros(below_b), np.ones(n - below_b)]
                return a, b
    raise ValueError((m, n, h))


def make_correction():
    cases = []
    for size in [1, 2, 5, 30]:
        p = rounded(rng.uniform(0, 1, size) ** 3, 6)
        cases.append({"pValues": p, "adjusted": stats.false_discovery_control(p, method="bh").tolist()})
    tied = [0.01, 0.01, 0.04, 0.04, 0.9, 0.0, 1.0]
    cases.append({"pValues": tied, "adjusted": stats.false_discovery_control(tied, method="bh").tolist()})
    write("benjamini-hochberg", "scipy.stats.false_discovery_control(ps, method='bh')", 1e-14, cases)


def calibration_error(y, p, bins=10):
    index = np.minimum(np.floor(p * bins).astype(int), bins - 1)
    return float(sum((index == b).sum() / len(y) * abs(p[index == b].mean() - y[index == b].mean()) for b in range(bins) if (index == b).any()))


def make_performance():
    binary = []
    for size, digits in [(40, 3), (200, 2), (300, 1)]:
        p = np.clip(np.round(rng.beta(2, 3, size), digits), 0, 1)
        y = rng.uniform(size=size) < p ** 0.8
        said = p >= 0.5
        binary.append({
            "truth": y.tolist(), "probabilities": p.tolist(), "rocAuc": float(metrics.roc_auc_score(y, p)), "logLoss": float(metrics.log_loss(y, p)),
            "brier": float(metrics.brier_score_loss(y, p)), "expectedCalibrationError": calibration_error(y.astype(float), p),
            "accuracy": float(metrics.accuracy_score(y, said)), "precision": float(metrics.precision_score(y, said)),
            "recall": float(metrics.recall_score(y, said)), "f1": float(metrics.f1_score(y, said)),
        })
    certain = {"truth": [True, False, True], "probabilities": [1.0, 1.0, 0.3]}
    certain["logLoss"] = float(metrics.log_loss(certain["truth"], certain["probabilities"]))
    words = rng.choice(["cat", "dog", "eel"], 80).tolist()
    said = [w if rng.uniform() < 0.7 else str(rng.choice(["cat", "dog", "eel"])) for w in words]
    multi = {"truth": words, "answers": said, "matrix": metrics.confusion_matrix(words, said).tolist(), "accuracy": float(metrics.accuracy_score(words, said)),
             **{k: float(f(words, said, average="macro")) for k, f in [("precision", metrics.precision_score), ("recall", metrics.recall_score), ("f1", metrics.f1_score)]}}
    t, a = rounded(rng.normal(0, 5, 50)), rounded(rng.normal(0, 5, 50))
    regression = {"truth": t, "answers": a, "mae": float(metrics.mean_absolute_error(t, a)), "rmse": float(metrics.root_mean_squared_error(t, a))}
    write("performance", "sklearn.metrics; calibration error by numpy over ten equal intervals", 1e-12,
          {"binary": binary, "certain": certain, "multiclass": multi, "regression": regression})


MISSING = ["", "NA", "NaN", "null"]


def table(size, shift):
    """Rows of a data file as text, with missing cells, and the values that are left of each column."""
    income = rng.lognormal(10 + shift, 0.6, size).round(2)
    age = rng.integers(18, 80 + int(20 * shift), size).astype(float)
    balance = rng.normal(100 * shift, 50, size).round(3)
    plan = rng.choice(["basic", "plus", "pro", "team"], size, p=[0.5 - shift, 0.3, 0.15, 0.05 + shift])
    member = rng.choice(["true", "false"], size, p=[0.3 + shift, 0.7 - shift])
    hole = rng.uniform(size=(size, 2)) < 0.04
    gap = rng.choice(MISSING, (size, 2))
    columns = {"income": income[~hole[:, 0]], "age": age, "balance": balance, "plan": plan[~hole[:, 1]], "member": member}
    lines = [[gap[i, 0] if hole[i, 0] else f"{income[i]:.2f}", f"{age[i]:.0f}", f"{balance[i]:.3f}",
              gap[i, 1] if hole[i, 1] else plan[i], member[i], "7"] for i in range(size)]
    return lines, columns


def edges_of(binning, r, c, bins):
    if binning == "quantile":
        return np.unique(np.quantile(r, np.linspace(0, 1, bins + 1)))
    if binning == "equal_width":
        return np.histogram_bin_edges(r, bins=bins)
    return np.histogram_bin_edges(np.concatenate([r, c]) if binning == "sturges" else r, bins=binning)


def score(method, r, c, run):
    if method == "kolmogorov_smirnov":
        res = stats.ks_2samp(r, c)
        return {"score": float(res.statistic), "pValue": float(res.pvalue)}
    if method.startswith("wasserstein"):
        raw = float(stats.wasserstein_distance(r, c))
        return {"score": raw / float(np.std(r)) if method.endswith("normalised") else raw}
    if r.dtype.kind == "f":
        e = edges_of(run["binning"], r, c, run["bins"])
        a, b = open_outer(e, r), open_outer(e, c)
    else:
        words = sorted(set(r) | set(c))
        a, b = [int((r == w).sum()) for w in words], [int((c == w).sum()) for w in words]
    if method == "psi":
        return {"score": psi(a, b, run["zero"])}
    if method == "jensen_shannon":
        return {"score": float(jensenshannon(shares(a, run["zero"]), shares(b, run["zero"]), base=np.e if run["base"] == "e" else 2))}
    res = stats.chi2_contingency([a, b])
    return {"score": float(res.statistic), "pValue": float(res.pvalue)}


NUMERIC = ["psi", "jensen_shannon", "kolmogorov_smirnov", "wasserstein", "wasserstein_normalised"]
WORDS = ["psi", "jensen_shannon", "chi_square"]
RUNS = [
    {"zero": "add:0.5", "base": "e", "binning": "quantile", "bins": 10},
    {"zero": "add:0.5", "base": 2, "binning": "equal_width", "bins": 10},
    {"zero": "replace:0.0001", "base": "e", "binning": "sturges", "bins": 10},
    {"zero": "add:0.5", "base": "e", "binning": "doane", "bins": 10},
    {"zero": "add:0.5", "base": "e", "binning": "quantile", "bins": 25},
    {"zero": "replace:0.0001", "base": 2, "binning": "equal_width", "bins": 4},
]


def make_compare():
    """Two CSV files and what numpy and scipy say of each column, for the spec of the compare command."""
    folder = Path(__file__).resolve().parents[2] / "apps" / "cli" / "src" / "compare" / "fixtures"
    folder.mkdir(parents=True, exist_ok=True)
    header = "income,age,balance,plan,member,unit"
    (lines, reference), (others, current) = table(700, 0.0), table(450, 0.1)
    (folder / "reference.csv").write_text("\n".join([header + ",old"] + [",".join(line) + ",1" for line in lines]) + "\n")
    (folder / "current.csv").write_text("\n".join([header + ",new"] + [",".join(line) + ",1" for line in others]) + "\n")
    runs = []
    for run in RUNS:
        columns = {}
        for name, r in reference.items():
            c, numeric = current[name], r.dtype.kind == "f"
            columns[name] = {
                "kind": "numeric" if numeric else "categorical", "n": {"reference": len(r), "current": len(c)},
                "missing": {"reference": 700 - len(r), "current": 450 - len(c)},
                "methods": {method: score(method, r, c, run) for method in (NUMERIC if numeric else WORDS)},
            }
        runs.append({**run, "columns": columns})
    tool = {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__}
    body = {"tool": tool, "call": "make_compare in tools/oracles/make_oracles.py", "tolerance": 1e-9, "runs": runs}
    (folder / "expected.json").write_text(json.dumps(body, indent=1) + "\n")


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    make_histogram_methods()
    make_sample_methods()
    make_binning()
    make_special()
    make_correction()
    make_performance()
    make_compare()
