"""HTML to text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.arabic.markup import text_of


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("نص", "نص"),
        ("<p>أ</p><p>ب</p>", "أ\nب"),
        ("<p>أ\n  <b>ب</b>\tج</p>\n\n<p>د", "أ ب ج\nد"),
        ("<div><div>أ</div>ب</div>ج", "أ\nب\nج"),
        ("أ<br>ب<br/><br />ج", "أ\nب\nج"),
        ("<p>أ</p><p>&nbsp;</p><p>ب</p>", "أ\nب"),
        ("أ&nbsp;ب می&zwnj;خواهم", "أ\u00a0ب می\u200cخواهم"),
        ("&laquo;نص&raquo; &amp;amp; &lt;p&gt; &#1606;&#x635;", "«نص» &amp; <p> نص"),
        ("أ&#0;ب&#8;ج&#x1b;د&#127;ه&#xFFFE;&#xD800;&#1114112;", "أبجده"),
        ("&#147;نص&#148;", "“نص”"),
        ("a&#9;b&#10;c", "a b c"),
        ("a\x00b\x08c", "abc"),
        ("أ<script>x < y</script>ب<style>p{}</style>ج<!-- د -->ه<template>و</template>", "أبجه"),
        ("<html><head><title>ع</title></head><body><p>أ</p></body></html>", "أ"),
        ('<?xml version="1.0" encoding="utf-16"?><p xmlns="http://www.w3.org/1999/xhtml">أ</p>', "أ"),
        ("<table><tr><th>أ</th><td>ب</td></tr><tr><td></td><td>ج</td></tr></table>", "أ\tب\nج"),
        ("<ul><li>أ<li>ب<ul><li>ج</ul></ul>", "أ\nب\nج"),
        ("<b>أ<i>ب</b>ج</i>د", "أبجد"),
        ("<p>أ</div></p></b>ب", "أ\nب"),
        ("<p>أ <a href='x>ب</a> ج</p><p>د'>ه", "أ ه"),
        ("</body></html><p>أ", "أ"),
        ("a < b && c > d <3", "a < b && c > d <3"),
        ("قا<wbr>ل <em>عال</em>ية", "قال عالية"),
        ("\ud800أ", "أ"),
    ],
)
def test_text_of(html: str, text: str) -> None:
    assert text_of(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "نص" + "</div>" * 100_000,
        "<b><p>" * 60_000 + "نص",
        "<table><tr><td>" * 30_000 + "نص",
        "<ul><li>" * 50_000 + "نص",
        "</p>" * 120_000 + "نص",
        "نص" + "<" * 500_000,
        "نص" + "&#" * 250_000,
        "نص" + " " * 500_000 + "\u00a0" * 100_000,
        "نص<a " + "b='1' " * 80_000 + ">",
        "نص" + "<!--" * 120_000,
        "<p>نص</p>\n" * 40_000,
    ],
    ids=lambda html: html[:12],
)
def test_large_and_deep_input(html: str) -> None:
    assert text_of(html).startswith("نص")


_TAGS = st.sampled_from(["<p>", "</p>", "<br>", "<td>", "<script>", "</script>", "<!--", "-->", "<", "&#8;"])


@given(st.lists(st.text() | _TAGS | st.characters()).map("".join))
def test_never_raises_and_leaves_clean_lines(html: str) -> None:
    text = text_of(html)
    assert text == text.strip()
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]|\n\n|  |\t\n", text)
    text.encode()


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S"], exclude_characters="<&")))
def test_text_without_markup_stays(text: str) -> None:
    assert text_of(text) == text
