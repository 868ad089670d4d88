"""Which registered vehicle a plate is: candidates out of what was read, each with its probability.

from enforcement.matching import Asked, Matcher
[matched] = Matcher(ImportedRegister(store)).match([Asked(passage.plate, plate, seen)])
print(matched.match, [(one.plate, one.posterior) for one in matched.candidates], matched.none_of_these)
"""

from __future__ import annotations

from enforcement.matching.answer import Candidate, Match, Matched
from enforcement.matching.appearance import Seen
from enforcement.matching.matcher import Asked, Matcher

__all__ = ["Asked", "Candidate", "Match", "Matched", "Matcher", "Seen"]
