"""Khabar: Arabic newswires as a stream, with entities and attributed claims."""

__version__ = "0.1.0"
