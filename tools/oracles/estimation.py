"""Oracles of libs/statistics/src/estimation: isotonic regression, CBPE and DLE.

Run with Python 3.11 and nannyml==0.13.1 numpy==2.4.6 pandas==3.1.1 scikit-learn==1.9.1 lightgbm==4.5.0 statsmodels==0.15.0:

    python tools/oracles/estimation.py

CBPE is written twice: `given` has calibrated probabilities and raw scores without ties, so that NannyML's own estimate functions and sampling errors
answer; `pipeline` is the whole of NannyML, from a reference to estimates, bands and thresholds of later chunks.
"""

import os
import warnings

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
warnings.filterwarnings("ignore")

import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.isotonic import IsotonicRegression
from sklearn import metrics as skm
from sklearn.metrics import average_precision_score, roc_auc_score

import nannyml as nml
from nannyml.calibration import _calculate_expected_calibration_error, _get_bin_index_edges
from nannyml.performance_estimation.confidence_based import metrics as cbpe
from nannyml.sampling_error import binary_classification as bse
from nannyml.sampling_error import regression as rse

from common import rounded, write

PACKAGES = ["nannyml", "numpy", "pandas", "scikit-learn", "lightgbm"]
rng = np.random.default_rng(20261126)


def isotonic():
    cases = []
    for name, x, y in [
        ("distinct scores, yes and no", rng.uniform(0, 1, 60), None),
        ("heavy ties", rng.integers(0, 9, 80) / 8, None),
        ("numbers", rng.normal(0, 2, 40), rng.normal(0, 1, 40)),
        ("falling: one level", np.arange(12.0), -np.arange(12.0)),
        ("already rising", np.arange(8.0), np.arange(8.0) ** 2),
        ("one pair", np.array([0.3]), np.array([1.0])),
    ]:
        x = np.array(rounded(x))
        y = (rng.uniform(size=len(x)) < x).astype(float) if y is None else np.array(rounded(y))
        at = np.array(rounded(np.concatenate([np.linspace(x.min() - 1, x.max() + 1, 25), x[:5]])))
        fit = IsotonicRegression(out_of_bounds="clip", increasing=True).fit(x, y)
        cases.append({"name": name, "x": x.tolist(), "y": y.tolist(), "at": at.tolist(), "expected": fit.predict(at).tolist()})
    write("isotonic", "IsotonicRegression(out_of_bounds='clip', increasing=True).fit(x, y).predict(at)", 1e-12, cases, PACKAGES)


def exact_roc_auc(p, score):
    """NannyML's definition without its rounding: expected positives and negatives, trapezoids."""
    order = np.argsort(-score)
    tp, fp = np.r_[0, np.cumsum(p[order])], np.r_[0, np.cumsum(1 - p[order])]
    return float(np.trapezoid(tp / tp[-1], fp / fp[-1]))


def exact_average_precision(p, score):
    p = p[np.argsort(-score)]
    return float(np.sum(p / p.sum() * np.cumsum(p) / np.arange(1, len(p) + 1)))


def delong(truth, score):
    """DeLong's standard error of the ROC AUC times the root of the rows, over all pairs; ties as half."""
    truth, score = np.asarray(truth), np.asarray(score)
    pairs = (score[truth == 1][:, None] > score[truth == 0]) + 0.5 * (score[truth == 1][:, None] == score[truth == 0])
    rows, columns = pairs.shape
    return float(np.sqrt((pairs.mean(1).var(ddof=1) / rows + pairs.mean(0).var(ddof=1) / columns) * len(truth)))


