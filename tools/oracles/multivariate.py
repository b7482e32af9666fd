"""Makes the oracle files of the methods over several columns and over vectors.

Run with Python 3.11, each part in an environment of its own:

    pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
    python tools/oracles/multivariate.py tables    # multivariate.json, domain-classifier.json

    pip install evidently==0.7.23 pandas==2.3.3 numpy==2.4.6 scipy==1.17.1
    python tools/oracles/multivariate.py vectors   # vectors.json

    pip install nannyml==0.13.1 pandas==2.3.3 numpy==2.4.6 scikit-learn==1.9.1
    NML_DISABLE_USAGE_LOGGING=1 python tools/oracles/multivariate.py nannyml   # pca-reconstruction.json
"""

import sys
import warnings

import numpy as np
from scipy import stats
from scipy.spatial.distance import cdist, pdist

from common import rounded, write


def rng():
    """Every family of cases draws from its own generator, so that a case added to one leaves the others as they were."""
    return np.random.default_rng(20261124)


def together(draw, rows, columns, correlation):
    """Standard normal columns of which every two have this correlation."""
    return np.sqrt(correlation) * draw.normal(size=(rows, 1)) + np.sqrt(1 - correlation) * draw.normal(size=(rows, columns))


def numeric(array):
    return [{"kind": "numeric", "values": rounded(column)} for column in array.T]


def holes(column, draw, share):
    """A column with some of its values missing."""
    return {**column, "values": [None if draw.uniform() < share else value for value in column["values"]]}


def words(draw, rows, shares):
    return {"kind": "categorical", "values": [str(word) for word in draw.choice(list("abcdef")[: len(shares)], rows, p=shares)]}


def tables():
    """Pairs of tables: (name, reference, current)."""
    draw = rng()
    mixed = [
        numeric(together(draw, rows, 2, correlation)) + [words(draw, rows, shares)]
        for rows, correlation, shares in [(70, 0.1, [0.6, 0.3, 0.1]), (50, 0.7, [0.3, 0.3, 0.4])]
    ]
    gaps = [[holes(numeric(together(draw, rows, 1, 0))[0], draw, 0.2), holes(words(draw, rows, [0.5, 0.5]), draw, 0.1)] for rows in (40, 45)]
    scales = np.array([1, 1000, 0.001])
    return [
        ("three columns", numeric(together(draw, 80, 3, 0.2)), numeric(together(draw, 60, 3, 0.2))),
        ("other correlation", numeric(together(draw, 90, 2, 0)), numeric(together(draw, 90, 2, 0.8))),
        ("one column shifted", numeric(draw.normal(0, 1, (50, 1))), numeric(draw.normal(0.7, 1, (40, 1)))),
        ("units apart", numeric(draw.normal(5, 1, (40, 3)) * scales), numeric(draw.normal(5.3, 1, (30, 3)) * scales)),
        ("numbers and words", *mixed),
        ("missing values", *gaps),
        ("words only", [words(draw, 60, [0.7, 0.3]), words(draw, 60, [0.5, 0.5])], [words(draw, 50, [0.5, 0.5]), words(draw, 50, [0.5, 0.5])]),
    ]


def points(reference, current):
    """Standardised on the pooled rows with the median for missing numbers; words as one-hot vectors, a missing one as a word."""
    columns = []
    for a, b in zip(reference, current):
        pooled = a["values"] + b["values"]
        if a["kind"] == "numeric":
            values = np.array([np.nan if value is None else value for value in pooled])
            values = np.where(np.isnan(values), np.nanmedian(values), values)
            columns.append(((values - values.mean()) / values.std())[:, None])
        else:
            columns.append(np.array([[value == word for word in sorted({str(v) for v in pooled} - {"None"}) + [None]] for value in pooled], dtype=float))
    return np.hstack(columns), len(reference[0]["values"])


def unbiased_mmd(pooled, n):
    square = float(np.median(pdist(pooled, "sqeuclidean")))
    if square == 0:
        square = float(np.median([d for d in pdist(pooled, "sqeuclidean") if d > 0]))
    kernel, m = np.exp(-cdist(pooled, pooled, "sqeuclidean") / square), len(pooled) - n
    xx, yy, xy = kernel[:n, :n], kernel[n:, n:], kernel[:n, n:]
    return (xx.sum() - n) / (n * (n - 1)) + (yy.sum() - m) / (m * (m - 1)) - 2 * xy.mean(), float(np.sqrt(square / 2))


