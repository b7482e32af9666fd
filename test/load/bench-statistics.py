"""Times the same arrays in Evidently, scipy and River, those of them that can be imported; prints {tool: {method: ns per value}}.

Called by bench-statistics.ts with the folder of the arrays (float64, little endian). A value is one number of either side.
"""

import json
import sys
import time
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
BUDGET_SECONDS = 0.5


def timed(values, work):
    """Best of as many calls as fit into the budget, after one that warms up; ns per value."""
    best, spent = float("inf"), 0.0
    try:
        work()
        while spent < BUDGET_SECONDS:
            start = time.perf_counter()
            work()
            took = time.perf_counter() - start
            best, spent = min(best, took), spent + took
    except Exception as error:  # a method that a release lacks is left out, not fatal
        print(f"left out: {error}", file=sys.stderr)
        return None
    return best * 1e9 / values


def scipy_times(reference, current):
    from scipy import stats

    n = len(reference) + len(current)
    calls = {
        "kolmogorov_smirnov": lambda: stats.ks_2samp(reference, current),
        "cramer_von_mises": lambda: stats.cramervonmises_2samp(reference, current),
        "anderson_darling": lambda: stats.anderson_ksamp([reference, current]),
        "mann_whitney": lambda: stats.mannwhitneyu(reference, current),
        "welch_t": lambda: stats.ttest_ind(reference, current, equal_var=False),
        "student_t": lambda: stats.ttest_ind(reference, current),
        "epps_singleton": lambda: stats.epps_singleton_2samp(reference, current),
        "wasserstein": lambda: stats.wasserstein_distance(reference, current),
        "energy_distance": lambda: stats.energy_distance(reference, current),
    }
    return {name: timed(n, call) for name, call in calls.items()}


def evidently_times(reference, current):
    import pandas as pd
    from evidently.legacy.calculations.stattests import registry
    from evidently.legacy.core import ColumnType

    r, c = pd.Series(reference), pd.Series(current)
    names = {"kolmogorov_smirnov": "ks", "wasserstein_normalised": "wasserstein", "psi": "psi", "jensen_shannon": "jensenshannon", "kullback_leibler": "kl_div", "hellinger": "hellinger"}
    test = lambda name: registry.get_stattest(r, c, ColumnType.Numerical, name)
    return {ours: timed(len(r) + len(c), lambda name=name: test(name)(r, c, ColumnType.Numerical, None)) for ours, name in names.items()}


def river_times(stream):
    from river import drift

    def run(make):
        detector = make()
        for value in stream:
            detector.update(value)

    makes = {"adwin": drift.ADWIN, "kswin": lambda: drift.KSWIN(seed=1), "page_hinkley": drift.PageHinkley}
    return {name: timed(len(stream), lambda make=make: run(make)) for name, make in makes.items()}


def main():
    import numpy as np

    folder = Path(sys.argv[1])
    reference, current, stream = (np.fromfile(folder / f"{name}.f64") for name in ("reference", "current", "stream"))
    tools = {
        "scipy": lambda: scipy_times(reference, current),
        "evidently": lambda: evidently_times(reference, current),
        "river": lambda: river_times(stream.tolist()),
    }
    found = {}
    for tool, measure in tools.items():
        try:
            found[tool] = {name: ns for name, ns in measure().items() if ns is not None}
        except ImportError:
            continue
    print(json.dumps(found))


main()
