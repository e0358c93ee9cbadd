"""Runs the same list through several programs, one after another, and says what each took.

python measure.py CLEANCOPY SCRATCH [PAGES] [PAGES_FOR_SCRAPY]

SAVED=FOLDER takes the files *.html.gz of a folder instead of invented pages: not all of them are
articles, and there are only so many.

What counts is the processor's time a page: the clock also measures whatever else the machine does.
Every program has to have done its work, or there is no figure.
"""

import gzip
import json
import os
import pathlib
import resource
import socket
import subprocess
import sys
import time

HOSTS = 1_000
HERE = pathlib.Path(__file__).parent
SAVED = os.environ.get("SAVED")


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def timed(command, log):
    """Runs a command to its end; seconds by the clock, and of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    with open(log, "w") as out:
        subprocess.run(command, stdout=out, stderr=out, check=True)
    took = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return took, spent


def wait_for(port):
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"nothing answers on port {port}")


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what}: {found}, and {wanted} were wanted")


def saved():
    return sorted(pathlib.Path(SAVED).glob("*.html.gz"))


def lines(path):
    with open(path) as file:
        return [line for line in file if line.strip()]


class Bench:
    def __init__(self, program, scratch, port):
        self.program, self.scratch, self.port = program, scratch, port

    def list(self, count):
        urls = [f"http://h{n % HOSTS}.example:{self.port}/story/{n}" for n in range(count)]
        path = self.scratch / f"list-{count}.txt"
        path.write_text("\n".join(urls) + "\n")
        return path, urls

    def extraction(self, count):
        pages = self.scratch / "pages"
        pages.mkdir()
        if SAVED:
            for number, page in enumerate(saved()[:count]):
                (pages / f"{number}.html").write_bytes(gzip.decompress(page.read_bytes()))
        else:
            subprocess.run([self.scratch / "origin", "pages", pages, str(self.port), str(count)], check=True)
        out = self.scratch / "extracted.jsonl"
        took = timed([self.program, "extract", pages, "-o", out], self.scratch / "extract.log")
        expect("records of extraction", len(lines(out)), count)
        return took

    def curl(self, count):
        _, urls = self.list(count)
        config = self.scratch / "curl.config"
        config.write_text("".join(f'url = "{url}"\noutput = "/dev/null"\n' for url in urls))
        command = ["curl", "-s", "--noproxy", "*", "--connect-to", f"::127.0.0.1:{self.port}", "-K", config]
        return timed(command, self.scratch / "curl.log")

    def cleancopy(self, count):
        source, _ = self.list(count)
        out, archive = self.scratch / "crawl", self.scratch / "archive"
        command = [self.program, "crawl", source, "-o", f"{out}/", "--warc", archive, "--no-proxy"]
        command += ["--resolve", f"*=127.0.0.1:{self.port}", "--delay", "0", "--hosts", "64"]
        took = timed(command, self.scratch / "crawl.log")
        records = [json.loads(line) for line in lines(out / "records.jsonl")]
        read = ("article", "no-article") if SAVED else ("article",)
        expect("pages read", sum(record["outcome"] in read for record in records), count)
        expect("addresses", len({record["url"] for record in records}), count)
        captures = sum(len(lines(index)) for index in archive.glob("*.cdxj"))
        expect("captures in the archive", captures >= count, True)
        return took

    def scrapy(self, count, way):
        source, _ = self.list(count)
        out = self.scratch / f"{way}.jsonl"
        took = timed([sys.executable, HERE / "spider.py", source, out, way], self.scratch / "scrapy.log")
        items = [json.loads(line) for line in lines(out)]
        wanted = [item for item in items if SAVED or way == "bare" or item.get("article")]
        expect(f"items of Scrapy, {way}", len(wanted), count)
        return took


def main():
    program, scratch = sys.argv[1], pathlib.Path(sys.argv[2])
    count, few = (int(text) for text in (sys.argv[3:] + ["10000", "2000"][len(sys.argv) - 3 :]))
    if SAVED:
        count, few = min(count, len(saved())), min(few, len(saved()))
    port = free_port()
    with subprocess.Popen([scratch / "origin", str(port)] + ([SAVED] if SAVED else [])) as origin:
        try:
            wait_for(port)
            if not SAVED:
                subprocess.run([scratch / "origin", "load", str(port), "20000"], check=True)
            bench = Bench(program, scratch, port)
            rows = [
                ("extraction alone, from files", count, bench.extraction(count)),
                ("curl's fetch alone, one connection a host", count, bench.curl(count)),
                ("cleancopy crawl: fetch, extract, JSONL, WARC", count, bench.cleancopy(count)),
                ("Scrapy: fetch, JSONL", few, bench.scrapy(few, "bare")),
                ("Scrapy with trafilatura: fetch, extract, JSONL", few, bench.scrapy(few, "trafilatura")),
            ]
        finally:
            origin.kill()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end\n")
    print("| what | pages | pages/s | CPU ms a page |\n| --- | ---: | ---: | ---: |")
    cost = []
    for what, pages, (took, spent) in rows:
        cost.append(spent / pages * 1000)
        print(f"| {what} | {pages} | {pages / took:.0f} | {cost[-1]:.2f} |")
    extraction, curl, crawl, bare, behind = cost
    print(f"\ncrawl against extraction and curl: {crawl / (extraction + curl):.2f} times the CPU")
    print(f"against Scrapy with trafilatura: {behind / crawl:.1f} times less CPU")
    print(f"against Scrapy alone: {bare / crawl:.1f} times less CPU")
    rate = [pages / took for _, pages, (took, _) in rows]
    print(f"by the clock: {rate[2] / rate[4]:.1f} times Scrapy with trafilatura, {rate[2] / rate[3]:.1f} times Scrapy alone")


main()
