"""Writes the figures of docs/evaluation.md into README.md, and raises testdata/floors.toml.

figures.py readme                 README.md between its two quality marks
figures.py floors SUMMARIES.jsonl [PINS.toml]
                                  testdata/floors.toml, from `evaluate … --json`, or another file of pins (of what
                                  `evaluate … --models testdata/folds --json` says, testdata/floors-unseen.toml); a
                                  pin only ever gets stricter
"""
import json
import math
import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$")

# trafilatura 2.3.1 on the same pages with the same scorer.
PEER = {
    ("wcxb-dev", "word_f1"): 0.936, ("wcxb-dev", "shingle_f1"): 0.932, ("wcxb-dev", "headline"): 0.558,
    ("wcxb-dev", "authors"): 0.647, ("wcxb-dev", "date"): 0.848, ("fundus-tests", "word_f1_summary"): 0.947,
    ("fundus-tests", "shingle_f1"): 0.936, ("trafilatura", "segment_f1"): 0.927, ("daniel, el", "word_f1"): 0.856,
    ("daniel, en", "word_f1"): 0.904, ("daniel, pl", "word_f1"): 0.805, ("daniel, ru", "word_f1"): 0.714,
    ("daniel, zh", "word_f1"): 0.927,
}
LANGUAGES = {"el": "Greek", "en": "English", "pl": "Polish", "ru": "Russian", "zh": "Chinese"}


def unseen():
    """The figures of the first table: publishers that the model has not seen."""
    figures = {}
    for line in (TOP / "docs/evaluation.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## With"):
            break
        row = ROW.match(line)
        if row and row[1] not in ("set", "---"):
            figures[row[1], row[2]] = float(row[3])
    return figures


def readme():
    figures = unseen()

    def value(name, figure):
        text = f"{figures[name, figure]:.3f}"
        peer = PEER.get((name, figure))
        return f"{text} ({peer:.3f})" if peer else text

    def line(title, name, body):
        reading = body.removeprefix("word_f1")
        both = " / ".join(value(name, f"word_{f}{reading}") for f in ("precision", "recall"))
        rest = " | ".join(value(name, f) for f in ("shingle_f1", "headline", "authors", "date"))
        return f"| {title} | {value(name, body)} | {both} | {rest} |"

    out = [
        "Each page read by a model that has not seen its publisher ([docs/evaluation.md](docs/evaluation.md) has all"
        " figures; the pages are other people's and not in the repository). In brackets trafilatura 2.3.1 on the same"
        " pages with the same scorer.",
        "",
        "| set | word F1 | precision / recall | 4-word runs F1 | headline | authors | day |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        line("English articles of all kinds (wcxb-dev, 710)", "wcxb-dev", "word_f1"),
        line("news in 25 languages (fundus-tests, 112), with the summary where it is on the page", "fundus-tests",
             "word_f1_summary"),
        "",
        "| set | measure | cleancopy | trafilatura 2.3.1 |",
        "| --- | --- | ---: | ---: |",
    ]
    segments = "wanted and unwanted segments in the body, F1"
    rows = [("trafilatura's own pages (460)", segments, "trafilatura", "segment_f1")]
    rows += [
        (f"news of 2011-12 in {title} (daniel)", "word F1 (Chinese: characters)", f"daniel, {code}", "word_f1")
        for code, title in LANGUAGES.items()
    ]
    out += [f"| {t} | {m} | {figures[n, f]:.3f} | {PEER[n, f]:.3f} |" for t, m, n, f in rows]
    path = TOP / "README.md"
    text = path.read_text(encoding="utf-8")
    head, rest = text.split("<!-- quality:begin", 1)
    mark, rest = rest.split("-->\n", 1)
    tail = rest.split("<!-- quality:end -->", 1)[1]
    section = "\n".join(out)
    path.write_text(f"{head}<!-- quality:begin{mark}-->\n{section}\n<!-- quality:end -->{tail}", encoding="utf-8")


def floors(summaries, pins):
    found = {}
    for line in Path(summaries).read_text(encoding="utf-8").splitlines():
        summary = json.loads(line)
        found[summary["set"]] = dict(summary["figures"])
    path, name, out = Path(pins), "", []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        pin = re.match(r'^"?(max_)?([a-z_0-9.]+)"? = ([0-9.]+)$', line)
        if pin and pin[2] in found.get(name, {}):
            value, old = found[name][pin[2]], float(pin[3])
            if pin[1]:
                new = min(old, math.ceil(value * 1000 - 1e-6) / 1000)
            else:
                new = max(old, math.floor(value * 1000 + 1e-6) / 1000)
            line = line.rsplit(" = ", 1)[0] + f" = {new}"
        out.append(line)
    path.write_text("\n".join(out) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "readme":
        readme()
    else:
        floors(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else TOP / "testdata/floors.toml")
