"""Feeds: files of news in, raw records out. One format a module, one interface (`feed.py`)."""

from __future__ import annotations

from pathlib import PurePath

from pipeline.errors import FeedError
from pipeline.feeds.feed import Feed, FeedItem, Refusal
from pipeline.items import ARTICLE_LIMIT_BYTES

__all__ = ["KINDS", "Feed", "FeedItem", "Refusal", "feed_for", "kind_of"]

KINDS = ("ninjs", "rss", "jsonl", "records")

# The last two suffixes count, a compressed file's without its `.gz`.
BY_SUFFIX = {
    ".ninjs": "ninjs",
    ".json": "ninjs",
    ".records": "records",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".rss": "rss",
    ".atom": "rss",
    ".rdf": "rss",
    ".xml": "rss",
}


def kind_of(path: PurePath | str) -> str | None:
    """The kind of feed that a file's name says it is (`agency.ninjs.jsonl.gz`: ninjs), or None."""
    suffixes = [suffix.lower() for suffix in PurePath(path).suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    kinds = [BY_SUFFIX[suffix] for suffix in suffixes[-2:] if suffix in BY_SUFFIX]
    return kinds[0] if kinds else None


def feed_for(path: PurePath | str, kind: str | None = None, limit: int = ARTICLE_LIMIT_BYTES) -> Feed:
    """The feed that reads `path`: of this kind, or of the kind that its name says.

    Raises:
        FeedError: the kind is unknown, or the name says none.
    """
    match kind or kind_of(path):
        case "ninjs":
            from pipeline.feeds.ninjs import NinjsFeed

            return NinjsFeed(limit)
        case "rss":
            from pipeline.feeds.rss import RssFeed

            return RssFeed(limit)
        case "jsonl":
            from pipeline.feeds.jsonl import JsonlFeed

            return JsonlFeed(limit)
        case "records":
            from pipeline.feeds.records import RecordsFeed

            return RecordsFeed(limit)
        case None:
            raise FeedError(f"{path}: its name does not say which feed it is; say one of {', '.join(KINDS)}")
        case unknown:
            raise FeedError(f"unknown kind of feed: {unknown}; there are {', '.join(KINDS)}")
