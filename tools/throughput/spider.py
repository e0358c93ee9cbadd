"""Scrapy over the same list: with nothing but a look at the page, and with trafilatura behind it.

python spider.py LIST OUTPUT bare|trafilatura
"""

import json
import sys
import time

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.resolver import CachingThreadedResolver
from twisted.internet import defer


class Loopback(CachingThreadedResolver):
    """Every name is this machine: the list's hosts exist nowhere else."""

    def getHostByName(self, name, timeout=None):
        return defer.succeed("127.0.0.1")


class Pages(scrapy.Spider):
    name = "pages"

    def __init__(self, urls, **arguments):
        super().__init__(**arguments)
        self.start_urls = urls

    def parse(self, response):
        yield {"url": response.url, "title": response.css("title::text").get(), "page": response}


class Length:
    """As Scrapy's own bench: no reading, only what there was."""

    def process_item(self, item, spider=None):
        item["length"] = len(item.pop("page").body)
        return item


class Article:
    def process_item(self, item, spider=None):
        import trafilatura

        page = item.pop("page")
        found = trafilatura.extract(page.text, url=page.url, output_format="json", with_metadata=True)
        item["article"] = json.loads(found) if found else None
        return item


def main():
    source, output, way = sys.argv[1:]
    urls = [line.strip() for line in open(source) if line.strip()]
    pipeline = Article if way == "trafilatura" else Length
    process = CrawlerProcess(
        {
            "DNS_RESOLVER": Loopback,
            "CONCURRENT_REQUESTS": 64,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": False,
            "COOKIES_ENABLED": False,
            "RETRY_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "HTTPPROXY_ENABLED": False,
            "MEMUSAGE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
            "FEEDS": {output: {"format": "jsonlines", "overwrite": True}},
            "ITEM_PIPELINES": {pipeline: 1},
        }
    )
    crawler = process.create_crawler(Pages)
    began = time.monotonic()
    process.crawl(crawler, urls=urls)
    process.start()
    took = time.monotonic() - began
    count = crawler.stats.get_value("item_scraped_count", 0)
    print(json.dumps({"pages": count, "seconds": took}))


main()
