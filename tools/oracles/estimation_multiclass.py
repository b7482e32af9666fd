"""Makes libs/statistics/src/oracles/cbpe-multiclass.json: CBPE of answers with many classes.

Run with Python 3.11 and nannyml==0.13.1 numpy==2.4.6 pandas==3.1.1 scikit-learn==1.9.1 lightgbm==4.5.0 statsmodels==0.15.0:

    python tools/oracles/estimation_multiclass.py

`rows` is the peer's normalisation alone, `pipelines` the whole of NannyML, from a reference to estimates and thresholds of later chunks. Which
classes to calibrate is decided on other folds than the library's; the seed is one with which both decide alike.
"""

import os
import warnings

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
warnings.filterwarnings("ignore")

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score, roc_auc_score

import nannyml as nml
from nannyml.calibration import NoopCalibrator
from nannyml.performance_estimation.confidence_based.cbpe import _calibrate_predicted_probabilities

from common import write

PACKAGES = ["nannyml", "numpy", "pandas", "scikit-learn", "lightgbm"]
rng = np.random.default_rng(20261124)
CLASSES = ["a", "b", "c"]
COLUMNS = {name: f"score_{name}" for name in CLASSES}
METRICS = {"roc_auc": "roc_auc_macro", "f1": "f1_macro", "precision": "precision_macro", "recall": "recall_macro", "accuracy": "accuracy"}
CHUNK = 100


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def population(n, shift, slope):
    """Scores are the softmax of z; the truth follows the softmax of slope · z."""
    z = rng.normal(0, 1.3, (n, 3)) + np.array([0.6, 0.0, -0.4]) + shift
    scores = np.round(softmax(z), 4)
    scores[:, 2] = np.round(1 - scores[:, 0] - scores[:, 1], 4)
    chance = softmax(slope * z)
    truth = [CLASSES[int((rng.uniform() > np.cumsum(row)[:2]).sum())] for row in chance]
    frame = pd.DataFrame({COLUMNS[name]: scores[:, i] for i, name in enumerate(CLASSES)})
    return frame.assign(prediction=[CLASSES[i] for i in scores.argmax(1)], truth=truth)


def rows():
    scores = np.array([[0.2, 0.5, 0.3], [0.4, 0.4, 0.4], [0.0, 0.0, 0.0], [0.0, 0.001, 0.0], [1.0, 1.0, 0.5]])
    frame = pd.DataFrame({COLUMNS[name]: scores[:, i] for i, name in enumerate(CLASSES)})
    out = _calibrate_predicted_probabilities(frame, "truth", COLUMNS, {name: NoopCalibrator() for name in CLASSES})
    return {"scores": scores.T.tolist(), "expected": [out[COLUMNS[name]].tolist() for name in CLASSES]}


def exact_auc(p, score):
    """Expected area under the curve over all pairs, ties as half, without the peer's rounding."""
    beats = (score[:, None] > score) + 0.5 * (score[:, None] == score)
    return float((p[:, None] * (1 - p) * beats).sum() / (p.sum() * (1 - p).sum()))


def realised(frame):
    t, p, s = frame.truth, frame.prediction, frame[list(COLUMNS.values())].to_numpy()
    return {
        "roc_auc_macro": float(np.mean([roc_auc_score(t == name, s[:, i]) for i, name in enumerate(CLASSES)])),
        "f1_macro": float(f1_score(t, p, average="macro")),
        "precision_macro": float(precision_score(t, p, average="macro")),
        "recall_macro": float(recall_score(t, p, average="macro")),
        "accuracy": float(accuracy_score(t, p)),
    }


def pipeline(name, slope, calibrated):
    reference, current = population(1000, 0.0, slope), population(300, np.array([0.8, 0.0, 0.0]), slope)
    estimator = nml.CBPE(metrics=list(METRICS), y_pred_proba=COLUMNS, y_pred="prediction", y_true="truth", problem_type="classification_multiclass", chunk_size=CHUNK)
    estimator.fit(reference)
    # Near a tie another split decides otherwise; the cases are ones with the decision asked for.
    decided = [not isinstance(estimator._calibrators[each], NoopCalibrator) for each in CLASSES]
    if decided != [calibrated] * 3:
        return pipeline(name, slope, calibrated)
    result = estimator.estimate(current.drop(columns="truth")).filter(period="analysis").data
    column = lambda metric, what: [float(v) for v in result[(metric, what)]]
    what = {"value": "value", "samplingError": "sampling_error", "thresholdLower": "lower_threshold", "thresholdUpper": "upper_threshold"}
    expected = {ours: {k: column(theirs, v) for k, v in what.items()} for theirs, ours in METRICS.items()}
    calibrated_rows = _calibrate_predicted_probabilities(current, "truth", COLUMNS, estimator._calibrators)
    chunk = lambda i: slice(i * CHUNK, (i + 1) * CHUNK)
    exact = [
        float(np.mean([exact_auc(calibrated_rows[c].to_numpy()[chunk(i)], current[c].to_numpy()[chunk(i)]) for c in COLUMNS.values()]))
        for i in range(len(current) // CHUNK)
    ]
    # Scores as ten-thousandths and answers as letters: thousands of rows in a few lines.
    code = lambda frame: {
        "scores": [" ".join(str(round(v * 10000)) for v in frame[c]) for c in COLUMNS.values()],
        "predictions": "".join(frame.prediction),
        "truth": "".join(frame.truth),
    }
    return {
        "name": name, "chunkSize": CHUNK, "calibrated": CLASSES if calibrated else [], "reference": code(reference), "current": code(current),
        "expected": expected, "exactRocAuc": exact, "realised": realised(current),
    }


if __name__ == "__main__":
    write(
        "cbpe-multiclass",
        f"nannyml.CBPE(problem_type='classification_multiclass', chunk_size={CHUNK})",
        1e-9,
        {
            "rows": rows(),
            "pipelines": [
                pipeline("overconfident scores are calibrated", 0.4, True),
                pipeline("scores that mean what they say stay", 1.0, False),
            ],
        },
        PACKAGES,
    )
