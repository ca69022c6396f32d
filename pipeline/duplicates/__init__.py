"""Which article tells what an earlier one has told already.

`fingerprints` says when two texts are the same, `window` remembers what was judged. A further measure
(near, contained) is another module beside `fingerprints`, and another kind of `Verdict`.
"""
