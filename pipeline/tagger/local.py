"""The tagger in this very process: what the child process runs, and what tests look into."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.arabic.sentences import split
from pipeline.tagger.batching import batches
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
    """Sentences of all texts through the model, packed by length."""

    def __init__(self, folder: Path = WEIGHTS, *, precision: Precision = "auto", threads: int = 0) -> None:
        self._folder = folder
        self._encoder = Encoder(folder, precision, threads)
        self._decoder = Decoder(Clitics(self._encoder.likelihood), Calibration.read(folder / CALIBRATION))

    @property
    def version(self) -> str:
        return model_version(self._folder)

    def tag(self, texts: Sequence[str]) -> list[list[Mention]]:
        texts = [well_formed(text) for text in texts]
        places = [(number, start, end) for number, text in enumerate(texts) for start, end in split(text)]
        sentences = [texts[number][start:end] for number, start, end in places]
        pieces = self._encoder.pieces(sentences)
        found: list[list[Mention]] = [[] for _ in texts]
        for (number, start, _), sentence, its_pieces, probabilities in zip(
            places, sentences, pieces, self._probabilities(pieces), strict=True
        ):
            for mention in self._decoder.mentions(sentence, its_pieces.offsets, probabilities):
                found[number].append(
                    Mention(start + mention.start, start + mention.end, mention.type, mention.score)
                )
        return found

    def _probabilities(self, sentences: Sequence[Pieces]) -> list[NDArray[np.float32]]:
        """For each sentence an array (pieces, labels)."""
        results = [np.empty((len(sentence.ids), len(LABELS)), dtype=np.float32) for sentence in sentences]
        for rows in batches([len(sentence.ids) for sentence in sentences]):
            for row, probabilities in zip(rows, self._encoder.probabilities(sentences, rows), strict=True):
                results[row.sentence][row.first : row.last] = probabilities[
                    row.first - row.start : row.last - row.start
                ]
        return results


def well_formed(text: str) -> str:
    """The text with lone surrogates, which no tokenizer takes, as question marks: as long as it was."""
    return text.encode("utf-8", "replace").decode()