def given_case(name, n, tilt, cut):
    score = np.array(rounded(rng.permutation(np.linspace(0.0005, 0.9995, n)) ** tilt, 6))
    p = np.array(rounded(np.clip(score * 0.8 + 0.07, 0, 1)))
    prediction = (score >= cut).astype(int)
    truth = (rng.uniform(size=n) < p).astype(int)
    values = np.array([[1.0, -4.0], [-20.0, 10.0]])
    frame = pd.DataFrame({"t": truth, "p": prediction, "s": score})
    rows = pd.DataFrame(index=range(400))
    share = lambda kind: getattr(bse, f"{kind}_sampling_error_components")(frame.t, frame.p, "all")
    errors = {
        "f1": bse.f1_sampling_error(bse.f1_sampling_error_components(frame.t, frame.p), rows),
        "precision": bse.precision_sampling_error(bse.precision_sampling_error_components(frame.t, frame.p), rows),
        "recall": bse.recall_sampling_error(bse.recall_sampling_error_components(frame.t, frame.p), rows),
        "specificity": bse.specificity_sampling_error(bse.specificity_sampling_error_components(frame.t, frame.p), rows),
        "accuracy": bse.accuracy_sampling_error(bse.accuracy_sampling_error_components(frame.t, frame.p), rows),
        **{k: getattr(bse, f"{k}_sampling_error")(share(k), rows) for k in ("true_positive", "false_positive", "false_negative", "true_negative")},
        "business_value": bse.business_value_sampling_error(bse.business_value_sampling_error_components(frame.t, frame.p, values, "per_prediction"), rows),
    }
    mean = lambda yes, q: float(np.mean(np.where(prediction == yes, q, 0)))
    shares = {"true_positive": mean(1, p), "false_positive": mean(1, 1 - p), "false_negative": mean(0, p), "true_negative": mean(0, 1 - p)}
    estimates = {
        "f1": cbpe.estimate_f1(prediction, p),
        "precision": cbpe.estimate_precision(prediction, p),
        "recall": cbpe.estimate_recall(prediction, p),
        "specificity": cbpe.estimate_specificity(prediction, p),
        "accuracy": cbpe.estimate_accuracy(prediction, p),
        **shares,
        "business_value": cbpe.estimate_business_value(prediction, p, None, values) / n,
    }
    rounding = {"roc_auc": cbpe.estimate_roc_auc(p, score), "average_precision": cbpe.estimate_ap(p, score)}
    exact = {"roc_auc": exact_roc_auc(p, score), "average_precision": exact_average_precision(p, score)}
    edges = _get_bin_index_edges(n, 10)
    return {
        "name": name, "scores": score.tolist(), "probabilities": p.tolist(), "predictions": prediction.tolist(), "truth": truth.tolist(),
        "estimates": {k: float(v) for k, v in {**estimates, **exact}.items()},
        "roundedByPeer": {k: float(v) for k, v in rounding.items()},
        "samplingErrorsOf400Rows": {k: float(v) for k, v in errors.items()},
        "averagePrecisionError": bootstrap_ap(truth, score, 400), "rocAucError": delong(truth, score),
        "realised": {"roc_auc": float(roc_auc_score(truth, score)), "average_precision": float(average_precision_score(truth, score))},
        "calibrationError": float(_calculate_expected_calibration_error(truth, score, edges)),
        "peerPerPrediction": float(cbpe.estimate_business_value(prediction, p, "per_prediction", values)),
        "perPrediction": float(cbpe.estimate_business_value(prediction, p, None, values) / n),
    }


def bootstrap_ap(truth, score, rows):
    """Mean of the peer's unseeded answer over many runs."""
    frame = pd.DataFrame(index=range(rows))
    np.random.seed(1)
    runs = [bse.ap_sampling_error(bse.ap_sampling_error_components(pd.Series(truth), pd.Series(score)), frame) for _ in range(40)]
    return float(np.mean(runs))


def population(n, shift, slope, offset):
    """Scores are the logistic of z; the chance of a positive is the logistic of slope · z + offset."""
    z = np.round(rng.normal(shift, 1.5, n), 3)
    score = np.round(1 / (1 + np.exp(-z)), 4)
    truth = (rng.uniform(size=n) < 1 / (1 + np.exp(-(slope * z + offset)))).astype(int)
    return pd.DataFrame({"score": score, "prediction": (score >= 0.5).astype(int), "truth": truth})


METRICS = ["roc_auc", "f1", "precision", "recall", "specificity", "accuracy", "average_precision"]


def pipeline(name, slope, offset, calibrated):
    reference, current = population(2000, 0, slope, offset), population(600, 0.6, slope, offset)
    estimator = nml.CBPE(metrics=METRICS, y_pred_proba="score", y_pred="prediction", y_true="truth", problem_type="classification_binary", chunk_size=200)
    estimator.fit(reference)
    # Near a tie another split decides otherwise; the cases are ones with the decision asked for.
    if estimator.needs_calibration != calibrated:
        return pipeline(name, slope, offset, calibrated)
    result = estimator.estimate(current[["score", "prediction"]]).filter(period="analysis").data
    column = lambda metric, what: [float(v) for v in result[(metric, what)]]
    expected = {
        m: {k: column(m, v) for k, v in {"value": "value", "samplingError": "sampling_error", "lower": "lower_confidence_boundary",
            "upper": "upper_confidence_boundary", "thresholdLower": "lower_threshold", "thresholdUpper": "upper_threshold"}.items()}
        for m in METRICS
    }
    # Scores as ten-thousandths and answers as digits: thousands of rows in a few lines.
    code = lambda frame: {
        "scores": " ".join(str(round(v * 10000)) for v in frame.score),
        "predictions": "".join(map(str, frame.prediction)),
        "truth": "".join(map(str, frame.truth)),
    }
    return {"name": name, "chunkSize": 200, "calibrated": bool(estimator.needs_calibration), "rocAucError": delong(reference.truth, reference.score), "reference": code(reference), "current": code(current), "expected": expected}