def energy(pooled, n):
    d = cdist(pooled, pooled)
    return float(np.sqrt(2 * d[:n, n:].mean() - d[:n, :n].mean() - d[n:, n:].mean()))


def p_value(statistic, pooled, n, seed, splits=4999):
    """Share of random splits that score at least as much."""
    draw, observed = np.random.default_rng(seed), statistic(pooled, n)
    hits = sum(statistic(pooled[draw.permutation(len(pooled))], n) >= observed - 1e-12 for _ in range(splits))
    return (hits + 1) / (splits + 1)


def make_tables():
    cases = []
    for name, reference, current in tables():
        pooled, n = points(reference, current)
        mmd, bandwidth = unbiased_mmd(pooled, n)
        case = {"name": name, "reference": reference, "current": current}
        case["mmd"] = {"score": float(mmd), "bandwidth": bandwidth, "pValue": p_value(lambda rows, k: unbiased_mmd(rows, k)[0], pooled, n, 1, 1999)}
        case["energy"] = {"score": energy(pooled, n), "pValue": p_value(energy, pooled, n, 2, 1999)}
        if name == "one column shifted":
            case["scipyEnergy"] = float(stats.energy_distance(pooled[:n, 0], pooled[n:, 0]))
        cases.append(case)
    call = "scipy.spatial.distance.cdist of one-hot and standardised columns; p-values: 1,999 random splits"
    write("multivariate", call, 1e-9, cases, ["numpy", "scipy"])


def make_domain_classifier():
    """Areas of scikit-learn's boosting with our settings, over twenty shuffles of the folds: mean and deviation."""
    from sklearn.ensemble import GradientBoostingRegressor
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    draw, cases = rng(), []
    for name, a, b in [
        ("nothing", together(draw, 150, 3, 0.3), together(draw, 150, 3, 0.3)),
        ("shift of one column", together(draw, 150, 3, 0.3), together(draw, 150, 3, 0.3) + [0.8, 0, 0]),
        ("correlation only", together(draw, 200, 2, 0.0), together(draw, 200, 2, 0.85)),
        ("correlation in more rows", together(draw, 300, 3, 0.1), together(draw, 200, 3, 0.7)),
    ]:
        a, b = a.round(3), b.round(3)
        x, y, areas = np.vstack([a, b]), np.r_[np.zeros(len(a)), np.ones(len(b))], []
        for seed in range(20):
            said = np.zeros(len(y))
            for learnt, asked in StratifiedKFold(5, shuffle=True, random_state=seed).split(x, y):
                model = GradientBoostingRegressor(n_estimators=10, max_depth=3, min_samples_leaf=10, learning_rate=0.5, random_state=0)
                said[asked] = model.fit(x[learnt], y[learnt]).predict(x[asked])
            areas.append(roc_auc_score(y, said))
        cases.append({"name": name, "reference": numeric(a), "current": numeric(b), "area": float(np.mean(areas)), "deviation": float(np.std(areas, ddof=1))})
    call = "GradientBoostingRegressor(n_estimators=10, max_depth=3, min_samples_leaf=10, learning_rate=0.5) on StratifiedKFold(5, shuffle=True), 20 seeds"
    write("domain-classifier", call, 3, cases, ["numpy", "scipy", "scikit-learn"])


