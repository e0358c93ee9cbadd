"""Fits the block model: train.py DATA_DIR WORK_DIR  (rows in WORK_DIR/rows, see README.md)."""
import gzip
import hashlib
import json
import re
import sys
from multiprocessing import Pool
from pathlib import Path

import lightgbm as lgb
import numpy as np

import label

FOLDS = 5
TREES = 150
NEWS_WEIGHT = 5.0
UNSURE_WEIGHT = 0.3
THRESHOLD = 0.5
PARAMETERS = {
    "objective": "binary", "learning_rate": 0.08, "num_leaves": 31, "min_data_in_leaf": 40, "feature_fraction": 0.4,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "max_bin": 127, "seed": 7, "deterministic": True,
    "force_row_wise": True, "num_threads": 1, "verbose": -1,
}
TOP = Path(__file__).resolve().parents[2]
MODEL = TOP / "src/extract/body/model.json"
FOLD_MODELS = TOP / "testdata/folds"


def fold_of(publisher):
    return int(hashlib.sha256((publisher or "").encode()).hexdigest()[:8], 16) % FOLDS


def fold_space(text):
    return re.sub(r"\s+", " ", text).strip()


def segment_labels(row, blocks):
    """1 for a block with a wanted segment, 0 for one with an unwanted segment, -1 for all others."""
    wanted = [fold_space(s) for s in row.get("with") or []]
    unwanted = [fold_space(s) for s in row.get("without") or []]
    out = []
    for block in map(fold_space, blocks):
        if any(s in block or (len(block) > 20 and block in s) for s in wanted):
            out.append(1.0)
        elif any(s in block for s in unwanted):
            out.append(0.0)
        else:
            out.append(-1.0)
    return out


def label_page(job):
    name, row, blocks = job
    return segment_labels(row, blocks) if name == "trafilatura" else label.labels(row["body"], blocks)


def load(data, work, name):
    """The pages of one set that a model may be fitted on."""
    features = (work / "rows" / name / "features.txt").read_text().split()
    rows = np.fromfile(work / "rows" / name / "rows.f32", dtype="<f4").reshape(-1, len(features))
    gold = [json.loads(line) for line in open(data / name / "gold.jsonl", encoding="utf-8")]
    blocks = [json.loads(line)["blocks"] for line in open(work / "rows" / name / "blocks.jsonl", encoding="utf-8")]
    train = set((data / name / "train.ids").read_text().split())
    pages, at = [], 0
    for row, texts in zip(gold, blocks):
        x = rows[at:at + len(texts)]
        at += len(texts)
        usable = name == "trafilatura" or (row.get("body") and row.get("kind") in ("article", None))
        if texts and usable and row["id"] in train:
            pages.append({"set": name, "row": row, "x": x, "texts": texts, "fold": fold_of(row["publisher"])})
    with Pool(2) as pool:
        for page, y in zip(pages, pool.map(label_page, [(name, p["row"], p["texts"]) for p in pages], chunksize=8)):
            page["y"] = np.array(y)
    return features, pages


def page_weights(page):
    words = np.array([len(label.words(t)) for t in page["texts"]])
    weights = np.sqrt(words + 1.0)
    weights *= 100.0 / weights.sum()
    if page["set"] == "fundus-tests":
        weights *= NEWS_WEIGHT
    if (page["row"].get("coverage") or 1.0) < 0.8:
        weights *= 0.2
    return weights


def fit(features, examples):
    x, y, w = (np.concatenate(part) for part in zip(*examples))
    data = lgb.Dataset(x, y, weight=w, feature_name=features)
    return lgb.train(PARAMETERS, data, TREES)


def train(features, pages):
    full = [(p["x"], (p["y"] >= 0.5).astype(float), page_weights(p)) for p in pages if p["set"] != "trafilatura"]
    first = fit(features, full)
    for page in pages:
        if page["set"] != "trafilatura":
            continue
        guess, y, w = first.predict(page["x"]), page["y"].copy(), page_weights(page)
        unknown = y < 0
        y[unknown] = guess[unknown] > 0.5
        w[unknown] *= UNSURE_WEIGHT * np.abs(guess[unknown] - 0.5) * 2.0
        w[~unknown] *= 3.0
        full.append((page["x"], y, w))
    return fit(features, full)


def short(value):
    """The shortest decimal that is the same 32-bit float."""
    return float(str(np.float32(value)))


def tree_text(root):
    tree = {"feature": [], "threshold": [], "left": [], "right": [], "mean": [], "leaf": []}

    def add(node):
        if "leaf_value" in node:
            tree["leaf"].append(round(node["leaf_value"], 5))
            return -len(tree["leaf"])
        at = len(tree["feature"])
        tree["feature"].append(node["split_feature"])
        tree["threshold"].append(short(node["threshold"]))
        tree["mean"].append(round(node["internal_value"], 5))
        tree["left"].append(0)
        tree["right"].append(0)
        tree["left"][at] = add(node["left_child"])
        tree["right"][at] = add(node["right_child"])
        return at

    add(root)
    return tree


def write(path, features, booster, pages, note):
    ids = sorted(f"{p['set']}/{p['row']['id']}" for p in pages)
    trees = [tree_text(t["tree_structure"]) for t in booster.dump_model()["tree_info"]]
    head = {
        "format": 1, "note": note, "pages": len(ids), "list_sha256": hashlib.sha256("\n".join(ids).encode()).hexdigest(),
        "bias": 0.0, "threshold": THRESHOLD, "features": features,
    }
    lines = [json.dumps(head, ensure_ascii=False)[:-1] + ', "trees": [']
    lines.append(",\n".join(json.dumps(t, separators=(",", ":")) for t in trees))
    text = ("\n".join(lines) + "\n]}\n").encode()
    # Without the time of day in it, the same model is the same file.
    path.write_bytes(gzip.compress(text, 9, mtime=0) if path.suffix == ".gz" else text)


def main():
    data, work = Path(sys.argv[1]), Path(sys.argv[2])
    pages = []
    for name in ("wcxb-dev", "fundus-tests", "trafilatura"):
        features, some = load(data, work, name)
        pages += some
    for fold in range(FOLDS):
        part = [p for p in pages if p["fold"] != fold]
        write(FOLD_MODELS / f"fold-{fold}.json.gz", features, train(features, part), part, f"without fold {fold}")
        print(f"fold {fold}: {len(part)} pages", flush=True)
    write(MODEL, features, train(features, pages), pages, "all training pages")
    print(f"all: {len(pages)} pages, {MODEL.stat().st_size} bytes")


if __name__ == "__main__":
    main()