def auc_errors():
    """Defect: the lowest-ranked positive is lost when it ranks first of all (std over two of three while the fraction stays 3/8), and the negatives' part with it."""
    truth, score = np.array([1, 0, 0, 1, 0, 0, 1, 0]), np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    peer, fraction = bse.auroc_sampling_error_components(pd.Series(truth), pd.Series(score))
    return {
        "truth": truth.tolist(), "scores": score.tolist(), "peer": float(peer / np.sqrt(fraction)), "fraction": float(fraction),
        "all": delong(truth, score),
    }


REGRESSION = ["mae", "mape", "mse", "rmse", "msle", "rmsle"]


def booster():
    """LightGBM with its defaults on features with few distinct values, where its bins and ours are the same."""
    a, b, c = rng.integers(0, 12, 500), rng.integers(0, 40, 500), rng.integers(0, 3, 500)
    target = np.round(np.where(a > 5, 3.0, 1.0) + 0.05 * b * (c == 1) + rng.normal(0, 0.3, 500), 2)
    at = np.stack([rng.integers(-2, 14, 40), rng.integers(-2, 42, 40), rng.integers(0, 3, 40)])
    names = ["a", "b", "c"]
    frame = lambda rows: pd.DataFrame(rows.T.astype(float), columns=names)
    grown = lambda trees: LGBMRegressor(verbose=-1, min_data_in_bin=1, n_estimators=trees).fit(frame(np.stack([a, b, c])), target).predict(frame(at))
    return {"features": [v.tolist() for v in (a, b, c)], "target": target.tolist(), "at": at.tolist(), "oneTree": grown(1).tolist(), "expected": grown(100).tolist()}


def orders(n, late):
    """Prices that a model misses by more the further the order: `late` moves orders away."""
    distance = np.round(rng.gamma(2, 1.5, n) + late, 2)
    weight = np.round(rng.uniform(1, 30, n), 1)
    day = rng.integers(0, 7, n)
    price = 5 + distance + 0.3 * weight + 0.2 * day
    truth = np.round(np.maximum(price + rng.normal(0, 1, n) * (0.3 + 0.4 * distance), 0), 2)
    return pd.DataFrame({"distance": distance, "weight": weight, "day": day.astype(float), "prediction": np.round(price, 2), "truth": truth})


def regression():
    reference, current = orders(1200, 0), orders(300, 1.0)
    frame = ["distance", "weight", "day"]
    estimator = nml.DLE(feature_column_names=frame, y_pred="prediction", y_true="truth", metrics=REGRESSION, chunk_size=150)
    result = estimator.fit(reference).estimate(current.drop(columns="truth")).filter(period="analysis").data
    column = lambda metric, what: [float(v) for v in result[(metric, what)]]
    what = {"value": "value", "samplingError": "sampling_error", "thresholdLower": "lower_threshold", "thresholdUpper": "upper_threshold"}
    expected = {m: {k: column(m, v) for k, v in what.items()} for m in REGRESSION}
    code = lambda f: {k: " ".join(str(round(v * 100)) for v in f[k]) for k in f}
    t, p = reference.truth, reference.prediction
    rows = pd.DataFrame(index=range(100))
    errors = {m: float(getattr(rse, f"{m}_sampling_error")(getattr(rse, f"{m}_sampling_error_components")(t, p), rows)) for m in REGRESSION}
    metrics = {
        "mae": skm.mean_absolute_error(t, p), "mape": skm.mean_absolute_percentage_error(t, p), "mse": skm.mean_squared_error(t, p),
        "rmse": skm.root_mean_squared_error(t, p), "msle": skm.mean_squared_log_error(t, p), "rmsle": skm.root_mean_squared_log_error(t, p),
    }
    later = {"mae": float(skm.mean_absolute_error(current.truth, current.prediction)), "rmse": float(skm.root_mean_squared_error(current.truth, current.prediction))}
    return {
        "chunkSize": 150, "reference": code(reference), "current": code(current), "expected": expected, "realisedLater": later,
        "samplingErrorsOf100Rows": errors, "referenceMetrics": {k: float(v) for k, v in metrics.items()},
    }


if __name__ == "__main__":
    isotonic()
    given = [given_case("a third positive", 100, 2.0, 0.5), given_case("few answers of yes", 80, 1.0, 0.9)]
    pipelines = [pipeline("overconfident scores are calibrated", 0.5, -0.4, True), pipeline("scores that mean what they say stay", 1.0, 0.0, False)]
    write(
        "cbpe",
        "nannyml.performance_estimation.confidence_based.metrics.estimate_*, nannyml.sampling_error.binary_classification, nannyml.CBPE(chunk_size=200)",
        1e-9,
        {"given": given, "pipelines": pipelines, "aucError": auc_errors()},
        PACKAGES,
    )
    write(
        "dle",
        "nannyml.DLE(chunk_size=150), nannyml.sampling_error.regression, sklearn.metrics, LGBMRegressor(min_data_in_bin=1)",
        1e-9,
        {"booster": booster(), "orders": regression()},
        PACKAGES,
    )
