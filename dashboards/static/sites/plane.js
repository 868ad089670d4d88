// Between the picture and the road: a homography, and Brown's lens as OpenCV defines it.

const ROUNDS = 25;

export class Plane {
  // `homography`: undistorted px to metres, three rows; `lens`: as in the survey, or null.
  constructor(homography, lens) {
    this.there = homography;
    this.back = inverse(homography);
    this.lens = lens;
  }

  // Where on the road (m) a place of the picture (px) lies; null at or above the horizon.
  toRoad(px) {
    return project(this.there, this.lens ? undistort(this.lens, px) : px);
  }

  // Where in the picture (px) a place of the road (m) is seen; null behind the camera.
  toPicture(metres) {
    const straight = project(this.back, metres);
    return straight && this.lens ? distort(this.lens, straight) : straight;
  }
}

function project(m, [x, y]) {
  const depth = m[2][0] * x + m[2][1] * y + m[2][2];
  if (!(depth > 1e-12)) return null;
  return [(m[0][0] * x + m[0][1] * y + m[0][2]) / depth, (m[1][0] * x + m[1][1] * y + m[1][2]) / depth];
}

function distort(lens, [u, v]) {
  const x = (u - lens.centre_px[0]) / lens.focal_px[0];
  const y = (v - lens.centre_px[1]) / lens.focal_px[1];
  const [dx, dy] = bent(lens, x, y);
  return [dx * lens.focal_px[0] + lens.centre_px[0], dy * lens.focal_px[1] + lens.centre_px[1]];
}

// Brown's model has no closed inverse: the fixed point is approached.
function undistort(lens, [u, v]) {
  const wanted = [(u - lens.centre_px[0]) / lens.focal_px[0], (v - lens.centre_px[1]) / lens.focal_px[1]];
  let [x, y] = wanted;
  for (let round = 0; round < ROUNDS; round += 1) {
    const [dx, dy] = bent(lens, x, y);
    x += wanted[0] - dx;
    y += wanted[1] - dy;
  }
  return [x * lens.focal_px[0] + lens.centre_px[0], y * lens.focal_px[1] + lens.centre_px[1]];
}

function bent({ k1, k2, k3, p1, p2 }, x, y) {
  const r2 = x * x + y * y;
  const radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3));
  return [
    x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x),
    y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y,
  ];
}

function inverse([[a, b, c], [d, e, f], [g, h, i]]) {
  const cofactors = [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  const determinant = a * cofactors[0][0] + b * cofactors[1][0] + c * cofactors[2][0];
  return cofactors.map((row) => row.map((value) => value / determinant));
}
