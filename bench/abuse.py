"""How much abuse of points the rules find, and how many innocent members they touch.

python -m bench.abuse                      # five communities, each from its seed
python -m bench.abuse --communities 20 --members 600

Each community is a crowd of innocent members (ordinary helpers, couples of friends, mentors with many fans, one small forum)
with rings, bursts, mutual votes, loops of solutions, pasted answers and shared places hidden in it; the real jobs run over it.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from tests.conftest import test_config

KINDS = ("ring", "burst", "mutual", "share", "loop", "copies", "place")
EACH = 4
"""Of every kind, in every community."""
SPAN = timedelta(days=25)


class Community:
    """Members and votes of one seed, kept as plain rows until they are written."""

    def __init__(self, seed: int, members: int) -> None:
        from common import clock

        self.chance = random.Random(seed)
        self.now = clock.now()
        self.people = list(range(1, members + 1))
        self.young: set[int] = set()
        self.bad: dict[str, list[set[int]]] = {kind: [] for kind in KINDS}
        self.posts: list[tuple[int, int, int, str]] = []
        self.votes: list[tuple[int, int, Any]] = []
        self.solutions: list[tuple[int, int]] = []
        self.places: list[tuple[int, str]] = []
        self.late: set[int] = set()

    def newcomer(self) -> int:
        """One more member."""
        self.people.append(len(self.people) + 1)
        return self.people[-1]

    def answer(self, author: int, asker: int | None = None, words: str = "") -> int:
        """An answer under a question of its own; returns its number."""
        other = asker or self.chance.choice([one for one in self.people[:50] if one != author])
        text = words or " ".join(f"w{self.chance.randrange(4000)}" for _ in range(60))
        self.posts.append((len(self.posts) + 1, author, other, text))
        return len(self.posts)

    def vote(self, voter: int, author: int, at: Any = None) -> None:
        """A thumbs-up for an answer of somebody that this voter has not thanked yet."""
        moment = at or self.now - SPAN * self.chance.random()
        self.votes.append((self.answer(author), voter, moment))

    def crowd(self) -> None:
        """Innocents: a few votes each for many, friends, mentors with fans."""
        chance, people = self.chance, list(self.people)
        weights = [1 / (1 + number) ** 0.6 for number in range(len(people))]
        for voter in people:
            for author in chance.choices(people, weights, k=min(60, int(chance.expovariate(1 / 12)) + 1)):
                if author != voter:
                    self.vote(voter, author)
        for _ in range(len(people) // 20):  # friends who know each other and thank others too
            one, other = chance.sample(people, 2)
            for voter, author in ((one, other), (other, one)):
                for _n in range(chance.randint(2, 7)):
                    self.vote(voter, author)
                for stranger in chance.sample(people, 16):
                    if stranger != voter:
                        self.vote(voter, stranger)
        for mentor in chance.sample(people, 5):
            for fan in chance.sample(people, 30):
                if fan != mentor:
                    for _n in range(chance.randint(1, 4)):
                        self.vote(fan, mentor)
        for author in chance.sample(
            people, 12
        ):  # the same greeting, steps and signature each time: half of the answer
            usual = [f"u{chance.randrange(4000)}" for _w in range(30)]
            for _n in range(chance.randint(3, 8)):
                own = [f"w{chance.randrange(4000)}" for _w in range(30)]
                self.late.add(self.answer(author, words=" ".join(usual[:12] + own + usual[12:])))
        for asker in chance.sample(people, 20):  # one helper who settled two of somebody's questions
            helper = chance.choice(people)
            if helper != asker:
                self.solutions += [(self.answer(helper, asker), asker) for _n in range(2)]

    def abuse(self) -> None:
        """Of every kind a few, with some honest votes of theirs as a cover."""
        chance = self.chance
        honest = self.people[:]

        def cover(one: int, most: int) -> None:
            for author in chance.sample(honest, chance.randint(0, most)):
                self.vote(one, author)

        for _ in range(EACH):
            size = chance.randint(3, 8)
            ring = [self.newcomer() for _n in range(size)]
            for n, one in enumerate(ring):
                for other in {ring[(n + 1) % size], ring[(n + 2) % size]} - {one}:
                    for _v in range(chance.randint(3, 5)):
                        self.vote(one, other)
                cover(one, 4)
            self.bad["ring"].append(set(ring))
            one, other = self.newcomer(), self.newcomer()
            begin = self.now - timedelta(hours=chance.randint(2, 20))
            for n in range(chance.randint(6, 11)):
                self.vote(one, other, begin + timedelta(seconds=50 * n))
            self.bad["burst"].append({one, other})
            one, other = self.newcomer(), self.newcomer()
            for voter, author in ((one, other), (other, one)):
                for _v in range(chance.randint(5, 9)):
                    self.vote(voter, author)
                cover(voter, 9)
            self.bad["mutual"].append({one, other})
            one, other = self.newcomer(), self.newcomer()
            for _v in range(chance.randint(12, 20)):
                self.vote(one, other)
            for author in chance.sample(honest, 10):
                self.vote(one, author)
            self.bad["share"].append({one, other})
            one, other = self.newcomer(), self.newcomer()
            self.young |= {one, other}
            for _v in range(chance.randint(3, 5)):
                self.solutions += [(self.answer(other, one), one), (self.answer(one, other), other)]
            self.bad["loop"].append({one, other})
            one = self.newcomer()
            base = [f"c{chance.randrange(4000)}" for _w in range(60)]
            for _v in range(chance.randint(3, 6)):
                words = list(base)
                for _w in range(chance.randint(0, 2)):  # a word changed here and there
                    words[chance.randrange(len(words))] = f"d{chance.randrange(4000)}"
                self.late.add(self.answer(one, words=" ".join(words)))
            self.bad["copies"].append({one})
            one, other = self.newcomer(), self.newcomer()
            self.places += [(one, f"91.198.{_}.9"), (other, f"91.198.{_}.9")]
            for _v in range(chance.randint(5, 9)):
                self.vote(one, other)
            cover(one, 9)
            self.bad["place"].append({one, other})

    def write(self) -> None:
        """Everything into the database, then the votes of abuse through the ledger's own verb."""
        from accounts.members.models import Member
        from accounts.signin import origins
        from common.db import db, insert_many
        from common.unit_of_work import unit_of_work
        from forum.categories.models import Category
        from forum.questions.models import Kudos, Post, Question
        from rewards.ledger import settling

        def member(n: int) -> dict[str, Any]:
            name = f"m{n}"
            joined = self.now - timedelta(days=10 if n in self.young else 300)
            return {
                "id": n, "email": f"{name}@example.com", "email_key": f"{name}@example.com", "email_verified_at": joined,
                "display_name": name, "name_key": name, "slug": name, "language": "en", "joined_at": joined, "rank": 2,
            }  # fmt: skip

        solved = dict(self.solutions)
        numbers = {n: (2 * n - 1, 2 * n) for n, *_rest in self.posts}
        with unit_of_work():
            insert_many(Member, [member(n) for n in self.people])
            db.session.add(Category(id=1, key="all", slug="all", name_fr="Tout", name_en="All", position=1))
            db.session.flush()
            posts, questions = [], []
            for n, author, asker, words in self.posts:
                question_id, answer_id = numbers[n]
                span = timedelta(hours=20) if n in self.late else SPAN
                at = self.now - span * (1 - n / (len(self.posts) + 1)) - timedelta(hours=1)
                shared = {"language": "en", "state": "published", "published_at": at, "body_html": "<p>x</p>"}
                posts.append(
                    {"id": question_id, "kind": "question", "author_id": asker, "body": "Why?", **shared}
                )
                posts.append(
                    {"id": answer_id, "kind": "answer", "author_id": author, "question_id": question_id, "body": words, **shared}
                )  # fmt: skip
                accepted = (answer_id, at, "asker") if n in solved else (None, None, None)
                names = ("accepted_answer_id", "accepted_at", "accepted_how")
                thread = {"id": question_id, "title": "T", "slug": "t", "category_id": 1}
                questions.append(thread | dict(zip(names, accepted, strict=True)))
            insert_many(Post, [{"question_id": None, **one} for one in posts], once=True)
            insert_many(Question, questions, once=True)
            rows = [
                {"post_id": numbers[n][1], "member_id": voter, "given_at": at, "sequence": 1}
                for n, voter, at in self.votes
            ]
            insert_many(Kudos, rows)
            for who, place in self.places:
                origins.note(who, place)
        with unit_of_work():
            guilty = {one for groups in self.bad.values() for group in groups for one in group}
            for row in rows:  # what the crowd earned changes nothing of what is found
                if row["member_id"] in guilty:
                    settling.settle_kudos(row["post_id"], row["member_id"])
            for n in solved:
                settling.settle_answer(numbers[n][1])


