"""Makes oracles/special-tails.json: normal quantile and tail, regularised incomplete beta, Student's t and Fisher's F, at the limit of doubles.

Run with Python 3.11, numpy 2.4.6, scipy 1.17.1 and mpmath 1.3.0:

    pip install numpy==2.4.6 scipy==1.17.1 mpmath==1.3.0
    python tools/oracles/special_tails.py

mpmath computes with 60 digits, of the very double that the spec passes in. Where several million degrees of freedom make its series slow,
scipy answers; at 5,000 and 100,000 degrees both do, and scipy is at most 2e-14 away.
"""

import mpmath
import numpy as np
from scipy import stats

from common import write

mpmath.mp.dps = 60


def normal_quantile(p):
    """Root of Φ(z) = p, from scipy's answer on."""
    p = mpmath.mpf(p)
    z = mpmath.mpf(float(stats.norm.ppf(float(p))))
    for _ in range(6):
        density = mpmath.exp(-z * z / 2) / mpmath.sqrt(2 * mpmath.pi)
        z -= (mpmath.erfc(-z / mpmath.sqrt(2)) / 2 - p) / density
    return float(z)


def beta(a, b, x):
    a, b, x = mpmath.mpf(a), mpmath.mpf(b), mpmath.mpf(x)
    return mpmath.betainc(a, b, 0, x, regularized=True)


def student(t, degrees):
    t, degrees = mpmath.mpf(t), mpmath.mpf(degrees)
    return float(beta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2)


def fisher(x, numerator, denominator):
    x, n, d = mpmath.mpf(x), mpmath.mpf(numerator), mpmath.mpf(denominator)
    return float(beta(d / 2, n / 2, d / (d + n * x)))


QUANTILES = [5e-324, 1e-300, 1e-100, 1e-20, 1.3e-11, 1.4e-11, 1e-6, 0.001, 0.025, 0.0749, 0.0751, 0.1, 0.25, 0.4, 0.49999999,
             0.5, 0.5000001, 0.6, 0.8, 0.924, 0.926, 0.975, 0.995, 0.999999, 0.9999999999999]
ERFC = [0, 1e-9, 0.1, 0.5, 0.8, 1, 1.2, 1.3, 2, 3.3, 5.1, 8, 12.7, 20.3, 26.1, 26.5, -0.1, -1, -3.3, -6]
NORMAL = [0, 1e-9, 0.1, 0.5, 1, 1.3, 1.6448536269514722, 1.9599639845400545, 3, 5, 8, 12, 20, 30, 37, -0.3, -1, -4, -8]
BETA = [(0.5, 0.5, x) for x in (1e-200, 1e-12, 0.01, 0.3, 0.5, 0.99)] + \
       [(2, 3, x) for x in (1e-8, 0.1, 0.4, 0.9)] + [(1, 1, 0.3), (0.01, 20, 0.001), (20, 0.01, 0.99), (7.5, 120, 0.02), (7.5, 120, 0.1)] + \
       [(400, 600, x) for x in (0.2, 0.38, 0.4, 0.42, 0.6)] + [(999.5, 0.5, x) for x in (0.9, 0.99, 0.9995, 0.9999)]
DEGREES = [1, 2, 3.7, 5, 10, 29.3, 100, 998, 1500.25]
T = [1e-8, 0.01, 0.5, 1, 1.7, 2, 3, 6, 15, 40, 1000]
LARGE_DEGREES = [5000, 1e5, 3.3e6, 1e9]
F = [(21.2, 1, 4), (1.3, 9, 27), (3.7, 199, 597), (50, 5, 15), (0.2, 3, 9), (2.5, 199, 1), (1e-9, 3, 5), (1, 1000, 1000), (1.2, 1000, 800)]


if __name__ == "__main__":
    body = {
        "normalQuantile": [{"p": p, "value": normal_quantile(p) if p != 0.5 else 0.0} for p in QUANTILES],
        "normalTail": [{"z": z, "value": float(mpmath.erfc(mpmath.mpf(z) / mpmath.sqrt(2)) / 2)} for z in NORMAL],
        "erfc": [{"x": x, "value": float(mpmath.erfc(mpmath.mpf(x)))} for x in ERFC],
        "regularisedBeta": [{"a": a, "b": b, "x": x, "value": float(beta(a, b, x))} for a, b, x in BETA],
        "studentTail": [{"t": t, "degrees": v, "value": student(t, v)} for v in DEGREES for t in T],
        "studentTailLarge": [{"t": t, "degrees": v, "value": float(stats.t.sf(t, v))} for v in LARGE_DEGREES for t in T[:9] if t > 1e-3],
        "fTail": [{"x": x, "numerator": n, "denominator": d, "value": fisher(x, n, d)} for x, n, d in F],
        "fQuantile": [{"tail": tail, "numerator": n, "denominator": d, "value": float(stats.f.isf(tail, n, d))}
                      for tail, n, d in [(0.01, 1, k) for k in range(2, 8)] + [(0.05, 9, 27), (0.001, 100, 3), (0.5, 4, 4), (0.999, 3, 12)]],
    }
    write("special-tails", "mpmath.erfc, mpmath.betainc at 60 digits; scipy.stats.t.sf and scipy.stats.f.isf for studentTailLarge and fQuantile",
          1e-13, body, ["numpy", "scipy", "mpmath"])
