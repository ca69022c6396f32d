"""From the labels of any model (B-PERS, S-ORG, PER_I, LOCATION, …) to ours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import Stop
from pipeline.tagger.labels import LABELS, OUTSIDE, TYPES

NONE = "none"
# What annotation schemes call our types (CoNLL, ANERcorp, ACE, OntoNotes, Wojood and their kin).
_NAMES = {
    "PER": "per pers person persons people name human",
    "LOC": "loc location locations gpe fac facility place geo country city",
    "ORG": "org organization organisation organizations corp corporation company group",
    "MISC": "misc miscellaneous other event eve competition product prod work_of_art law language lang prize award"
    " creative-work cw vehicle veh weapon wea",
    # By ENTITIES no entity at all.
    NONE: "norp occ date time duration cardinal ordinal percent percentage quantity unit money curr currency"
    " website url email phone disease num number",
}
_KINDS = {name: kind for kind, names in _NAMES.items() for name in names.split()}
_OUTSIDE = frozenset(("o", "out", "outside", "[pad]", "<pad>", "pad", "x", NONE))
_BEGINS, _GOES_ON = "BSU", "IELM"  # BIO, BIOES, BILOU, BMES
_PREFIXED = re.compile(rf"([{_BEGINS}{_GOES_ON}])[-_ ](.+)", re.DOTALL)
_SUFFIXED = re.compile(rf"(.+)[-_ ]([{_BEGINS}{_GOES_ON}])", re.DOTALL)


def table(setting: str) -> dict[str, str]:
    """KHABAR_ENTITY_LABELS as a mapping: «COMPANY=ORG, DATE=none, LABEL_0=O, LABEL_1=B-PER».

    Raises:
        Stop: a part is no THEIRS=OURS, or OURS is neither a type, a label, nor none.
    """
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in setting.split(","))):
        theirs, sign, ours = (side.strip() for side in part.partition("="))
        if not theirs or not sign or ours not in (*TYPES, *LABELS, NONE):
            raise Stop(
                f"KHABAR_ENTITY_LABELS: «{part}» is no THEIRS=OURS, "
                f"where OURS is a type ({', '.join(TYPES)}), a label (B-PER, …, O) or {NONE}"
            )
        found[theirs.casefold()] = ours
    return found


class Scheme:
    """What each of a model's `labels` is in ours; `names` (see `table`) goes before what is known of itself.

    Raises:
        Stop: a label cannot be mapped, or none of them is an entity of ours.
    """

    def __init__(self, labels: Sequence[str], names: Mapping[str, str] | None = None) -> None:
        targets = [_target(label, names or {}) for label in labels]
        unknown = [label for label, target in zip(labels, targets, strict=True) if target is None]
        if unknown:
            raise Stop(
                f"what the labels {', '.join(unknown)} are is not known; say so with "
                f"KHABAR_ENTITY_LABELS, as in «{_bare(unknown[0])}=ORG» or «{_bare(unknown[0])}={NONE}»"
            )
        self.targets = [target for target in targets if target is not None]
        if not any(self.targets):
            raise Stop(f"none of the labels {', '.join(labels)} is an entity (see KHABAR_ENTITY_LABELS)")
        self._matrix = np.zeros((len(labels), len(LABELS)), dtype=np.float32)
        self._matrix[range(len(labels)), self.targets] = 1

    def ours(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities (words, their labels) as probabilities (words, our labels).

        An inside that continues nothing of its type begins an entity: so it is meant in the schemes IO and IOB1,
        and that is how everyone repairs it in the others.
        """
        shares: NDArray[np.float32] = probabilities @ self._matrix
        chosen = shares.argmax(axis=1)
        kinds = (chosen + 1) // 2  # 0: outside
        before = np.concatenate([[0], kinds[:-1]])
        stray = np.flatnonzero((chosen > 0) & (chosen % 2 == 0) & (kinds != before))
        begins, inside = chosen[stray] - 1, chosen[stray]
        shares[stray, begins], shares[stray, inside] = shares[stray, inside], shares[stray, begins]
        return shares


def _target(label: str, names: Mapping[str, str]) -> int | None:
    """The place in LABELS of one of their labels, None where nobody knows."""
    whole = names.get(label.casefold())
    if whole in LABELS:
        return LABELS.index(whole)
    if whole is None and label.casefold() in _OUTSIDE:
        return OUTSIDE
    part, kind = _split(label)
    ours = names.get(kind.casefold()) or whole or _KINDS.get(kind.casefold().replace(" ", "_"))
    if ours == NONE:
        return OUTSIDE
    if ours not in TYPES:
        return None
    return LABELS.index(f"{'B' if part in _BEGINS else 'I'}-{ours}")


def _split(label: str) -> tuple[str, str]:
    """(B, I, …; type) of a label; the schemes IO have no such part: I."""
    if match := _PREFIXED.fullmatch(label):
        return match[1], match[2]
    if match := _SUFFIXED.fullmatch(label):
        return match[2], match[1]
    return "I", label


def _bare(label: str) -> str:
    return _split(label)[1]
