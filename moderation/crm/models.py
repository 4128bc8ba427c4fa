"""The table of consents to the customer file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base


class CrmConsent(Base):
    """A member agreed once; ``withdrawn_at``: and agrees no more, which the next export says. ``exported_at`` and
    ``exported_count``: when their activity left last, and how often. They stay when the member agrees anew: whoever has what
    left before is still told when that ends as well. ``changed_at``: of the consent, or of texts without a moment of their own
    (taken away, back again, a solution no more)."""

    __tablename__ = "crm_consent"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    exported_at: Mapped[datetime | None]
    exported_count: Mapped[int] = mapped_column(default=0)
