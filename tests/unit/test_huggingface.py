"""Another model in the entity model's place: one made here, with weights that are set by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertForTokenClassification, BertModel, PreTrainedTokenizerFast

from pipeline.errors import Stop
from pipeline.tagger.huggingface.classifier import strides
from pipeline.tagger.huggingface.schemes import Scheme, table
from pipeline.tagger.huggingface.tagger import HuggingFaceTagger
from pipeline.tagger.labels import LABELS
from pipeline.tagger.mentions import Mention
from pipeline.tagger.models import EntityModel
from pipeline.tagger.process import ProcessTagger
from tests.unit.test_tagger import PARTS

BIO = ["O", "B-PERS", "I-PERS", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]
# What the model says of the words that it knows; all others are outside.
KNOWN = {
    "محمد": "B-PERS", "علي": "I-PERS", "حسن": "I-PERS", "بغداد": "B-LOC", "والعراق": "B-LOC", "للعراق": "B-LOC",
    "وزارة": "B-ORG", "الدفاع": "I-ORG", "قناة": "B-ORG", "العهد": "I-ORG",
}  # fmt: skip
OTHERS = ["قال", "في", "إن", "أمس", "من", "«", "»", '"', ".", "،"]
TEXT = "قال محمد علي في بغداد إن وزارة الدفاع والعراق أمس."
NAMED = [("محمد علي", "PER"), ("بغداد", "LOC"), ("وزارة الدفاع", "ORG"), ("العراق", "LOC")]


def tokenizer(words: Sequence[str]) -> PreTrainedTokenizerFast:
    """Words and signs are pieces; [CLS] stands before a text and [SEP] after it."""
    vocabulary = {word: number for number, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words])}
    backend = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106
    backend.pre_tokenizer = Split(Regex(r"\w+|[^\w\s]"), "removed", invert=True)
    special = [("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])]
    backend.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=special)
    return PreTrainedTokenizerFast(tokenizer_object=backend, pad_token="[PAD]", unk_token="[UNK]")  # noqa: S106


def save(
    folder: Path, labels: Sequence[str] = BIO, known: dict[str, str] | None = None, positions: int = 64
) -> str:
    """A BERT of one layer that attends to nothing, whose embeddings are one-hot: it looks up each word's label."""
    known = KNOWN if known is None else known
    words = tokenizer([*known, *OTHERS])
    config = BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=positions, id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
    )  # fmt: skip
    model = BertForTokenClassification(config)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "LayerNorm" not in name:
                weights.zero_()
        model.bert.embeddings.word_embeddings.weight.copy_(torch.eye(len(words), 32))
        model.classifier.bias[0] = 1.0
        for word, label in known.items():
            model.classifier.weight[labels.index(label), words.convert_tokens_to_ids(word)] = 2.0
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    return str(folder)


def named(text: str, mentions: list[Mention]) -> list[tuple[str, str]]:
    return [(text[mention.start : mention.end], mention.type) for mention in mentions]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return save(tmp_path_factory.mktemp("models") / "dictionary")


@pytest.fixture(scope="module")
def tagger(model: str) -> HuggingFaceTagger:
    return HuggingFaceTagger(model)


@pytest.fixture(scope="module")
def process(model: str) -> Iterator[ProcessTagger]:
    with closing(ProcessTagger(EntityModel(model))) as tagger:
        yield tagger


def test_it_runs_in_the_child_process(process: ProcessTagger) -> None:
    (mentions,) = process.tag([TEXT])
    assert named(TEXT, mentions) == NAMED
    assert all(0.5 < mention.score <= 1 for mention in mentions)


def test_the_version_names_the_model_and_its_content(model: str, process: ProcessTagger, tmp_path: Path) -> None:
    assert process.version.startswith("dictionary-")
    assert HuggingFaceTagger(model).version == process.version
    other = save(tmp_path / "dictionary", known={**KNOWN, "قال": "B-LOC"})
    assert HuggingFaceTagger(other).version != process.version
    assert HuggingFaceTagger(model, labels="LOC=none").version != process.version


