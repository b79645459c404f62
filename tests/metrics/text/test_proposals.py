"""Proposals of new topics: what really comes together comes back from every seed."""

import random

from metrics.text.proposals import propose

GROUPS = ("پارکینگ ماشین خیابان جای پارک", "صندلی گرما کولر تهویه هوا", "آسانسور پله ویلچر رمپ ورودی")


def test_groups_of_words_are_found_again() -> None:
    """Three planted groups are proposed, each by its own words."""
    chance = random.Random(5)
    texts = [" ".join(chance.sample(GROUPS[n % 3].split(), 4)) for n in range(240)]
    found = propose(texts, number=3)

    said = [" ".join(proposal.words) for proposal in found]
    sides = [[any(word in words for word in group.split()) for group in GROUPS] for words in said]

    assert found
    assert all(sum(side) == 1 for side in sides)
    assert all(p.stability >= 0.5 and p.comments >= 5 for p in found)


def test_few_comments_propose_nothing() -> None:
    """Below two hundred comments chance decides."""
    assert propose(["پارکینگ نبود"] * 50) == []
