"""What every maker of oracle files shares: where they go, how they look, and samples that differ in size, shape, ties and shift."""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np

OUT = Path(__file__).resolve().parents[2] / "libs" / "statistics" / "src" / "oracles"


def write(name, call, tolerance, cases, packages):
    """One file `<name>.json`: the tools with their versions, the call that made it, the tolerance the specs hold it to, and the cases."""
    tool = {"python": platform.python_version(), **{package: version(package) for package in packages}}
    body = {"tool": tool, "call": call, "tolerance": tolerance, "cases": cases}
    (OUT / f"{name}.json").write_text(json.dumps(body, indent=1) + "\n")


def rounded(values, digits=4):
    return [round(float(v), digits) for v in values]


def samples(rng):
    """Pairs of samples: (name, reference, current)."""
    pairs = [
        ("normal against shifted normal", rng.normal(0, 1, 200), rng.normal(0.5, 1, 150)),
        ("equal sizes", rng.normal(10, 3, 120), rng.normal(10, 3, 120)),
        ("equal sizes, shifted", rng.normal(10, 3, 60), rng.normal(12, 3, 60)),
        ("heavy ties", rng.integers(0, 8, 300), rng.integers(0, 9, 180)),
        ("lognormal against wider", rng.lognormal(0, 1, 500), rng.lognormal(0.1, 1.2, 77)),
        ("far from zero", rng.normal(1e6, 2, 90), rng.normal(1e6 + 1, 2, 110)),
        ("tiny", np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0, 9.0])),
        ("no overlap", rng.uniform(0, 1, 40), rng.uniform(2, 3, 35)),
        ("small steps of one decimal", rng.normal(5, 1, 400).round(1), rng.normal(5.2, 1, 333).round(1)),
    ]
    return [(name, rounded(a), rounded(b)) for name, a, b in pairs]