def make_vectors():
    import pandas as pd
    from evidently.legacy.metrics.data_drift.embedding_drift_methods import distance, ratio

    draw, cases = rng(), []
    for name, a, b in [
        ("nothing", together(draw, 60, 6, 0.2), together(draw, 50, 6, 0.2)),
        ("shifted", together(draw, 40, 8, 0.1), together(draw, 60, 8, 0.1) + 0.6),
        ("half of the elements", draw.normal(size=(80, 10)), draw.normal(size=(70, 10)) + np.repeat([0, 1.2], 5)),
        ("far from zero", draw.normal(1000, 1, (30, 4)), draw.normal(1000.4, 1, (30, 4))),
        ("correlation only", together(draw, 80, 3, 0.0), together(draw, 80, 3, 0.9)),
    ]:
        a, b = a.round(3), b.round(3)
        pooled, n = np.vstack([a, b]), len(a)
        frames = [pd.DataFrame(b), pd.DataFrame(a)]
        tests = [stats.ks_2samp(a[:, i], b[:, i]).pvalue for i in range(a.shape[1])]
        adjusted = stats.false_discovery_control(tests, method="bh")
        mmd, bandwidth = unbiased_mmd(pooled, n)
        cases.append({
            "name": name, "reference": a.tolist(), "current": b.tolist(),
            "centroid": {"score": float(distance()(*frames)[0]), "pValue": p_value(lambda r, k: np.linalg.norm(r[:k].mean(0) - r[k:].mean(0)), pooled, n, 3)},
            "mmd": {"score": float(mmd), "bandwidth": bandwidth, "pValue": p_value(lambda r, k: unbiased_mmd(r, k)[0], pooled, n, 1, 1999)},
            "share": {"score": float(np.mean(adjusted <= 0.05)), "pValue": float(min(adjusted)), "evidently": float(ratio("ks", 0.05)(*frames)[0])},
        })
    call = "evidently embedding_drift_methods distance() and ratio('ks', 0.05); scipy ks_2samp, false_discovery_control, cdist; p-values: random splits"
    write("vectors", call, 1e-9, cases, ["numpy", "scipy", "evidently"])


def make_nannyml():
    import nannyml
    import pandas as pd

    draw = rng()
    category = lambda rows, shares: [str(w) for w in draw.choice(list("abcd"), rows, p=shares)]
    reference = {f"x{i}": rounded(column, 3) for i, column in enumerate(together(draw, 200, 4, 0.4).T)}
    reference["word"] = category(200, [0.5, 0.3, 0.2, 0.0])
    moved = {f"x{i}": rounded(column, 3) for i, column in enumerate(together(draw, 60, 4, 0.0).T)}
    moved["word"] = category(60, [0.3, 0.3, 0.2, 0.2])
    for at in range(0, 200, 17):
        reference["x1"][at] = None
        reference["word"][at] = None
    for at in range(0, 60, 9):
        moved["x2"][at] = None
        moved["word"][at] = None
    reference["constant"], moved["constant"] = [0.1] * 200, [0.1] * 30 + [0.3] * 30
    names = list(reference)
    a, b = pd.DataFrame(reference), pd.DataFrame(moved)
    for frame in (a, b):
        frame["word"] = frame["word"].astype(object).where(frame["word"].notna(), np.nan)
    calculator = nannyml.DataReconstructionDriftCalculator(column_names=names, chunk_size=20).fit(a)
    answers = calculator.calculate(b).filter(period="analysis").data["reconstruction_error"]
    whole = nannyml.DataReconstructionDriftCalculator(column_names=names, chunk_number=10).fit(a).calculate(b)
    first = calculator.calculate(b).data["reconstruction_error"]
    column = lambda name, frame: {"kind": "categorical" if name == "word" else "numeric", "values": frame[name]}
    case = {
        "reference": [column(name, reference) for name in names],
        "current": [column(name, moved) for name in names],
        "components": int(calculator._pca.n_components_),
        "chunkSize": 20,
        "chunks": [{"error": float(row.value), "samplingError": float(row.sampling_error)} for row in answers.itertuples()],
        "lower": float(first["lower_threshold"].iloc[-1]),
        "upper": float(first["upper_threshold"].iloc[-1]),
        "tenChunksUpper": float(whole.data["reconstruction_error"]["upper_threshold"].iloc[-1]),
    }
    write("pca-reconstruction", "nannyml.DataReconstructionDriftCalculator(chunk_size=20).fit(reference).calculate(current)", 1e-9, case, ["nannyml", "scikit-learn", "numpy"])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    makers = {"tables": [make_tables, make_domain_classifier], "vectors": [make_vectors], "nannyml": [make_nannyml]}
    for make in makers[sys.argv[1]]:
        make()
