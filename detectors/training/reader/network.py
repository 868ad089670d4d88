"""The plate reader's network: a learned rectification, a small convolutional body, and one query a position.

The crop is straightened by four corners that a small branch finds (a spatial transformer, Jaderberg et al.
2015, but with the projective map of a quadrilateral in closed form, Heckbert 1989, so that the corners are
what is learned and can be supervised). On the straightened plate a residual body gives a grid of features;
ten queries, one for each position of the text, look at the whole grid and answer with a character or a blank.
Attention instead of a sequence along the width is what lets one network read plates of one and of two lines.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from detectors.training.reader.shapes import PLATE_SIZE, SLOTS


def square_to_quad(corners: Tensor) -> Tensor:
    """The projective map of the unit square onto quadrilaterals, as (B, 3, 3) matrices.

    ``corners`` (B, 4, 2) in the order top left, top right, bottom right, bottom left. Closed form of
    P. Heckbert, "Fundamentals of Texture Mapping and Image Warping" (1989), section 2.2.3.
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = (corners[:, k].unbind(-1) for k in range(4))
    dx1, dx2, sx = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, sy = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    area = dx1 * dy2 - dx2 * dy1
    area = torch.where(area.abs() < 1e-4, torch.full_like(area, 1e-4), area)
    g = (sx * dy2 - dx2 * sy) / area
    h = (dx1 * sy - sx * dy1) / area
    rows = (x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h)
    return torch.stack([*rows, torch.ones_like(g)], dim=-1).view(-1, 3, 3)


class Straighten(nn.Module):
    """Samples the plate inside four corners onto an upright grid of ``PLATE_SIZE``."""

    def __init__(self) -> None:
        super().__init__()
        height, width = PLATE_SIZE
        v, u = torch.meshgrid(
            (torch.arange(height) + 0.5) / height, (torch.arange(width) + 0.5) / width, indexing="ij"
        )
        points = torch.stack([u, v, torch.ones_like(u)], dim=0).view(3, -1)
        self.register_buffer("points", points, persistent=False)

    def forward(self, crops: Tensor, corners: Tensor) -> Tensor:
        """Straighten ``crops`` (B, 3, H, W) by ``corners`` (B, 4, 2), 0 to 1 across the crop."""
        mapped = square_to_quad(corners) @ self.points
        depth = mapped[:, 2:3].clamp(min=1e-2)
        grid = (mapped[:, :2] / depth * 2 - 1).transpose(1, 2).reshape(-1, *PLATE_SIZE, 2)
        return F.grid_sample(crops, grid, mode="bilinear", padding_mode="border", align_corners=False)


def conv(channels_in: int, channels_out: int, stride: int = 1) -> nn.Sequential:
    """A 3x3 convolution with batch norm and ReLU."""
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    """Two 3x3 convolutions around which the input goes."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = conv(channels, channels)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, features: Tensor) -> Tensor:
        """Features (B, C, H, W) in and out."""
        return F.relu(features + self.second(self.first(features)))


class Attention(nn.Module):
    """Multi-head attention of ``queries`` (B, Q, D) over ``memory`` (B, M, D), in plain products."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

    def _split(self, x: Tensor) -> Tensor:
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(self, queries: Tensor, memory: Tensor) -> Tensor:
        """What each query gathers, (B, Q, D)."""
        q, k, v = (
            self._split(self.query(queries)),
            self._split(self.key(memory)),
            self._split(self.value(memory)),
        )
        weights = (q @ k.transpose(-1, -2) * (q.shape[-1] ** -0.5)).softmax(-1)
        gathered = (weights @ v).transpose(1, 2)
        return self.out(gathered.reshape(gathered.shape[0], gathered.shape[1], -1))


