"""Makes oracles/evidently.json, oracles/nannyml.json and, with its default chunks, oracles/nannyml-chunks.json: the numbers the two tools
themselves show for the same columns. And, of the two
files the command line is tested with, like-evidently.json and like-nannyml.json beside them.

Each tool has an environment of its own (Python 3.11); both break with pandas 3, which Evidently 0.7.23 cannot import:

    pip install evidently==0.7.23 pandas==2.3.3 numpy==2.4.6 scipy==1.17.1
    PYTHONHASHSEED=0 python tools/oracles/peers.py evidently

    pip install nannyml==0.13.1 pandas==2.3.3 numpy==2.4.6 scipy==1.17.1
    python tools/oracles/peers.py nannyml

Columns go in as pandas reads them from a file. Columns of `rows` are too long to be written down: value i is
((i * 7919 + add) % 10007) / 16 + shift.
"""

import json
import os
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from common import rounded, write

warnings.filterwarnings("ignore")


def long_column(rows, add, shift):
    return [((i * 7919 + add) % 10007) / 16 + shift for i in range(rows)]


def columns():
    """(name, reference, current): both sides of a column as lists; None is missing."""
    rng = np.random.default_rng(20261124)
    words = lambda p, n: [str(w) for w in rng.choice(list("abcdefgh")[: len(p)], n, p=p)]
    return [
        ("floats", rounded(rng.normal(0, 1, 110)), rounded(rng.normal(0.3, 1.1, 90))),
        ("skewed floats", rounded(rng.lognormal(1, 1, 110)), rounded(rng.lognormal(1.1, 1, 60))),
        ("integers", [int(v) for v in rng.integers(20, 70, 110)], [int(v) for v in rng.integers(24, 80, 90)]),
        ("integer codes", [int(v) for v in rng.integers(0, 4, 110)], [int(v) for v in rng.integers(0, 5, 90)]),
        ("integers with gaps", [int(v) for v in rng.integers(0, 40, 120)], [None if i % 9 == 0 else int(v) for i, v in enumerate(rng.integers(0, 44, 110))]),
        ("floats of few values", [float(v) / 2 for v in rng.integers(0, 5, 130)], [float(v) / 2 for v in rng.integers(0, 5, 110)]),
        ("floats of two values", [float(v) / 2 for v in rng.integers(0, 2, 130)], [float(v) / 2 for v in rng.integers(0, 2, 110)]),
        ("floats of fifteen values", [float(v) / 2 for v in rng.integers(0, 15, 130)], [float(v) / 2 for v in rng.integers(0, 15, 110)]),
        ("words", words([0.5, 0.3, 0.2], 130), words([0.4, 0.35, 0.25], 110)),
        ("words with a new one", words([0.5, 0.3, 0.2], 130), words([0.45, 0.3, 0.2, 0.05], 110)),
        ("words, one gone", words([0.5, 0.3, 0.15, 0.05], 130), words([0.6, 0.3, 0.1], 60)),
        ("two words", words([0.5, 0.5], 130), words([0.35, 0.65], 110)),
        ("one word", ["a"] * 40, ["a"] * 30),
        ("constant integers", [7] * 50, [7] * 40),
        ("constant floats, moved", [1.5] * 50, [1.75] * 40),
        ("tiny deviation", rounded(rng.normal(0, 0.0004, 120), 6), rounded(rng.normal(0.0002, 0.0004, 100), 6)),
        ("no overlap", rounded(rng.uniform(0, 1, 60)), rounded(rng.uniform(2, 3, 50))),
    ]


def long_columns():
    """(name, rows, add and shift of the reference, the same of the current side)."""
    return [
        ("at the cliff", (1000, 0, 0), (400, 500, 20)),
        ("past the cliff", (1001, 0, 0), (400, 500, 20)),
        ("ten thousand rows, moved down", (10000, 2000, 0), (60, 0, -40)),
        ("ten thousand rows, moved up", (10000, 2000, 0), (60, 0, 40)),
    ]


def cases():
    """A case with `times` has its sides repeated so often; one with `rows` is made by the formula above."""
    for name, reference, current in columns():
        yield {"name": name, "times": 1, "reference": reference, "current": current}
        if name in ("words", "two words", "floats of few values"):
            yield {"name": f"{name}, past the cliff", "times": 8, "reference": reference, "current": current}
    for name, reference, current in long_columns():
        yield {"name": name, "rows": {"reference": reference, "current": current}}


def sides(case):
    if "rows" in case:
        return long_column(*case["rows"]["reference"]), long_column(*case["rows"]["current"])
    return case["reference"] * case["times"], case["current"] * case["times"]


FIXTURES = Path(__file__).resolve().parents[2] / "apps" / "cli" / "src" / "compare" / "fixtures"


def files():
    r, c = (pd.read_csv(FIXTURES / f"{side}.csv") for side in ("reference", "current"))
    return r, c, [name for name in r.columns if name in c.columns]


def write_files(tool, columns):
    (FIXTURES / f"like-{tool}.json").write_text(json.dumps({"columns": columns}, indent=1) + "\n")


