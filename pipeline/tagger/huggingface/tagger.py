"""The tagger that a Hugging Face model makes: its labels, our borders."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pipeline.arabic.sentences import split
from pipeline.tagger.clitics import Clitics
from pipeline.tagger.decoding import Decoder
from pipeline.tagger.files import TOKENIZER, WEIGHTS
from pipeline.tagger.huggingface.classifier import Classifier
from pipeline.tagger.huggingface.loading import load
from pipeline.tagger.huggingface.schemes import Scheme, table
from pipeline.tagger.local import well_formed
from pipeline.tagger.mentions import Mention
from pipeline.tagger.tagger import Tagger
from pipeline.tagger.unigram import Unigram


class HuggingFaceTagger(Tagger):
    """Sentence by sentence through a token classifier, on the CPU.

    `name` is a folder, or a model of the Hugging Face hub that lies in this machine's cache; `labels` is the
    setting KHABAR_ENTITY_LABELS. Clitics, quotes and spaces at a name's edges are treated as with the model that
    ships; clitics are weighed by that model's tokenizer, whatever the other's is.

    Raises:
        Stop: PyTorch is missing, the model is not there, or its labels cannot be mapped.
    """

    def __init__(self, name: str, *, labels: str = "", threads: int = 0) -> None:
        names = table(labels)
        loaded = load(name)
        self._scheme = Scheme(loaded.labels, names)
        self._classifier = Classifier(loaded, threads)
        self._decoder = Decoder(Clitics(Unigram(WEIGHTS / TOKENIZER).likelihood))
        self._version = loaded.version
        if names:  # the same weights, read otherwise
            self._version += f"-{hashlib.sha256(repr(self._scheme.targets).encode()).hexdigest()[:6]}"

    @property
    def version(self) -> str:
        return self._version

    def tag(self, texts: Sequence[str]) -> list[list[Mention]]:
        return [self._mentions(well_formed(text)) for text in texts]

    def _mentions(self, text: str) -> list[Mention]:
        found: list[Mention] = []
        for start, end in split(text):
            offsets, probabilities = self._classifier.words(text[start:end])
            found.extend(
                Mention(start + mention.start, start + mention.end, mention.type, mention.score)
                for mention in self._decoder.mentions(text[start:end], offsets, self._scheme.ours(probabilities))
            )
        return found
