"""Pictures are decoded, turned and encoded anew; what is no picture is refused with its reason."""

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from forum.images.cleaning import clean
from forum.images.rules import BadImage, ImageFault, ImageLimits, image_keys, kind_of

LIMITS = ImageLimits()


def encoded(kind: str, size=(40, 20), mode="RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, options.pop("color", "red")).save(out, kind, **options)
    return out.getvalue()


def fault_of(data: bytes, limits: ImageLimits = LIMITS) -> ImageFault:
    with pytest.raises(BadImage) as refusal:
        clean(data, limits)
    return refusal.value.fault


@pytest.mark.parametrize(
    ("kind", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "png")]
)
def test_the_four_kinds_are_taken(kind, extension):
    done = clean(encoded(kind), LIMITS)
    assert done.file_key.endswith(f".{extension}")
    assert (done.width, done.height) == (40, 20)
    assert Image.open(io.BytesIO(done.data)).size == (40, 20)


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM"])
def test_other_kinds_are_refused(kind):
    assert fault_of(encoded(kind)) == ImageFault.UNKNOWN_KIND


def test_a_drawing_with_script_is_no_picture():
    assert (
        fault_of(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
        == ImageFault.UNKNOWN_KIND
    )


def test_an_empty_file_is_refused():
    assert fault_of(b"") == ImageFault.EMPTY


def test_the_weight_is_limited():
    data = encoded("PNG")
    assert fault_of(data, ImageLimits(file_bytes=len(data) - 1)) == ImageFault.TOO_HEAVY
    assert clean(data, ImageLimits(file_bytes=len(data)))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(5_001, 5_000), (60_000, 60_000), (1, 16_001), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_decoded(size):
    assert fault_of(bomb(*size)) == ImageFault.TOO_LARGE


def test_a_picture_of_exactly_25_megapixels_is_taken():
    done = clean(encoded("PNG", size=(5_000, 5_000), mode="L", color=7), LIMITS)
    assert max(done.width, done.height) == LIMITS.stored_side


def test_a_broken_picture_is_refused_as_damaged():
    assert fault_of(encoded("PNG")[:60]) == ImageFault.DAMAGED
    assert fault_of(encoded("JPEG")[:200]) == ImageFault.DAMAGED


def test_the_place_a_photo_was_taken_is_gone():
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ada"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 29.0)
    done = clean(encoded("JPEG", exif=exif, comment=b"at home"), LIMITS)
    shown = Image.open(io.BytesIO(done.data))
    assert not dict(shown.getexif())
    assert b"Camera of Ada" not in done.data and b"at home" not in done.data
    assert "comment" not in shown.info


def test_texts_inside_a_drawing_are_gone():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "<script>alert(1)</script>")
    done = clean(encoded("PNG", pnginfo=texts), LIMITS)
    assert b"script" not in done.data


def test_code_after_the_picture_is_gone():
    assert b"<?php" not in clean(encoded("PNG") + b"<?php system('id') ?>", LIMITS).data


def test_a_photo_is_turned_as_the_camera_was_held():
    exif = Image.Exif()
    exif[0x0112] = 6
    done = clean(encoded("JPEG", exif=exif), LIMITS)
    assert (done.width, done.height) == (20, 40)


def test_only_the_first_frame_of_an_animation_is_kept():
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    shown = Image.open(io.BytesIO(clean(out.getvalue(), LIMITS).data))
    assert getattr(shown, "n_frames", 1) == 1
    assert shown.convert("RGB").getpixel((4, 4)) == (255, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_png_is_understood(mode):
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, "PNG")
    assert clean(out.getvalue(), LIMITS)


def test_a_print_photo_becomes_one_for_the_screen():
    out = io.BytesIO()
    Image.new("CMYK", (8, 8)).save(out, "JPEG")
    assert Image.open(io.BytesIO(clean(out.getvalue(), LIMITS).data)).mode == "RGB"


def test_transparency_is_kept():
    done = clean(encoded("WEBP", mode="RGBA", color=(1, 2, 3, 0)), LIMITS)
    assert Image.open(io.BytesIO(done.data)).mode == "RGBA"


def test_the_same_picture_has_the_same_name():
    assert clean(encoded("PNG"), LIMITS).file_key == clean(encoded("PNG"), LIMITS).file_key


def test_cleaning_a_clean_drawing_changes_nothing():
    once = clean(encoded("PNG"), LIMITS)
    assert clean(once.data, LIMITS).file_key == once.file_key


def test_a_name_says_nothing_about_the_kind():
    assert kind_of(b"GIF89a....") == "GIF"
    assert kind_of(b"%PDF-1.7") is None


def test_the_pictures_of_a_text_are_found_once():
    key = "0" * 40 + ".png"
    assert image_keys(f"![a](/images/{key}) et ![b](/images/{key}) ![c](/images/../x.png)") == (key,)