def measure(seed: int, members: int) -> Counter[str]:
    """One community: what was hidden, what was found, whom it touched."""
    from sqlalchemy import select

    from app import create_app
    from common import clock
    from common.db import db
    from rewards.abuse import jobs
    from rewards.abuse.models import AbuseCase, AbuseEvidence
    from rewards.abuse.rules import HELD, Sign

    told: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="fourmi-bench-") as folder:
        app = create_app(test_config(Path(folder)))
        with app.app_context():
            db.create_all()
            clock.travel(clock.now())
            town = Community(seed, members)
            town.crowd()
            town.abuse()
            town.write()
            for work in (jobs.hourly, jobs.daily, jobs.weekly):
                work()
            rows = db.session.execute(
                select(AbuseCase.id, AbuseCase.sign, AbuseEvidence.voter_id, AbuseEvidence.author_id).join(
                    AbuseEvidence, AbuseEvidence.case_id == AbuseCase.id
                )
            ).all()
            people: dict[tuple[int, Sign], set[int]] = {}
            for case_id, sign, voter, author in rows:
                people.setdefault((case_id, sign), set()).update((voter, author))
            for kind, groups in town.bad.items():
                for group in groups:
                    told[f"{kind} hidden"] += 1
                    told[f"{kind} found"] += any(
                        len(group & found) * 2 > len(group) for found in people.values()
                    )
            guilty = {one for groups in town.bad.values() for group in groups for one in group}
            innocent = set(town.people) - guilty
            told["innocent"] = len(innocent)
            for name, some in (
                ("annulled", {Sign.BURST}), ("held", HELD), ("reviewed", set(Sign) - {Sign.BURST}),
            ):  # fmt: skip
                touched: set[int] = set()
                for (_id, sign), found in people.items():
                    if sign in some:
                        touched |= found & innocent
                told[name] = len(touched)
            db.session.remove()
            db.engine.dispose()
        clock.reset()
    return told


@click.command()
@click.option("--communities", default=5, show_default=True, help="How many seeds.")
@click.option("--members", default=300, show_default=True, help="Innocent members of each.")
def main(communities: int, members: int) -> None:
    """Measure, print a table, then one line of JSON."""
    told: Counter[str] = Counter()
    sizes = [40 if seed % 5 == 4 else members for seed in range(communities)]
    with click.progressbar(list(enumerate(sizes)), label="communities") as bar:
        for seed, size in bar:
            told += measure(seed, size)
    result: dict[str, Any] = {
        "found": {kind: round(told[f"{kind} found"] / max(1, told[f"{kind} hidden"]), 3) for kind in KINDS},
        "hidden": {kind: told[f"{kind} hidden"] for kind in KINDS},
        "innocent": told["innocent"],
        "touched": {
            name: round(told[name] / max(1, told["innocent"]), 4) for name in ("annulled", "held", "reviewed")
        },
    }
    for kind, share in result["found"].items():
        click.echo(f"{kind:<10} {share:7.1%} of {result['hidden'][kind]} found")
    for name, share in result["touched"].items():
        click.echo(f"innocents {name:<10} {share:7.2%} of {result['innocent']}")
    click.echo(json.dumps(result))


if __name__ == "__main__":
    main()
