"""A forum of any size, written in bulk: for measuring only. Same numbers, same content, every time."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import accumulate

import click
from sqlalchemy import text as sql

from common import clock, text
from common.db import db, insert_many, on_postgresql
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.questions.models import Post, Question, Revision
from forum.questions.rules import HelpState, PostKind, PostState

WORDS = (
    "machine water filter drum pump door lock cycle code error display battery charge brush carpet turbo coffee steam "
    "pressure hose leak noise motor belt heat dryer lint fridge ice shelf light sound bar remote update wifi router "
    "application account order parcel delivery refund warranty repair part screw panel cable socket fuse power start "
    "stop button timer programme eco cotton wool silk rinse spin speed vibration level foot floor wall pipe drain tap "
    "eau filtre tambour pompe hublot cycle affichage batterie brosse tapis café vapeur pression tuyau fuite bruit "
    "moteur courroie chaleur séchage froid glace étagère lumière son barre télécommande application compte commande"
).split()
MEMBERS = 2_000
CHUNK = 2_000
VOCABULARY = 20_000
SMALL = "the a to and is it of in my on for not with this have but how can when after le la de et un une pas".split()
SYLLABLES = (
    "ba be bi bo bu ca ce ci co da de di do fa fe fi fo ga go la le li lo lu ma me mi mo na ne ni no pa pe pi po ra "
    "re ri ro sa se si so ta te ti to va ve vi vo za zo"
).split()


def _writer(chance: random.Random) -> Callable[[int], str]:
    """Writes sentences in which a few words stand everywhere and most are rare, as in any language."""
    rare = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5))) for _ in range(VOCABULARY)]
    words = list(dict.fromkeys(SMALL + WORDS + rare))
    sums = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))

    def sentences(count: int) -> str:
        made = (chance.choices(words, cum_weights=sums, k=chance.randint(6, 14)) for _ in range(count))
        return " ".join(" ".join(part).capitalize() + "." for part in made)

    return sentences


def fill(questions: int, posts: int, apart: int = 7) -> None:
    """Write members, categories, ``questions`` questions so many minutes ``apart`` and answers up to ``posts`` posts; the
    first has 20 answers."""
    from accounts.members.models import Member

    chance = random.Random(7)
    now = clock.now()
    write = _writer(chance)
    bodies = [(body, text.render(body)) for body in (write(chance.randint(2, 8)) for _ in range(3_000))]
    per_question = max(1, (posts - questions) // questions)
    with unit_of_work():
        insert_many(
            Member,
            [
                {
                    "id": 1000 + n, "email": f"m{n}@bench.example", "email_key": f"m{n}@bench.example",
                    "email_verified_at": now, "display_name": f"Member {n}", "name_key": f"member {n}",
                    "slug": f"member-{n}", "language": "en", "joined_at": now - timedelta(days=300), "rank": n % 5,
                }
                for n in range(MEMBERS)
            ],
        )  # fmt: skip
        insert_many(
            Category,
            [
                {
                    "id": n + 1,
                    "key": f"c{n}",
                    "slug": f"c{n}",
                    "name_fr": f"Catégorie {n}",
                    "name_en": f"Category {n}",
                    "position": n,
                }
                for n in range(10)
            ],
        )
    with click.progressbar(range(1, questions + 1, CHUNK), label=f"Filling {posts} posts") as starts:
        for start in starts:
            with unit_of_work():
                _chunk(
                    chance,
                    write,
                    now,
                    bodies,
                    start,
                    min(start + CHUNK, questions + 1),
                    questions,
                    per_question,
                    apart,
                )

    _number_on()


def _number_on() -> None:
    """On PostgreSQL, ids that were written by hand are not given out again."""
    if on_postgresql():
        with unit_of_work():
            for table in ("member", "category", "post"):
                db.session.execute(
                    sql(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                    )
                )


def _chunk(chance, write, now, bodies, start, end, questions, per_question, apart) -> None:
    post_rows, question_rows, reply_rows, revisions = [], [], [], []
    for number in range(start, end):
        asked = now - timedelta(minutes=(questions - number) * apart + 60)
        answers = 20 if number == 1 else max(0, int(chance.gauss(per_question, 2)))
        solved = answers and chance.random() < 0.5
        body, html = chance.choice(bodies)
        post_rows.append(_post(number, PostKind.QUESTION, chance, body, html, asked, None))
        title = write(1)[:110].rstrip(".") + f" {number}"
        first = questions + 1 + (number - 1) * (per_question + 40)
        question_rows.append(
            {
                "id": number, "title": title, "slug": text.slugify(title), "category_id": number % 10 + 1,
                "help_state": HelpState.SOLVED if solved else HelpState.ANSWERED if answers else HelpState.OPEN,
                "accepted_answer_id": None, "answer_count": answers, "me_too_count": number % 7,
                "active_at": asked + timedelta(minutes=answers), "first_answer_at": asked if answers else None,
            }
        )  # fmt: skip
        for offset in range(min(answers, per_question + 39)):
            body, html = chance.choice(bodies)
            moment = asked + timedelta(minutes=offset + 1)
            reply_rows.append(_post(first + offset, PostKind.ANSWER, chance, body, html, moment, number))
    insert_many_core(Post, post_rows)
    insert_many_core(Question, question_rows)
    insert_many_core(Post, reply_rows)
    for row in (*post_rows, *reply_rows):
        revisions.append(
            {"post_id": row["id"], "version": 1, "body": row["body"], "created_at": row["created_at"]}
        )
    insert_many_core(Revision, revisions)


def insert_many_core(model, rows) -> None:
    """Rows straight into the one table of a class."""
    if rows:
        db.session.execute(model.__table__.insert(), rows)


def _post(row_id, kind, chance, body, html, moment, question_id) -> dict:
    return {
        "id": row_id, "kind": kind, "author_id": 1000 + chance.randrange(MEMBERS), "question_id": question_id,
        "parent_id": None, "body": body, "body_html": html, "state": PostState.PUBLISHED, "held_reasons": [],
        "language": "en", "version": 1, "kudos_count": chance.randrange(9), "created_at": moment, "published_at": moment,
        "render_version": text.RENDER_VERSION,
    }  # fmt: skip