def evidently():
    from evidently import Dataset, Report
    from evidently.metrics import ValueDrift

    made = []
    for case in cases():
        reference, current = sides(case)
        r, c = pd.DataFrame({"x": reference}), pd.DataFrame({"x": current})
        kind = Dataset.from_pandas(c).column("x").type.value
        methods = [None, "jensenshannon", "psi", "kl_div", "hellinger"] + (["ks", "wasserstein"] if kind == "num" else ["chisquare"])
        scores = {}
        for method in methods:
            found = Report([ValueDrift(column="x", method=method)]).run(Dataset.from_pandas(c), Dataset.from_pandas(r)).dict()["metrics"][0]
            score = float(found["value"])
            entry = {"shown": found["config"]["method"], "threshold": found["config"]["threshold"], "score": score}
            if np.isfinite(score):
                scores["default" if method is None else method] = entry
        made.append({**case, "type": kind, "scores": scores})
    r, c, names = files()
    found = Report([ValueDrift(column=name) for name in names]).run(Dataset.from_pandas(c), Dataset.from_pandas(r)).dict()["metrics"]
    shown = {m["config"]["column"]: {"shown": m["config"]["method"], "score": float(m["value"])} for m in found}
    write_files("evidently", shown)
    write("evidently", "Report([ValueDrift(column, method)]).run(current, reference)", 1e-9, made, ["evidently", "pandas", "numpy", "scipy"])


def nannyml():
    os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
    import nannyml as nml

    made = []
    for case in cases():
        reference, current = sides(case)
        r, c = pd.DataFrame({"x": reference}), pd.DataFrame({"x": current})
        numeric = pd.api.types.is_numeric_dtype(r["x"]) and r["x"].dtype != bool
        methods = ["jensen_shannon", "hellinger"] + (["kolmogorov_smirnov", "wasserstein"] if numeric else ["chi2", "l_infinity"])
        chosen = {"continuous_methods" if numeric else "categorical_methods": methods}
        calculator = nml.UnivariateDriftCalculator(column_names=["x"], chunk_number=1, **chosen).fit(r)
        frame = calculator.calculate(c).filter(period="analysis").to_df()
        scores = {m: float(frame[("x", m, "value")].iloc[0]) for m in methods}
        made.append({**case, "scores": scores})
    r, c, names = files()
    frame = nml.UnivariateDriftCalculator(column_names=names, chunk_number=1).fit(r).calculate(c).filter(period="analysis").to_df()
    write_files("nannyml", {name: {"shown": "jensen_shannon", "score": float(frame[(name, "jensen_shannon", "value")].iloc[0])} for name in names})
    write("nannyml", "UnivariateDriftCalculator(chunk_number=1).fit(reference).calculate(current)", 1e-9, made, ["nannyml", "pandas", "numpy", "scipy"])
    nannyml_chunks(nml)


def chunk_columns():
    """(name, reference, current) of columns long enough to be cut; sizes leave a remainder, some chunks hold no value."""
    rng = np.random.default_rng(20261125)
    words = lambda p, n: [str(w) for w in rng.choice(list("abcd")[: len(p)], n, p=p)]
    return [
        ("floats", rounded(rng.normal(0, 1, 123)), rounded(np.concatenate([rng.normal(0, 1, 60), rng.normal(1.5, 1, 45)]))),
        ("integers with gaps", [None if i % 7 == 0 else int(v) for i, v in enumerate(rng.integers(0, 30, 140))], [None if 22 <= i < 37 else int(v) for i, v in enumerate(rng.integers(0, 40, 112))]),
        ("words", words([0.5, 0.3, 0.2], 130), words([0.5, 0.3, 0.2], 60) + words([0.1, 0.3, 0.3, 0.3], 57)),
        ("two words", words([0.6, 0.4], 120), words([0.6, 0.4], 50) + words([0.1, 0.9], 55)),
        ("one word", ["a"] * 40, ["a"] * 31),
    ]


def nannyml_chunks(nml):
    made = []
    for name, reference, current in chunk_columns():
        r, c = pd.DataFrame({"x": reference}), pd.DataFrame({"x": current})
        numeric = pd.api.types.is_numeric_dtype(r["x"])
        methods = ["jensen_shannon", "hellinger"] + (["kolmogorov_smirnov", "wasserstein"] if numeric else ["chi2", "l_infinity"])
        chosen = {"continuous_methods" if numeric else "categorical_methods": methods}
        frame = nml.UnivariateDriftCalculator(column_names=["x"], **chosen).fit(r).calculate(c).filter(period="analysis").to_df()
        shown = {}
        for m in methods:
            found = frame["x"][m]
            limit = found["upper_threshold"].iloc[0]
            shown[m] = {
                "threshold": None if pd.isna(limit) else float(limit),
                "scores": [None if pd.isna(v) else float(v) for v in found["value"]],
                "alerts": [None if pd.isna(v) else bool(a) for v, a in zip(found["value"], found["alert"])],
            }
        starts = [int(v) for v in frame[("chunk", "chunk", "start_index")]]
        made.append({"name": name, "reference": reference, "current": current, "starts": starts, "methods": shown})
    write("nannyml-chunks", "UnivariateDriftCalculator().fit(reference).calculate(current)", 1e-9, made, ["nannyml", "pandas", "numpy", "scipy"])


if __name__ == "__main__":
    {"evidently": evidently, "nannyml": nannyml}[sys.argv[1]]()
