"""Who gets which partitions: of each topic everybody gets the same share, and keeps it if possible.

Kafka's own sticky way balances the number of partitions over all topics. Since passages are most of the work,
one worker could be given all of them and another one only heartbeats; so each topic is shared out for itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.protocol.consumer.metadata import ConsumerProtocolAssignment


class TopicByTopicAssignor(CooperativeStickyAssignor):  # type: ignore[misc]  # it has no types
    """Cooperative: a partition that moves is first given up by its owner, and given to the next one after."""

    name = "topic-by-topic"

    def assign(self, cluster: Any, members: Sequence[Any]) -> dict[str, Any]:
        """Kafka's leader of the group asks this: what each member gets now, by member id."""
        said = {member.member_id: self.parse_member_metadata(member.metadata) for member in members}
        owners = {
            (part.topic, part.partition): member for member, each in said.items() for part in each.partitions
        }
        load = dict.fromkeys(sorted(said), 0)
        given: dict[str, dict[str, list[int]]] = {member: defaultdict(list) for member in said}
        for topic in sorted({topic for each in said.values() for topic in each.subscription}):
            takers = [member for member in load if topic in said[member].subscription]
            held = {part: owners.get((topic, part)) for part in cluster.partitions_for_topic(topic) or ()}
            for part, member in share_out(held, takers, load).items():
                load[member] += 1
                if held[part] in (None, member):
                    given[member][topic].append(part)
        return {
            member: ConsumerProtocolAssignment(
                self.version, sorted((topic, sorted(parts)) for topic, parts in mine.items()), b""
            )
            for member, mine in given.items()
        }


def share_out(
    held: Mapping[int, str | None], takers: Iterable[str], load: Mapping[str, int]
) -> dict[int, str]:
    """Who of ``takers`` gets each partition of a topic: shares differ by one at most, and as few move as can.

    ``held`` are the partitions with who has them now; ``load`` is what each taker was given of other topics:
    who has least gets what is left over.
    """
    parts = sorted(held)
    has = {taker: [part for part in parts if held[part] == taker] for taker in takers}
    if not has:
        return {}
    least, over = divmod(len(parts), len(has))
    # One more goes to those with the least of other topics, and among them to who need not give one up.
    favoured = set(sorted(has, key=lambda taker: (load[taker], -len(has[taker]), taker))[:over])
    shares = {taker: has[taker][: least + (taker in favoured)] for taker in has}
    kept = {part for share in shares.values() for part in share}
    free = [part for part in parts if part not in kept]
    for taker, share in shares.items():
        while len(share) < least + (taker in favoured):
            share.append(free.pop(0))
    return {part: taker for taker, share in shares.items() for part in share}
