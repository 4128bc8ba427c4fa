"""Fill an empty database by acting: every row comes from the verb that a member's browser would call.

The clock stands at each act's own moment, so points, ranks, notices and clocks are what they would have been.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, func, select, update

from accounts.members.models import Member
from accounts.signin.joining import open_account
from accounts.signin.sessions import actor_of
from common import clock, freshness
from common.db import db
from common.permissions import SYSTEM, Actor
from common.settings import SiteSetting
from common.unit_of_work import unit_of_work
from demo import content, finding, programme, provider, reviews, states, support, trials
from demo.content import Person, Reply, Thread
from forum.catalogue import filling, proving
from forum.catalogue.rules import OwnerLine, ProductLine
from forum.categories.models import Category
from forum.fields.keeping import FieldDraft, add_field
from forum.following.following import follow
from forum.following.rules import TargetKind
from forum.products import owning
from forum.products.models import Device, Product
from forum.products.queries import catalogue_names
from forum.products.rules import named_in
from forum.questions.answering import answer_question
from forum.questions.asking import ask_question
from forum.questions.commenting import comment_on
from forum.questions.models import Question, Tag
from forum.reactions.voting import give_kudos, me_too
from forum.solutions.accepting import accept_answer
from forum.solutions.thanking import thank

LOADING = "demo.loading"


@dataclass(frozen=True, order=True)
class Act:
    """Something somebody does at a moment."""

    moment: datetime
    order: int
    do: Callable[[], None] = field(compare=False)


@dataclass
class Memory:
    """What the acts before have made: ids by key."""

    members: dict[str, int] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)


def is_empty() -> bool:
    """True when nobody has joined yet."""
    return not db.session.scalar(select(func.count()).select_from(Member))


def begin() -> None:
    """Note that loading has begun; :func:`finish` takes the note away."""
    with unit_of_work():
        db.session.add(SiteSetting(key=LOADING, value={"v": True}))


def was_interrupted() -> bool:
    """True when loading began and never came to its end."""
    return db.session.get(SiteSetting, LOADING) is not None


def plan(start: datetime | None = None) -> list[Act]:
    """All acts in the order of their moments; ``start`` is the moment of loading."""
    now = start or clock.now()
    memory = Memory()
    acts: list[tuple[datetime, Callable[[], None]]] = [(now - timedelta(days=1000), _file_categories)]
    acts += [(now - timedelta(days=p.days), partial(_join, memory, p)) for p in content.PEOPLE]
    acts += [(now - timedelta(days=900), _fill_catalogue), (now - timedelta(days=100), partial(_own, memory))]
    acts += [(now - timedelta(hours=20), partial(_follow, memory))]
    acts += [(now - timedelta(hours=230), partial(programme.bring_points, memory.members))]
    acts += [(now - timedelta(hours=229), partial(programme.open_promotions, memory.members))]
    acts += [(now - timedelta(hours=229), partial(programme.open_gifts, memory.members))]
    acts += [(now - timedelta(hours=228), partial(programme.honour_helpers, memory.members))]
    acts += [(now - timedelta(hours=26), partial(programme.talk_in_the_lounge, memory.members))]
    acts += [(now - timedelta(hours=227), partial(provider.bring_in, memory.members))]
    acts += [(now - timedelta(days=270), partial(support.found_teams, memory.members))]
    acts += [(now - timedelta(hours=30), partial(provider.be_corrected, memory.members))]
    acts += list(finding.acts(memory.members, now))
    acts += list(trials.acts(partial(_actor, memory), now))
    for number, thread in enumerate([*content.THREADS, *content.UNANSWERED_LONG]):
        acts += list(_thread_acts(memory, now, f"t{number}", thread))
    for key, (by, category, hours, title, text) in states.TITLES.items():
        thread = Thread(by, category, hours, title, text)
        acts += list(_thread_acts(memory, now, f"state:{key}", thread))
    let = partial(programme.let_through, memory.members)
    acts += list(states.acts(now, memory.posts, partial(_actor, memory), let))
    acts.append(
        (now - timedelta(minutes=25), partial(programme.help_each_other, memory.members, memory.posts))
    )
    acts.append((now - timedelta(hours=26), partial(reviews.write, partial(_actor, memory), let)))
    acts.append((now - timedelta(minutes=75), partial(programme.read_samples, memory.members)))
    acts.append((now - timedelta(minutes=18), partial(programme.keep_order, memory.members)))
    acts += [(now - timedelta(hours=n, minutes=10), partial(support.work, memory.members)) for n in range(48)]
    for number, (by, category, title, text) in enumerate(content.HELD):
        acts.append(
            (now - timedelta(minutes=70 - 20 * number), partial(_ask_held, memory, by, category, title, text))
        )
    return sorted(Act(moment, number, do) for number, (moment, do) in enumerate(acts))


def perform(acts: Iterable[Act]) -> None:
    """Do the acts one after the other, each at its own time."""
    try:
        for act in acts:
            clock.travel(act.moment)
            act.do()
            db.session.remove()
    finally:
        clock.reset()


def finish() -> None:
    """What background work would have done meanwhile: ranks and badges, the index, the first sweep."""
    programme.settle()
    states.settle()
    with unit_of_work():
        db.session.execute(delete(SiteSetting).where(SiteSetting.key == LOADING))


def _file_categories() -> None:
    """The brand's categories and topic words."""
    with unit_of_work():
        for position, (key, french, english, icon, policy) in enumerate(content.CATEGORIES):
            db.session.add(
                Category(
                    key=key,
                    slug=key,
                    name_fr=french,
                    name_en=english,
                    icon=icon,
                    position=position,
                    policy=policy,
                )
            )
        words = {word for thread in (*content.THREADS, *content.UNANSWERED_LONG) for word in thread.tags}
        db.session.add_all(Tag(key=word, label=content.TOPICS.get(word, word)) for word in sorted(words))
        freshness.touch(freshness.SITE)


