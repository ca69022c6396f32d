"""The tagger in this very process: what the child process runs, and what tests look into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.arabic.sentences import split
from pipeline.tagger.batching import batches, passages
from pipeline.tagger.calibration import Calibration
from pipeline.tagger.clitics import Clitics
from pipeline.tagger.decoding import Decoder
from pipeline.tagger.encoder import Encoder, Precision
from pipeline.tagger.files import CALIBRATION, WEIGHTS
from pipeline.tagger.labels import LABELS
from pipeline.tagger.mentions import Mention
from pipeline.tagger.pieces import Pieces
from pipeline.tagger.tagger import Tagger
from pipeline.tagger.version import model_version


class LocalTagger(Tagger):
    """Passages of all texts through the model, packed by length; names are read off sentence by sentence."""

    def __init__(self, folder: Path = WEIGHTS, *, precision: Precision = "auto", threads: int = 0) -> None:
        self._folder = folder
        self._encoder = Encoder(folder, precision, threads)
        self._decoder = Decoder(Clitics(self._encoder.likelihood), Calibration.read(folder / CALIBRATION))

    @property
    def version(self) -> str:
        return model_version(self._folder)

    def tag(self, texts: Sequence[str]) -> list[list[Mention]]:
        texts = [well_formed(text) for text in texts]
        splits = [split(text) for text in texts]
        places = [(number, start) for number, ranges in enumerate(splits) for start, _ in ranges]
        sentences = [text[start:end] for text, ranges in zip(texts, splits, strict=True) for start, end in ranges]
        pieces = self._encoder.pieces(sentences)
        found: list[list[Mention]] = [[] for _ in texts]
        for (number, start), sentence, its_pieces, probabilities in zip(
            places, sentences, pieces, self._probabilities(pieces, [len(ranges) for ranges in splits]), strict=True
        ):
            for mention in self._decoder.mentions(sentence, its_pieces.offsets, probabilities):
                found[number].append(
                    Mention(start + mention.start, start + mention.end, mention.type, mention.score)
                )
        return found

    def _probabilities(self, sentences: Sequence[Pieces], counts: Sequence[int]) -> Iterator[NDArray[np.float32]]:
        """For each sentence an array (pieces, labels); the first `counts[0]` sentences are the first text's."""
        runs: list[tuple[int, int]] = []
        at = 0
        for count in counts:
            lengths = [len(sentence.ids) for sentence in sentences[at : at + count]]
            runs += [(at + first, at + last) for first, last in passages(lengths)]
            at += count
        ids = [[piece for sentence in sentences[first:last] for piece in sentence.ids] for first, last in runs]
        results = [np.empty((len(passage), len(LABELS)), dtype=np.float32) for passage in ids]
        for rows in batches([len(passage) for passage in ids]):
            for row, probabilities in zip(rows, self._encoder.probabilities(ids, rows), strict=True):
                results[row.passage][row.first : row.last] = probabilities[
                    row.first - row.start : row.last - row.start
                ]
        for (first, last), result in zip(runs, results, strict=True):
            borders = np.cumsum([len(sentence.ids) for sentence in sentences[first:last]])[:-1]
            yield from np.split(result, borders)


def well_formed(text: str) -> str:
    """The text with lone surrogates, which no tokenizer takes, as question marks: as long as it was."""
    return text.encode("utf-8", "replace").decode()
