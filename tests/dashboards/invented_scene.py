"""A drawn road with one car and an invented plate: evidence pictures of no real place or person."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from streams.messages import Box

#: Paint on the road: its outline in metres, and its colour.
Mark = tuple[Sequence[tuple[float, float]], tuple[int, int, int]]

WIDTH, HEIGHT = 1280, 720
_FOCAL_PX, _CAMERA_HEIGHT_M, _HORIZON_PX = 1100.0, 5.5, 150.0


def to_picture(x_m: float, y_m: float, height_m: float = 0.0) -> tuple[float, float]:
    """Where a point of the road (m right, m ahead, m up) appears in the picture (px)."""
    scale = _FOCAL_PX / y_m
    return WIDTH / 2 + scale * x_m, _HORIZON_PX + scale * (_CAMERA_HEIGHT_M - height_m)


def draw_road(marks: Sequence[Mark] = (), lamp: str = "") -> Image.Image:
    """The empty road with paint on it (outlines in metres, colours) and a signal that shows ``lamp``."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (168, 186, 203))
    draw = ImageDraw.Draw(picture)
    for row in range(int(_HORIZON_PX)):
        draw.line([(0, row), (WIDTH, row)], fill=(150 + row // 3, 174 + row // 4, 200 + row // 6))
    draw.rectangle([0, _HORIZON_PX, WIDTH, HEIGHT], fill=(96, 112, 74))
    _quad(draw, [(-6, 5), (-6, 900), (6, 900), (6, 5)], (88, 90, 93))
    for edge in (-5.4, 5.4):
        _quad(draw, [(edge - 0.1, 5), (edge - 0.1, 900), (edge + 0.1, 900), (edge + 0.1, 5)], (214, 214, 208))
    for start in range(4, 160, 9):
        _quad(draw, [(-0.08, start), (-0.08, start + 4), (0.08, start + 4), (0.08, start)], (214, 214, 208))
    for outline, fill in marks:
        _quad(draw, list(outline), fill)
    if lamp:
        _draw_signal(draw, lamp)
    return picture


def draw_scene(
    plate: str,
    colour: tuple[int, int, int],
    x_m: float,
    y_m: float,
    seed: int,
    marks: Sequence[Mark] = (),
    lamp: str = "",
) -> tuple[Image.Image, Box, Box]:
    """A frame with a car seen from behind, its vehicle box and its plate box."""
    picture = draw_road(marks, lamp)
    vehicle, plate_box = _draw_car(picture, plate, colour, x_m, y_m)
    picture = picture.filter(ImageFilter.GaussianBlur(0.7))
    noise = Image.effect_noise((WIDTH, HEIGHT), 14 + seed % 5).convert("RGB")
    return Image.blend(picture, noise, 0.06), vehicle, plate_box


def crop_plate(picture: Image.Image, box: Box) -> Image.Image:
    """The plate with a little margin, as it is cut for the reader."""
    margin = box.h * 0.35
    return picture.crop(
        (int(box.x - margin), int(box.y - margin), int(box.x + box.w + margin), int(box.y + box.h + margin))
    )


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def colour_of(seed: int) -> tuple[int, int, int]:
    shades = [(150, 32, 36), (36, 62, 110), (196, 198, 200), (58, 62, 66), (226, 226, 222), (44, 90, 66)]
    return random.Random(seed).choice(shades)


def _draw_signal(draw: ImageDraw.ImageDraw, lamp: str) -> None:
    """A signal head on its post to the right of the road, 30 m ahead."""
    left, top = to_picture(6.6, 30.0, 4.2)
    foot = to_picture(6.6, 30.0)
    draw.line([left + 14, top, left + 14, foot[1]], fill=(52, 54, 56), width=6)
    draw.rounded_rectangle([left, top, left + 28, top + 76], radius=5, fill=(22, 24, 26))
    lit = {"red": (238, 44, 40), "amber": (246, 176, 30), "green": (40, 196, 96)}
    for place, (name, colour) in enumerate(lit.items()):
        shown = colour if name == lamp else tuple(channel // 5 for channel in colour)
        draw.ellipse([left + 5, top + 4 + 24 * place, left + 23, top + 22 + 24 * place], fill=shown)


def _draw_car(
    picture: Image.Image, plate: str, colour: tuple[int, int, int], x_m: float, y_m: float
) -> tuple[Box, Box]:
    draw = ImageDraw.Draw(picture)
    dark = tuple(int(channel * 0.72) for channel in colour)

    def at(x: float, up: float, ahead: float = 0.0) -> tuple[float, float]:
        return to_picture(x_m + x, y_m + ahead, up)

    draw.ellipse([*at(-1.1, 0.12), *at(1.1, -0.16)], fill=(52, 53, 56))
    for side in (-0.72, 0.72):
        draw.rounded_rectangle([*at(side - 0.14, 0.62), *at(side + 0.14, 0.0)], radius=4, fill=(22, 22, 24))
    roof = [at(-0.62, 1.46, 1.6), at(0.62, 1.46, 1.6), at(0.82, 0.95), at(-0.82, 0.95)]
    draw.polygon(roof, fill=dark)
    draw.polygon(
        [at(-0.56, 1.4, 1.3), at(0.56, 1.4, 1.3), at(0.72, 1.0, 0.1), at(-0.72, 1.0, 0.1)], fill=(46, 58, 68)
    )
    # A head behind the glass, blurred as every face is before a picture leaves the pipeline.
    head = [*at(-0.42, 1.32, 0.9), *at(-0.18, 1.06, 0.9)]
    draw.ellipse(head, fill=(146, 118, 102))
    area = tuple(int(edge) for edge in (head[0] - 6, head[1] - 6, head[2] + 6, head[3] + 6))
    picture.paste(picture.crop(area).filter(ImageFilter.GaussianBlur(7)), area[:2])
    draw.rounded_rectangle([*at(-0.9, 0.98), *at(0.9, 0.24)], radius=9, fill=colour)
    draw.rounded_rectangle([*at(-0.92, 0.44), *at(0.92, 0.2)], radius=6, fill=dark)
    for side in (-0.74, 0.74):
        draw.rounded_rectangle([*at(side - 0.13, 0.88), *at(side + 0.13, 0.68)], radius=4, fill=(196, 44, 40))
    (left, top), (right, bottom) = at(-0.36, 0.66), at(0.36, 0.5)
    _draw_plate(picture, plate, (left, top, right, bottom))
    (x0, y0), (x1, y1) = at(-0.92, 1.46, 1.2), at(0.92, 0.0)
    x0 = at(-0.92, 0.5)[0]
    return Box(x0, y0, x1 - x0, y1 - y0), Box(left, top, right - left, bottom - top)


def _draw_plate(picture: Image.Image, text: str, corners: tuple[float, float, float, float]) -> None:
    large = Image.new("RGB", (520, 114), (244, 244, 238))
    draw = ImageDraw.Draw(large)
    draw.rounded_rectangle([2, 2, 517, 111], radius=12, outline=(24, 24, 26), width=5)
    font = ImageFont.load_default(86)
    draw.text((260, 57), text, font=font, fill=(20, 20, 24), anchor="mm", stroke_width=2)
    size = (max(int(corners[2] - corners[0]), 1), max(int(corners[3] - corners[1]), 1))
    picture.paste(large.resize(size, Image.Resampling.LANCZOS), (int(corners[0]), int(corners[1])))


def _quad(draw: ImageDraw.ImageDraw, corners: list[tuple[float, float]], fill: tuple[int, int, int]) -> None:
    draw.polygon([to_picture(x, y) for x, y in corners], fill=fill)