def test_khabar_enrich_takes_it_from_the_setting(model: str) -> None:
    environment = {**os.environ, "KHABAR_ENTITY_MODEL": model}
    command = [sys.executable, "-m", "pipeline.cli.main", "enrich"]
    answer = subprocess.run(command, input=TEXT.encode(), capture_output=True, env=environment, check=True)
    record = orjson.loads(answer.stdout)
    assert [(entity["text"], entity["type"]) for entity in record["entities"]] == NAMED
    assert record["models"]["entities"].startswith("dictionary-")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("قال مُحَمَّد عَلي", [("مُحَمَّد عَلي", "PER")]),
        ("محـــمد علي", [("محـــمد علي", "PER")]),
        ("😀 محمد\u200f علي،", [("محمد\u200f علي", "PER")]),
        ("للعراق", [("لعراق", "LOC")]),
        ("«قناة العهد»", [("قناة العهد", "ORG")]),
        ("محمد", [("محمد", "PER")]),
        ("محمد\nعلي", [("محمد", "PER"), ("علي", "PER")]),
        ("\ud800 بغداد", [("بغداد", "LOC")]),
        ("ﻣﺤﻤﺪ", [("ﻣﺤﻤﺪ", "PER")]),
        ("", []),
        (" \n", []),
    ],
)
def test_borders_are_ours(tagger: HuggingFaceTagger, text: str, expected: list[tuple[str, str]]) -> None:
    assert named(text, tagger.tag([text])[0]) == expected


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.lists(PARTS, max_size=40).map("".join), max_size=3))
def test_spans_are_exact_for_any_text(tagger: HuggingFaceTagger, texts: list[str]) -> None:
    for text, mentions in zip(texts, tagger.tag(texts), strict=True):
        free = 0
        for mention in mentions:
            span = text[mention.start : mention.end]
            assert free <= mention.start < mention.end <= len(text)
            assert span == span.strip() != ""
            free = mention.end


def test_long_sentences_are_read_in_windows(tagger: HuggingFaceTagger) -> None:
    """Three names in every other place of a sentence that is longer than the model's 64 positions."""
    for place in range(1, 200, 2):
        words = ["قال"] * 200
        words[place:place] = ["محمد", "علي", "حسن"]
        text = " ".join(words)
        assert named(text, tagger.tag([text])[0]) == [("محمد علي حسن", "PER")]


@settings(deadline=None)
@given(st.integers(0, 400), st.integers(8, 60))
def test_strides_read_each_piece_once_and_with_context(length: int, window: int) -> None:
    rows = list(strides(length, window))
    assert [at for _, _, first, last in rows for at in range(first, last)] == list(range(length))
    for start, end, first, last in rows:
        assert 0 < end - start <= window
        assert start == 0 or first - start >= window // 8
        assert end == length or end - last >= window // 8


def test_what_a_text_gets_does_not_depend_on_its_mates(tmp_path: Path) -> None:
    """A model of two layers with random weights, whose answers depend on all of a sentence; to the bit."""
    torch.manual_seed(3)
    words = tokenizer([*KNOWN, *OTHERS])
    config = BertConfig(
        vocab_size=len(words), hidden_size=48, num_hidden_layers=2, num_attention_heads=4, intermediate_size=96,
        max_position_embeddings=64, id2label=dict(enumerate(BIO)), initializer_range=0.5,
    )  # fmt: skip
    BertForTokenClassification(config).save_pretrained(tmp_path)
    words.save_pretrained(tmp_path)
    tagger = HuggingFaceTagger(str(tmp_path))
    texts = [" ".join([*list(KNOWN)[: n % 9 + 1], *OTHERS[:n]] * (n % 5 + 1)) for n in range(12)]
    alone = [tagger.tag([text])[0] for text in texts]
    assert sum(map(len, alone)) > 12
    assert tagger.tag(texts) == alone
    assert tagger.tag(texts[::-1]) == alone[::-1]


@pytest.mark.parametrize(
    ("labels", "ours"),
    [
        (["O", "B-PER", "I-PER"], ["O", "B-PER", "I-PER"]),
        (["O", "B-PERS", "I-PERS", "E-PERS", "S-PERS"], ["O", "B-PER", "I-PER", "I-PER", "B-PER"]),
        (["O", "B-person", "I-person", "L-person", "U-person"], ["O", "B-PER", "I-PER", "I-PER", "B-PER"]),
        (["B_ORG", "ORG-I", "LOCATION", "O"], ["B-ORG", "I-ORG", "I-LOC", "O"]),
        (["O", "B-GPE", "B-FAC", "B-NORP", "B-DATE"], ["O", "B-LOC", "B-LOC", "O", "O"]),
        (["O", "B-MISCELLANEOUS", "I-EVENT", "[PAD]"], ["O", "B-MISC", "I-MISC", "O"]),
    ],
)
def test_common_labels_are_known(labels: list[str], ours: list[str]) -> None:
    assert [LABELS[target] for target in Scheme(labels).targets] == ours