def _fill_catalogue() -> None:
    """The brand's products, and what its categories ask."""
    fr, en = content.WARRANTY
    lines = [
        ProductLine(key, name, category, "Brévane", picture, warranty_fr=fr, warranty_en=en)
        for key, name, category, picture in content.PRODUCTS
    ]
    filling.fill(list(enumerate(lines, start=1)), filling.Report())
    ids = dict(db.session.execute(select(Category.key, Category.id)).tuples().all())
    for category, label_fr, label_en, kind, hint_fr, hint_en, answers in content.FIELDS:
        draft = FieldDraft(label_fr, label_en, hint_fr, hint_en, kind=kind, choices=answers)
        add_field(SYSTEM, ids[category], draft)


def _own(memory: Memory) -> None:
    """What the members own, and the shop's proofs of it."""
    ids = dict(db.session.execute(select(Product.key, Product.id)).tuples().all())
    for name, key, proven, shown in content.DEVICES:
        member = _actor(memory, name)
        if proven:
            line = OwnerLine(key, member_id=member.member_id)
            proving.take_proofs([(1, line)], filling.Report(), "boutique")
        owning.add_device(member, ids[key])
        device_id = db.session.scalar(
            select(Device.id).where(Device.member_id == member.member_id, Device.product_id == ids[key])
        )
        owning.change_device(member, device_id or 0, shown=shown)


def _follow(memory: Memory) -> None:
    """What some members follow."""
    ids = dict(db.session.execute(select(Category.key, Category.id)).tuples().all())
    for name, key in content.FOLLOWS:
        follow(_actor(memory, name), TargetKind.CATEGORY, ids[key])
    follow(_actor(memory, "walter"), TargetKind.MEMBER, memory.members["gerard"])


def _join(memory: Memory, person: Person) -> None:
    member_id = open_account(person.email, person.name, content.PASSWORD, person.language)
    memory.members[person.key] = member_id
    with unit_of_work():
        db.session.execute(
            update(Member)
            .where(Member.id == member_id)
            .values(role=person.role, bio=person.bio, city=person.city)
        )


