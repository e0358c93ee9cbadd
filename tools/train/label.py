"""Labels for blocks: which blocks of a page hold the gold text.

Gold text and page text are aligned word by word (longest common subsequence), so that a sentence that stands twice
on the page is matched once, in its place. A block's label is the share of its words that were matched; a block whose
four-word runs nearly all occur in the gold counts too, for pages whose gold has another order.
"""
import re

from rapidfuzz.distance import LCSseq

_NOSPACE = (r"\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
            r"\U00020000-\U0003134f\u0e00-\u0e7f\u0e80-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff")
_WORD = re.compile(f"[{_NOSPACE}]|[^\\W{_NOSPACE}]+")


def words(text):
    """Words in lower case; a character of a script without spaces is a word."""
    return _WORD.findall(text.lower())


def _runs(tokens, n=4):
    return [tuple(tokens[i:i + n]) for i in range(len(tokens) - n + 1)]


def labels(gold, blocks):
    """Share of each block's words that belong to the gold text: a list of floats."""
    gold_words = words(gold)
    block_words = [words(b) for b in blocks]
    ids = {}
    number = lambda w: ids.setdefault(w, len(ids))
    page = [number(w) for bw in block_words for w in bw]
    target = [number(w) for w in gold_words]
    matched = [False] * len(page)
    for op in LCSseq.opcodes(page, target):
        if op.tag == "equal":
            for i in range(op.src_start, op.src_end):
                matched[i] = True
    known = set(_runs(gold_words))
    out, at, used = [], 0, {}
    for bw in block_words:
        hit = sum(matched[at:at + len(bw)])
        at += len(bw)
        share = hit / len(bw) if bw else 0.0
        if len(bw) >= 8 and share < 0.8:
            runs = _runs(bw)
            held = sum(r in known for r in runs) / len(runs)
            key = tuple(bw)
            if held >= 0.8 and key not in used:
                share = max(share, held)
        if len(bw) < 8 and share < 0.99:
            share = 0.0
        elif len(bw) < 4 and not _in_place(matched, at - len(bw), at):
            share = 0.0
        if share >= 0.8:
            used[tuple(bw)] = True
        out.append(share)
    return out


def _in_place(matched, start, end):
    """Whether a very short match stands between matched words, not alone in foreign text."""
    before = matched[max(0, start - 12):start]
    after = matched[end:end + 12]
    share = lambda part: sum(part) / len(part) if part else 1.0
    return share(before) >= 0.6 or share(after) >= 0.6
