"""Puts labelled pages into one web archive, for measuring how fast `cleancopy extract --warc` reads.

python archive.py OUT.warc.gz SET [SET …]

A SET is a folder as CONTRIBUTING.md describes them: gold.jsonl and html/*.html.gz. Of a set that tells kinds of pages
apart the articles are taken. One response record a page, one gzip member a record, as crawlers write them.
"""

import gzip
import json
import sys
from pathlib import Path

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def record(number, url, answer):
    head = (
        "WARC/1.1\r\nWARC-Type: response\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>\r\n"
        f"WARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Target-URI: {url}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + answer + b"\r\n\r\n", 6)


def pages(folder):
    # Not `splitlines`: a text may hold line separators of other kinds.
    lines = (folder / "gold.jsonl").read_text(encoding="utf-8").strip().split("\n")
    golds = [json.loads(line) for line in lines]
    kinds = {gold.get("kind") for gold in golds}
    for gold in golds:
        page = folder / "html" / f"{gold['id']}.html.gz"
        if page.exists() and ("article" not in kinds or gold.get("kind") == "article"):
            yield gold.get("url"), gzip.decompress(page.read_bytes())


def main():
    out, folders = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    count = size = 0
    with out.open("wb") as archive:
        for folder in folders:
            for url, page in pages(folder):
                count, size = count + 1, size + len(page)
                archive.write(record(count, url or f"http://page-{count}.example/", ANSWER + page))
    if not count:
        sys.exit("no pages found")
    print(f"{count} pages, {size / count / 1000:.0f} kB on the mean, {out.stat().st_size / 1e6:.0f} MB as an archive")


main()
