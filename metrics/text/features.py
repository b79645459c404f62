"""What a model sees of a comment: its words, its letters, and what the word lists find in it.

Each view turns a reading into a bag of texts. The same functions serve training and prediction, so both see the same.
"""

from collections.abc import Callable, Mapping
from itertools import combinations, pairwise

from metrics.text.lexicon import Reading, squeeze

LETTERS = range(1, 7)
NOWHERE = -1


def words(reading: Reading) -> list[str]:
    """Words, pairs and threes, pairs with a gap, and on which side of a contrast ('but') a word stands."""
    keys = [squeeze(token) for token in reading.tokens]
    turn = max(reading.cues["contrasts"], default=NOWHERE)
    sides = [f"{key}{'>' if place > turn else '<'}" for place, key in enumerate(keys)] if turn > NOWHERE else []
    pairs = [f"{one} {two}" for one, two in pairwise(keys)]
    gaps = [f"{one} _ {two}" for one, two in zip(keys, keys[2:], strict=False)]
    threes = [f"{one} {two} {three}" for one, two, three in zip(keys, keys[1:], keys[2:], strict=False)]
    ends = [f"^{keys[0]}", f"{keys[-1]}$"] if keys else []
    return [*keys, *sides, *pairs, *gaps, *threes, *ends]


def letters(reading: Reading) -> list[str]:
    """Every run of one to six letters, spaces among them: endings and misspelt words are in it."""
    text = " ".join(squeeze(token) for token in reading.tokens)
    return [text[start : start + length] for length in LETTERS for start in range(len(text) - length + 1)]


def meanings(reading: Reading) -> list[str]:
    """What is praised and complained of, in which order and on which side of a contrast, what is denied or wished."""
    turn = max(reading.cues["contrasts"], default=NOWHERE)
    found, signs = [], []
    for mention in reading.mentions:
        sign = "+" if mention.strength > 0 else "-"
        side = "" if turn == NOWHERE else "b" if mention.start > turn else "a"
        strong = "!" if abs(mention.strength) >= 1.5 else ""
        found += [f"{mention.concept}{'~' * mention.denied}{strong}", f"{sign}{side}", f"{mention.concept}{sign}{side}"]
        signs.append((mention.concept + sign, sign))
    named = [name for name, _ in signs]
    order = "".join(sign for _, sign in signs)
    pairs = [f"{one} {two}" for one, two in pairwise(named)]
    ends = (
        [f"first {named[0]}", f"last {named[-1]}", f"ends {order[0]}{order[-1]}", f"order {order[:6]}"] if named else []
    )
    together = [f"{one} & {two}" for one, two in combinations(sorted(set(named)), 2)]
    sums = f"sums {min(order.count('+'), 3)}{min(order.count('-'), 3)}"
    cues = [f"{cue} {min(len(places), 2)}" for cue, places in reading.cues.items()]
    size = f"size {len(reading.tokens).bit_length()}"
    return [*found, *pairs, *together, *ends, sums, *cues, f"denials {min(len(reading.negations), 3)}", size]


def patterns(reading: Reading) -> list[str]:
    """Up to four neighbours where praise, complaint, negation and contrast stand for the words that make them."""
    mentions = {mention.start: mention for mention in reading.mentions}
    line, place = list[str](), 0
    while place < len(reading.tokens):
        mention = mentions.get(place)
        if mention is not None:
            line.append(f"<{mention.concept}{'+' if mention.strength > 0 else '-'}>")
            place = mention.end
            continue
        if place in reading.negations:
            line.append("<not>")
        elif place in reading.cues["contrasts"]:
            line.append("<but>")
        elif place not in reading.cues["intensifiers"]:
            line.append(squeeze(reading.tokens[place]))
        place += 1
    gaps = [f"{one} _ {two}" for one, two in zip(line, line[2:], strict=False)]
    return [*_runs(line, range(1, 5)), *gaps]


def beginnings(reading: Reading) -> list[str]:
    """Up to three neighbours by the first four letters of each: endings and attached words fall away."""
    return _runs([squeeze(token)[:4] for token in reading.tokens], range(1, 4))


def _runs(line: list[str], lengths: range) -> list[str]:
    return [" ".join(line[start : start + n]) for n in lengths for start in range(len(line) - n + 1)]


VIEWS: Mapping[str, Callable[[Reading], list[str]]] = {
    "words": words,
    "letters": letters,
    "meanings": meanings,
    "patterns": patterns,
    "beginnings": beginnings,
}
