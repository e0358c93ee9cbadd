"""Crawls a site on loopback into web archives, kills the crawl once, and checks what it wrote."""

import gzip
import os
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import check

STORY = "<p>The night ferry came back on Monday after eleven weeks in the yard, number %d.</p>"


class Site(BaseHTTPRequestHandler):
    """Pages in every framing and coding, error pages, redirects, and pages that are the same."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        number = int(self.path.strip("/") or 0) if self.path.strip("/").isdigit() else 0
        body = (STORY % number * 20).encode()
        if self.path == "/robots.txt":
            self.answer(200, b"User-agent: *\nDisallow: /private\n", [("Content-Type", "text/plain")])
        elif number % 10 == 1:
            self.answer(404, b"<p>gone")
        elif number % 10 == 2:
            self.answer(302, b"", [("Location", f"/{number + 1}")])
        elif number % 10 == 4:
            self.answer(200, b"<p>the same page, whatever the address")
        elif number % 10 == 5:
            self.answer(200, gzip.compress(body), [("Content-Encoding", "gzip")])
        elif number % 10 == 6:
            self.chunked(gzip.compress(body), [("Content-Encoding", "gzip")])
        elif number % 10 == 7:
            self.chunked(body, [])
        else:
            self.answer(200, body)

    def head(self, status, headers):
        self.send_response(status)
        if not any(name == "Content-Type" for name, _ in headers):
            self.send_header("Content-Type", "text/html; charset=utf-8")
        for name, value in headers:
            self.send_header(name, value)

    def answer(self, status, body, headers=()):
        self.head(status, headers)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def chunked(self, body, headers):
        self.head(200, headers)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for at in range(0, len(body), 500):
            part = body[at : at + 500]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a client that was killed


def main(program, pages):
    server = Server(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host, port = server.server_address
    program = os.path.abspath(program)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        urls = [f"http://h{n % 30}.example/{n}" for n in range(pages)]
        (folder / "urls").write_text("\n".join(urls) + "\n")
        command = [program, "crawl", "urls", "-o", "out.jsonl", "--warc", "kept", "--warc-size", "8"]
        command += ["--delay", "0", "--no-proxy", "--resolve", f"*={host}:{port}"]
        out = folder / "out.jsonl"
        with open(folder / "log", "wb") as log:
            first = subprocess.Popen(command, cwd=folder, stderr=log)
            while first.poll() is None and (not out.exists() or lines(out) < pages // 3):
                time.sleep(0.01)
            first.kill()
            first.wait()
            killed_at = lines(out)
            second = subprocess.run(command, cwd=folder, stderr=log, check=False)
        if second.returncode not in (0, 1) or lines(out) != pages:
            sys.exit(f"the crawl did not end: {(folder / 'log').read_text()[-2000:]}")
        print(f"crawled {pages} pages, killed after {killed_at} of them")
        check.main(folder / "kept")


def lines(path):
    return path.read_bytes().count(b"\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
