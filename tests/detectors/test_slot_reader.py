"""Our own reader: what its network's figures become, and that the shipped model reads."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from detectors.readers.slots import SlotReader
from detectors.reading import NOTHING_READ, ReaderError
from detectors.training.plateart.glyphs import GlyphLibrary
from detectors.training.plateart.layouts import load_layouts
from detectors.training.plateart.rendering import PlatePrinter
from detectors.training.reader.backdrops import painted
from detectors.training.reader.degrading import Harshness, photograph

CHARACTERS = ["", "A", "B", "8", "京"]
FACTS = {
    "characters": CHARACTERS,
    "regions": ["US", "CN"],
    "crop_height": 64,
    "crop_width": 176,
    "plate_height": 48,
    "plate_width": 144,
    "temperature": 1.0,
    "calibration": [0.0, 1.0, 0.0],
}


def model_that_says(
    path: Path, logits: np.ndarray, facts: dict | None = FACTS, corners: str | None = None
) -> Path:
    """A network that gives ``logits`` (slots, classes) for every plate, and US; ``corners`` as packed."""
    answers = {
        "characters": logits[None].astype(np.float32),
        "regions": np.array([[3.0, 0.0]], np.float32),
        "legibility": np.zeros((1, 1), np.float32),
    }
    model = network_that_gives(answers, (48, 144))
    for key, value in (("reader", json.dumps(facts)), ("corners", corners)):
        if value not in ("null", None):
            model.metadata_props.add(key=key, value=value)
    onnx.save(model, path)
    return path


def corners_a_tenth_inside() -> str:
    """A network that finds them in every crop, packed as a reader carries it."""
    corners = np.array([[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]], np.float32)
    model = network_that_gives({"corners": corners[None]}, (64, 176))
    return base64.b85encode(model.SerializeToString()).decode()


def network_that_gives(answers: dict[str, np.ndarray], size: tuple[int, int]) -> onnx.ModelProto:
    """The same answers (1, …) for each of a batch of pictures of that size."""
    nodes = [
        helper.make_node("Shape", ["pictures"], ["shape"]),
        helper.make_node("Slice", ["shape", "from", "to"], ["batch"]),
    ]
    initializers = [
        numpy_helper.from_array(np.array([0]), "from"),
        numpy_helper.from_array(np.array([1]), "to"),
    ]
    outputs = []
    for name, value in answers.items():
        rest = numpy_helper.from_array(np.array(value.shape[1:], np.int64), f"{name}_rest")
        initializers += [numpy_helper.from_array(value, f"{name}_one"), rest]
        last = f"{name}_all" if name == "legibility" else name
        nodes.append(helper.make_node("Concat", ["batch", f"{name}_rest"], [f"{name}_shape"], axis=0))
        nodes.append(helper.make_node("Expand", [f"{name}_one", f"{name}_shape"], [last]))
        shape = ["batch"] if name == "legibility" else ["batch", *value.shape[1:]]
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    initializers.append(numpy_helper.from_array(np.array([1]), "axis"))
    if "legibility" in answers:
        nodes.append(helper.make_node("Squeeze", ["legibility_all", "axis"], ["legibility"]))
    pictures = helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["batch", 3, *size])
    graph = helper.make_graph(nodes, "reader", [pictures], outputs, initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def logits_of(*positions: dict[str, float]) -> np.ndarray:
    """Logits whose softmax are these probabilities; what is not named has almost none."""
    rows = np.full((len(positions), len(CHARACTERS)), 1e-6)
    for row, position in zip(rows, positions, strict=True):
        for character, probability in position.items():
            row[CHARACTERS.index(character)] = probability
    return np.log(rows / rows.sum(axis=1, keepdims=True))


CROP = np.full((30, 90, 3), 120, np.uint8)
BLANK = {"": 0.999}


@pytest.mark.parametrize(
    ("positions", "text"),
    [
        pytest.param([{"A": 0.9}, {"8": 0.8}, BLANK], "A8", id="blanks behind the text fall away"),
        pytest.param([{"京": 0.9}, {"A": 0.9}, BLANK], "京A", id="a province stands in front"),
        pytest.param([{"A": 0.9}, {"京": 0.9}, {"8": 0.9}], "A8", id="but nowhere else"),
        pytest.param([BLANK, BLANK, BLANK], "", id="nothing stands there"),
    ],
)
def test_the_likeliest_character_of_each_position_is_the_text(tmp_path, positions, text):
    reader = SlotReader(model_that_says(tmp_path / "r.onnx", logits_of(*positions)))
    assert reader.read([CROP])[0].text == text


def test_a_contested_position_keeps_all_that_could_stand_there(tmp_path):
    contested = logits_of({"A": 1.0}, {"B": 0.6, "8": 0.4}, BLANK)
    read = SlotReader(model_that_says(tmp_path / "r.onnx", contested)).read([CROP])[0]
    assert [(c.character, round(c.probability, 2)) for c in read.slots[1]] == [("B", 0.6), ("8", 0.4)]


def test_a_position_that_may_be_blank_stays_in_the_lattice(tmp_path):
    doubtful = logits_of({"A": 1.0}, {"": 0.7, "8": 0.3})
    read = SlotReader(model_that_says(tmp_path / "r.onnx", doubtful)).read([CROP])[0]
    assert read.text == "A"
    assert [c.character for c in read.slots[1]] == ["", "8"]


@pytest.mark.parametrize(
    ("calibration", "said"),
    [((0.0, 1.0, 0.0), 0.72), ((0.0, 0.0, 0.0), 0.5), ((2.0, 0.0, 0.0), 0.881)],
    ids=["as the network says", "knows nothing", "its own figure"],
)
def test_the_probability_is_the_calibrated_one(tmp_path, calibration, said):
    facts = FACTS | {"calibration": list(calibration)}
    path = model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9, "B": 0.1}, {"8": 0.8, "B": 0.2}), facts)
    assert SlotReader(path).read([CROP])[0].probability == pytest.approx(said, abs=0.002)


def test_a_higher_temperature_doubts_more(tmp_path):
    sure = logits_of({"A": 0.9, "B": 0.1})
    cold = SlotReader(model_that_says(tmp_path / "c.onnx", sure)).read([CROP])[0]
    facts = FACTS | {"temperature": 2.0}
    warm = SlotReader(model_that_says(tmp_path / "w.onnx", sure, facts)).read([CROP])[0]
    assert warm.slots[0][0].probability < cold.slots[0][0].probability


@pytest.mark.parametrize(
    ("leanings", "text"),
    [({}, "B"), ({"US": {"B": -2.0}}, "8"), ({"CN": {"B": -2.0}}, "B")],
    ids=["none", "of the plate's region", "of another region"],
)
def test_a_regions_leaning_decides_between_shapes_that_look_alike(tmp_path, leanings, text):
    path = model_that_says(
        tmp_path / "r.onnx", logits_of({"B": 0.55, "8": 0.45}), FACTS | {"leanings": leanings}
    )
    assert SlotReader(path).read([CROP])[0].text == text


def test_regions_come_likeliest_first(tmp_path):
    read = SlotReader(model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9}))).read([CROP])[0]
    assert [(guess.region, round(guess.probability, 2)) for guess in read.regions] == [
        ("US", 0.95),
        ("CN", 0.05),
    ]


def model_that_sees_red(path: Path, **facts: object) -> Path:
    """Of one position: A where more than half of the plate is red, else B, and not sure near half."""
    model = onnx.load(model_that_says(path, logits_of({"A": 1.0}), FACTS | facts, corners_a_tenth_inside()))
    weights = np.zeros((len(CHARACTERS), 3, 1, 1), np.float32)
    weights[CHARACTERS.index("A"), 0] = 12 / 255
    bias = np.full(len(CHARACTERS), -20, np.float32)
    bias[[CHARACTERS.index("A"), CHARACTERS.index("B")]] = (-6, 0)
    values = {"weights": weights, "bias": bias, "one_position": np.array([-1, 1, len(CHARACTERS)])}
    model.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in values.items())
    constant = next(node for node in model.graph.node if "characters" in node.output)
    model.graph.node.remove(constant)
    model.graph.node.extend(
        [
            helper.make_node("GlobalAveragePool", ["pictures"], ["mean"]),
            helper.make_node("Conv", ["mean", "weights", "bias"], ["scores"]),
            helper.make_node("Reshape", ["scores", "one_position"], ["characters"]),
        ]
    )
    onnx.save(model, path)
    return path


def crop_red_up_to(column: int) -> np.ndarray:
    crop = np.zeros((64, 176, 3), np.uint8)
    crop[:, :column, 2] = 255
    return crop


LOOK_LEFT = [[-0.1, 0.0]]


@pytest.mark.parametrize(
    ("column", "facts", "text"),
    [
        pytest.param(86, {}, "B", id="one look"),
        pytest.param(86, {"looks": LOOK_LEFT, "doubt": 0.9}, "A", id="a second look settles a doubt"),
        pytest.param(86, {"looks": LOOK_LEFT, "doubt": 0.2}, "B", id="which is not had below"),
        pytest.param(70, {"looks": LOOK_LEFT, "doubt": 0.99}, "B", id="or outweighed by the first"),
        pytest.param(86, {"looks": [[0.1, 0.0]], "doubt": 0.9}, "B", id="or borne out"),
    ],
)
def test_a_plate_in_doubt_is_looked_at_again_with_its_corners_moved(tmp_path, column, facts, text):
    reader = SlotReader(model_that_sees_red(tmp_path / "r.onnx", **facts))
    assert reader.read([crop_red_up_to(column)])[0].text == text


def test_a_second_look_at_one_plate_changes_no_other(tmp_path):
    reader = SlotReader(model_that_sees_red(tmp_path / "r.onnx", looks=LOOK_LEFT, doubt=0.9))
    crops = [crop_red_up_to(column) for column in (150, 86, 30, 84, 90, 10, 86, 140, 86)]
    together = [read.slots for read in reader.read(crops)]
    assert together == [reader.read([crop])[0].slots for crop in crops]


def test_corners_are_px_of_the_crop(tmp_path):
    path = model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9}), corners=corners_a_tenth_inside())
    assert SlotReader(path).corners(CROP)[2] == pytest.approx([81, 27])


def test_a_plate_is_straightened_by_its_corners(tmp_path):
    crop = np.zeros((64, 176, 3), np.uint8)
    crop[:, :88], crop[7:57, 88:] = (0, 0, 200), (200, 0, 0)
    path = model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9}), corners=corners_a_tenth_inside())
    plate = SlotReader(path).straightened(crop)
    assert plate.shape == (48, 144, 3)
    assert plate[2:-2, 2:70, 2].min() == 200
    assert plate[2:-2, -68:-2, 0].min() == 200, "the dark rim of the crop is outside"


def test_without_a_network_for_corners_the_crop_is_the_plate(tmp_path):
    reader = SlotReader(model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9})))
    assert reader.corners(CROP).tolist() == [[0, 0], [90, 0], [90, 30], [0, 30]]


def test_a_damaged_network_for_corners_is_named(tmp_path):
    path = model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9}), corners="not base 85, é")
    with pytest.raises(ReaderError, match="carries no network that finds corners"):
        SlotReader(path)


@pytest.mark.parametrize("count", [0, 1, 8, 19])
def test_each_crop_gets_its_reading_in_any_number(tmp_path, count):
    reader = SlotReader(model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9})))
    assert [read.text for read in reader.read([CROP] * count)] == ["A"] * count


def test_a_crop_of_no_size_is_nothing_read_and_shifts_no_other(tmp_path):
    reader = SlotReader(model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9})))
    read = reader.read([CROP, CROP[:2], CROP])
    assert [r.text for r in read] == ["A", "", "A"]
    assert read[1] == NOTHING_READ


@pytest.mark.parametrize(
    "facts", [None, {"characters": ["", "A"]}], ids=["says nothing of itself", "says too little"]
)
def test_a_model_that_is_no_reader_is_refused(tmp_path, facts):
    path = model_that_says(tmp_path / "r.onnx", logits_of({"A": 0.9}), facts)
    with pytest.raises(ReaderError, match="does not say which characters it reads"):
        SlotReader(path)


def test_the_shipped_reader_reads_plates_that_it_has_not_seen_and_knows_when_it_is_wrong():
    printer = PlatePrinter(load_layouts(), GlyphLibrary.open(), weights={"CN": 0.0})
    rng = np.random.default_rng(20_261_121)
    harsh = Harshness(narrowest_px=110, widest_px=220, night=0, rain=0, glare=0, dirt=0, motion=0)
    plates = [printer.print(rng) for _ in range(80)]
    crops = [photograph(plate.image, rng, harsh, painted(rng)).crop for plate in plates]
    read = SlotReader().read(crops)
    right = [r.text == plate.text for r, plate in zip(read, plates, strict=True)]
    sure = [ok for ok, r in zip(right, read, strict=True) if r.probability > 0.95]
    assert np.mean(right) >= 0.7
    assert len(sure) >= 20
    assert np.mean(sure) >= 0.9
