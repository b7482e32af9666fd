"""Oracle files of the streaming detectors: where River sees a change and where it warns, on streams that every language can make again.

River 0.26.1 (scipy 1.17.1). `cusum` and `ewma` came to River after that release: the files `river/drift/cusum.py` (commit
291ccdd563bf84aa659489df6f2ea4c5bf4e35bb) and `river/drift/ewma.py` (commit 2420eb58f9b6fcd8d6b10e7737c61f50cb091671) of its repository
run on the release. Call: `python tools/oracles/streaming.py FOLDER_WITH_BOTH_FILES`.
"""

import importlib.util
import sys
from pathlib import Path

import numpy as np
from common import write
from river import drift

PACKAGES = ["river", "numpy", "scipy"]


def later(name, kind):
    spec = importlib.util.spec_from_file_location(name, Path(sys.argv[1]) / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, kind)


def uniforms(seed):
    """x ← 1664525·x + 1013904223 modulo 2³², as a share of 2³²: exact in doubles."""
    while True:
        seed = (1664525 * seed + 1013904223) % 2**32
        yield seed / 2**32


def stream(seed, segments):
    """Values of the segments one after the other: errors at a rate, or sums of twelve uniforms less 6, scaled and shifted."""
    draw = uniforms(seed)
    for segment in segments:
        for _ in range(segment["length"]):
            if "rate" in segment:
                yield 1 if next(draw) < segment["rate"] else 0
            else:
                yield segment["mean"] + segment["deviation"] * (sum(next(draw) for _ in range(12)) - 6)


def run(detector, values):
    """Indices of changes; warnings as runs from the first to the last index."""
    changes, warnings = [], []
    for i, value in enumerate(values):
        detector.update(value)
        if detector.drift_detected:
            changes.append(i)
        elif getattr(detector, "warning_detected", False):
            if warnings and warnings[-1][1] == i - 1:
                warnings[-1][1] = i
            else:
                warnings.append([i, i])
    return {"changes": changes, "warnings": warnings}


def errors(*rates, length=1500):
    return [{"length": length, "rate": rate} for rate in rates]


def normals(*means, length=1000, deviation=1.0):
    return [{"length": length, "mean": mean, "deviation": deviation} for mean in means]


BITS = [
    ("rate doubles", errors(0.1, 0.2, 0.4)),
    ("rate rises and falls", errors(0.05, 0.3, 0.05)),
    ("rare errors", errors(0.005, 0.005, 0.05)),
    ("never changes", errors(0.3, length=4000)),
    ("600 right, one wrong, 400 right", [{"length": 600, "rate": 0}, {"length": 1, "rate": 1}, {"length": 400, "rate": 0}]),
    ("from always right to always wrong", errors(0.0, 1.0, 0.0, length=400)),
    ("a coin", errors(0.5, 0.7, length=1000)),
]
NUMBERS = [
    ("steps up and down", normals(0, 1, 0, 3)),
    ("small steps", normals(0, 0.3, 0.6, 0.3, length=2000)),
    ("four segments far apart", normals(0.5, 5.5, 0.5, 5.5, deviation=1.2)),
    ("never changes", normals(0, length=5000)),
    ("of the order of a thousandth", normals(0, 0.001, length=1500, deviation=0.001)),
    ("far from zero", normals(1e6, 1e6 + 2, length=800)),
    ("constant, then another constant", [{"length": 300, "mean": 1.0, "deviation": 0.0}, {"length": 300, "mean": 2.0, "deviation": 0.0}]),
]


def cases_of(kind, streams, variants):
    cases = []
    for name, segments in streams:
        for number, parameters in enumerate(variants):
            seed = 100 * len(cases) + number + 1
            found = run(kind(**parameters), stream(seed, segments))
            cases.append({"name": name, "parameters": parameters, "seed": seed, "segments": segments, **found})
    return cases


def make(name, kind, streams, variants):
    write(name, f"river.drift {kind.__name__}, updated value by value; a change is not also a warning", 0, cases_of(kind, streams, variants), PACKAGES)


def make_kswin():
    """With a window of twice the newest values the draw takes all others, so that River's generator does not matter. Else: the spread."""
    streams = [("steps up and down", normals(0, 1, 0, 3, length=250)), ("never changes", normals(0)), NUMBERS[-1]]
    exact = cases_of(drift.KSWIN, streams, [{"window_size": 60, "stat_size": 30}, {"alpha": 0.0001, "window_size": 100, "stat_size": 50}])
    spread = []
    for name, segments in [("a step of two", normals(0, 2, length=300)), ("a step of four down", normals(4, 0, length=300))]:
        found = [run(drift.KSWIN(alpha=1e-6, seed=seed), stream(7, segments))["changes"] for seed in range(40)]
        first = [changes[0] for changes in found]
        spread.append({"name": name, "alpha": 1e-6, "seed": 7, "segments": segments, "mean": float(np.mean(first)), "deviation": float(np.std(first))})
    call = "river.drift KSWIN, updated value by value; spread: mean and deviation of the first change over seeds 0 to 39"
    write("kswin", call, 0, {"exact": exact, "spread": spread}, PACKAGES)


if __name__ == "__main__":
    squeezed = [("shares", errors(0.2, 0.5, 0.2, 0.6, length=1000)), *NUMBERS]
    make("adwin", drift.ADWIN, squeezed, [{}, {"delta": 0.05, "clock": 8, "max_buckets": 3, "min_window_length": 10, "grace_period": 50}])
    make("ddm", drift.binary.DDM, BITS, [{}, {"warm_start": 100, "warning_threshold": 1.5, "drift_threshold": 4.0}])
    make("eddm", drift.binary.EDDM, BITS, [{"alpha": 0.8, "beta": 0.75}, {"warm_start": 60}])
    make("hddm-a", drift.binary.HDDMA, BITS, [{}, {"drift_confidence": 0.01, "warning_confidence": 0.05, "two_sided_test": True}])
    make("hddm-w", drift.binary.HDDMW, BITS, [{}, {"lambda_val": 0.02, "two_sided_test": True}])
    make("page-hinkley", drift.PageHinkley, NUMBERS, [{}, {"threshold": 10.0, "delta": 0.2, "mode": "up"}, {"threshold": 8.0, "delta": 0.1, "alpha": 0.99, "mode": "down"}])
    make("cusum", later("cusum", "CUSUM"), NUMBERS, [{}, {"min_instances": 100, "slack": 1.0, "threshold": 8.0, "mode": "up"}, {"mode": "down"}])
    make("ewma", later("ewma", "EWMA"), NUMBERS, [{}, {"alpha": 0.05, "threshold": 5.0, "min_instances": 100, "mode": "up"}, {"mode": "down"}])
    make_kswin()
