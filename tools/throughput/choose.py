"""Picks the saved pages whose size comes nearest to a given one: what SAVED of `run` takes.

python choose.py DATA FOLDER [COUNT] [BYTES]

DATA holds files *.html.gz at any depth. FOLDER gets links to COUNT of them (1,000), those nearest to
BYTES (50,000) before compression; what is said at the end is what was picked.
"""

import gzip
import pathlib
import sys


def size(page):
    with gzip.open(page) as file:
        return sum(len(piece) for piece in iter(lambda: file.read(1 << 20), b""))


def main():
    data, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    count, aim = (int(text) for text in (sys.argv[3:] + ["1000", "50000"][len(sys.argv) - 3 :]))
    pages = [(size(page), page) for page in sorted(data.rglob("*.html.gz"))]
    pages.sort(key=lambda entry: abs(entry[0] - aim))
    if len(pages) < count:
        sys.exit(f"{data}: {len(pages)} pages, and {count} were asked for")
    folder.mkdir(parents=True)
    sizes = []
    for length, page in pages[:count]:
        name = "-".join(page.relative_to(data).parts)
        (folder / name).symlink_to(page)
        sizes.append(length)
    mean = sum(sizes) / count
    print(f"{count} pages of {min(sizes):,} to {max(sizes):,} bytes, {mean:,.0f} on the mean")


main()