class Layer(nn.Module):
    """A transformer layer, norm first; ``cross`` adds a look at the memory before the look at each other."""

    def __init__(self, width: int, heads: int, expand: int, *, cross: bool) -> None:
        super().__init__()
        self.cross = Attention(width, heads) if cross else None
        self.cross_norm = nn.LayerNorm(width) if cross else None
        self.mutual, self.mutual_norm = Attention(width, heads), nn.LayerNorm(width)
        self.mix_norm = nn.LayerNorm(width)
        self.mix = nn.Sequential(
            nn.Linear(width, width * expand), nn.ReLU(), nn.Linear(width * expand, width)
        )

    def forward(self, x: Tensor, memory: Tensor | None = None) -> Tensor:
        """Tokens (B, N, D) in and out."""
        if self.cross is not None and self.cross_norm is not None and memory is not None:
            x = x + self.cross(self.cross_norm(x), memory)
        normed = self.mutual_norm(x)
        x = x + self.mutual(normed, normed)
        return x + self.mix(self.mix_norm(x))


class PlateReaderNetwork(nn.Module):
    """Crops to characters.

    Takes RGB (B, 3, 64, 176), 0 to 255. Gives the characters' logits (B, 10, classes), the regions'
    (B, regions), the legibility logit (B,) and the corners (B, 4, 2), 0 to 1 across the crop.
    """

    def __init__(self, classes: int, regions: int, *, narrow: int = 48, width: int = 96) -> None:
        super().__init__()
        self.find = nn.Sequential(
            nn.AvgPool2d(2), conv(3, 16, 2), conv(16, 32, 2), conv(32, 48, 2), nn.Flatten(),
            nn.Linear(48 * 4 * 11, 96), nn.ReLU(), nn.Linear(96, 8),
        )  # fmt: skip
        self.straighten = Straighten()
        self.body = nn.Sequential(
            conv(3, narrow // 2, 2), conv(narrow // 2, narrow, 2), Residual(narrow),
            conv(narrow, width, 2), Residual(width),
        )  # fmt: skip
        tokens = (PLATE_SIZE[0] // 8) * (PLATE_SIZE[1] // 8)
        self.place = nn.Parameter(torch.randn(1, tokens, width) * 0.02)
        self.look_around = Layer(width, 4, 2, cross=False)
        self.memory_norm = nn.LayerNorm(width)
        self.queries = nn.Parameter(torch.randn(1, SLOTS + 2, width) * 0.5)
        self.read = nn.ModuleList([Layer(width, 4, 2, cross=True) for _ in range(2)])
        self.read_norm = nn.LayerNorm(width)
        self.character = nn.Linear(width, classes)
        self.region = nn.Linear(width, regions)
        self.legible = nn.Linear(width, 1)
        last = self.find[-1]
        assert isinstance(last, nn.Linear)
        nn.init.zeros_(last.weight)
        with torch.no_grad():
            last.bias.copy_(torch.tensor([0.07, 0.1, 0.93, 0.1, 0.93, 0.9, 0.07, 0.9]))

    def corners(self, crops: Tensor) -> Tensor:
        """Where the plate's corners are, from crops scaled to -1..1."""
        found: Tensor = self.find(crops).view(-1, 4, 2)
        return found

    def forward(self, crops: Tensor, corners: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Read; ``corners``, where given, straighten in place of the found ones, which are returned."""
        scaled = crops.float() / 127.5 - 1
        found = self.corners(scaled)
        plate = self.straighten(scaled, (found.detach() if corners is None else corners).float())
        return (*self.characters(plate), found)

    def characters(self, plate: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Read a straightened plate (B, 3, 48, 144), -1 to 1."""
        grid = self.body(plate).flatten(2).transpose(1, 2)
        memory = self.memory_norm(self.look_around(grid + self.place))
        x = self.queries.expand(plate.shape[0], -1, -1)
        for layer in self.read:
            x = layer(x, memory)
        x = self.read_norm(x)
        return (
            self.character(x[:, :SLOTS]),
            self.region(x[:, SLOTS]),
            self.legible(x[:, SLOTS + 1]).squeeze(-1),
        )
