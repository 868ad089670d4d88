"""A road drawn by hand with finders that know where everything is: fast, exact parts for pipeline tests."""

import cv2
import numpy as np

from detectors.calibration import Calibration, ControlPoint
from detectors.frames import Frame
from detectors.letterbox import Image
from detectors.pipeline import PipelineSettings, RoadsidePipeline
from detectors.reading import reading_of
from detectors.vehicles import RoadUsers
from detectors.yolo import Detection
from streams.messages import Box, CharacterCandidate

START_NS = 1_777_881_600_000_000_000
WIDTH, HEIGHT, FPS = 640, 480, 25.0
PLATE_GREEN = (40, 200, 40)
FACE_RED = (30, 30, 250)
DARK_RED = (0, 0, 160)


def calibration(**kwargs) -> Calibration:
    """One metre of road is five pixels, everywhere: seen from straight above, y growing upwards."""
    corners = [(0.0, 0.0), (640.0, 0.0), (640.0, 480.0), (0.0, 480.0)]
    points = [ControlPoint(c, (c[0] / 5, (480 - c[1]) / 5)) for c in corners]
    return Calibration.from_points("above", (WIDTH, HEIGHT), points, **kwargs)


class Car:
    """A grey box with a green plate and a red face that drives straight down the picture."""

    def __init__(self, plate: str, kmh: float, x: float = 200.0, start_s: float = 0.0, wide: float = 120.0):
        self.plate, self.kmh, self.x, self.start_s, self.wide = plate, kmh, x, start_s, wide

    def box(self, at_s: float) -> Box | None:
        foot = 80 + (at_s - self.start_s) * self.kmh / 3.6 * 5
        inside = at_s >= self.start_s and foot - 80 < HEIGHT
        return Box(self.x, foot - 80, self.wide, min(80.0, HEIGHT - foot + 80)) if inside else None

    def shows(self, _at_s: float) -> str:
        return self.plate


class Street:
    """Draws cars, and stands in for the detectors and the reader, which look up what it drew."""

    def __init__(self, *cars: Car) -> None:
        self.cars = cars
        self.now_s = 0.0
        self.read_at: list[float] = []
        self.crops_read = 0

    def frames(self, seconds: float):
        for index in range(round(seconds * FPS)):
            self.now_s = index / FPS
            image = np.full((HEIGHT, WIDTH, 3), 90, dtype=np.uint8)
            image[::2, ::3] = 110
            for number, car in enumerate(self.cars):
                box = car.box(self.now_s)
                if box is None:
                    continue
                x, y = round(box.x), round(box.y)
                cv2.rectangle(image, (x, y), (x + round(box.w), y + round(box.h)), (200, 200, 200), -1)
                cv2.rectangle(image, (x + 40, y + 10), (x + 55, y + 30), FACE_RED, -1)
                image[max(y + 10, 0) : y + 31, x + 40 : x + 56 : 4] = DARK_RED
                image[max(y + 10, 0) : y + 31, x + 41 : x + 56 : 4] = DARK_RED
                # The plate's blue tells the reader whose it is; JPEG keeps it well enough.
                shade = (40 + 60 * number + (30 if car.shows(self.now_s) != car.plate else 0), 200, 40)
                cv2.rectangle(image, (x + 30, y + 58), (x + 90, y + 74), shade, -1)
            yield Frame(index, START_NS + round(self.now_s * 1e9), image)

    def detect_road_users(self, _image: Image) -> RoadUsers:
        boxes = [box for car in self.cars if (box := car.box(self.now_s))]
        return RoadUsers(tuple(Detection(b, "car", 0.9) for b in boxes if b.h > 10), ())

    @staticmethod
    def _blobs(image: Image, match) -> list[Box]:
        count, _, stats, _ = cv2.connectedComponentsWithStats(match(image.astype(int)).astype(np.uint8))
        return [Box(*map(float, stats[i][:4])) for i in range(1, count) if stats[i][4] > 60]

    def detect(
        self, image: Image, input_size: int | None = None, confidence: float | None = None
    ) -> list[Detection]:
        found = self._blobs(image, lambda p: (p[..., 1] > 150) & (p[..., 2] < 90))
        return [Detection(box, "plate", 0.9) for box in found]

    framings = (0.05, 0.12, 0.2)

    def read(self, crops):
        readings = []
        for crop in crops:
            self.crops_read += 1
            blue = float(crop[crop.shape[0] // 2, crop.shape[1] // 2, 0])
            number, rest = divmod(round((blue - 40) / 30), 2)
            car = self.cars[number]
            text = car.shows(1e9) if rest else car.plate
            readings.append(reading_of(text, [[CharacterCandidate(c, 0.95)] for c in text]))
        return readings


class FaceSpotter:
    """Finds the red faces, wherever they are."""

    def detect(self, image, *, vehicles=(), people=(), plates=()):
        found = Street._blobs(image, lambda p: (p[..., 2] > 130) & (p[..., 1] < 90))
        return [Detection(box, "face", 0.9) for box in found]


def unit(
    street: Street, *, calibrated=True, faces=True, key=None, settings=None, lanes=(), driver_witness=None
):
    """A roadside unit on ``street``."""
    return RoadsidePipeline(
        settings or PipelineSettings("cam", "site"),
        street,
        street,
        FaceSpotter() if faces else None,
        street,
        calibration=calibration() if calibrated else None,
        lanes=lanes,
        sealing_public_key=key,
        driver_witness=driver_witness,
    )


def passages(street: Street, seconds: float = 6.0, **kwargs):
    """Everything that passes on ``street``, in the order in which it is closed."""
    roadside = unit(street, **kwargs)
    closed = [c for frame in street.frames(seconds) for c in roadside.process(frame)]
    return closed + roadside.finish()