def _actor(memory: Memory, key: str) -> Actor:
    return actor_of(db.session.get_one(Member, memory.members[key]))


def _thread_acts(
    memory: Memory, now: datetime, key: str, thread: Thread
) -> Iterable[tuple[datetime, Callable[[], None]]]:
    asked = now - timedelta(hours=thread.hours)
    yield asked, partial(_ask, memory, key, thread)
    for number, name in enumerate(thread.me_too):
        moment = min(asked + timedelta(minutes=7 + 23 * number), now - timedelta(minutes=1))
        yield moment, partial(_me_too, memory, key, name)
    for number, reply in enumerate(thread.replies):
        yield from _reply_acts(memory, now, asked, key, f"{key}r{number}", thread, reply)


def _reply_acts(
    memory: Memory, now: datetime, asked: datetime, thread_key: str, key: str, thread: Thread, reply: Reply
) -> Iterable[tuple[datetime, Callable[[], None]]]:
    answered = asked + timedelta(minutes=reply.after)
    late = now - timedelta(minutes=1)
    yield answered, partial(_answer, memory, thread_key, key, reply)
    for number, (by, text) in enumerate(reply.comments):
        moment = min(answered + timedelta(minutes=15 + 30 * number), late)
        say = _thank if reply.accepted and by == thread.by else _comment
        yield moment, partial(say, memory, key, by, text)
    for number, name in enumerate(reply.kudos):
        yield min(answered + timedelta(minutes=5 + 11 * number), late), partial(_kudos, memory, key, name)
    if reply.accepted:
        yield (
            min(answered + timedelta(minutes=28), late),
            partial(_accept, memory, thread_key, key, thread.by),
        )


def _ask(memory: Memory, key: str, thread: Thread) -> None:
    category = db.session.scalar(select(Category.id).where(Category.key == thread.category))
    about = named_in(f"{thread.title} {' '.join(thread.facts.values())}", catalogue_names())
    posted = ask_question(
        _actor(memory, thread.by), title=thread.title, body=thread.text, category_id=category, tags=thread.tags,
        language=thread.language, product_id=about, unnamed=key in states.UNNAMED,
    )  # fmt: skip
    memory.posts[key] = posted.id
    programme.let_through(memory.members, posted)
    with unit_of_work():
        db.session.execute(update(Question).where(Question.id == posted.id).values(view_count=thread.views))


def _ask_held(memory: Memory, by: str, category: str, title: str, text: str) -> None:
    category_id = db.session.scalar(select(Category.id).where(Category.key == category))
    ask_question(_actor(memory, by), title=title, body=text, category_id=category_id)


def _answer(memory: Memory, thread_key: str, key: str, reply: Reply) -> None:
    posted = answer_question(
        _actor(memory, reply.by), memory.posts[thread_key], body=reply.text, official=reply.official
    )
    memory.posts[key] = posted.id
    programme.let_through(memory.members, posted)


def _comment(memory: Memory, key: str, by: str, text: str) -> None:
    programme.let_through(memory.members, comment_on(_actor(memory, by), memory.posts[key], body=text))


def _thank(memory: Memory, key: str, by: str, text: str) -> None:
    posted = thank(_actor(memory, by), memory.posts[key], text)
    assert posted is not None, "words of the demonstration"
    programme.let_through(memory.members, posted)


def _kudos(memory: Memory, key: str, by: str) -> None:
    if _actor(memory, by).rank:
        give_kudos(_actor(memory, by), memory.posts[key])


def _me_too(memory: Memory, key: str, by: str) -> None:
    me_too(_actor(memory, by), memory.posts[key])


def _accept(memory: Memory, thread_key: str, key: str, by: str) -> None:
    accept_answer(_actor(memory, by), memory.posts[thread_key], memory.posts[key])