def test_labels_may_be_told(tmp_path: Path) -> None:
    scheme = Scheme(["LABEL_0", "LABEL_1", "LABEL_2"], table("LABEL_0=O, LABEL_1=B-PER,LABEL_2=I-PER"))
    assert [LABELS[target] for target in scheme.targets] == ["O", "B-PER", "I-PER"]
    told = Scheme(["O", "B-COMPANY", "B-Ship", "B-PER"], table("company=ORG,ship=none,PER=MISC"))
    assert [LABELS[target] for target in told.targets] == ["O", "B-ORG", "O", "B-MISC"]


@pytest.mark.parametrize(
    ("labels", "setting", "message"),
    [
        (["LABEL_0", "LABEL_1"], "", "LABEL_0, LABEL_1 are is not known.*KHABAR_ENTITY_LABELS"),
        (["O", "B-SHIP"], "", "B-SHIP.*«SHIP=ORG»"),
        (["O", "B-DATE"], "", "none of the labels O, B-DATE is an entity"),
        (["O", "B-PER"], "PER", "«PER» is no THEIRS=OURS"),
        (["O", "B-PER"], "PER=PERSON", "«PER=PERSON» is no THEIRS=OURS"),
    ],
)
def test_labels_that_cannot_be_mapped_are_named(labels: list[str], setting: str, message: str) -> None:
    with pytest.raises(Stop, match=message):
        Scheme(labels, table(setting))


def rows(*words: dict[str, float], labels: list[str]) -> Any:
    return np.array([[word.get(label, 0.0) for label in labels] for word in words], dtype=np.float32)


def test_an_inside_that_continues_nothing_begins() -> None:
    labels = ["O", "PER", "LOC"]
    shares = rows({"PER": 0.9, "O": 0.1}, {"PER": 0.8}, {"LOC": 0.7}, {"O": 1.0}, {"PER": 0.6}, labels=labels)
    chosen = Scheme(labels).ours(shares).argmax(axis=1)
    assert [LABELS[label] for label in chosen] == ["B-PER", "I-PER", "B-LOC", "O", "B-PER"]


def test_labels_of_one_meaning_add_up() -> None:
    labels = ["O", "B-GPE", "B-LOC", "B-DATE"]
    ours = Scheme(labels).ours(rows({"B-GPE": 0.3, "B-LOC": 0.4, "B-DATE": 0.2, "O": 0.1}, labels=labels))
    assert ours[0, LABELS.index("B-LOC")] == pytest.approx(0.7)
    assert ours[0, 0] == pytest.approx(0.3)


def test_what_is_wrong_with_a_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="no such folder"):
        HuggingFaceTagger(str(tmp_path / "missing" / "model"))
    with pytest.raises(Stop, match=r"nobody/nothing.*hf download nobody/nothing"):
        HuggingFaceTagger("nobody/nothing")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{}")
    with pytest.raises(Stop, match="cannot be loaded"):
        HuggingFaceTagger(str(tmp_path / "broken"))
    words = tokenizer(OTHERS)
    config = BertConfig(vocab_size=len(words), hidden_size=8, num_hidden_layers=1, num_attention_heads=1)
    BertModel(config).save_pretrained(tmp_path / "headless")
    words.save_pretrained(tmp_path / "headless")
    with pytest.raises(Stop, match="no token-classification model: its weights lack classifier"):
        HuggingFaceTagger(str(tmp_path / "headless"))
    short = save(tmp_path / "short", positions=11)
    with pytest.raises(Stop, match="only 7 pieces"):
        HuggingFaceTagger(short)


def test_the_worker_stops_with_the_reason(tmp_path: Path) -> None:
    model = save(tmp_path / "ships", labels=["O", "B-SHIP"], known={"بغداد": "B-SHIP"})
    with closing(ProcessTagger(EntityModel(model))) as tagger, pytest.raises(Stop, match="B-SHIP"):
        tagger.tag([TEXT])
    with closing(ProcessTagger(EntityModel(model, "SHIP=MISC"))) as tagger:
        assert named(TEXT, tagger.tag([TEXT])[0]) == [("بغداد", "MISC")]


def test_without_pytorch_the_extra_is_named(model: str) -> None:
    script = (
        "import sys; sys.modules['torch'] = None\n"
        "from pipeline.errors import Stop\n"
        "from pipeline.tagger.models import EntityModel\n"
        "try: EntityModel(sys.argv[1]).open()\n"
        "except Stop as error: print(error)"
    )
    answer = subprocess.run([sys.executable, "-c", script, model], capture_output=True, text=True, check=True)
    assert "pip install '.[torch]'" in answer.stdout
