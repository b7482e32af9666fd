"""Makes libs/statistics/src/oracles/fairness.json.

Run with Python 3.11:

    pip install numpy==2.4.6 statsmodels==0.15.0 pandas==3.1.1
    python tools/oracles/fairness.py

Fairlearn's definitions (a rate per group, then largest minus smallest and smallest over largest; equalised odds the worse of both rates) in
numpy; bands by statsmodels.
"""

import numpy as np
from statsmodels.stats.proportion import confint_proportions_2indep

from common import write

rng = np.random.default_rng(20261125)


def disparity(groups, said, rows):
    rates = {g: (int(said[rows & (groups == g)].sum()), int((rows & (groups == g)).sum())) for g in np.unique(groups)}
    ordered = sorted(rates.values(), key=lambda kn: kn[0] / kn[1])
    low, high = ordered[0], ordered[-1]
    diff = confint_proportions_2indep(*high, *low, method="newcomb", compare="diff")
    ratio = confint_proportions_2indep(*low, *high, method="log", compare="ratio")
    return {"rates": {str(g): k / n for g, (k, n) in rates.items()}, "difference": [high[0] / high[1] - low[0] / low[1], *map(float, diff)],
            "ratio": [low[0] / low[1] / (high[0] / high[1]), *map(float, ratio)]}


cases = []
for names, size in [(["f", "m"], 120), (["a", "b", "c", "d"], 300)]:
    groups, truth = rng.choice(names, size), rng.uniform(size=size) < 0.45
    said = rng.uniform(size=size) < 0.25 + 0.4 * truth + 0.15 * (groups == names[0])
    parity, tpr, fpr = (disparity(groups, said, rows) for rows in [np.ones(size, bool), truth, ~truth])
    impact = {g: rate / parity["rates"][names[0]] for g, rate in parity["rates"].items() if g != names[0]}
    cases.append({"groups": "".join(groups), "truth": "".join("01"[int(v)] for v in truth), "said": "".join("01"[int(v)] for v in said),
                  "reference": names[0], "demographicParity": parity, "truePositiveRate": tpr, "falsePositiveRate": fpr, "disparateImpact": impact})
write("fairness", "Fairlearn's definitions in numpy; confint_proportions_2indep of statsmodels", 1e-9, cases, ["numpy", "statsmodels"])
