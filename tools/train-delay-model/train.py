"""Trains the demo's delay model and writes it as ONNX.

    python -m venv .venv && .venv/bin/pip install -r tools/train-delay-model/requirements.txt
    .venv/bin/python tools/train-delay-model/train.py

Logistic regression on what is known when a flight leaves: hour, distance, origin, destination. It learns from the first
28 days of the flights (1 to 28 January 2001) whether a flight comes in more than 15 minutes late, and is tried on the two
weeks after that. A model of this form is a sum of table look-ups, so the graph is written by hand: one LabelEncoder per
category from its words straight to their weights, which keeps the encodings inside the file and the inputs as plain as the
records are. An airport the model never saw weighs nothing.
"""

import argparse
from datetime import datetime
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pyarrow.parquet as parquet
from onnx import TensorProto, helper, numpy_helper
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

ROOT = Path(__file__).resolve().parents[2]
FLIGHTS = ROOT / "node_modules/vega-datasets/data/flights-3m.parquet"
MODEL = ROOT / "apps/cli/src/demo/delay-model.onnx"
FEATURES = ["hour", "distance", "origin", "destination"]
CATEGORIES = ["hour", "origin", "destination"]
TRAINING_END = datetime(2001, 1, 29)
TRIAL_END = datetime(2001, 2, 12)
LATE_MINUTES = 15
BAD_RECORD_MINUTES = -200


def flights() -> pd.DataFrame:
    """All flights before the end of the trial, with the hour taken out and the outcome decided."""
    table = parquet.read_table(FLIGHTS, filters=[("date", "<", TRIAL_END)]).to_pandas()
    table = table[table.delay >= BAD_RECORD_MINUTES]
    return table.assign(hour=table.date.dt.hour, late=(table.delay > LATE_MINUTES).astype(int))


def fit(training: pd.DataFrame):
    """Weights by category, the slope of the distance, and an intercept; the penalty keeps rare airports near zero."""
    columns = ColumnTransformer(
        [("words", OneHotEncoder(handle_unknown="ignore"), CATEGORIES), ("number", StandardScaler(), ["distance"])]
    )
    return make_pipeline(columns, LogisticRegression(C=1.0, max_iter=500)).fit(training[FEATURES], training.late)


def weights_of(model) -> tuple[dict[str, dict], float, float]:
    """The fitted model as tables of weights, a slope per mile and an intercept."""
    columns, regression = model.steps[0][1], model.steps[1][1]
    encoder, scaler = columns.named_transformers_["words"], columns.named_transformers_["number"]
    coefficients = list(regression.coef_[0])
    tables = {}
    for name, words in zip(CATEGORIES, encoder.categories_):
        tables[name] = {word: coefficients.pop(0) for word in words}
    slope = coefficients.pop(0) / scaler.scale_[0]
    return tables, float(slope), float(regression.intercept_[0] - slope * scaler.mean_[0])


def graph_of(tables: dict[str, dict], slope: float, intercept: float, notes: dict[str, str]) -> onnx.ModelProto:
    """probability = sigmoid(intercept + slope * distance + weight of hour + weight of origin + weight of destination)"""
    text = lambda name: helper.make_tensor_value_info(name, TensorProto.STRING, ["rows"])
    number = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows"])
    constant = lambda name, value: numpy_helper.from_array(np.array([value], dtype=np.float32), name)

    def lookup(name: str) -> onnx.NodeProto:
        table = tables[name]
        keys = {"keys_floats": [float(k) for k in table]} if name == "hour" else {"keys_strings": list(table)}
        values = [float(np.float32(v)) for v in table.values()]
        return helper.make_node(
            "LabelEncoder", [name], [f"{name}_weight"], domain="ai.onnx.ml", values_floats=values, default_float=0.0, **keys
        )

    nodes = [lookup(name) for name in CATEGORIES] + [
        helper.make_node("Mul", ["distance", "slope"], ["distance_weight"]),
        helper.make_node("Add", ["distance_weight", "intercept"], ["sum_1"]),
        helper.make_node("Add", ["sum_1", "hour_weight"], ["sum_2"]),
        helper.make_node("Add", ["sum_2", "origin_weight"], ["sum_3"]),
        helper.make_node("Add", ["sum_3", "destination_weight"], ["log_odds"]),
        helper.make_node("Sigmoid", ["log_odds"], ["probability"]),
    ]
    inputs = [number("hour"), number("distance"), text("origin"), text("destination")]
    constants = [constant("slope", slope), constant("intercept", intercept)]
    graph = helper.make_graph(nodes, "flight-delay", inputs, [number("probability")], constants)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    proto = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="driftledger-demo")
    helper.set_model_props(proto, notes)
    onnx.checker.check_model(proto)
    return proto


def scores_of(proto: onnx.ModelProto, rows: pd.DataFrame) -> np.ndarray:
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    feeds = {
        "hour": rows.hour.to_numpy(np.float32),
        "distance": rows.distance.to_numpy(np.float32),
        "origin": rows.origin.to_numpy(object),
        "destination": rows.destination.to_numpy(object),
    }
    return session.run(["probability"], feeds)[0]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", type=Path, default=MODEL)
    out = arguments.parse_args().out
    rows = flights()
    training, trial = rows[rows.date < TRAINING_END], rows[rows.date >= TRAINING_END]
    model = fit(training)
    auc = roc_auc_score(trial.late, model.predict_proba(trial[FEATURES])[:, 1])
    notes = {
        "trained_on": "flights-3m of vega-datasets, 2001-01-01 to 2001-01-28",
        "training_rows": str(len(training)),
        "training_late_share": f"{training.late.mean():.4f}",
        "trial_roc_auc": f"{auc:.4f}",
        "target": f"delay > {LATE_MINUTES} minutes",
    }
    proto = graph_of(*weights_of(model), notes)
    difference = np.abs(scores_of(proto, trial) - model.predict_proba(trial[FEATURES])[:, 1]).max()
    assert difference < 1e-5, f"the ONNX graph and the trained model differ by {difference}"
    out.write_bytes(proto.SerializeToString(deterministic=True))
    for name, value in {**notes, "largest_difference_to_sklearn": f"{difference:.1e}", "bytes": out.stat().st_size}.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
