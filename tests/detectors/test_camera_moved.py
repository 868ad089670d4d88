"""The camera's stance: a shift of over a pixel and a half is found; light, rain and traffic are none."""

import cv2
import numpy as np
import pytest

from detectors.camera_moved import CameraWatch, MovedSettings
from streams.messages import Box

START_NS = 1_777_881_600_000_000_000
HEIGHT, WIDTH = 720, 1280


def street(seed=3):
    random = np.random.default_rng(seed)
    image = np.full((HEIGHT, WIDTH, 3), 95, np.uint8)
    cv2.rectangle(image, (0, 0), (WIDTH, 200), (190, 170, 150), -1)
    for _ in range(60):
        x, y = int(random.integers(0, WIDTH)), int(random.integers(0, HEIGHT))
        size = tuple(int(v) for v in random.integers(8, 120, 2))
        shade = tuple(int(v) for v in random.integers(30, 230, 3))
        cv2.rectangle(image, (x, y), (x + size[0], y + size[1]), shade, -1)
    for x in (300, 620, 940):
        cv2.line(image, (x, 200), (int(640 + 2.2 * (x - 640)), HEIGHT), (235, 235, 235), 6)
    return cv2.GaussianBlur(image, (0, 0), 1.0)


STREET = street()
RANDOM = np.random.default_rng(11)


def moved(image, x=0.0, y=0.0, turn_deg=0.0, zoom=1.0):
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), turn_deg, zoom)
    matrix[:, 2] += (x, y)
    return cv2.warpAffine(image, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)


#: Grain of a sensor, made once and laid over at random places: drawing it anew costs more than all else.
GRAIN = RANDOM.normal(0, 1.0, (HEIGHT + 64, WIDTH + 64, 3)).astype(np.float32)


def noisy(image, sigma=4.0):
    x, y = RANDOM.integers(0, 64, 2)
    grain = GRAIN[y : y + HEIGHT, x : x + WIDTH] * sigma
    return cv2.add(image.astype(np.float32), grain).clip(0, 255).astype(np.uint8)


def watched(images, watch=None, boxes=()):
    watch = watch or CameraWatch(MovedSettings(every_s=1.0))
    for second, image in enumerate(images):
        watch.see(START_NS + second * 10**9, image, boxes)
    return watch


def reason(watch, from_s, until_s):
    return watch.reason_between(START_NS + round(from_s * 1e9), START_NS + round(until_s * 1e9))


STILL = [noisy(STREET) for _ in range(7)]


@pytest.mark.parametrize(
    "change",
    [
        {"x": 2.5},
        {"y": -2.5},
        {"x": 1.6, "y": 1.6},
        {"turn_deg": 0.3},
        {"zoom": 1.006},
        {"x": 40.0, "y": -15.0},
    ],
    ids=["aside", "up", "askew", "turned", "zoomed", "knocked"],
)
def test_a_camera_that_moved_voids_what_came_after_the_last_good_check(change):
    watch = watched([*STILL, *(noisy(moved(STREET, **change)) for _ in range(3))])
    assert "moved" in reason(watch, 6.5, 8)
    assert reason(watch, 1, 5) is None
    (event,) = watch.events()
    assert event.kind == "camera-moved"
    assert event.at_ns == START_NS + 6 * 10**9


def test_one_check_is_enough_to_void_and_two_to_tell_a_person():
    watch = watched([*STILL, noisy(moved(STREET, x=3.0))])
    assert "moved" in reason(watch, 6.5, 7)
    assert watch.events() == []


def test_a_camera_that_is_put_back_measures_again():
    watch = watched([*STILL, *[noisy(moved(STREET, x=4.0))] * 3, *STILL[:3]])
    assert [event.kind for event in watch.events()] == ["camera-moved", "camera-back"]
    assert "moved" in reason(watch, 8, 9)
    assert reason(watch, 10.5, 12) is None


def rain(image):
    wet = image.copy()
    for x, y in zip(RANDOM.integers(0, WIDTH, 300), RANDOM.integers(0, HEIGHT, 300), strict=True):
        cv2.line(wet, (int(x), int(y)), (int(x) + 2, int(y) + 22), (215, 215, 215), 1)
    return noisy(wet, 8.0)


def traffic(image):
    busy = image.copy()
    for _ in range(4):
        x, y = int(RANDOM.integers(0, 1000)), int(RANDOM.integers(250, 550))
        cv2.rectangle(busy, (x, y), (x + 220, y + 150), tuple(int(v) for v in RANDOM.integers(0, 255, 3)), -1)
    return noisy(busy)


@pytest.mark.parametrize(
    "weather",
    [
        lambda image: noisy(np.clip(image * 0.55, 0, 255).astype(np.uint8)),
        lambda image: noisy(np.clip(image * 1.3 + 15, 0, 255).astype(np.uint8)),
        rain,
        traffic,
        lambda image: moved(noisy(image), x=float(RANDOM.normal(0, 0.3)), y=float(RANDOM.normal(0, 0.3))),
    ],
    ids=["dusk", "bright", "rain", "traffic", "trembling"],
)
def test_light_weather_and_traffic_are_no_move(weather):
    watch = watched([*STILL, *(weather(STREET) for _ in range(8))])
    assert reason(watch, 0, 20) is None
    assert watch.events() == []


def test_trembling_is_measured():
    watch = watched([*STILL, *(moved(noisy(STREET), x=float(RANDOM.normal(0, 0.5))) for _ in range(20))])
    assert 0.15 < watch.shake_px < 0.6
    assert watched([noisy(STREET) for _ in range(20)]).shake_px < 0.1


def test_darkness_says_nothing_and_another_view_says_moved():
    dark = [noisy((STREET * 0.02).astype(np.uint8), 2.0) for _ in range(10)]
    assert reason(watched([*STILL, *dark]), 0, 20) is None
    elsewhere = [noisy(street(seed=99)[:, ::-1]) for _ in range(10)]
    watch = watched([*STILL, *elsewhere])
    assert "moved" in reason(watch, 12, 16)
    assert [event.kind for event in watch.events()] == ["camera-moved"]


def test_vehicles_that_are_known_are_left_out():
    box = Box(300, 250, 700, 400)
    pictures = []
    for second in range(12):
        image = STREET.copy()
        image[250:650, 300:1000] = street(seed=second + 50)[250:650, 300:1000]
        pictures.append(noisy(image))
    watch = watched(pictures, boxes=[box])
    assert reason(watch, 0, 20) is None
