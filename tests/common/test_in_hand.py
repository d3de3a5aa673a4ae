"""What kills its process is found and set aside, and nothing else is: the rule alone, whatever comes in whatever order."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from common.in_hand import DEATHS_MAX, condemned, rounds


@dataclass(frozen=True, slots=True)
class Said:
    """A message."""

    key: str
    aggregate: str


MESSAGES = st.lists(st.builds(Said, st.sampled_from("abcdefgh"), st.sampled_from("xyz")), max_size=12)
UNIQUE = st.lists(st.builds(Said, st.uuids().map(str), st.sampled_from("wxyz")), max_size=12, unique_by=lambda one: one.key)


@given(MESSAGES, st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, DEATHS_MAX + 1)))
def test_nobody_is_lost_nor_overtaken(batch: list[Said], deaths: dict[str, int]) -> None:
    together, alone = rounds(batch, deaths)
    assert Counter(together + alone) == Counter(batch)
    for aggregate in "xyz":
        assert [one for one in together + alone if one.aggregate == aggregate] == [
            one for one in batch if one.aggregate == aggregate
        ]
    assert not any(deaths.get(one.key) for one in together)
    worst = [max(deaths.get(other.key, 0) for other in batch if other.aggregate == one.aggregate) for one in alone]
    assert worst == sorted(worst)


@dataclass(slots=True)
class World:
    """What outlives processes: which messages have an outcome, and what is written down of the others."""

    batch: list[Said]
    poison: set[str]
    written: dict[str, tuple[int, int]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    buried: list[str] = field(default_factory=list)
    given: bool = False

    def process(self, number: int) -> Iterator[list[str]]:
        """The steps of one process, each with what is in its hands: it may be killed at any of them, and poison kills it."""
        again, self.given = self.given, True
        waiting = [one for one in self.batch if one.key not in self.done + self.buried]
        deaths = {key: n + (process != number) for key, (process, n) in self.written.items()} if again else {}
        together, alone = rounds(waiting, deaths)
        for work in (together, *([one] for one in alone)):
            keys = [one.key for one in work]
            if len(keys) == 1 and condemned(deaths.get(keys[0], 0)):
                self.buried += keys
            elif keys:
                if again:
                    self.written |= {key: (number, deaths.get(key, 0)) for key in keys}
                yield keys
                self.done += keys
            for key in keys:
                self.written.pop(key, None)


def live(world: World, kills: list[int]) -> int:
    """Start processes until one has nothing left to do; `kills` says at which step the first are killed. How many ended."""
    ended = 0
    while True:
        kill = kills[ended] if ended < len(kills) else -1
        for step, keys in enumerate(world.process(ended)):
            if step == kill or world.poison.intersection(keys):
                break
        else:
            return ended
        ended += 1


@given(UNIQUE, st.data(), st.lists(st.integers(-1, 12), max_size=DEATHS_MAX - 2))
def test_poison_alone_is_buried_however_processes_are_killed(batch: list[Said], data: st.DataObject, kills: list[int]) -> None:
    """A neighbour's death counts once, since one is alone from then on: so many kills more, whenever they come, bury nobody."""
    poison = set(data.draw(st.lists(st.sampled_from([one.key for one in batch]), unique=True)) if batch else ())
    world = World(batch, poison)
    ended = live(world, kills)
    assert set(world.buried) == poison
    assert set(world.done) == {one.key for one in batch} - poison
    assert ended <= len(kills) + 2 + len(poison) * DEATHS_MAX


@given(UNIQUE.filter(bool), st.integers(0, 11))
def test_neighbours_wait_for_three_deaths_at_most(batch: list[Said], which: int) -> None:
    """By the fourth process all of other aggregates are through, while the killer is not buried yet."""
    killer = batch[which % len(batch)]
    world = World(batch, {killer.key})
    for number in range(4):
        for keys in world.process(number):
            if killer.key in keys:
                break
    assert {one.key for one in batch if one.aggregate != killer.aggregate} <= set(world.done)
    assert not world.buried
