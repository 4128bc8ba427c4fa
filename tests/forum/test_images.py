"""Pictures: taken, kept once, served to whoever may; everything hostile is refused clearly."""

import io
from pathlib import Path

import pytest
from PIL import Image as Picture

from common.config import current_config
from common.db import db
from common.errors import Forbidden, Invalid, NotFound, TooMany
from common.permissions import ANONYMOUS
from forum.images.keeping import path_of
from forum.images.models import Image
from forum.images.uploading import upload_image


def png(colour="red") -> bytes:
    out = io.BytesIO()
    Picture.new("RGB", (30, 20), colour).save(out, "PNG")
    return out.getvalue()


def test_a_picture_is_kept_and_served_to_who_brought_it_alone(ada, client, sign_in):
    kept = upload_image(ada, png(), alt="The  error\ncode [E18]")
    assert kept.markdown == f"![The error code  E18 ]({kept.address})"
    assert client.get(kept.address).status_code == 404
    answer = sign_in(ada).get(kept.address)
    assert answer.status_code == 200 and answer.mimetype == "image/png"
    assert Picture.open(io.BytesIO(answer.data)).size == (30, 20)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = sign_in(ada).get(kept.address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_same_picture_is_kept_once_for_each_member(ada, ben):
    first, second = upload_image(ada, png()), upload_image(ada, png())
    assert first.file_key == second.file_key == upload_image(ben, png()).file_key
    assert db.session.query(Image).count() == 2
    assert len([f for f in current_config().uploads_dir.rglob("*") if f.is_file()]) == 1


def test_who_may_not_write_uploads_nothing(zed, leaves_no_trace):
    for who in (zed, ANONYMOUS):
        with leaves_no_trace(Forbidden):
            upload_image(who, png())
    assert not current_config().uploads_dir.exists()


def test_uploads_have_a_pace(ada, settings_override, leaves_no_trace):
    with settings_override(forum__uploads_a_day=1):
        upload_image(ada, png())
        with leaves_no_trace(TooMany):
            upload_image(ada, png("blue"))


def test_a_refusal_says_what_is_wrong_at_its_field(ada, leaves_no_trace):
    with leaves_no_trace(Invalid) as refusal:
        upload_image(ada, b"%PDF-1.7 not a picture")
    assert list(refusal.value.fields) == ["image"] and "PNG" in str(refusal.value.fields["image"])


def test_no_more_than_the_limit_is_read(ada, leaves_no_trace):
    stream = io.BytesIO(png() + bytes(20_000_000))
    with leaves_no_trace(Invalid):
        upload_image(ada, stream)
    assert stream.tell() == 8_000_001


@pytest.mark.parametrize(
    "name", ["", "..", "x.png", "../" * 8 + "etc/passwd", "0" * 40 + ".svg", "A" * 40 + ".png"]
)
def test_a_picture_has_a_name_and_no_path(app, name):
    with pytest.raises(NotFound):
        path_of(name)


def test_an_unknown_picture_is_not_found(client):
    assert client.get("/images/" + "0" * 40 + ".png").status_code == 404
    assert client.get("/images/..%2f..%2ftest.db").status_code == 404


def hostile_files() -> list[Path]:
    import os

    root = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("FOURMI_TEST_DATA") or root.parent / "shared" / "data") / "hostile-uploads"
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_hostile_file_is_made_harmless_or_refused(ada, data_dir, settings_override):
    taken, refused = 0, 0
    with settings_override(forum__uploads_a_day=100_000):
        for path in hostile_files():
            try:
                kept = upload_image(ada, path.read_bytes(), alt=path.name)
            except Invalid as refusal:
                assert str(refusal.fields["image"])
                refused += 1
                continue
            data = path_of(kept.file_key).read_bytes()
            with Picture.open(io.BytesIO(data)) as shown:
                shown.load()
                assert not dict(shown.getexif()) and "comment" not in shown.info
            assert not any(mark in data for mark in (b"<script", b"<?php", b"javascript:", b"onerror="))
            taken += 1
    assert taken >= 15 and refused >= 15
