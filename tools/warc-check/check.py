"""Reads web archives and their indexes with readers that others wrote: check.py DIR"""

import io
import json
import subprocess
import sys
from pathlib import Path

from fastwarc.warc import ArchiveIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator


def main(folder):
    faults, records, captures = [], 0, 0
    archives = sorted(Path(folder).glob("*.warc.gz"))
    if not archives:
        sys.exit(f"no archive in {folder}")
    faults += [f"{path}: left unfinished" for path in Path(folder).glob("*.open")]
    for path in archives:
        faults += warcio_check(path)
        try:
            found = places(path)
            faults += digests(path, [record_id for _, _, record_id, _ in found])
        except OSError as error:
            faults.append(f"{path}: cannot be read to its end: {error}")
            continue
        faults += members(path, found)
        index = path.with_name(path.name.removesuffix(".warc.gz") + ".cdxj")
        faults += index_faults(path, index, found)
        records += len(found)
        captures += sum(kind in ("response", "revisit") for _, _, _, kind in found)
    for fault in faults[:50]:
        print(f"FAULT {fault}", file=sys.stderr)
    print(f"{len(archives)} archives, {records} records, {captures} captures: {len(faults)} faults")
    sys.exit(1 if faults else 0)


def warcio_check(path):
    """What `warcio check` complains about."""
    command = [sys.executable, "-m", "warcio.cli", "check", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0 and not done.stdout.strip():
        return []
    return [f"{path}: warcio check: {done.stdout.strip()} {done.stderr.strip()}"]


def places(path):
    """Offset, length, id and type of every record, as warcio sees them."""
    found = []
    with open(path, "rb") as file:
        records = WarcioIterator(file)
        for record in records:
            head = record.rec_headers
            records.read_to_end(record)
            place = (records.get_record_offset(), records.get_record_length())
            found.append((*place, head.get_header("WARC-Record-ID"), record.rec_type))
    return found


def digests(path, ids):
    """FastWARC must see the same records, each with right digests."""
    faults, seen = [], []
    with open(path, "rb") as file:
        for record in ArchiveIterator(file, parse_http=False):
            seen.append(record.headers["WARC-Record-ID"])
            if not record.verify_block_digest():
                faults.append(f"{path}: {record.record_id}: block digest")
    with open(path, "rb") as file:
        for record in ArchiveIterator(file):
            if record.headers.get("WARC-Type") == "response" and not record.verify_payload_digest():
                faults.append(f"{path}: {record.record_id}: payload digest")
    if seen != ids:
        faults.append(f"{path}: FastWARC sees {len(seen)} records, warcio {len(ids)}")
    return faults


def members(path, found):
    """The records fill the file without a gap, one gzip member each."""
    at = 0
    for offset, length, record_id, _ in found:
        if offset != at:
            return [f"{path}: {record_id} lies at {offset}, not {at}"]
        at += length
    size = path.stat().st_size
    return [] if at == size else [f"{path}: {size - at} bytes behind the last record"]


def index_faults(path, index, found):
    """The index is sorted, and its lines lead to the captures, each once."""
    lines = index.read_text().splitlines()
    faults = [] if lines == sorted(lines) else [f"{index}: not sorted"]
    wanted = {(o, n): (i, k) for o, n, i, k in found if k in ("response", "revisit")}
    content = path.read_bytes()
    for line in lines:
        entry = json.loads(line.split(" ", 2)[2])
        place = (int(entry["offset"]), int(entry["length"]))
        record_id, kind = wanted.pop(place, (None, None))
        if record_id is None or entry["filename"] != path.name:
            faults.append(f"{index}: leads to no capture: {line}")
            continue
        member = content[place[0] : place[0] + place[1]]
        record = next(iter(WarcioIterator(io.BytesIO(member))))
        head = record.rec_headers
        stamp = "".join(c for c in head.get_header("WARC-Date") if c.isdigit())
        told = (head.get_header("WARC-Target-URI"), stamp, kind == "revisit")
        if told != (entry["url"], line.split(" ")[1], entry.get("mime") == "warc/revisit"):
            faults.append(f"{index}: leads to another capture: {line}")
        if entry["status"] != record.http_headers.get_statuscode():
            faults.append(f"{index}: another status: {line}")
    return faults + [f"{index}: lacks the capture at {place}" for place in wanted]


if __name__ == "__main__":
    main(sys.argv[1])
